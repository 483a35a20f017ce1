"""What a calendar feed of 2,000 occurrences costs: asked in vain, kept, made anew, made first."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from booking.feeds import views
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.remembered import forget_everything
from booking.kernel.transaction import transaction
from booking.members.actions import create_feed
from booking.members.queries import actor_by_email
from booking.reservations.feed import window
from booking.reservations.models import Booking, Occurrence

READER = "post@gfe.example"
OCCURRENCES = 2000
LIMITS_MS = {
    "feed of 2,000, unchanged: 304": 2.0,
    "feed of 2,000, unchanged, nothing remembered": 60.0,
    "feed of 2,000, after one change": 20.0,
    "feed of 2,000, after one change, packed": 30.0,
    "feed of 2,000, read for the first time": 150.0,
}

Deed = Callable[[], object]


class After(NamedTuple):
    """A deed and what has to happen before it each time, which is not measured."""

    first: Callable[[], object]
    then: Deed

    def __call__(self) -> object:
        """The deed alone."""
        return self.then()


def prepare(deed: Deed) -> None:
    """Do what has to happen before a deed."""
    if isinstance(deed, After):
        deed.first()


def deeds(app: Flask) -> dict[str, Deed]:
    """The deeds to be measured; gives the reader 2,000 of the bookings there are."""
    with app.app_context():
        actor = actor_by_email(READER)
        assert actor is not None
        ids = _give(actor.user_id, actor.company_id)
        _, secret = create_feed(actor, "me", clock.now())
    app.extensions[views.READS].wait_s = lambda *_asked: 0  # a hundred reads in a row
    client, path = app.test_client(), f"/feeds/{secret}/mesure.ics"
    client.get(path)  # notes its use, once a minute

    def read(status: int = 200, **headers: str) -> TestResponse:
        answer = client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        assert answer.status_code == status, answer.text[:200]
        return answer

    tag = read().headers["ETag"]

    def change() -> None:
        with app.app_context():
            _change(ids[len(ids) // 2], actor.user_id)

    def forget_copies() -> None:
        shutil.rmtree(app.config["DATA_DIR"] / views.COPIES_IN)
        forget_everything()

    return dict(
        zip(
            LIMITS_MS,
            (
                lambda: read(304, If_None_Match=tag),
                After(forget_everything, read),
                After(change, read),
                After(change, lambda: read(Accept_Encoding="gzip")),
                After(forget_copies, read),
            ),
            strict=True,
        )
    )


@transaction
def _give(user_id: int, company_id: int) -> list[int]:
    """Let the next 2,000 occurrences be somebody's; their ids."""
    span = window(int(clock.now().timestamp()))
    found = db.session.execute(
        select(Occurrence.id, Occurrence.booking_id)
        .where(
            Occurrence.starts > span.starts,
            Occurrence.ends < span.ends,
            Occurrence.state == "confirmed",
        )
        .order_by(Occurrence.starts)
        .limit(OCCURRENCES)
    ).all()
    owner = {"requester_id": user_id, "company_id": company_id}
    of_them = Booking.id.in_([row.booking_id for row in found])
    db.session.execute(update(Booking).where(of_them).values(owner))
    return [row.id for row in found]


@transaction
def _change(occurrence_id: int, user_id: int) -> None:
    """What any change of a date writes, but for the change."""
    now = datetime.now(UTC).replace(microsecond=0)
    changed = {"sequence": Occurrence.sequence + 1, "changed_at": now}
    db.session.execute(update(Occurrence).where(Occurrence.id == occurrence_id).values(changed))
    event = Event(name="bench:changed", subject="bench:1", scopes=frozenset({f"user:{user_id}"}))
    record([event], actor_id=user_id, at=now)
