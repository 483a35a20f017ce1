"""Addresses to go on to: only our own."""

from urllib.parse import urlsplit

from booking.wording.addresses import site_url as site_url

LONGEST = 2000


def safe_path(wanted: str | None) -> str | None:
    """`wanted` if it is a path on this very site, else None.

    Browsers read `\\` as `/`, drop tabs and line breaks, and take `//host` and `/\\host` for other
    hosts, so whatever holds one of these is refused rather than mended.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/"):
        return None
    if wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return None
    if any(character.isspace() for character in wanted):
        return None
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or "//" in parts.path else wanted
