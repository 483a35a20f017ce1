"""An event that cannot be put into words, for a fault of ours, holds up nobody else's news."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from booking.journal import aside
from booking.journal.following import MOST_ATTEMPTS
from booking.kernel.db import connection, db
from booking.kernel.errors import Busy, Forbidden, NotFound
from booking.notices import outbox, telling
from booking.notices.rendering import Mail, render
from booking.notices.telling import tell
from booking.webhooks import messages, spreading
from booking.webhooks.actions import add_webhook
from booking.webhooks.models import WebhookMessage
from booking.webhooks.spreading import spread
from tests.notices.conftest import HEAD, SITE, Post
from tests.reservations.desk import Desk

ADMIN = "admin@pil.example"


class Fault:
    """What is wrong with this product: mails about bookings of that number cannot be written."""

    number = ""

    def render(self, event: str, locale: str, context: Mapping[str, Any]) -> Mail:
        if any(item.number == self.number for item in context.get("items", ())):
            raise KeyError("Bobine 7, that nobody may read")
        return render(event, locale, context)


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Fault:
    planted = Fault()
    monkeypatch.setattr(outbox, "render", planted.render)
    return planted


def locked(*_: object) -> Mail:
    """What is asked of a database that has no time."""
    raise Busy


def waiting(desk: Desk) -> list[tuple[int, bool]]:
    """How often each was tried, and whether it is again by itself."""
    return [(act.attempts, act.waits) for act in aside.every(desk.actor(ADMIN))]


def test_what_comes_before_and_after_it_is_told(desk: Desk, post: Post, fault: Fault):
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.clock.advance(seconds=1)
    desk.book("producer", "M-ET1", "19T09:00", "19T13:00")
    assert post.told() == ["manager requested"]
    (act,) = aside.every(desk.actor(ADMIN))
    assert act.event == "booking:requested"
    assert re.fullmatch(r"KeyError \(booking\.notices\.outbox, \d+\)", act.error), act.error
    desk.book("producer", "M-ET1", "20T09:00", "20T13:00")
    assert post.told() == ["manager requested"]


def test_two_people_in_the_same_second_are_two_acts(desk: Desk, post: Post, fault: Fault):
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.book("post", "M-ET1", "19T09:00", "19T13:00")
    assert post.told() == ["manager requested"]


def test_it_is_tried_again_by_itself(desk: Desk, post: Post, fault: Fault):
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    assert post.told() == []
    fault.number = ""
    assert post.told() == [], "not at once"
    desk.clock.advance(minutes=1)
    assert post.told() == ["manager requested"]
    assert waiting(desk) == []
    desk.clock.advance(minutes=10)
    assert post.told() == []


def test_after_three_days_it_waits_for_an_administrator(desk: Desk, post: Post, fault: Fault):
    fault.number = desk.book("producer", "M-ET1", "25T09:00", "25T13:00")
    begun = desk.now
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert post.told() == []
        assert waiting(desk) == [(attempt, attempt < MOST_ATTEMPTS)]
        desk.clock.advance(minutes=min(60, 2 ** (attempt - 1)))
    assert timedelta(days=3) < timedelta(seconds=desk.now - begun) < timedelta(days=4)
    assert post.told() == []
    assert waiting(desk) == [(MOST_ATTEMPTS, False)]
    (act,) = aside.every(desk.actor(ADMIN))
    fault.number = ""
    aside.try_again(desk.actor(ADMIN), act.id, desk.clock.now)
    assert post.told() == ["manager requested"]
    with pytest.raises(NotFound):
        aside.try_again(desk.actor(ADMIN), act.id, desk.clock.now)


def test_after_an_update_all_of_it_is_tried_again(desk: Desk, post: Post, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "render", None)
        for day in (18, 19, 20):
            desk.book("producer", "M-ET1", f"{day}T09:00", f"{day}T13:00")
            assert post.told() == []
            desk.clock.advance(minutes=10)
    assert len(waiting(desk)) == 3
    with pytest.raises(Forbidden):
        aside.try_all_again(desk.actor("manager"), desk.clock.now)
    aside.try_all_again(desk.actor(ADMIN), desk.clock.now)
    assert post.told() == ["manager requested"] * 3


def test_what_clocks_do_in_one_second_to_two_people_are_two_acts(
    desk: Desk, post: Post, fault: Fault
):
    fault.number = desk.option("producer", "M-ET1", "26T09:00", "26T13:00")
    desk.option("post", "M-ET2", "26T09:00", "26T13:00")
    post.work()
    desk.clock.move_to("2026-11-25T09:00")
    desk.work()
    assert post.told() == ["post expired"]
    fault.number = ""
    desk.clock.advance(minutes=1)
    assert post.told() == ["producer expired"]


def test_a_statement_that_cannot_be_is_a_fault_and_no_outage(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
):
    """SQLite has one class of error for it and for a database that is away."""
    healthy = desk.book("producer", "M-ET1", "19T09:00", "19T13:00")
    desk.clock.advance(seconds=1)
    poison = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")

    def broken(event: str, locale: str, context: Mapping[str, Any]) -> Mail:
        if any(item.number == poison for item in context["items"]):
            connection().execute(text("SELECT nope FROM booking"))
        return render(event, locale, context)

    monkeypatch.setattr(outbox, "render", broken)
    assert healthy in post.one().text
    (act,) = aside.every(desk.actor(ADMIN))
    assert "Error (booking." in act.error


def test_several_workers_tell_what_was_aside_once(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    add_webhook(desk.actor("producer"), "https://program.example/a", "key", desk.clock.now)
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    with monkeypatch.context() as broken:
        broken.setattr(messages, "body", None)
        assert spread(desk.clock.now, SITE) == 0
    desk.clock.advance(minutes=1)
    slow = spreading._rows

    def overtaken(*asked: Any) -> Any:
        made = slow(*asked)
        with monkeypatch.context() as other:
            other.setattr(spreading, "_rows", slow)
            assert spread(desk.clock.now, SITE) == 1
        return made

    with monkeypatch.context() as first:
        first.setattr(spreading, "_rows", overtaken)
        assert spread(desk.clock.now, SITE) == 0
    assert db.session.scalar(select(func.count()).select_from(WebhookMessage)) == 1


def test_several_workers_set_aside_and_put_off_once(
    desk: Desk, post: Post, fault: Fault, monkeypatch: pytest.MonkeyPatch
):
    """They fail at the same time, at the first attempt and at the second."""
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    fails = telling._post

    def overtaken(*asked: Any) -> Any:
        with monkeypatch.context() as other:
            other.setattr(telling, "_post", fails)
            assert tell(desk.clock.now, HEAD) == 0
        return fails(*asked)

    for attempt in (1, 2):
        with monkeypatch.context() as first:
            first.setattr(telling, "_post", overtaken)
            assert tell(desk.clock.now, HEAD) == 0
        assert waiting(desk) == [(attempt, True)]
        desk.clock.advance(minutes=1)


def test_mails_and_webhooks_set_aside_for_themselves(
    desk: Desk, post: Post, fault: Fault, monkeypatch: pytest.MonkeyPatch
):
    add_webhook(desk.actor("producer"), "https://program.example/a", "key", desk.clock.now)
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    assert post.told() == []
    with monkeypatch.context() as broken:
        broken.setattr(messages, "body", None)
        assert spread(desk.clock.now, SITE) == 0
    assert sorted(act.reader for act in aside.every(desk.actor(ADMIN))) == [
        "mail_cursor",
        "webhook_cursor",
    ]
    desk.clock.advance(minutes=1)
    assert spread(desk.clock.now, SITE) == 1
    assert [act.reader for act in aside.every(desk.actor(ADMIN))] == ["mail_cursor"]


def test_what_was_to_be_written_is_in_no_log(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00", title="Zorgblat")
    put = outbox.put

    def too_long(rows: Any) -> int:
        return put([{**row, "key": None, "recipient": None} for row in rows])

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "put", too_long)
        assert tell(desk.clock.now, HEAD) == 0
    assert len(waiting(desk)) == 1
    assert "IntegrityError" in caplog.text
    assert "Zorgblat" not in caplog.text


def test_it_can_be_given_up(desk: Desk, post: Post, fault: Fault):
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    post.told()
    (act,) = aside.every(desk.actor(ADMIN))
    with pytest.raises(Forbidden):
        aside.drop(desk.actor("manager"), act.id)
    aside.drop(desk.actor(ADMIN), act.id)
    fault.number = ""
    desk.clock.advance(minutes=1)
    assert post.told() == []
    with pytest.raises(NotFound):
        aside.drop(desk.actor(ADMIN), act.id)


def test_a_database_without_time_sets_nothing_aside(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
):
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")

    with monkeypatch.context() as now:
        now.setattr(outbox, "render", locked)
        with pytest.raises(Busy):
            post.told()
    assert waiting(desk) == []
    assert post.told() == ["manager requested"]


def test_nor_does_it_cost_what_is_aside_an_attempt(
    desk: Desk, post: Post, fault: Fault, monkeypatch: pytest.MonkeyPatch
):
    fault.number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    assert post.told() == []
    desk.clock.advance(minutes=1)
    with monkeypatch.context() as now:
        now.setattr(telling, "_post", locked)
        with pytest.raises(Busy):
            post.told()
    assert waiting(desk) == [(1, True)]


def test_a_reminder_that_cannot_be_written_leaves_the_others(desk: Desk, post: Post, fault: Fault):
    fault.number = desk.book("producer", "M-MI1", "17T09:00", "17T13:00")
    desk.book("post", "M-MI2", "17T09:00", "17T13:00")
    post.work()
    desk.clock.move_to("2026-11-16T16:00")
    assert post.told() == ["post reminder"]
    fault.number = ""
    assert post.told() == ["producer reminder"]
