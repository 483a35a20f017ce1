"""Idempotency: a write that is sent again happens once and answers the same."""

import pytest

from booking.kernel.errors import Clash
from booking.reservations.answers import Given, KeyReused, once
from tests.reservations.desk import Desk

WEDNESDAY = ("18T09:00", "18T13:00")


class Counter:
    """Books when asked and counts how often it was."""

    def __init__(self, desk: Desk, room: str = "M-MI1") -> None:
        self.desk = desk
        self.room = room
        self.times = 0

    def __call__(self) -> tuple[int, dict[str, str]]:
        self.times += 1
        return 201, {"number": self.desk.book("producer", self.room, *WEDNESDAY)}


def send(desk: Desk, work: Counter, key: str = "a-key", body: str = "one", who: str = "producer"):
    return once(desk.actor(who).user_id, key, body, desk.clock.now, work)


def test_the_same_key_gives_the_same_answer_and_books_once(desk: Desk):
    work = Counter(desk)
    first = send(desk, work)
    with desk.unchanged():
        again = send(desk, work)
    assert first == Given(201, {"number": "PIL-2026-00001"}, repeated=False)
    assert again == first._replace(repeated=True)
    assert work.times == 1


def test_the_same_key_with_another_request_is_refused(desk: Desk):
    send(desk, Counter(desk))
    with desk.unchanged(), pytest.raises(KeyReused) as refusal:
        send(desk, Counter(desk, "M-MI2"), body="another")
    assert refusal.value.code == "idempotency_key_reused"


def test_another_key_is_another_wish(desk: Desk):
    send(desk, Counter(desk))
    assert send(desk, Counter(desk, "M-MI2"), key="other").body == {"number": "PIL-2026-00002"}


def test_keys_are_each_persons_own(desk: Desk):
    send(desk, Counter(desk))
    assert not send(desk, Counter(desk, "M-MI2"), who="post").repeated


def test_a_refusal_is_not_kept(desk: Desk):
    taken = desk.book("post", "M-MI1", *WEDNESDAY)
    work = Counter(desk)
    with desk.unchanged(), pytest.raises(Clash):
        send(desk, work)
    desk.act("post", taken, "cancel", "Changement")
    assert send(desk, work) == Given(201, {"number": "PIL-2026-00002"}, repeated=False)
    assert work.times == 2
