"""Large feeds as they were written last, in files that the processes of one machine share.

A copy is true as long as its tag: it is the feed's ETag, which clients trust already. It saves the
work where no process remembers the feed, and for those who never ask with a tag, as Google does.
Losing them loses nothing; decision 031.
"""

import contextlib
import hashlib
import logging
import os
import tempfile
import time
from pathlib import Path

SMALLEST = 50_000
"""Bytes below which a feed is not worth a file."""

KEPT_S = 26 * 3600
"""A tag is another each day; what is older was not asked for since, or its address is gone."""

SWEEP_EVERY_S = 3600

_log = logging.getLogger(__name__)


class Copies:
    """The copies of one application, in a folder that it makes when it keeps the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept_at = float("-inf")

    def find(self, name: str, tag: str) -> bytes | None:
        """What was kept under a name, if it was with this tag."""
        try:
            kept = self._path(name).read_bytes()
        except OSError:
            return None
        known, _, body = kept.partition(b"\n")
        return body if known == tag.encode() else None

    def keep(self, name: str, tag: str, body: bytes) -> None:
        """Put a copy in place of what was kept under the name, for all or not at all.

        Where it cannot be written, a feed is written anew each time: a warning says so.
        """
        try:
            self._write(self._path(name), f"{tag}\n".encode() + body)
            self._sweep(time.time())
        except OSError as error:
            _log.warning("no copy of a feed was kept: %s", error)

    def _path(self, name: str) -> Path:
        return self._folder / hashlib.sha256(name.encode()).hexdigest()

    def _write(self, path: Path, content: bytes) -> None:
        """The file comes into being for its owner alone."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            path.unlink(missing_ok=True)  # ext4 waits for the disk where a name is taken over
            os.replace(draft, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(draft)
            raise

    def _sweep(self, now: float) -> None:
        if now - self._swept_at < SWEEP_EVERY_S:
            return
        self._swept_at = now
        for file in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process sweeps, too
                if file.stat().st_mtime < now - KEPT_S:
                    file.unlink()
