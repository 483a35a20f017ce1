"""Participants: invited by address, without an account; their calendars follow the booking."""

from collections.abc import Sequence

import pytest
from icalendar import Calendar
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.errors import Invalid
from booking.members.models import User
from booking.notices import tidying as notices_tidying
from booking.notices.invitations import method
from booking.notices.models import Invited, OutboxMessage
from booking.reservations import actions
from booking.reservations import tidying as reservations_tidying
from booking.reservations.actions import Change, Reach
from booking.reservations.wish import Recurrence
from tests.notices.conftest import Post
from tests.reservations.desk import Desk, instant, moment

ANNA, BO = "anna@distri.example", "bo@vfx.example"
WEEKLY = Recurrence(rule="FREQ=WEEKLY;COUNT=4")


def guests(mails: Sequence[OutboxMessage]) -> list[str]:
    """Which participants are told what: "anna REQUEST"."""
    return sorted(
        f"{mail.recipient.partition('@')[0]} {method(mail.calendar or '')}"
        for mail in mails
        if (mail.key or "").startswith("participation:")
    )


def letter(mails: Sequence[OutboxMessage], to: str) -> OutboxMessage:
    (found,) = [mail for mail in mails if mail.recipient == to]
    return found


def events(mail: OutboxMessage) -> list:
    assert mail.calendar
    return Calendar.from_ical(mail.calendar).walk("VEVENT")


def invite(desk: Desk, number: str, *addresses: str) -> None:
    """Let the producer invite exactly these."""
    change = Change(participants=addresses)
    actions.change(desk.actor("producer"), number, change, desk.clock.advance(minutes=5))


# ---- one date ---------------------------------------------------------------------------------


def test_they_are_invited_once_it_is_certain_and_not_before(desk: Desk, post: Post):
    number = desk.book(
        "producer", "M-ET1", "18T09:00", "18T13:00", title="Visionnage", participants=(ANNA, BO)
    )
    assert guests(post.work()) == []
    desk.act("manager", number, "approve")
    mails = post.work()
    assert guests(mails) == ["anna REQUEST", "bo REQUEST"]
    mail = letter(mails, ANNA)
    (event,) = events(mail)
    assert event["SUMMARY"] == "Visionnage · Étalonnage 1 (projection)"
    assert (event["ATTENDEE"], event["ORGANIZER"]) == (
        f"mailto:{ANNA}",
        "mailto:booking@pole.example",
    )
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["DTSTART"].dt.timestamp() == instant("18T09:00")
    about = f"Étalonnage 1 (projection), mercredi 18 novembre 2026 ({number})"
    assert mail.subject == f"Invitation : {about}"
    assert "Camille Laurent, de Batte Lune Films, vous invite." in mail.text
    assert "mercredi 18 novembre 2026, 09:00–13:00" in mail.text


def test_what_is_not_theirs_to_know_is_not_in_it(desk: Desk, post: Post):
    number = desk.book(
        "producer",
        "M-MI1",
        "18T09:00",
        "18T13:00",
        note="Budget : 1 200 €",
        production=None,
        participants=(ANNA, BO),
    )
    mail = letter(post.work(), ANNA)
    said = f"{mail.subject} {mail.text} {mail.html} {mail.calendar}"
    for secret in ("Budget", BO, f"/bookings/{number}", "/account"):
        assert secret not in said


def test_their_calendars_follow_it(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=(ANNA,))
    (first,) = events(letter(post.work(), ANNA))
    later = Change(start=moment("18T14:00"), end=moment("18T18:00"))
    actions.change(desk.actor("producer"), number, later, desk.clock.advance(minutes=5))
    mail = letter(post.work(), ANNA)
    (moved,) = events(mail)
    assert mail.subject.startswith("Invitation modifiée : ")
    assert (method(mail.calendar or ""), moved["UID"]) == ("REQUEST", first["UID"])
    assert moved["SEQUENCE"] > first["SEQUENCE"]
    assert moved["DTSTART"].dt.timestamp() == instant("18T14:00")
    renamed = Change(title="Autre chose")
    actions.change(desk.actor("producer"), number, renamed, desk.clock.advance(minutes=5))
    (named,) = events(letter(post.work(), ANNA))
    assert named["SUMMARY"] == "Autre chose · Montage image 1"
    desk.act("producer", number, "cancel", reason="Pluie")
    mail = letter([m for m in post.work() if m.recipient == ANNA], ANNA)
    (gone,) = events(mail)
    assert mail.subject.startswith("Invitation retirée : ")
    assert (method(mail.calendar or ""), gone["STATUS"]) == ("CANCEL", "CANCELLED")
    assert gone["UID"] == first["UID"]
    assert gone["SEQUENCE"] > named["SEQUENCE"]
    assert db.session.scalars(select(Invited)).all() == []


def test_what_changes_nothing_in_their_calendar_is_not_told(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=(ANNA,))
    assert guests(post.work()) == ["anna REQUEST"]
    note = Change(note="Pour nous seuls", attendees=3)
    actions.change(desk.actor("producer"), number, note, desk.clock.advance(minutes=5))
    assert guests(post.work()) == []


