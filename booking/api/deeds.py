"""Doing something to a booking: once for each key, and only to the revision that was seen."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from flask import request, url_for
from pydantic import BaseModel, TypeAdapter
from werkzeug.http import parse_dict_header

from booking.api import schemas, told
from booking.api.calls import Answer
from booking.api.problems import Problem
from booking.core.access import Actor
from booking.kernel import clock
from booking.kernel.errors import Stale
from booking.reservations import answers, queries

KEY = re.compile(r"[\x21-\x7e]{1,200}")
TAGS = re.compile(r'(?:W/)?"?(\d{1,9})"?', re.ASCII)
FIRST_ANSWERS = {"Idempotent-Replayed": "true"}
MINIMAL = "return=minimal"
HEADERS = ("Idempotency-Key", "Prefer")
Given = schemas.Booking | schemas.Receipt
_GIVEN: TypeAdapter[Given] = TypeAdapter(Given)


def done(actor: Actor, number: str, body: BaseModel | None, work: Callable[[], None]) -> Answer:
    """Do something to a booking, once for each key; the booking as it is then."""

    def do() -> str:
        work()
        return number

    return once(actor, body.model_dump() if body else {}, do)


def revision_seen(actor: Actor, number: str) -> int | None:
    """The revision that If-Match names, None where it names none. Raises Stale."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    tags = (TAGS.fullmatch(part.strip()) for part in header.split(","))
    seen = {int(tag[1]) for tag in tags if tag}
    current = queries.booking(actor, number, int(clock.now().timestamp())).revision
    if current not in seen:
        raise Stale(current=current)
    return current


def once(actor: Actor, asked: dict[str, Any], work: Callable[[], str], status: int = 200) -> Answer:
    """Do it, or give the first answer to the same Idempotency-Key again.

    `work` says which booking it was about; that is told in full, or as briefly as Prefer asks for.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _first(status, _given(actor, work()))
    if not KEY.fullmatch(key):
        raise Problem(400, "idempotency_key")
    said = json.dumps([request.method, request.path, asked], sort_keys=True, default=str)
    fingerprint = hashlib.sha256(said.encode()).hexdigest()

    def keep() -> tuple[int, dict[str, Any]]:
        return status, _given(actor, work()).model_dump(mode="json")

    given = answers.once(actor.user_id, key, fingerprint, clock.now(), keep)
    answer = _first(given.status, _GIVEN.validate_python(given.body))
    more = FIRST_ANSWERS if given.repeated else {}
    return Answer(answer.model, answer.status, {**answer.headers, **more})


def _given(actor: Actor, number: str) -> Given:
    return told.receipt(number) if _little_is_preferred() else told.booking(actor, number)


def _little_is_preferred() -> bool:
    """Whether Prefer says return=minimal (RFC 7240, section 4.2); what is unknown is ignored."""
    header = request.headers.get("Prefer")
    if header is None:
        return False
    preferred = {name.lower(): value for name, value in parse_dict_header(header).items()}
    return (preferred.get("return") or "").partition(";")[0].strip() == "minimal"


def _first(status: int, given: Given) -> Answer:
    headers = told.headers(given.revision)
    if status == 201:
        headers["Location"] = url_for("api.bookings_show", number=given.number)
    if isinstance(given, schemas.Receipt):
        headers["Preference-Applied"] = MINIMAL
    return Answer(given, status, headers)
