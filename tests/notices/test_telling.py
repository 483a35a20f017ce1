"""What happens is told to the right people, once, in words they may read."""

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from sqlalchemy import select, text

from booking.facilities.actions import add_closure
from booking.facilities.actions.closures import Closing
from booking.facilities.actions.rules import RuleChange
from booking.journal.actions import record
from booking.journal.events import Event
from booking.journal.following import MOST_ENTRIES
from booking.kernel.db import db
from booking.members.actions import name_deputy
from booking.members.models import Company, User
from booking.notices.delivery import composed
from booking.notices.models import OutboxMessage
from booking.notices.telling import begin_here, begin_with, tell
from booking.reservations import actions
from booking.reservations.actions import Change, Reach, ruling
from booking.reservations.wish import Recurrence
from tests.notices.conftest import HEAD, Post
from tests.reservations.desk import Desk, moment
from tests.reservations.test_pools import pool
from tests.support.statements import statements


def test_a_request_is_told_to_who_decides_and_the_decision_to_who_asked(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    assert post.told() == ["manager requested"]
    desk.act("manager", number, "approve")
    mail = post.one()
    assert mail.recipient == "producer@blf.example"
    assert mail.subject == (
        f"Validée : Étalonnage 1 (projection), mercredi 18 novembre 2026 ({number})"
    )
    assert "mercredi 18 novembre 2026, 09:00–13:00 (heure de Bruxelles)" in mail.text
    assert "Sofia Renard" in mail.text
    assert f"https://booking.pole.example/bookings/{number}" in mail.text
    assert post.told() == []


def test_a_booking_costs_not_one_statement_more(desk: Desk, post: Post):
    """The journal is the outbox of events: its row is written anyway."""
    with statements(desk.app) as sent:
        desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    assert not [statement for statement in sent if "outbox" in statement]


def test_each_manager_is_asked_about_their_own_rooms(desk: Desk, post: Post):
    desk.book("producer", "M-ET1 N-PLD", "18T09:00", "18T13:00")
    mails = {mail.recipient.partition("@")[0]: mail for mail in post.work()}
    assert sorted(mails) == ["manager", "manager-n"]
    number = desk.book("producer", "M-ET1", "19T09:00", "19T13:00")
    assert post.told() == ["manager requested"]
    assert number


def test_what_nobody_approves_is_confirmed_in_writing(desk: Desk, post: Post):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    assert post.told() == ["producer confirmed"]


def test_who_decides_about_their_own_booking_gets_the_confirmation_alone(desk: Desk, post: Post):
    desk.book("manager", "M-ET1", "18T09:00", "18T13:00")
    assert post.told() == ["manager confirmed"]


def test_a_refusal_comes_with_its_reason(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    post.work()
    desk.act("manager", number, "decline", reason="Maintenance du projecteur\nce jour-là")
    mail = post.one()
    assert "declined" in (mail.key or "")
    assert "  > Maintenance du projecteur\n  > ce jour-là" in mail.text
    assert "Maintenance du projecteur\nce jour-là" in mail.html


def test_an_option_is_told_to_nobody_until_it_becomes_a_request(desk: Desk, post: Post):
    number = desk.option("producer", "M-ET1", "25T09:00", "25T13:00")
    assert post.told() == []
    desk.act("producer", number, "confirm")
    assert post.told() == ["manager requested"]


def test_who_moves_up_hears_of_it_and_the_manager_is_asked_then(desk: Desk, post: Post):
    first = desk.option("producer", "M-ET1", "25T09:00", "25T13:00")
    second = desk.option("post", "M-ET1", "25T09:00", "25T13:00")
    third = desk.book("guest", "M-ET1", "25T09:00", "25T13:00", on_clash="queue")
    assert post.told() == []
    desk.act("producer", first, "release")
    assert post.told() == ["guest promoted", "post promoted"]
    desk.act("post", second, "release")
    assert post.told() == ["guest promoted", "manager requested"]
    assert desk.where(third) == "requested 1"


def test_what_lapses_is_told_whether_option_or_request(desk: Desk, post: Post):
    desk.option("producer", "M-ET1", "25T09:00", "25T13:00")
    desk.book("post", "M-ET2", "18T09:00", "18T13:00")
    post.work()
    desk.clock.move_to("2026-11-24T12:00")
    mails = post.work()
    assert post.short(mails) == ["post expired", "producer expired"]
    said = {mail.recipient: mail.text for mail in mails}
    assert "option" in said["producer@blf.example"]
    assert "demande" in said["post@gfe.example"]


def test_a_challenge_is_told_to_the_holder_and_who_may_answer_for_them(desk: Desk, post: Post):
    first = desk.option("producer", "M-ET1", "27T09:00", "27T13:00", title="Secret de Zorg")
    second = desk.option("post", "M-ET1", "27T09:00", "27T13:00", title="Vengeance")
    desk.act("post", second, "challenge")
    mails = post.work()
    assert post.short(mails) == ["admin challenged", "producer challenged"]
    for mail in mails:
        for unknown in ("Jonas", "Grain Fin", "post@gfe", "Vengeance", second):
            assert unknown not in mail.subject + mail.text + mail.html
        assert "mardi 17 novembre 2026, 09:00" in mail.subject
        assert "Zorg" not in mail.subject
    desk.act("producer", first, "confirm", reason="Entre nous")
    mails = post.work()
    assert post.short(mails) == ["manager requested", "post challenge_answered"]
    answer = next(mail for mail in mails if mail.recipient == "post@gfe.example")
    assert "a été confirmée" in answer.text
    for unknown in ("Camille", "Batte", "Zorg", "Entre nous", first):
        assert unknown not in answer.subject + answer.text + answer.html


def test_a_released_challenge_is_one_mail_to_the_challenger(desk: Desk, post: Post):
    first = desk.option("producer", "M-MI1", "27T09:00", "27T13:00")
    second = desk.option("post", "M-MI1", "27T09:00", "27T13:00")
    desk.act("post", second, "challenge")
    post.work()
    desk.act("producer", first, "release")
    assert post.told() == ["post challenge_answered"]
    assert desk.where(second) == "confirmed 1"


def test_a_challenger_who_is_declined_frees_the_holder(desk: Desk, post: Post):
    desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    second = desk.option("post", "M-ET1", "27T09:00", "27T13:00")
    desk.act("post", second, "challenge")
    post.work()
    desk.act("manager", second, "decline", reason="Entre nous")
    mails = post.work()
    assert post.short(mails) == ["post declined", "producer challenge_over"]
    freed = next(mail for mail in mails if mail.recipient == "producer@blf.example")
    assert "Entre nous" not in freed.text + freed.html


def test_more_time_a_move_and_a_counter_offer_are_told(desk: Desk, post: Post):
    option = desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    desk.act("manager", option, "extend", reason="Production en retard")
    assert post.told() == ["producer extended"]
    manager, now = desk.actor("manager"), desk.clock.now
    actions.change(manager, option, Change(start=moment("27T10:00"), end=moment("27T14:00")), now)
    mail = post.one()
    assert "Avant\u00a0:\n    vendredi 27 novembre 2026, 09:00–13:00" in mail.text
    assert "vendredi 27 novembre 2026, 10:00–14:00" in mail.text
    other = Change(facilities=("M-ET2",))
    actions.offer(manager, option, other, now, message="Ceci vous irait-il ?")
    mail = post.one()
    assert "Étalonnage 2" in mail.text
    assert "  > Ceci vous irait-il ?" in mail.text
    actions.accept(desk.actor("producer"), option, now)
    assert post.told() == ["manager offer_accepted"]


def test_one_s_own_move_is_told_to_nobody_but_who_must_approve_again(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.act("manager", number, "approve")
    post.work()
    later = Change(start=moment("18T15:00"), end=moment("18T19:00"))
    actions.change(desk.actor("producer"), number, later, desk.clock.now)
    assert post.told() == ["manager requested"]


def test_a_swap_is_asked_and_answered_without_a_name(desk: Desk, post: Post):
    mine = desk.book("producer", "M-MI1", "18T09:00", "18T13:00", title="Secret de Zorg")
    theirs = desk.book("post", "M-MI1", "19T09:00", "19T13:00")
    post.work()
    asker, now = desk.actor("producer"), desk.clock.now
    start = moment("19T09:00").replace(tzinfo=now.tzinfo)
    actions.propose_swap(asker, mine, "M-MI1", start, now, message="Tournage avancé")
    mail = post.to("post")
    for unknown in ("Camille", "Batte", "Zorg", mine):
        assert unknown not in mail.subject + mail.text + mail.html
    assert "mercredi 18 novembre 2026, 09:00–13:00" in mail.text
    actions.accept(desk.actor("post"), theirs, now)
    mail = post.to("producer")
    assert "jeudi 19 novembre 2026, 09:00–13:00" in mail.text
    assert theirs not in mail.text


def test_a_cancelled_booking_is_told_to_the_other_side(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    other = desk.book("producer", "M-MI2", "18T09:00", "18T13:00")
    post.work()
    desk.act("producer", number, "cancel", reason="Pluie")
    assert post.told() == ["manager given_up"]
    desk.act("manager", other, "cancel", reason="Fuite d’eau")
    assert post.told() == ["producer cancelled"]


def test_a_closure_is_told_to_whom_it_hits(desk: Desk, post: Post):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    desk.book("post", "M-MI1", "19T09:00", "19T13:00")
    post.work()
    shut = Closing(
        facility="M-MI1", start=moment("18T12:00"), end=moment("18T18:00"), reason="Panne"
    )
    add_closure(desk.actor("manager"), shut, desk.clock.now)
    mail = post.one()
    assert (mail.recipient, number in mail.subject) == ("producer@blf.example", True)
    assert "mercredi 18 novembre 2026, 12:00–18:00" in mail.text
    assert "Panne" in mail.text


def test_whose_room_was_released_because_nobody_came_hears_of_it(desk: Desk, post: Post):
    post.choose("producer", calendar=True)
    room = desk.world.facilities["M-MI1"]
    wanted, admin = RuleChange(value=15), desk.actor("admin@pil.example")
    ruling.add_rule(admin, "check_in", wanted, desk.clock.now, facility_id=room)
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    post.work()
    desk.clock.move_to("2026-11-18T09:15")
    mail = post.one()
    assert (mail.key or "").startswith("missed:")
    assert "METHOD:CANCEL" in (mail.calendar or "")


def test_of_a_pool_the_amount_is_told_before_and_after(desk: Desk, post: Post):
    pool(desk, "M-FIB", 10)
    number = desk.book("producer", "M-FIB", "18T09:00", "18T13:00", amounts={"M-FIB": 4})
    assert "Fibre M-FIB (4 sur 10)" in post.one().text
    later = Change(start=moment("19T09:00"), end=moment("19T13:00"))
    actions.change(desk.actor("manager"), number, later, desk.clock.now)
    assert post.one().text.count("Fibre M-FIB (4 sur 10)") == 2


def test_a_deputy_is_asked_on_their_days(desk: Desk, post: Post):
    deputy, days = (
        desk.world.users["manager-n@pil.example"],
        (date(2026, 11, 16), date(2026, 11, 17)),
    )
    name_deputy(desk.actor("manager"), deputy, *days, "Europe/Brussels", desk.clock.now)
    desk.book("producer", "M-ET1", "25T09:00", "25T13:00")
    assert post.told() == ["manager requested", "manager-n requested"]
    desk.clock.move_to("2026-11-18T09:00")
    desk.book("producer", "M-ET2", "25T09:00", "25T13:00")
    assert post.told() == ["manager requested"]


WEEKLY = Recurrence(rule="FREQ=WEEKLY;COUNT=52")


def test_a_series_is_one_mail(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1", "17T09:00", "17T12:00", recurrence=WEEKLY)
    mail = post.one()
    assert "42 autres dates" in mail.text
    assert "51 autres dates" in mail.subject
    desk.act("manager", number, "approve")
    assert post.told() == ["producer approved"]
    chosen = desk.view("producer", number).occurrences[3]
    reach = Reach(scope="this", occurrence=chosen.id)
    desk.act("manager", number, "cancel", reason="Fermé", reach=reach)
    mail = post.one()
    assert "mardi 8 décembre 2026, 09:00–12:00" in mail.text
    assert "15 décembre" not in mail.text


def test_forty_decisions_at_once_are_one_mail_to_each_who_asked(desk: Desk, post: Post):
    mine = [desk.book("producer", "M-ET1", f"18T{h}:00", f"18T{h}:30") for h in range(10, 20)]
    theirs = [desk.book("post", "M-ET2", f"18T{h}:00", f"18T{h}:30") for h in range(10, 15)]
    asked = post.one()
    assert all(number in asked.text for number in [*mine, *theirs])
    manager, now = desk.actor("manager"), desk.clock.now
    actions.act_on_many(manager, [*mine, *theirs], actions.deciding.Verb("approve"), now)
    mails = post.work()
    assert post.short(mails) == ["post approved", "producer approved"]
    told = next(mail for mail in mails if mail.recipient == "producer@blf.example")
    assert all(number in told.text for number in mine)
    assert not any(number in told.text for number in theirs)
    assert "10 réservations" in told.subject


# ---- who gets none ---------------------------------------------------------------------------


def test_who_left_or_works_elsewhere_now_gets_none(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    post.work()
    person = db.session.get_one(User, desk.world.users["producer@blf.example"])
    person.company_id = db.session.scalars(select(Company.id).where(Company.code == "GFE")).one()
    db.session.commit()
    desk.act("manager", number, "approve")
    assert post.told() == []


def test_what_was_switched_off_is_not_sent_but_a_challenge_is(desk: Desk, post: Post):
    post.choose("producer", decisions=False, options=False, reminders=False)
    post.choose("manager", requests="none")
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.act("manager", number, "approve")
    desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    second = desk.option("post", "M-ET1", "27T09:00", "27T13:00")
    assert post.told() == []
    desk.act("post", second, "challenge")
    assert post.told() == ["admin challenged", "producer challenged"]


def test_everybody_reads_their_own_language(desk: Desk, post: Post):
    for locale, words in {"nl": "Goedgekeurd", "de": "Genehmigt", "en": "Approved"}.items():
        person = db.session.get_one(User, desk.world.users["producer@blf.example"])
        person.locale = locale
        db.session.commit()
        number = desk.book("producer", "M-ET1", "18T09:00", "18T10:00")
        desk.act("manager", number, "approve")
        mail = post.to("producer")
        assert mail.subject.startswith(words)
        assert f'lang="{locale}"' in mail.html
        desk.act("manager", number, "cancel", reason="x")
        post.work()


def test_invented_data_is_told_to_nobody(desk: Desk, post: Post):
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    begin_here()
    assert post.told() == []


def test_of_invented_data_one_event_is_told_however_much_came_before(desk: Desk, post: Post):
    desk.option("producer", "M-ET1", "27T09:00", "27T13:00")
    second = desk.option("post", "M-ET1", "27T09:00", "27T13:00")
    invented = Event(name="demo:loaded", subject="demo:1")
    record([invented] * MOST_ENTRIES, actor_id=None, at=desk.clock.now)
    desk.act("post", second, "challenge")
    desk.book("producer", "M-ET2", "18T09:00", "18T13:00")
    begin_with("booking:challenged", HEAD)
    assert post.told() == ["admin challenged", "producer challenged"]


def test_two_workers_that_read_the_same_entries_tell_them_once(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
):
    from booking.notices import telling

    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    first = telling._send

    def overtaken(*details: object) -> int:
        monkeypatch.setattr(telling, "_send", first)
        assert tell(desk.clock.now, HEAD) == 1  # the other worker is faster
        return first(*details)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "_send", overtaken)
    assert tell(desk.clock.now, HEAD) == 0
    assert db.session.scalars(select(OutboxMessage)).all()[1:] == []


# ---- what people type ------------------------------------------------------------------------

HOSTILE = "Étalonnage 🎬 <b>gras</b> & “x” {{ 7*7 }} %(x)s שלום"


def test_what_people_type_says_the_same_and_breaks_nothing(desk: Desk, post: Post):
    note = ("Ligne\n\n.\nBcc: all@pole.example\n=2+3\n" + "é🎬" * 5000)[:10_000]
    number = desk.book(
        "producer", "M-ET1", "18T09:00", "18T13:00", title=HOSTILE, note=note, attendees=3
    )
    mail = post.one()
    assert HOSTILE not in mail.subject
    assert number in mail.subject
    assert HOSTILE in mail.text
    assert "<b>gras" not in mail.html
    assert "&lt;b&gt;gras" in mail.html
    assert all(line in mail.text for line in note.splitlines())
    sent = composed(mail, HEAD.sender).as_bytes(policy=SMTP)
    assert max(map(len, sent.split(b"\r\n"))) <= 998, "RFC 5322, 2.1.1"
    read = message_from_bytes(sent, policy=default)
    assert read["Bcc"] is None
    for kind, said in (("plain", mail.text), ("html", mail.html)):
        part = read.get_body((kind,))
        assert isinstance(part, EmailMessage)
        assert part.get_content().split() == said.split()


def test_the_text_of_all_entries_is_read_in_few_statements(desk: Desk, post: Post):
    for hour in range(10, 20):
        desk.book("producer", "M-ET1", f"18T{hour}:00", f"18T{hour}:30")
    with statements(desk.app) as sent:
        tell(desk.clock.now, HEAD)
    assert len(sent) <= 20, len(sent)
    assert db.session.scalar(text("SELECT count(*) FROM outbox")) == 1
