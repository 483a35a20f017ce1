"""One booking with everything secret in it, and the address of every route in its terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from booking.core.access import Actor
from booking.facilities.actions.bundles import BundleChange, create_bundle
from booking.facilities.actions.rules import RuleChange, add_rule
from booking.facilities.bundles import Item
from booking.facilities.external.actions import NewCalendar, add_calendar
from booking.facilities.files import actions as files
from booking.facilities.files.queries import photos
from booking.facilities.models import AttributeDefinition, Closure
from booking.journal.models import SetAside
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.tokens import digest
from booking.kernel.transaction import transaction
from booking.members.actions.keys import create_api_token, create_feed
from booking.members.models import Licence
from booking.notices.models import DecisionLink, OutboxMessage
from booking.reservations import actions
from booking.reservations.actions.doors import DoorChange, open_door
from booking.reservations.models import Booking
from booking.reservations.wish import BookingRequest
from booking.webhooks import actions as webhooks
from tests.support.pictures import PDF, photo
from tests.support.world import World

TITLE = "Zorgblat-tournage-secret"
NOTE = "Note-Zorgblat-confidentielle"
REASON = "Raison-Zorgblat"
NUMBER = "PIL-2026-00001"
SECRETS = (TITLE, NOTE, NUMBER, "HERON", "Le Vol du héron")
"""What nobody may read who is not of the company, invited, or manager of the room."""
PEOPLE_OF_IT = ("Camille Laurent", "producer@blf.example", "Batte Lune")
"""What moreover only those may read who administer members."""

PEOPLE = {
    "owner": "producer@blf.example",
    "colleague": "colleague@blf.example",
    "company_admin": "admin@blf.example",
    "competitor": "post@gfe.example",
    "guest": "guest@mosel.example",
    "manager": "manager@pil.example",
    "other_manager": "manager-n@pil.example",
    "board": "board@pil.example",
    "administrator": "admin@pil.example",
}
"""Everybody's part in the scene; "stranger" is nobody who signed in."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Values for the placeholders of addresses."""

    values: dict[str, object]

    def address(self, rule: Rule) -> str:
        """The address of a route in the terms of the scene. KeyError for a new placeholder."""
        page = str(rule.endpoint).rpartition(".")[0]
        chosen = {
            name: self.values.get(f"{page}.{name}", self.values.get(name))
            for name in rule.arguments
        }
        if None in chosen.values():
            raise KeyError(f"{rule}: the scene has no value for it")
        _, path = rule.build(chosen, append_unknown=False) or ("", "")
        return path


def stage(app: Flask, world: World) -> Scene:
    """Book the grading room for HERON, and give the owner a token, a feed and a closure."""
    with app.app_context():
        owner = world.actor(PEOPLE["owner"])
        wish = BookingRequest(
            facilities=("M-ET1",),
            title=TITLE,
            note=NOTE,
            start=datetime(2026, 11, 18, 9),
            end=datetime(2026, 11, 18, 13),
            production="HERON",
        )
        number = actions.request(owner, wish, clock.now())
        token_id, token = create_api_token(owner, "Skript", clock.now())
        feed_id, secret = create_feed(owner, "me", clock.now())
        door_id, door_secret = _display(world)
        photo_id, digest_of_photo = _photograph(world)
        values = {
            "number": number,
            "verb": "withdraw",
            "deed": "renew",
            "code": "M-ET1",
            "companies.code": "BLF",
            "exports.name": "facilities",
            "facilities.kinds.code": "grading",
            "facilities.bundles.code": _bundle(world),
            "facilities.sites.code": "M",
            "facilities.groups.code": "M-MI",
            "definition_id": _describe(world),
            "productions.user_id": world.users[PEOPLE["guest"]],
            "company_id": world.companies["MOSEL"],
            "user_id": world.users[PEOPLE["colleague"]],
            "starts": 1_795_000_000,
            "role_id": 1,
            "token_id": token_id,
            "feed_id": feed_id,
            "id": feed_id,
            "closure_id": _close(world),
            "calendar_id": _subscribe(world),
            "photo_id": photo_id,
            "size": "small",
            "digest": digest_of_photo,
            "document_id": _document(world),
            "kind": "grading",
            "rule": "notice",
            "setting_id": _rule(world),
            "licence_id": _license(world),
            "production_id": world.productions["HERON"],
            "door_id": door_id,
            "year": 2026,
            "door.secret": door_secret,
            "door.deed": "book",
            "key": "nobody",
            "token": token,
            "secret": secret,
            "decisions.secret": _decision_link(world, number),
            "message_id": _mail(),
            "aside_id": _untold(),
            "webhook_id": _webhook(owner),
            "webhooks.message_id": 1,
            "name": "agenda",
            "styles.name": "site",
            "scripts.name": "base",
            "version": "0123456789",
            "filename": "css/base.css",
        }
        db.session.remove()
    return Scene(values)


