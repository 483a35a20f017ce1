"""What a message says: that something happened, and where to read it with one's own rights."""

import json
import secrets
from datetime import UTC, datetime

TRIAL = "webhook.trial"


def body(event: str, at: int, data: dict[str, str]) -> str:
    """The JSON of a call; `at` in UTC epoch seconds.

    Thin: what a booking is called is read through the API, by whoever still may.
    """
    moment = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": event, "timestamp": moment, "data": data}, separators=(",", ":"))


def row(
    webhook_id: int, event: str, said: str, now: datetime, booking_id: int | None = None
) -> dict[str, object]:
    """A message as a row, due at once."""
    return {
        "message_id": f"msg_{secrets.token_hex(16)}",
        "webhook_id": webhook_id,
        "booking_id": booking_id,
        "event": event,
        "body": said,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }
