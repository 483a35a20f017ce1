"""Secrets that people carry: 256 random bits, of which the database keeps only a digest."""

import hashlib
import secrets


def new_secret() -> str:
    """A fresh secret: 256 bits, base64url, 43 characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 of a secret, hexadecimal.

    A plain hash suffices for 256 random bits (ASVS 5.0, 6.5.2).
    """
    return hashlib.sha256(secret.encode()).hexdigest()
