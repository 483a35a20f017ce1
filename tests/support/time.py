"""The clock of the tests: it stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
MONDAY_MORNING = datetime(2026, 11, 16, 9, 0, tzinfo=BRUSSELS)


class StoppedClock:
    """The time that the product believes it is."""

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self.now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, moment: datetime | str) -> datetime:
        """Set it to an aware instant, or to Brussels' wall clock as in "2026-11-17T09:30"."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=BRUSSELS)
        self.now = moment.astimezone(UTC)
        return self.now

    def advance(self, by: timedelta | None = None, **units: float) -> datetime:
        """Move it on: `advance(minutes=5)`."""
        self.now += by if by is not None else timedelta(**units)
        return self.now
