"""How often one address may be read: far more often than any calendar program looks.

Counted in each process by itself, without the database: a read must stay cheap. With several
processes an address may be read so many times more often; the bound is against runaways.
"""

from collections import OrderedDict
from threading import Lock

BURST = 60
"""So many reads at once are served."""

EACH_S = 10
"""Then one more every so many seconds: Apple's programs ask every five minutes at most."""

REMEMBERED = 10_000


class ReadLimit:
    """The reads of one application, by the digest of the secret."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paid_until: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, address: str, now: float) -> int:
        """Count a read at `now` (epoch seconds): 0 where it is served, else the seconds to wait."""
        with self._lock:
            paid = max(self._paid_until.get(address, 0.0), now) + EACH_S
            ahead = paid - now - BURST * EACH_S
            if ahead > 0:
                return max(1, round(ahead))
            self._paid_until[address] = paid
            self._paid_until.move_to_end(address)
            while len(self._paid_until) > REMEMBERED:
                self._paid_until.popitem(last=False)
            return 0
