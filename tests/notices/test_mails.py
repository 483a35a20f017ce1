"""Mails: written with what they tell, in the reader's language."""

import statistics
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.errors import BookingError, Forbidden, Invalid, TooMany
from booking.members import queries as members
from booking.members.actions.passwords import INVITATION, RESET
from booking.members.actions.people import NewPerson
from booking.members.actions.sessions import Origin
from booking.members.models import OneTimeToken
from booking.notices import actions, queries, rendering
from booking.notices.catalog import CATALOG, EVENTS
from booking.notices.letters import Item, Place
from booking.notices.models import OutboxMessage

pytestmark = pytest.mark.usefixtures("context")
SITE = "https://booking.pole.example"
HERE = Origin("192.0.2.7")
TEMPLATES = Path(rendering.__file__).parents[1] / "templates" / "mail"


def outbox():
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def ask(clock, email="producer@blf.example"):
    actions.ask_reset(email, origin=HERE, site_url=SITE, now=clock.now)


def invite(clock, world, **more):
    values = {"email": "new@blf.example", "name": "Nouvelle Venue", **more}
    person = NewPerson(company_id=world.companies["BLF"], **values)
    return actions.invite(world.actor("admin@blf.example"), person, site_url=SITE, now=clock.now)


def link(mail, path):
    return next(line for line in mail.text.splitlines() if line.startswith(f"{SITE}/{path}/"))


def test_every_event_of_the_catalog_has_its_three_templates():
    assert all(event in CATALOG for event in EVENTS)
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert folders == EVENTS
    for event in EVENTS:
        assert {path.name for path in (TEMPLATES / event).iterdir()} == {
            "subject.txt",
            "body.txt",
            "body.html",
        }


def test_a_reset_mail_holds_the_link_and_nobody_elses_does(clock):
    ask(clock, " Producer@BLF.example")
    [mail] = outbox()
    assert (mail.recipient, mail.due_at, mail.sent_at) == ("producer@blf.example", clock.now, None)
    assert "\n" not in mail.subject
    secret = link(mail, "reset").rpartition("/")[2]
    holder = members.token_holder(secret, RESET, clock.now)
    assert holder is not None
    assert holder.email == "producer@blf.example"
    assert f'href="{SITE}/reset/{secret}"' in mail.html


def test_nobody_gets_no_mail(clock):
    ask(clock, "nobody@blf.example")
    assert outbox() == []
    assert db.session.scalars(select(OneTimeToken)).all() == []


def test_asking_again_and_again_must_wait_known_or_not(clock):
    for email in ("producer@blf.example", "nobody@blf.example"):
        for _ in range(5):
            ask(clock, email)
        with pytest.raises(TooMany):
            ask(clock, email)


@pytest.mark.one_engine
def test_the_time_does_not_tell_whether_an_account_exists(clock):
    def took(email):
        clock.advance(timedelta(hours=25))
        started = time.perf_counter()
        ask(clock, email)
        return time.perf_counter() - started

    took("producer@blf.example"), took("nobody@blf.example")
    for _attempt in range(3):  # another process may disturb one of them
        times = [(took("producer@blf.example"), took("nobody@blf.example")) for _ in range(25)]
        known, unknown = (statistics.median(column) for column in zip(*times, strict=True))
        if abs(known - unknown) < 0.010:
            return
    pytest.fail(f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms")


def test_an_invitation_is_queued_with_the_person(clock, world):
    user_id = invite(clock, world)
    [mail] = outbox()
    assert mail.recipient == "new@blf.example"
    secret = link(mail, "invitation").rpartition("/")[2]
    holder = members.token_holder(secret, INVITATION, clock.now)
    assert holder is not None
    assert holder.user_id == user_id
    assert "Inès Collard" in mail.text


def test_a_refused_invitation_sends_nothing(clock, world):
    with pytest.raises(Invalid):
        invite(clock, world, email="not an address")
    assert outbox() == []


def test_a_mail_that_cannot_be_written_takes_the_invitation_back(clock, world, monkeypatch):
    monkeypatch.setattr(actions, "render", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        invite(clock, world)
    assert members.actor_by_email("new@blf.example") is None


def test_names_cannot_bring_markup_into_a_mail(clock, world):
    invite(clock, world, name="<script>alert(1)</script>")
    [mail] = outbox()
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "<script>" in mail.text


def booking(**more):
    """A booking in a letter, with everything that a template may ask for."""
    place = Place(1795003200, 1795010400, "Europe/Brussels", "Étalonnage 1", "Médiacité")
    told = {
        "until": 1795003200,
        "due": 1795003200,
        "before": [place],
        "offered": [place],
        "shut": {**asdict(place), "why": "Panne"},
        **dict.fromkeys(("was", "how", "outcome"), "option"),
        "swap": False,
    }
    return Item(
        booking_id=42,
        number="PIL-2026-00042",
        title="Étalonnage",
        company="Batte Lune Films",
        requester="Camille Laurent",
        attendees=3,
        note="Merci",
        url=f"{SITE}/bookings/PIL-2026-00042",
        places=(place, place),
        left_out=3,
        state="option",
        rank=1,
        reason="Parce que",
        more=told,
        **more,
    )


@pytest.mark.parametrize("many", [1, 2])
@pytest.mark.parametrize("locale", ["fr", "en", "nl", "de"])
@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_mail_can_be_written_in_every_language(clock, event, locale, many):
    context = {
        "items": (booking(decide=f"{SITE}/decide/x"),) * many,
        "who": "Sofia Renard",
        "calendar": True,
        "fixed": False,
        "settings_url": f"{SITE}/account",
        "name": "Camille",
        "site_url": SITE,
        "link": f"{SITE}/x",
        "minutes": 30,
        "host": "Inès",
        "how": "changed",
        "more": 3,
        "email": "producer@blf.example",
        "until": clock.now,
        "at": clock.now,
    }
    mail = rendering.render(event, locale, context)
    assert mail.subject
    assert "Camille" in mail.text
    assert "{" not in mail.text + mail.subject
    assert f'lang="{locale}"' in mail.html
    assert SITE in mail.text


def test_unknown_events_and_missing_facts_are_errors():
    with pytest.raises(KeyError):
        rendering.render("../errors", "fr", {})
    with pytest.raises(Exception, match="undefined"):
        rendering.render("invitation", "fr", {"name": "x", "site_url": SITE})


def test_the_list_of_mails_is_for_administrators(clock, world):
    ask(clock)
    ask(clock, "post@gfe.example")
    admin = world.actor("admin@pil.example")
    newest, oldest = queries.outgoing(admin)
    assert (newest.recipient, oldest.recipient) == ("post@gfe.example", "producer@blf.example")
    assert queries.outgoing(admin, before=newest.id, limit=1) == [oldest]
    with pytest.raises(BookingError) as refusal:
        queries.outgoing(world.actor("manager@pil.example"))
    assert type(refusal.value) is Forbidden
