"""QR codes as the outline of a picture that a template draws: no image, no style, no script."""

from typing import NamedTuple

import segno

QUIET = 4
"""Empty modules around it that readers need (ISO/IEC 18004)."""


class QrCode(NamedTuple):
    """The side of the square in modules, quiet zone included, and the path of what is dark."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code of a text, which a phone reads with up to 15 % of it damaged.

    Raises segno.DataOverflowError for more than some 2,000 characters.
    """
    made = segno.make(text, error="m", micro=False)
    matrix = [[bool(module & 1) for module in row] for row in made.matrix]
    path = "".join(
        f"M{first + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(matrix)
        for first, length in _runs(row)
    )
    return QrCode(len(matrix) + 2 * QUIET, path)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and x and row[x - 1]:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
