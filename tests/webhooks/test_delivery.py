"""Calls that are not taken: later and later, aside in the end; nobody is held up or led astray."""

from datetime import timedelta

import pytest

from booking.kernel.errors import Invalid, NotFound
from booking.kernel.outside import Limits
from booking.webhooks import actions, queries
from booking.webhooks.delivery import WAITS, Caller, deliver_due
from tests.support.receiver import KEY


@pytest.fixture
def hook(desk, exchange, receiver) -> int:
    """The producer's webhook, which refuses; a booking of theirs waits to be told."""
    receiver.answers["/hook"] = 503
    key = exchange.add("producer", receiver.url())
    desk.book("producer", "M-ET1", "28T09:00", "28T13:00")
    return key


def _log(desk, hook: int):
    return queries.log(desk.actor("producer"), hook, 50)


def test_it_is_tried_again_later_and_later_under_the_same_id(desk, exchange, receiver, hook):
    exchange.work()
    for wait in WAITS:
        desk.clock.advance(wait - timedelta(seconds=1))
        exchange.work()
        desk.clock.advance(seconds=1)
        exchange.work()
    assert len(receiver.heard) == len(WAITS) + 1
    assert len({call.headers["webhook-id"] for call in receiver.heard}) == 1
    assert len({call.headers["webhook-timestamp"] for call in receiver.heard}) == len(WAITS) + 1
    (message,) = _log(desk, hook)
    assert (message.progress, message.status, message.attempts) == ("given_up", 503, 10)
    desk.clock.advance(days=30)
    receiver.heard.clear()
    exchange.work()
    assert receiver.heard == []


def test_it_is_taken_at_last(desk, exchange, receiver, hook):
    exchange.work()
    assert queries.mine(desk.actor("producer"))[0].failing_since == desk.clock.now
    receiver.answers.clear()
    desk.clock.advance(WAITS[0])
    assert exchange.work() == 1
    (message,) = _log(desk, hook)
    assert (message.progress, message.status, message.delivered_at) == (
        "delivered",
        204,
        desk.clock.now,
    )
    assert queries.mine(desk.actor("producer"))[0].failing_since is None


def test_gone_means_gone_until_somebody_resumes_it(desk, exchange, receiver, hook):
    receiver.answers["/hook"] = 410
    exchange.work()
    (facts,) = queries.mine(desk.actor("producer"))
    assert (facts.stopped_by, facts.stopped_at) == ("receiver", desk.clock.now)
    desk.clock.advance(days=1)
    exchange.work()
    assert len(receiver.heard) == 1
    receiver.answers.clear()
    actions.resume_webhook(desk.actor("producer"), hook, desk.clock.now)
    assert exchange.work() == 1


def test_five_days_without_a_success_stop_it(desk, exchange, receiver, hook):
    number = desk.book("producer", "M-ET2", "28T09:00", "28T13:00")
    exchange.work()
    desk.clock.advance(days=5)
    desk.act("manager", number, "approve")
    exchange.work()
    (facts,) = queries.mine(desk.actor("producer"))
    assert facts.stopped_by == "failures"


def test_one_that_fails_holds_nobody_up(desk, exchange, receiver, hook):
    exchange.add("colleague", receiver.url("/colleague"))
    for day in range(20, 25):
        desk.book("producer", "M-ET2", f"{day}T09:00", f"{day}T13:00")
    exchange.work()
    assert [call.path for call in receiver.heard].count("/hook") == 1
    assert [call.path for call in receiver.heard].count("/colleague") == 6


def test_nothing_leads_into_our_own_network_or_elsewhere(desk, exchange, receiver, hook):
    deliver_due(desk.clock.now, Caller((KEY,), Limits(ports=None)))
    assert receiver.heard == []
    exchange.work()  # reads the journal; nothing was written before
    (message,) = _log(desk, hook)
    assert (message.error, message.status) == (None, 503)
    desk.clock.advance(WAITS[0])
    deliver_due(desk.clock.now, Caller((KEY,), Limits(ports=None)))
    (message,) = _log(desk, hook)
    assert (message.error, message.status) == ("refused_address", None)
    receiver.answers["/hook"] = 302
    desk.clock.advance(WAITS[1])
    exchange.work()
    assert {call.path for call in receiver.heard} == {"/hook"}, "a redirect is no answer"


def test_a_server_that_is_not_there(desk, exchange, receiver, hook):
    receiver.shutdown()
    receiver.server_close()
    exchange.work()
    (message,) = _log(desk, hook)
    assert (message.error, message.status, message.progress) == ("unreachable", None, "waiting")


def test_a_trial_and_once_more(desk, exchange, receiver, hook):
    producer = desk.actor("producer")
    receiver.answers.clear()
    exchange.work()
    actions.try_out(producer, hook, desk.clock.now)
    exchange.work()
    assert receiver.events() == ["booking.requested", "webhook.trial"]
    trial, first = _log(desk, hook)
    assert (trial.number, first.number) == (None, "PIL-2026-00001")
    actions.send_again(producer, hook, first.id, desk.clock.now)
    exchange.work()
    (again,) = receiver.heard
    assert again.headers["webhook-id"] == first.message_id


def test_everybody_has_their_own(desk, exchange, receiver, hook):
    rival, now = desk.actor("post@gfe.example"), desk.clock.now
    exchange.work()
    (message,) = _log(desk, hook)
    for work in (
        lambda: actions.remove_webhook(rival, hook, now),
        lambda: actions.renew_secret(rival, hook, KEY, now),
        lambda: actions.resume_webhook(rival, hook, now),
        lambda: actions.try_out(rival, hook, now),
        lambda: actions.send_again(rival, hook, message.id, now),
        lambda: queries.log(rival, hook, 50),
    ):
        with pytest.raises(NotFound):
            work()
    assert queries.mine(rival) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://program.example/hook",
        "ftp://program.example",
        "https://user:word@program.example/",
        "https://program.example:22/",
        "javascript:alert(1)",
        "",
        "https://" + "a" * 1000,
    ],
)
def test_what_cannot_be_called_is_refused(desk, url):
    with pytest.raises(Invalid) as caught:
        actions.add_webhook(desk.actor("producer"), url, KEY, desk.clock.now)
    assert [(one.path, one.code) for one in caught.value.fields] == [("url", "not_callable")]


def test_five_are_enough(desk, exchange):
    for number in range(actions.MOST_WEBHOOKS):
        exchange.add("producer", f"https://program.example/{number}")
    with pytest.raises(Invalid):
        exchange.add("producer", "https://program.example/more")


def test_the_log_is_tidied_after_a_month(desk, exchange, receiver, hook):
    receiver.answers.clear()
    exchange.work()
    desk.clock.advance(days=29)
    actions.tidy(desk.clock.now)
    assert len(_log(desk, hook)) == 1
    desk.clock.advance(days=1)
    actions.tidy(desk.clock.now)
    assert _log(desk, hook) == []
    actions.remove_webhook(desk.actor("producer"), hook, desk.clock.now)
    assert queries.mine(desk.actor("producer")) == []
