"""What a page weighs, packed as it goes over the line."""

import gzip
from collections import Counter

from playwright.sync_api import Page

KB = 1000
LIMITS = {"script": 40 * KB, "style": 15 * KB}
"""The most that scripts and style sheets of one page may weigh."""
ENDINGS = {"js": "script", "css": "style", "woff2": "font"}
LOADED = "() => performance.getEntriesByType('resource').map((entry) => entry.name)"


class Weight(Counter[str]):
    """Bytes by kind: page, script, style, font, other."""

    def __str__(self) -> str:
        """In kilobytes, heaviest kind first."""
        parts = ", ".join(f"{kind} {size / KB:.1f}" for kind, size in self.most_common())
        return f"{self.total() / KB:5.1f} kB: {parts}"


class Scales:
    """Weighs what a page shows and all that it loaded, as for somebody who comes anew."""

    def __init__(self, page: Page) -> None:
        """Whatever was fetched once is not fetched again to be weighed."""
        self._page = page
        self._known: dict[str, int] = {}

    def weigh(self) -> Weight:
        """The weight of what the page shows now."""
        weight = Weight(page=len(gzip.compress(self._page.content().encode())))
        for address in self._page.evaluate(LOADED):
            if address not in self._known:
                self._known[address] = self._packed(address)
            ending = address.partition("?")[0].rpartition(".")[2]
            weight[ENDINGS.get(ending, "other")] += self._known[address]
        return weight

    def _packed(self, address: str) -> int:
        body = self._page.request.get(address).body()
        return len(body) if "woff2" in address else len(gzip.compress(body, 6))
