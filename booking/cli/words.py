"""What the command line says when something is refused; in English, as its help is."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
from flask_babel import force_locale

from booking.kernel.errors import BookingError, Invalid
from booking.wording.messages import sentence

P = ParamSpec("P")
R = TypeVar("R")


def refusals_in_words(command: Callable[P, R]) -> Callable[P, R]:
    """Let an expected refusal end the command with its sentence instead of a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BookingError as error:
            raise click.ClickException(_in_words(error)) from error

    return run


def _in_words(error: BookingError) -> str:
    with force_locale("en"):
        if isinstance(error, Invalid):
            return "\n".join(f"{field.path}: {sentence(field)}" for field in error.fields)
        return sentence(error)
