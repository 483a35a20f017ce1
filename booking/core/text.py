"""What people may type into a text: checked, never quietly repaired."""

import re
import unicodedata

_KEPT_CONTROLS = {"\n", "\t"}
_REFUSED_CATEGORIES = {"Cc", "Cs"}
_LINE_SEPARATORS = {"\u2028", "\u2029"}
_BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^\s@,;:<>()\"\\]{1,64}@[^\s@.,;:<>()\"\\]+(\.[^\s@.,;:<>()\"\\]+)*")


def is_address(text: str) -> bool:
    """Whether a text is a bare e-mail address, without a name or angle brackets."""
    fits = len(text) <= LONGEST_ADDRESS and text.isprintable()
    return fits and _ADDRESS.fullmatch(text) is not None


def normal(text: str) -> str:
    """The same text in Unicode's composed form (NFC), line ends as \\n, outer blanks gone."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def problem(text: str, longest: int, *, lines: bool = False, required: bool = True) -> str | None:
    """The code of what is wrong with a normal text, or None.

    Codes: `required`, `too_long` (more than `longest` characters), `control_characters` (C0, C1,
    bidirectional controls, lone surrogates; line ends too unless `lines`).
    """
    if not text:
        return "required" if required else None
    if len(text) > longest:
        return "too_long"
    kept = _KEPT_CONTROLS if lines else set()
    refused = _BIDI_CONTROLS if lines else _BIDI_CONTROLS | _LINE_SEPARATORS
    bad = any(
        c not in kept and (c in refused or unicodedata.category(c) in _REFUSED_CATEGORIES)
        for c in text
    )
    return "control_characters" if bad else None
