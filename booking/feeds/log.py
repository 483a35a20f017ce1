"""Keeping the secrets of feed and door addresses, and of links in mails, out of every log."""

import logging
import re

_SECRET = re.compile(r"(/(?:feeds|door|decide|reset|invitation)/)[^/\s\"'?]+")
LOGGERS = ("gunicorn.access", "gunicorn.error", "werkzeug")


def mask(text: str) -> str:
    """The text with the secret of every such address in it replaced."""
    return _SECRET.sub(r"\1***", text)


class MaskFeeds(logging.Filter):
    """Masks what a record says, whatever it is made of; `logging.Filter` lets it pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        masked = mask(said)
        if masked != said:
            record.msg, record.args = masked, ()
        return True


def install(*more: logging.Logger) -> None:
    """Mask the logs of the servers this product runs under, and those given."""
    for logger in (*map(logging.getLogger, LOGGERS), *more):
        if not any(isinstance(known, MaskFeeds) for known in logger.filters):
            logger.addFilter(MaskFeeds())