def test_who_is_added_is_invited_and_who_is_left_out_is_told(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=(ANNA,))
    post.work()
    invite(desk, number, BO)
    assert guests(post.work()) == ["anna CANCEL", "bo REQUEST"]
    invite(desk, number, ANNA, BO)
    mails = post.work()
    assert guests(mails) == ["anna REQUEST"]
    assert desk.view("producer", number).participants == (ANNA, BO)


def test_what_loses_its_approval_leaves_their_calendars(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00", participants=(ANNA,))
    desk.act("manager", number, "approve")
    post.work()
    later = Change(start=moment("19T09:00"), end=moment("19T13:00"))
    actions.change(desk.actor("producer"), number, later, desk.clock.advance(minutes=5))
    assert guests(post.work()) == ["anna CANCEL"]
    desk.act("manager", number, "approve")
    assert guests(post.work()) == ["anna REQUEST"]


def test_of_what_is_over_nobody_hears(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "16T09:15", "16T10:00", participants=(ANNA,))
    post.work()
    desk.clock.advance(hours=2)
    actions.change(
        desk.actor("producer"),
        desk.book("producer", "M-MI1", "18T09:00", "18T10:00", participants=(BO,)),
        Change(title="Suite"),
        desk.clock.advance(minutes=1),
    )
    db.session.query(Invited).filter_by(address=ANNA).update({"said": "x"})
    assert guests(post.work()) == ["bo REQUEST"]
    assert desk.view("producer", number).participants == (ANNA,)


def test_who_has_an_account_reads_their_own_language(desk: Desk, post: Post):
    db.session.query(User).filter_by(email="guest@mosel.example").update({"locale": "de"})
    db.session.commit()
    address = "Guest@Mosel.example"
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=(address,))
    mail = letter(post.work(), address)
    assert "Camille Laurent von Batte Lune Films lädt Sie ein." in mail.text
    assert mail.subject.startswith("Einladung: Montage image 1")


def test_a_worker_that_comes_again_tells_nobody_twice(desk: Desk, post: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=(ANNA,))
    assert guests(post.work()) == ["anna REQUEST"]
    assert guests(post.work()) == []


def test_addresses_are_forgotten_ninety_days_after_the_last_date(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=(ANNA,))
    post.work()
    for days, kept in ((90, (ANNA,)), (3, ())):
        now = desk.clock.advance(days=days)
        reservations_tidying.tidy(now)
        notices_tidying.tidy(now)
        assert desk.view("producer", number).participants == kept
        assert len(db.session.scalars(select(Invited)).all()) == len(kept)
        db.session.rollback()
    assert guests(post.work()) == []


# ---- series -----------------------------------------------------------------------------------


def test_a_series_is_one_object_and_its_cancelled_date_is_left_out(desk: Desk, post: Post):
    number = desk.book(
        "producer", "M-MI1", "18T09:00", "18T10:00", recurrence=WEEKLY, participants=(ANNA,)
    )
    (master,) = events(letter(post.work(), ANNA))
    assert master["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20261209T080000Z"
    second = desk.view("producer", number).occurrences[1].id
    reach = Reach(scope="this", occurrence=second)
    desk.clock.advance(minutes=5)
    desk.act("producer", number, "cancel", reason="Congé", reach=reach)
    mail = letter([m for m in post.work() if m.recipient == ANNA], ANNA)
    (changed,) = events(mail)
    assert method(mail.calendar or "") == "REQUEST"
    assert changed["UID"] == master["UID"]
    assert changed["SEQUENCE"] > master["SEQUENCE"]
    left_out = changed["EXDATE"].dts[0].dt
    assert left_out.timestamp() == instant("25T09:00")
    assert "25 novembre" not in mail.text


def test_picked_dates_are_one_object_too(desk: Desk, post: Post):
    picked = Recurrence(dates=(moment("20T09:00").date(), moment("27T09:00").date()))
    desk.book("producer", "M-MI1", "18T09:00", "18T10:00", recurrence=picked, participants=(ANNA,))
    (master,) = events(letter(post.work(), ANNA))
    assert master["RRULE"].to_ical().startswith(b"FREQ=DAILY;UNTIL=20261127")
    every = master["EXDATE"]
    skipped = [e.dts[0].dt.day for e in (every if isinstance(every, list) else [every])]
    assert skipped == [19, 21, 22, 23, 24, 25, 26]


# ---- what may be typed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code", "path"),
    [
        (("anna",), "bad_participant", "participants/0"),
        ((ANNA, "Bo <bo@vfx.example>"), "bad_participant", "participants/1"),
        (("a@x.example\r\nBcc: eve@x.example",), "bad_participant", "participants/0"),
        ((ANNA, ANNA.upper()), "participant_twice", "participants/1"),
        (("é" * 300 + "@x.example",), "bad_participant", "participants/0"),
        (tuple(f"p{n}@x.example" for n in range(51)), "too_many_participants", "participants"),
    ],
)
def test_what_is_no_address_is_refused_by_name(desk: Desk, typed, code, path):
    with pytest.raises(Invalid) as refused:
        desk.book("producer", "M-MI1", "18T09:00", "18T13:00", participants=typed)
    assert (refused.value.fields[0].code, refused.value.fields[0].path) == (code, path)
