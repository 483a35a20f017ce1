"""When people are warned that an option lapses."""

from datetime import datetime, time, timedelta

from booking.core.scheduling.expiry import HOUR
from booking.core.scheduling.holiday import working
from booking.core.scheduling.wallclock import local, reached

AHEAD_S = 48 * HOUR
MORNING = time(9)


def warned_at(expires: int, zone: str, country: str) -> list[int]:
    """The instants at which to warn that something lapses at `expires`; UTC epoch seconds.

    48 hours before, and at 09:00 of the last day before on which people work in the country (Monday
    to Friday, no public holiday): who is warned on Friday can still ask for more time than until
    Sunday. In order; one where they coincide.
    """
    day = local(expires, zone).date() - timedelta(days=1)
    while not working(day, country):
        day -= timedelta(days=1)
    morning = reached(datetime.combine(day, MORNING), zone)
    return sorted({expires - AHEAD_S, morning})
