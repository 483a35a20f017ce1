"""Secrets and signatures, as https://www.standardwebhooks.com has them (version 1.0.0).

A secret is made of the installation's key and the webhook's salt whenever it is needed, so a copy
of the database alone signs nothing.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping

PREFIX = "whsec_"
VERSION = "v1"


def secret_of(key: str, salt: str) -> str:
    """The secret of a webhook under one of the installation's keys: 256 bits in base64."""
    made = hmac.digest(key.encode(), f"webhook:{salt}".encode(), "sha256")
    return PREFIX + b64encode(made).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA-256 of `id.timestamp.body`; the timestamp in UTC epoch seconds."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"{VERSION},{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def headers(
    secrets: tuple[str, ...], message_id: str, timestamp: int, body: bytes
) -> Mapping[str, str]:
    """What a call carries: one signature for each secret, the newest first."""
    signatures = (signature(secret, message_id, timestamp, body) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
