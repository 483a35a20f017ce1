"""Passwords: how they are hashed, and which ones are refused.

Argon2id with 19 MiB, two passes, one lane (OWASP's first choice): 18 ms here, and never more than
two at once in a process, so that a crowd that signs in does not take the memory of the house.
"""

import re
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from booking.kernel.errors import FieldError

SHORTEST = 12
LONGEST = 128
AT_ONCE = 2
LEFTOVER_LETTERS = 4
"""A context word needs at least this many letters around it."""

_HASHER = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
_turns = BoundedSemaphore(AT_ONCE)
# Verified when there is no account, so that the answer takes as long. Its password is nobody's.
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGF0IGhvbWU$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

COMMON = frozenset(
    """
    admin administrator administrateur azerty azertyuiop baseball bienvenue bonjour changeme
    chocolat chocolate computer default doudou dragon football geheim hallo hello iloveyou
    jetaime letmein liverpool loulou marseille master monkey motdepasse mypassword ordinateur
    pass passe passwd passwort password princess princesse qwertz qwertzuiop qwerty qwertyuiop
    secret shadow sommer soleil standard summer sunshine superman temporary toor trustno
    unbekannt user utilisateur wachtwoord welcome welkom whatever willkommen winter
    """.split()  # noqa: SIM905 - a list would be seventy lines
)
"""What common passwords are made of, once the digits and signs around it are taken off."""

CONTEXT = ("pole", "pôle", "image", "mediacite", "médiacité", "liege", "liège", "namur", "booking")
"""Words that everybody here would try."""

KEYBOARD = (
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)
DIGITS = ("01234567890123456789", "09876543210987654321")
_AROUND = re.compile(r"[\W\d_]+")


def hashed(password: str) -> str:
    """The hash to keep of a password."""
    with _turns:
        return _HASHER.hash(_normal(password))


def verify(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; as slow for an account that has none."""
    with _turns:
        try:
            return _HASHER.verify(kept or _NOBODYS, _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def objection(password: str, words: tuple[str, ...] = ()) -> FieldError | None:
    """Why a new password is refused, None if it is not; `words` name its owner and their company.

    Length and guessing alone decide (ASVS 5.0, 6.2): no digits or signs are asked for.
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        return FieldError("password", "password_too_short", {"min": SHORTEST})
    if len(normal) > LONGEST:
        return FieldError("password", "password_too_long", {"max": LONGEST})
    if is_common(normal):
        return FieldError("password", "password_common")
    word = context_word(normal, (*CONTEXT, *words))
    return FieldError("password", "password_context", {"word": word}) if word else None


def is_common(password: str) -> bool:
    """Whether it is a common word with digits, a run on the keyboard, or little repeated often."""
    lower = password.lower()
    letters = _AROUND.sub("", lower)
    runs = [lower, lower[::-1]]
    return (
        letters in COMMON
        or len(set(lower)) < 5
        or _repeats(lower)
        or any(run in line for run in runs for line in (*KEYBOARD, *DIGITS))
        or (not letters and any(run[:8] in line for run in runs for line in DIGITS))
    )


def context_word(password: str, words: tuple[str, ...]) -> str | None:
    """The word that a password is little more than; None if enough letters stand around it."""
    rest = _AROUND.sub("", password.lower())
    found = None
    for word in sorted({_AROUND.sub("", w.lower()) for w in words}, key=len, reverse=True):
        if len(word) > 2 and word in rest:
            rest = rest.replace(word, "")
            found = found or word
    return found if len(rest) < LEFTOVER_LETTERS else None


def _repeats(text: str) -> bool:
    """Whether a piece of at most a third of the text, repeated, makes the whole."""
    return any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 3 + 1)
    )


def _normal(password: str) -> str:
    """One form for accents, however the keyboard sends them."""
    return unicodedata.normalize("NFC", password)
