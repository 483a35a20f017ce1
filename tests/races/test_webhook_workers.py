"""Several workers at once: everything is told and called once."""

from collections import Counter
from datetime import UTC, datetime

from booking.kernel.db import db
from booking.webhooks import actions
from booking.webhooks.delivery import Caller, deliver_due
from booking.webhooks.spreading import spread
from tests.races.conftest import Race
from tests.reservations.desk import Desk
from tests.support.receiver import HERE, KEY, listening

SITE = "https://booking.pole.example"
CREW = 4
BOOKINGS = 12


def work(at: int) -> tuple[int, int]:
    """What a worker does for webhooks."""
    now = datetime.fromtimestamp(at, UTC)
    return spread(now, SITE), deliver_due(now, Caller((KEY,), HERE))


def test_workers_at_once_call_once(race: Race, desk: Desk):
    with listening() as receiver:
        for who in ("producer", "colleague", "manager"):
            address = receiver.url(f"/{who}")
            actions.add_webhook(desk.actor(who), address, KEY, desk.clock.now, HERE)
        for day in range(18, 18 + BOOKINGS):
            desk.book("producer", "M-ET1", f"{day}T09:00", f"{day}T11:00")
        db.session.remove()
        outcomes = race.run([(work, (desk.now,))] * race.size)
    wanted = 3 * BOOKINGS
    assert [sum(o.answer[part] for o in outcomes) for part in (0, 1)] == [wanted, wanted]
    ids = Counter(call.headers["webhook-id"] for call in receiver.heard)
    assert len(ids) == wanted
    assert set(ids.values()) == {1}
    race.tell(f"{race.size} workers at once, {wanted} calls, none twice")
