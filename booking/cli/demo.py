"""Commands: load the demonstration, or a large load to measure with."""

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from booking.cli.letterhead import letterhead
from booking.cli.words import refusals_in_words
from booking.demo import challenges
from booking.demo.bulk import load_bulk
from booking.demo.load import load_cluster, load_demo
from booking.kernel import clock
from booking.notices.telling import begin_here, begin_with


@click.group()
def demo() -> None:
    """Invented data."""


@demo.command()
@click.option("--rooms", type=click.IntRange(min=1), default=50, help="Rooms of a large load.")
@click.option("--bookings", type=click.IntRange(min=0), help="Bookings of a large load.")
@click.option("--seed", type=int, default=1, help="The same seed gives the same load.")
@with_appcontext
@refusals_in_words
def load(rooms: int, bookings: int | None, seed: int) -> None:
    """Fill an empty database with the Médiacité demonstration.

    With --bookings, a large load instead: its own rooms, as busy as such rooms are (100,000
    bookings in 50 rooms are four years of them), and the people of the demonstration. Where there
    already is data, the large load comes on top.
    """
    upgrade()
    fresh = (load_demo if bookings is None else load_cluster)(clock.now())
    if not fresh:
        click.echo("There already is data: left as it is.")
    elif bookings is None:
        begin_with(challenges.MADE, letterhead())
        click.echo("Loaded the demonstration.")
    if bookings is not None:
        click.echo(f"Adding {rooms:,} rooms with {bookings:,} bookings …")
        load_bulk(rooms, bookings, seed, clock.now(), click.echo)
        begin_here()
        click.echo("Done.")
