"""Invitations: what calendars put in, move and take out, read back by parsers of others."""

import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes

import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar

from booking.core.ical import Event
from booking.notices.delivery import composed
from booking.notices.invitations import Invitation, calendar_text, method
from booking.notices.models import OutboxMessage
from booking.reservations import actions
from booking.reservations.actions import Change, Reach
from booking.reservations.wish import Recurrence
from tests.notices.conftest import HEAD, Post
from tests.reservations.desk import Desk, moment


@pytest.fixture
def kept(post: Post) -> Post:
    """The producer keeps a calendar by mail and wants no other mails."""
    post.choose("producer", calendar=True, decisions=False, options=False, reminders=False)
    return post


def event(mail: OutboxMessage):
    """The event of a mail as icalendar reads it, once vobject has read the same."""
    assert mail.calendar
    (found,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
    other = vobject.readOne(mail.calendar)
    assert other.vevent.uid.value == found["UID"]
    assert other.vevent.summary.value == found["SUMMARY"]
    assert other.vevent.dtstart.value == found["DTSTART"].dt
    assert other.vevent.dtend.value == found["DTEND"].dt
    assert other.method.value == method(mail.calendar)
    return found


def test_a_booking_is_put_in_moved_and_taken_out(desk: Desk, kept: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", title="Étalonnage, « 1 »; 🎬")
    (date,) = desk.view("producer", number).occurrences
    put_in = kept.one()
    first = event(put_in)
    assert method(put_in.calendar or "") == "REQUEST"
    assert (first["UID"], first["SEQUENCE"], first["STATUS"]) == (date.uid, 0, "CONFIRMED")
    assert first["DTSTART"].dt == desk.clock.now.replace(day=18, hour=8)
    assert first["SUMMARY"] == "Étalonnage, « 1 »; 🎬 · Montage image 1"
    assert first["ORGANIZER"] == "mailto:booking@pole.example"
    assert first["ATTENDEE"] == "mailto:producer@blf.example"
    assert first["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"

    producer, now = desk.actor("producer"), desk.clock.advance(minutes=5)
    later = Change(start=moment("18T14:00"), end=moment("18T18:00"))
    actions.change(producer, number, later, now)
    moved = event(kept.one())
    assert (moved["UID"], moved["SEQUENCE"]) == (date.uid, 1)
    assert moved["DTSTART"].dt == now.replace(day=18, hour=13, minute=0)
    assert moved["DTSTAMP"].dt == now

    desk.act("producer", number, "cancel", reason="Pluie")
    taken_out = kept.to("producer")
    gone = event(taken_out)
    assert method(taken_out.calendar or "") == "CANCEL"
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (date.uid, 2, "CANCELLED")
    assert (gone["ORGANIZER"], gone["ATTENDEE"]) == (first["ORGANIZER"], first["ATTENDEE"])


def test_a_new_title_is_a_mail_only_for_who_keeps_it_in_a_calendar(desk: Desk, kept: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", title="Montage")
    first = event(kept.one())
    producer = desk.actor("producer")
    for said in (Change(note="Badge"), Change(title="Montage"), Change(attendees=2)):
        actions.change(producer, number, said, desk.clock.advance(minutes=5))
        assert kept.told() == []
    actions.change(producer, number, Change(title="Mixage"), desk.clock.advance(minutes=5))
    mail = kept.one()
    renamed = event(mail)
    assert renamed["SUMMARY"] == "Mixage · Montage image 1"
    assert (renamed["UID"], renamed["SEQUENCE"] > first["SEQUENCE"]) == (first["UID"], True)
    assert "Nouveau titre" in mail.subject
    assert "Mixage" not in mail.subject

    kept.choose("producer", calendar=False)
    actions.change(producer, number, Change(title="Mélange"), desk.clock.advance(minutes=5))
    assert kept.told() == []


def test_the_title_of_what_is_not_certain_is_told_to_nobody(desk: Desk, kept: Post):
    number = desk.option("producer", "M-ET1", "18T09:00", "18T13:00")
    said = Change(title="Autre titre")
    actions.change(desk.actor("producer"), number, said, desk.clock.advance(minutes=5))
    assert kept.told() == []


def test_what_is_not_certain_is_in_no_calendar(desk: Desk, kept: Post):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    assert kept.told() == ["manager requested"]
    desk.act("manager", number, "approve")
    assert method(kept.one().calendar or "") == "REQUEST"
    later = Change(start=moment("18T15:00"), end=moment("18T19:00"))
    actions.change(desk.actor("producer"), number, later, desk.clock.advance(minutes=5))
    assert desk.where(number) == "requested 1"
    assert method(kept.to("producer").calendar or "") == "CANCEL"
    desk.clock.advance(minutes=5)
    desk.act("manager", number, "approve")
    again = event(kept.one())
    assert (again["STATUS"], again["SEQUENCE"]) == ("CONFIRMED", 3)


def test_who_did_not_ask_for_them_gets_none(desk: Desk, post: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    assert post.one().calendar is None


def test_what_never_was_certain_is_taken_out_of_no_calendar(desk: Desk, kept: Post):
    kept.choose("producer", calendar=True)
    number = desk.option("producer", "M-ET1", "18T09:00", "18T13:00")
    later = Change(start=moment("18T14:00"), end=moment("18T18:00"))
    actions.change(desk.actor("manager"), number, later, desk.clock.advance(minutes=5))
    assert [mail.calendar for mail in kept.work() if "moved" in (mail.key or "")] == [None]


# ---- series -----------------------------------------------------------------------------------


def expanded(mail: OutboxMessage) -> list[tuple[int, int]]:
    """The dates of a mail's series, as two libraries expand it, in UTC epoch seconds."""
    assert mail.calendar
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    found = recurring_ical_events.of(Calendar.from_ical(mail.calendar)).between(first, last)
    dates = sorted(
        (int(e["DTSTART"].dt.timestamp()), int(e["DTEND"].dt.timestamp())) for e in found
    )
    other = vobject.readOne(mail.calendar)
    masters = [one for one in other.vevent_list if not hasattr(one, "recurrence_id")]
    assert len(masters) == 1
    moved = {
        int(one.recurrence_id.value.timestamp()): one
        for one in other.vevent_list
        if hasattr(one, "recurrence_id")
    }
    starts = [int(at.timestamp()) for at in masters[0].getrruleset() or [masters[0].dtstart.value]]
    assert sorted(
        int(moved[at].dtstart.value.timestamp()) if at in moved else at for at in starts
    ) == [start for start, _ in dates]
    return dates


def dates_of(desk: Desk, number: str) -> list[tuple[int, int]]:
    """The dates that stand, as the database has them."""
    dates = desk.view("producer", number).occurrences
    return [(one.starts, one.ends) for one in dates if one.state == "confirmed"]


SERIES = {
    "weekly over the clock change": Recurrence(rule="FREQ=WEEKLY;COUNT=20"),
    "daily without some": Recurrence(rule="FREQ=DAILY;COUNT=9", exdates=(date(2026, 11, 21),)),
    "second wednesday": Recurrence(rule="FREQ=MONTHLY;BYDAY=3WE;COUNT=6"),
    "picked by hand": Recurrence(dates=(date(2026, 12, 1), date(2026, 12, 24), date(2027, 4, 7))),
    "a rule that Outlook does not know": Recurrence(rule="FREQ=MONTHLY;BYDAY=2WE,3WE;COUNT=4"),
}


@pytest.mark.parametrize("name", SERIES)
def test_a_series_is_one_object_and_every_date_is_where_it_is(desk: Desk, kept: Post, name: str):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", recurrence=SERIES[name])
    mail = kept.one()
    assert method(mail.calendar or "") == "REQUEST"
    assert expanded(mail) == dates_of(desk, number)


def test_a_moved_date_and_a_cancelled_one_are_told_with_all_the_others(desk: Desk, kept: Post):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=6")
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", recurrence=weekly)
    put_in = kept.one()
    second, third = (one.id for one in desk.view("producer", number).occurrences[1:3])
    later = Change(start=moment("26T14:00"), end=moment("26T18:00"))
    reach = Reach(scope="this", occurrence=second)
    now = desk.clock.advance(minutes=5)
    actions.change(desk.actor("producer"), number, later, now, reach=reach)
    moved = kept.one()
    assert expanded(moved) == sorted(dates_of(desk, number))
    assert expanded(moved) != expanded(put_in)
    desk.clock.advance(minutes=5)
    desk.act(
        "producer",
        number,
        "cancel",
        reason="Congé",
        reach=Reach(scope="this", occurrence=third),
    )
    without = kept.to("producer")
    assert expanded(without) == sorted(dates_of(desk, number))
    told = [sequences(mail) for mail in (put_in, moved, without)]
    assert told == sorted(told)
    assert all(len(one) == 1 for one in told), "one SEQUENCE for all of it"
    assert len({str(uid) for mail in (put_in, moved, without) for uid in uids(mail)}) == 1


def sequences(mail: OutboxMessage) -> list[int]:
    events = Calendar.from_ical(mail.calendar or "").walk("VEVENT")
    return sorted({int(event["SEQUENCE"]) for event in events})


def uids(mail: OutboxMessage) -> set[str]:
    return {event["UID"] for event in Calendar.from_ical(mail.calendar or "").walk("VEVENT")}


def test_its_last_date_takes_a_series_out(desk: Desk, kept: Post):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", recurrence=weekly)
    kept.one()
    desk.act("producer", number, "cancel", reason="Annulé")
    taken_out = kept.to("producer")
    assert method(taken_out.calendar or "") == "CANCEL"
    (gone,) = Calendar.from_ical(taken_out.calendar or "").walk("VEVENT")
    assert (gone["STATUS"], "RRULE" in gone) == ("CANCELLED", False)


def test_the_mail_is_built_as_all_programs_read_it(desk: Desk, kept: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    mail = kept.one()
    wire = composed(mail, HEAD.sender).as_bytes(policy=email.policy.SMTP)
    assert b"\r\r\n" not in wire
    read = message_from_bytes(wire, policy=email.policy.default)
    assert read.get_content_type() == "multipart/mixed"
    alternative, attachment = read.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    *_, calendar = parts = list(alternative.iter_parts())
    kinds = [part.get_content_type() for part in parts]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "UTF-8"
    assert calendar.get_content_disposition() is None
    assert attachment.get_content_type() == "application/ics"
    assert attachment.get_filename() == "invite.ics"
    assert attachment["Content-Transfer-Encoding"] == "base64"
    both = {part.get_payload(decode=True) for part in (calendar, attachment)}
    assert both == {(mail.calendar or "").encode()}


def invitation(typed: str) -> Invitation:
    """A date of which somebody typed everything that can be typed."""
    event = Event(
        uid="5c6b5f5e",
        starts=1795003200,
        ends=1795010400,
        changed=1795000000,
        sequence=3,
        summary=typed,
        location=typed,
        description=typed,
        url="https://booking.pole.example/bookings/PIL-2026-00042",
    )
    return Invitation(
        uid="5c6b5f5e",
        sequence=3,
        events=(event,),
        rule="",
        zone="Europe/Brussels",
        organizer="booking@pole.example",
        house=f"Le “bureau”, {typed}",
        guest="producer@blf.example",
        guest_name=typed,
        accepted=True,
        cancelled=False,
    )


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "typed", ["a\nBEGIN:VEVENT", "x\r\nATTENDEE:mailto:eve@x.example", "é" * 5000, "‏שלום‏", "🎬;,\\"]
)
def test_what_people_type_stays_in_its_place(typed: str):
    made = invitation(typed)
    (found,) = Calendar.from_ical(calendar_text(made) or "").walk("VEVENT")
    assert found["SUMMARY"].replace("\r", "") == typed.replace("\r", "")
    assert found["ATTENDEE"] == "mailto:producer@blf.example"
    assert all(len(line) <= 75 for line in calendar_text(made) or b"".split(b"\r\n"))


@pytest.mark.one_engine
def test_an_address_cannot_bring_another_line():
    with pytest.raises(ValueError, match="control character"):
        calendar_text(replace(invitation("x"), organizer="a@b.example\r\nATTENDEE:x"))
