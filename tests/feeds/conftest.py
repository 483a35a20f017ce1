"""Feeds of people, and bookings to be seen in them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.core.lifecycle import Verb
from booking.kernel import clock as product_clock
from booking.kernel.db import db
from booking.members.actions import create_feed
from booking.productions.models import Production
from booking.reservations import actions
from booking.reservations.wish import BookingRequest
from tests.support.client import Browser
from tests.support.world import World

Address = Callable[[str, str], str]


@pytest.fixture
def address(app: Flask, world: World) -> Address:
    """`address("producer@blf.example", "me")`: a fresh feed's path, of `production:HERON`, too."""

    def make(email: str, scope: str) -> str:
        with app.app_context():
            kind, _, code = scope.partition(":")
            kept = f"{kind}:#{id_of(code)}" if kind == "production" else scope
            _id, secret = create_feed(world.actor(email), kept, product_clock.now())
        return f"/feeds/{secret}/calendar.ics"

    return make


def id_of(code_name: str) -> int:
    """A production's, in the database that is open; 0 for none of that name."""
    found = db.session.scalar(select(Production.id).where(Production.code_name == code_name))
    return found or 0


@pytest.fixture
def book(app: Flask, world: World) -> Callable[..., str]:
    """`book("post@gfe.example", "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")`: its number."""

    def make(email: str, code: str, start: str, end: str, **more: Any) -> str:
        wish = BookingRequest(
            facilities=(code,),
            title=more.pop("title", "Étalonnage, bobine 3"),
            start=datetime.fromisoformat(start),
            end=datetime.fromisoformat(end),
            **more,
        )
        with app.app_context():
            return actions.request(world.actor(email), wish, product_clock.now())

    return make


@pytest.fixture
def act(app: Flask, world: World) -> Callable[..., None]:
    """`act("manager@pil.example", number, "decline", "en travaux")`."""

    def make(email: str, number: str, verb: str, reason: str = "") -> None:
        with app.app_context():
            actions.act(world.actor(email), number, Verb(verb), product_clock.now(), reason=reason)

    return make


def bookings(calendar: icalendar.Calendar) -> list[icalendar.Event]:
    """The events of bookings: deadlines have no room."""
    return [event for event in calendar.events if "LOCATION" in event or "URL" not in event]


@pytest.fixture
def read(client: Browser) -> Callable[..., icalendar.Calendar]:
    """The calendar behind a path, parsed."""

    def get(path: str) -> icalendar.Calendar:
        answer: TestResponse = client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return icalendar.Calendar.from_ical(answer.get_data())

    return get


def known(client: Browser, path: str, before: TestResponse) -> list[int]:
    """What a program is answered that knows a feed by its tag, or by its date alone."""
    tag, date = before.headers["ETag"], before.headers["Last-Modified"]
    asked = ({"If-None-Match": tag}, {"If-Modified-Since": date})
    return [client.get(path, headers=headers).status_code for headers in asked]


def stamp_of(answer: TestResponse) -> datetime:
    """When the one event of a calendar changed last."""
    (event,) = icalendar.Calendar.from_ical(answer.data).events
    stamp: datetime = event["DTSTAMP"].dt
    return stamp
