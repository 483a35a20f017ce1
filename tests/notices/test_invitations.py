"""Invitations: what calendars put in, move and take out, read back by parsers of others."""

import email.policy
from email import message_from_bytes

import pytest
import vobject
from icalendar import Calendar

from booking.notices.delivery import composed
from booking.notices.invitations import Invitation, calendar_text, method
from booking.notices.models import OutboxMessage
from booking.reservations import actions
from booking.reservations.actions import Change
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


def test_who_did_not_ask_for_them_gets_none_and_a_series_has_none(desk: Desk, post: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    assert post.one().calendar is None
    post.choose("producer", calendar=True)
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    desk.book("producer", "M-MI2", "18T09:00", "18T13:00", recurrence=weekly)
    assert post.one().calendar is None


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


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "typed", ["a\nBEGIN:VEVENT", "x\r\nATTENDEE:mailto:eve@x.example", "é" * 5000, "‏שלום‏", "🎬;,\\"]
)
def test_what_people_type_stays_in_its_place(typed: str):
    invitation = Invitation(
        uid="5c6b5f5e",
        sequence=3,
        starts=1795003200,
        ends=1795010400,
        changed=1795000000,
        organizer="booking@pole.example",
        house=f"Le “bureau”, {typed}",
        guest="producer@blf.example",
        guest_name=typed,
        summary=typed,
        location=typed,
        description=typed,
        url="https://booking.pole.example/bookings/PIL-2026-00042",
        cancelled=False,
    )
    (found,) = Calendar.from_ical(calendar_text(invitation)).walk("VEVENT")
    assert found["SUMMARY"].replace("\r", "") == typed.replace("\r", "")
    assert found["ATTENDEE"] == "mailto:producer@blf.example"
    assert all(len(line) <= 75 for line in calendar_text(invitation).encode().split(b"\r\n"))


@pytest.mark.one_engine
def test_an_address_cannot_bring_another_line():
    with pytest.raises(ValueError, match="control character"):
        calendar_text(
            Invitation(
                uid="x",
                sequence=0,
                starts=1,
                ends=2,
                changed=0,
                organizer="a@b.example\r\nATTENDEE:x",
                house="",
                guest="c@d.example",
                guest_name="",
                summary="",
                location="",
                description="",
                url="",
                cancelled=False,
            )
        )
