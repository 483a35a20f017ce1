"""kill -9 from inside a process, between two statements."""

import itertools
import os
import signal
from typing import Any

from sqlalchemy import event

from booking.kernel.db import db


def light(fuse: int) -> None:
    """Die before so many statements from now, or before the COMMIT that comes then."""
    left = itertools.count(fuse, -1)

    def burn(*_: Any) -> None:
        if next(left) <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", burn)
    event.listen(db.engine, "commit", burn)
