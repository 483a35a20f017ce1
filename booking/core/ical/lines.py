"""Content lines of RFC 5545: escaped, quoted, folded, in UTF-8.

What RFC 5545 cannot carry is dropped here and nowhere else: control characters (3.1, `CONTROL`),
DEL and the C1 controls, lone surrogates. Every kind of line end becomes the one that TEXT knows.
Names, identifiers and addresses are ours, so a control character in them is refused instead.
"""

import re

LONGEST_LINE = 75
"""Octets of a line without its CRLF, the leading blank of a continuation included."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_UNCARRIED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_CARETS = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})
_NEEDS_NO_QUOTES = re.compile("[A-Za-z0-9/+_-]+")
_CONTINUED = b"\r\n "
_BACKSLASH = ord("\\")


def plain(value: str) -> str:
    """What of a text arrives at the other end: line ends as \\n, other control characters gone."""
    if value.replace("\n", "").isprintable():  # nearly always, and ten times as fast
        return value
    return _UNCARRIED.sub("", _LINE_ENDS.sub("\n", value))


def text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    written = plain(value).replace("\\", "\\\\").replace(";", "\\;")
    return written.replace(",", "\\,").replace("\n", "\\n")


def verbatim(value: str) -> str:
    """A value that is written as it is, such as an address or an identifier.

    Raises ValueError for control characters: they could begin another line.
    """
    if not value.isprintable() and _CONTROLS.search(value):
        raise ValueError(f"a control character in {value!r}")
    return value


def parameter(name: str, value: str) -> str:
    """One parameter, `;NAME=value`: carets as in RFC 6868, in quotes unless it is a bare word."""
    written = plain(value).translate(_CARETS)
    if not _NEEDS_NO_QUOTES.fullmatch(written):
        written = f'"{written}"'
    return f";{verbatim(name)}={written}"


def content_line(name: str, value: str, parameters: str = "") -> bytes:
    """One folded line with its CRLF; `value` is escaped already."""
    return fold(f"{name}{parameters}:{value}".encode()) + b"\r\n"


def fold(line: bytes) -> bytes:
    """The line in pieces of at most 75 octets (RFC 5545, 3.1).

    Never inside a character's UTF-8 sequence nor between a backslash and what it escapes: parsers
    that unfold late read those wrongly.
    """
    if len(line) <= LONGEST_LINE:
        return line
    pieces = []
    start, room = 0, LONGEST_LINE
    while len(line) - start > room:
        cut = _cut(line, start, start + room)
        pieces.append(line[start:cut])
        start, room = cut, LONGEST_LINE - 1
    pieces.append(line[start:])
    return _CONTINUED.join(pieces)


def _cut(line: bytes, start: int, latest: int) -> int:
    """The last place up to `latest` where a line may be broken."""
    cut = latest
    while line[cut] & 0xC0 == 0x80:
        cut -= 1
    backslashes = 0
    while cut - backslashes > start and line[cut - backslashes - 1] == _BACKSLASH:
        backslashes += 1
    return cut - backslashes % 2
