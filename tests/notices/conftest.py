"""The front desk and the post room of the small world."""

import re
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from booking.kernel.db import db
from booking.notices import choices
from booking.notices.clocks import remind
from booking.notices.models import OutboxMessage
from booking.notices.telling import tell
from booking.notices.values import Choices, Letterhead
from tests.reservations.desk import Desk
from tests.support.time import StoppedClock
from tests.support.world import World

SITE = "https://booking.pole.example"
HEAD = Letterhead(SITE, "Réservations <booking@pole.example>")


class Post:
    """What leaves the building: `post.told()` is who got which mail since the last look."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen = 0

    def work(self) -> list[OutboxMessage]:
        """What the worker does when it comes by; the mails that it wrote."""
        self._desk.work()
        tell(self._desk.clock.now, HEAD)
        remind(self._desk.clock.now, HEAD)
        db.session.rollback()
        found = select(OutboxMessage).where(OutboxMessage.id > self._seen)
        mails = list(db.session.scalars(found.order_by(OutboxMessage.id)))
        self._seen = max([self._seen, *(mail.id for mail in mails)])
        return mails

    def told(self) -> list[str]:
        """Whom the worker told what: "producer approved", sorted."""
        return self.short(self.work())

    def one(self) -> OutboxMessage:
        """The one mail that the worker wrote."""
        mails = self.work()
        assert len(mails) == 1, self.short(mails)
        return mails[0]

    def to(self, who: str) -> OutboxMessage:
        """The one mail that the worker wrote to somebody."""
        mails = [mail for mail in self.work() if mail.recipient.startswith(f"{who}@")]
        assert len(mails) == 1, self.short(mails)
        return mails[0]

    def choose(self, who: str, **wanted: object) -> None:
        """Let somebody choose what they want mails about."""
        choices.choose(self._desk.actor(who), Choices(**wanted))  # type: ignore[arg-type]

    @staticmethod
    def short(mails: Sequence[OutboxMessage]) -> list[str]:
        """Whom which mails go to."""
        return sorted(
            f"{mail.recipient.partition('@')[0]} {(mail.key or '').partition(':')[0]}"
            for mail in mails
        )


def link(mail: OutboxMessage, path: str = "decide") -> str:
    """The secret of a link in a mail."""
    found = re.search(rf"{SITE}/{path}/(\S+)", mail.text)
    assert found, mail.text
    return found.group(1)


@pytest.fixture
def desk(app: Flask, context: None, world: World, clock: StoppedClock) -> Desk:
    """Monday 16 November 2026, 09:00: nobody has booked anything yet."""
    return Desk(app, world, clock)


@pytest.fixture
def post(desk: Desk) -> Post:
    """The post room of the same house."""
    return Post(desk)
