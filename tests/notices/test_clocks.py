"""Mails that the clock writes: at their hour, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.facilities.queries import catalogue
from booking.kernel.db import db
from booking.notices import clocks, tidying
from booking.notices.clocks import remind
from booking.notices.models import OutboxMessage
from booking.reservations import lists
from booking.reservations.wish import Recurrence
from tests.notices.conftest import HEAD, Post
from tests.reservations.desk import Desk
from tests.support.statements import statements


def test_an_option_about_to_lapse_is_told_48_hours_and_a_working_day_before(desk: Desk, post: Post):
    number = desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    assert post.told() == []  # lapses on Monday 23 at 09:00
    desk.clock.move_to("2026-11-20T08:59")
    assert post.told() == []
    desk.clock.move_to("2026-11-20T09:00")
    mail = post.one()
    assert (mail.recipient, number in mail.subject) == ("producer@blf.example", True)
    assert "lundi 23 novembre 2026, 09:00" in mail.text
    assert post.told() == []
    desk.clock.move_to("2026-11-21T09:00")
    assert post.told() == ["producer expiring"]
    desk.clock.move_to("2026-11-22T20:00")
    assert post.told() == []


def test_a_worker_that_was_away_tells_once_what_it_missed(desk: Desk, post: Post):
    desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    desk.clock.move_to("2026-11-22T12:00")
    assert post.told() == ["producer expiring"]
    assert post.told() == []


def test_an_option_of_a_day_is_not_told_the_minute_it_was_taken(desk: Desk, post: Post):
    desk.option("producer", "M-ET1", "19T09:00", "19T13:00")
    assert post.told() == []


def test_a_series_of_options_is_one_warning(desk: Desk, post: Post):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=12")
    desk.option("producer", "M-ET1", "27T09:00", "27T13:00", recurrence=weekly)
    desk.clock.move_to("2026-11-20T09:00")
    assert post.told() == ["producer expiring"]


def test_more_time_means_another_warning(desk: Desk, post: Post):
    number = desk.option("producer", "M-ET1", "2026-12-20T09:00", "2026-12-20T13:00")
    desk.clock.move_to("2026-11-20T09:00")
    assert post.told() == ["producer expiring"]
    desk.act("manager", number, "extend", reason="Oui")
    post.work()
    desk.clock.move_to("2026-11-28T09:00")
    assert post.told() == ["producer expiring"]


def test_a_challenge_is_told_again_in_its_last_hours(desk: Desk, post: Post):
    desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    second = desk.option("post", "M-ET1", "27T09:00", "27T13:00")
    desk.act("post", second, "challenge")
    post.choose("producer", options=False)
    post.work()  # due on Tuesday 17 at 09:00
    desk.clock.move_to("2026-11-17T04:59")
    assert post.told() == []
    desk.clock.move_to("2026-11-17T05:00")
    assert post.told() == ["producer challenge_due"]
    assert post.told() == []
    desk.clock.move_to("2026-11-17T09:00")
    assert "post challenge_answered" in post.told()


def test_tomorrow_is_told_in_the_afternoon_in_one_mail(desk: Desk, post: Post):
    first = desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    second = desk.book("producer", "M-MI2", "18T20:00", "18T22:00")
    desk.book("producer", "M-MI1", "19T09:00", "19T13:00")
    desk.option("producer", "M-ET1", "18T09:00", "18T12:00")
    post.work()
    desk.clock.move_to("2026-11-17T15:59")
    assert [line for line in post.told() if "reminder" in line] == []
    desk.clock.move_to("2026-11-17T16:00")
    mail = post.one()
    assert mail.recipient == "producer@blf.example"
    assert mail.text.index(first) < mail.text.index(second)
    assert "19 novembre" not in mail.text
    assert post.told() == []


def test_a_reminder_can_be_switched_off(desk: Desk, post: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    post.choose("producer", reminders=False)
    post.work()
    desk.clock.move_to("2026-11-17T17:00")
    assert post.told() == []


def test_a_manager_may_have_the_requests_once_a_day(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
):
    post.choose("manager", requests="daily")
    later = desk.book("producer", "M-ET1", "26T09:00", "26T13:00")
    sooner = desk.book("post", "M-ET2", "25T09:00", "25T13:00")
    assert post.told() == []  # it is nine: the digest of today was before they asked
    desk.clock.move_to("2026-11-17T07:29")
    assert post.told() == []
    desk.clock.move_to("2026-11-17T07:30")
    mail = post.one()
    assert mail.recipient == "manager@pil.example"
    assert mail.text.index(sooner) < mail.text.index(later)
    assert mail.subject.startswith("2 ")
    desk.clock.move_to("2026-11-17T18:00")
    with monkeypatch.context() as sent:
        sent.delattr(lists, "inbox_by_booking")  # it is not put together again only to be dropped
        assert post.told() == []
    desk.clock.move_to("2026-11-21T12:00")  # Saturday
    assert post.told() == []


def test_a_long_series_hides_no_other_request_of_the_day(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
):
    """What does not fit is counted, page after page."""
    monkeypatch.setattr(clocks, "MOST_IN_DIGEST", 3)
    monkeypatch.setattr(lists, "PAGE", 2)
    post.choose("manager", requests="daily")
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=60")
    series = desk.book("producer", "M-ET1", "20T09:00", "20T10:00", recurrence=weekly)
    others = [desk.book("post", "M-ET2", f"{day}T09:00", f"{day}T10:00") for day in range(23, 28)]
    desk.clock.move_to("2026-11-17T07:30")
    mail = post.one()
    assert mail.subject.startswith("6 ")
    assert [number for number in (series, *others) if number in mail.text] == [series, *others[:2]]
    assert "3 autres demandes" in mail.text
    assert "3 autres demandes" in mail.html
    assert "50 autres dates" in mail.text


def test_with_nothing_to_tell_a_pass_costs_a_few_statements(desk: Desk, post: Post):
    catalogue()
    with statements(desk.app) as sent:
        assert remind(desk.clock.now, HEAD) == 0
    assert len(sent) <= 5, sent


@pytest.mark.one_engine
def test_old_mails_go_when_no_clock_can_ask_for_them_again(desk: Desk, post: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    mail = post.one()
    mail.sent_at = desk.clock.now
    db.session.commit()
    tidying.tidy(desk.clock.now + timedelta(days=89))
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 1
    tidying.tidy(desk.clock.now + timedelta(days=90))
    assert db.session.scalars(select(OutboxMessage)).all() == []