def _display(world: World) -> tuple[int, str]:
    room = world.facilities["M-ET1"]
    return open_door(world.actor(PEOPLE["manager"]), room, DoorChange(name="Tablette"), clock.now())


def _bundle(world: World) -> str:
    names = dict.fromkeys(("fr", "en", "nl", "de"), "Projection")
    change = BundleChange(names=names, items=(Item("M-CIN"),))
    create_bundle(world.actor(PEOPLE["administrator"]), "SCREEN", change, clock.now())
    return "SCREEN"


def _photograph(world: World) -> tuple[int, str]:
    """Two photos of the room; the first of them."""
    manager, room = world.actor(PEOPLE["manager"]), world.facilities["M-ET1"]
    shown = [photo(900, 600), photo(600, 900)]
    files.add_photos(manager, room, shown, "La salle vue du fond", clock.now())
    first = photos(room)[0]
    return first.id, first.digest


def _document(world: World) -> int:
    manager, room = world.actor(PEOPLE["manager"]), world.facilities["M-ET1"]
    return files.add_document(manager, room, PDF, "Plan au 1/50", clock.now())


@transaction
def _close(world: World) -> int:
    starts = int(clock.now().timestamp()) + 10 * 86400
    row = Closure(
        facility_id=world.facilities["M-CIN"], starts=starts, ends=starts + 3600, reason="Lampe"
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _subscribe(world: World) -> int:
    manager = world.actor(PEOPLE["manager"])
    wish = NewCalendar(facility="M-ET1", name="Festival", url="https://festival.example/a.ics")
    return add_calendar(manager, wish, clock.now())


@transaction
def _describe(world: World) -> int:
    row = AttributeDefinition(
        kind_id=world.kinds["grading"], code="hdr", names={"fr": "HDR"}, value_type="boolean"
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _rule(world: World) -> int:
    admin, room = world.actor(PEOPLE["administrator"]), world.facilities["M-ET1"]
    return add_rule(admin, "notice", RuleChange(value=0), clock.now(), facility_id=room)


@transaction
def _decision_link(world: World, number: str) -> str:
    """What a mail to the manager leads to."""
    booking_id = db.session.scalars(select(Booking.id).where(Booking.number == number)).one()
    row = DecisionLink(
        secret_digest=digest("link"),
        user_id=world.users[PEOPLE["manager"]],
        booking_id=booking_id,
        expires_at=clock.now() + timedelta(days=1),
    )
    db.session.add(row)
    return "link"


@transaction
def _mail() -> int:
    """A mail on its way to somebody."""
    now = clock.now()
    told = {"subject": "Bonjour", "text": "Bonjour", "html": "Bonjour"}
    row = OutboxMessage(message_id="<1@x>", recipient="x@y.example", created_at=now, **told)
    row.due_at = now
    db.session.add(row)
    db.session.flush()
    return row.id


@transaction
def _untold() -> int:
    """An event that nobody could be told of."""
    row = SetAside(reader="mail_cursor", first_entry=1, last_entry=1, attempts=1, error="KeyError")
    row.due_at = clock.now() + timedelta(hours=1)
    db.session.add(row)
    db.session.flush()
    return row.id


def _webhook(owner: Actor) -> int:
    """One of the owner's, with one message in its log."""
    url = "https://program.example/hook"
    key, _secret = webhooks.add_webhook(owner, url, "key", clock.now())
    webhooks.try_out(owner, key, clock.now())
    return key


@transaction
def _license(world: World) -> int:
    row = Licence(user_id=world.users[PEOPLE["colleague"]], code="grip")
    db.session.add(row)
    db.session.flush()
    return row.id


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method and rule of the application, HEAD and OPTIONS aside."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule
