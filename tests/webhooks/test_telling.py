"""Who is told what: whatever happens to bookings that one may see, and nothing more."""

import json

import pytest
from sqlalchemy import select, update

from booking.kernel.db import db
from booking.kernel.errors import Invalid, NotFound
from booking.kernel.transaction import transaction
from booking.members.models import User
from booking.reservations.events import BOOKING_EVENTS
from booking.webhooks import actions, queries, signing
from booking.webhooks.models import Webhook
from booking.webhooks.spreading import spread
from tests.support.receiver import KEY
from tests.support.statements import statements
from tests.webhooks.conftest import SITE

TITLE = "Zorgblat-tournage-secret"


def test_from_the_request_to_the_cancellation(desk, exchange, receiver) -> None:
    _id, secret = exchange.add_with_secret("producer", receiver.url())
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00", title=TITLE)
    assert exchange.work() == 1
    (call,) = receiver.heard
    assert call.said == {
        "type": "booking.requested",
        "timestamp": "2026-11-16T08:00:00Z",
        "data": {"booking": number, "url": f"{SITE}/api/v1/bookings/{number}"},
    }
    assert call.headers["content-type"] == "application/json"
    stamp = int(call.headers["webhook-timestamp"])
    assert stamp == desk.now
    signed = signing.signature(secret, call.headers["webhook-id"], stamp, call.body)
    assert call.headers["webhook-signature"] == signed
    receiver.heard.clear()
    desk.act("manager", number, "approve")
    desk.act("producer", number, "cancel", reason="Reporté")
    assert exchange.work() == 2
    assert receiver.events() == ["booking.approved", "booking.cancelled"]
    assert exchange.work() == 0
    assert receiver.events() == []


def test_only_what_was_chosen_is_told(desk, exchange, receiver) -> None:
    key = exchange.add("producer", receiver.url())
    producer, now = desk.actor("producer"), desk.clock.now
    actions.choose_events(producer, key, ["booking:cancelled", "booking:moved"], now)
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.act("manager", number, "approve")
    desk.act("producer", number, "cancel", reason="Reporté")
    assert exchange.work() == 1
    assert receiver.events() == ["booking.cancelled"]
    receiver.heard.clear()
    actions.choose_events(producer, key, BOOKING_EVENTS, now)
    assert queries.one(producer, key).events == []
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    exchange.work()
    assert receiver.events() == ["booking.requested"]


@pytest.mark.parametrize("events", [[], ["booking:requested", "user:added"], ["booking.requested"]])
def test_it_is_called_for_something_that_happens(desk, exchange, receiver, events) -> None:
    key = exchange.add("producer", receiver.url())
    with pytest.raises(Invalid):
        actions.choose_events(desk.actor("producer"), key, events, desk.clock.now)
    stranger = desk.actor("post@gfe.example")
    with pytest.raises(NotFound):
        actions.choose_events(stranger, key, ["booking:moved"], desk.clock.now)
    assert queries.one(desk.actor("producer"), key).events == []


def test_each_owner_hears_of_what_they_may_see(desk, exchange, receiver) -> None:
    paths = ("producer", "colleague", "competitor", "manager", "manager-n", "board", "guest")
    people = {"competitor": "post@gfe.example", "guest": "guest@mosel.example"}
    for path in paths:
        exchange.add(people.get(path, path), receiver.url(f"/{path}"))
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00", title=TITLE, production="HERON")
    exchange.work()
    heard = {call.path.strip("/") for call in receiver.heard}
    assert heard == {"producer", "colleague", "manager", "guest"}


def test_no_word_of_the_booking_leaves_but_its_number(desk, exchange, receiver) -> None:
    exchange.add("producer", receiver.url())
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00", title=TITLE, note="Entre nous")
    desk.act("manager", number, "decline", reason="Trop de bruit")
    exchange.work()
    for call in receiver.heard:
        assert set(call.said) == {"type", "timestamp", "data"}
        assert set(call.said["data"]) == {"booking", "url"}
        for secret in (TITLE, "Entre nous", "Trop de bruit", "HERON", "producer@"):
            assert secret.encode() not in call.body + json.dumps(call.headers).encode()


def test_what_was_before_the_webhook_is_not_told(desk, exchange, receiver) -> None:
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.clock.advance(minutes=1)
    exchange.add("producer", receiver.url())
    desk.act("manager", number, "approve")
    exchange.work()
    assert receiver.events() == ["booking.approved"]


def test_nobody_waits_for_news_of_last_week(desk, exchange, receiver) -> None:
    exchange.add("producer", receiver.url())
    number = desk.book("producer", "M-ET1", "28T09:00", "28T13:00")
    desk.clock.advance(days=4)
    desk.act("manager", number, "approve")
    exchange.work()
    assert receiver.events() == ["booking.approved"]


def test_rights_are_asked_again_at_every_call(desk, exchange, receiver) -> None:
    exchange.add("producer", receiver.url())
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    receiver.answers["/hook"] = 500
    assert exchange.work() == 0
    assert len(receiver.heard) == 1
    _leave("producer@blf.example")
    desk.clock.advance(minutes=1)
    receiver.answers.clear()
    receiver.heard.clear()
    assert exchange.work() == 0
    assert receiver.heard == []


@transaction
def _leave(email: str) -> None:
    db.session.execute(update(User).where(User.email == email).values(active=False))


def test_a_changed_key_of_the_house_signs_beside_the_former(desk, exchange, receiver) -> None:
    exchange.add("producer", receiver.url())
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    exchange.work("former")
    (call,) = receiver.heard
    assert len(call.headers["webhook-signature"].split()) == 2


def test_as_many_statements_for_ten_events_as_for_two(desk, exchange, receiver) -> None:
    exchange.add("producer", receiver.url())
    counts = []
    for days in ((18, 19), range(20, 30)):
        for day in days:
            desk.book("producer", "M-ET1", f"{day}T09:00", f"{day}T13:00")
        with statements(desk.app) as sent:
            assert spread(desk.clock.now, SITE) == len(days)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_copy_of_the_database_signs_nothing(desk, exchange, receiver) -> None:
    _id, secret = exchange.add_with_secret("producer", receiver.url())
    salt = db.session.scalar(select(Webhook.salt))
    assert secret == signing.secret_of(KEY, salt)
    assert secret != signing.secret_of("", salt)
    assert salt not in secret
