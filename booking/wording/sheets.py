"""Tables for spreadsheets: CSV that opens with a double click and does nothing by itself."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

from booking.wording import dates

MIMETYPE = "text/csv; charset=utf-8; header=present"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection)."""

Cell = str | int | None


def sheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180 in UTF-8 with a byte order mark, by which spreadsheets know it.

    Columns are parted as spreadsheets expect it in the reader's language: by commas in English,
    else by semicolons. A text that a spreadsheet would run gets an apostrophe in front.
    """
    out = StringIO()
    writer = csv.writer(
        out,
        delimiter="," if dates.locale() == "en" else ";",
        lineterminator="\r\n",
        quoting=csv.QUOTE_ALL,
    )
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and _plain(cell).startswith(FORMULA):
        return f"'{cell}"
    return cell


def _plain(cell: str) -> str:
    """As a spreadsheet reads its beginning: full-width signs are signs, blanks are nothing."""
    return unicodedata.normalize("NFKC", cell[:40]).lstrip(" \u00a0\u3000\ufeff\u200b")
