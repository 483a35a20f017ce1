"""A year in which everything happens, read back by other people's programs: they all agree."""

import os
import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy import update

from booking.core.ical import plain
from booking.core.lifecycle import HOLDING, LAPSES_TO, TENTATIVE, State, Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.core.scheduling.wallclock import local
from booking.kernel import clock as product_clock
from booking.kernel.db import db
from booking.kernel.errors import BookingError
from booking.reservations import actions, feed, queries
from booking.reservations.actions import Change
from booking.reservations.models import Booking
from tests.feeds import parsers

OWN = sql(
    "SELECT starts, ends, state, expires_at, changed_at FROM occurrence"
    " JOIN booking ON booking.id = occurrence.booking_id"
    " WHERE requester_id = :who AND starts < :ends AND ends > :starts"
)
PRODUCER, OTHER, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
ZONE = "Europe/Brussels"
ROOMS = ("M-MI1", "M-MI2", "M-ET1", "M-ET2", "M-CIN", "M-PLA", "M-PLA1", "N-PLD", "N-RE1")
TITLES = (
    "Étalonnage, bobine 3; “nuit”",
    "Mixage 🎧 – Œuvre à l'été",
    "=SUM(A1:A9)",
    "\u05e9\u05dc\u05d5\u05dd, \u0645\u0631\u062d\u0628\u0627",
    "Ligne\\nunique",
    "x" * 190,
    "Ça \u00ab brûle \u00bb",
)
RULES = (
    "FREQ=WEEKLY;COUNT=40",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=30",
    "FREQ=DAILY;COUNT=20",
    "FREQ=MONTHLY;COUNT=10",
    "FREQ=MONTHLY;BYDAY=-1FR;COUNT=9",
    "FREQ=MONTHLY;BYDAY=2TU,4TU;COUNT=12",
)
CHANGES = ("2027-03-28", "2026-10-25")
"""Nights of the clock changes within reach, and nights around them."""


@pytest.fixture
def year(app, world, book, clock):
    """Bookings of a year, one after the other as chance has them; what is refused is left out."""
    clock.move_to("2026-10-20T09:00")
    rng = random.Random(20261122)

    def at(day, hour, minute=0):
        return (day + timedelta(hours=hour, minutes=minute)).isoformat(timespec="minutes")

    def attempt(*wish, **more):
        try:
            return book(*wish, **more)
        except BookingError:
            return None

    first = datetime(2026, 10, 21)
    numbers = []
    for n in range(90):
        day = first + timedelta(days=rng.randrange(0, 380))
        hour = rng.choice((8, 9, 13, 18))
        more = {"title": rng.choice(TITLES), "hold": rng.choice(("firm", "firm", "option"))}
        who = PRODUCER if n % 3 else OTHER
        span = (at(day, hour, rng.choice((0, 15, 45))), at(day, hour + rng.choice((1, 3)), 45))
        numbers.append((who, attempt(who, rng.choice(ROOMS), *span, on_clash="queue", **more)))
    for night in CHANGES:
        eve = datetime.fromisoformat(night) - timedelta(days=1)
        for room, until in (("M-PLA1", 30), ("N-PLD", 27.75)):
            attempt(PRODUCER, room, at(eve, 22), at(eve, until), title="Nuit à l'extérieur")
        for before in (2, 5):  # each night of a week across it
            start = eve - timedelta(days=before)
            attempt(
                PRODUCER,
                "M-PLA2",
                at(start, 23 - before),
                at(start, 29 - before),
                title="Chaque nuit",
                recurrence=Recurrence(rule="FREQ=DAILY;COUNT=9"),
            )
    for n, rule in enumerate(RULES):
        start = datetime(2026, 11, 2 + n)
        if "-1FR" in rule:
            start = datetime(2026, 11, 27)
        elif "2TU" in rule:
            start = datetime(2026, 11, 10)
        more = {"recurrence": Recurrence(rule=rule), "title": TITLES[n], "on_clash": "skip"}
        hold = "option" if n == 2 else "firm"
        span = (at(start, 8 + n), at(start, 9 + n, 30))
        numbers.append((PRODUCER, attempt(PRODUCER, "M-MI2", *span, hold=hold, **more)))
    clock.advance(hours=3)
    _happen(app, world, [line for line in numbers if line[1]], rng)
    return [number for _, number in numbers if number]


def _happen(app, world, numbers, rng):
    """Decide, cancel and move some, and some dates of the series."""
    with app.app_context():
        now = product_clock.now()
        for who, number in numbers:
            chosen = rng.choice(("", "decline", "cancel", "release", "move", "confirm", "one"))
            try:
                if chosen == "move":
                    _move(world.actor(who), number, now, rng)
                elif chosen == "one":
                    _move(world.actor(who), number, now, rng, one=True)
                elif chosen:
                    person = MANAGER if chosen == "decline" else who
                    actions.act(world.actor(person), number, Verb(chosen), now, reason="remis")
            except BookingError:
                continue


def _move(actor, number, now, rng, *, one=False):
    found = queries.booking(actor, number, int(now.timestamp()))
    dates = found.occurrences
    date = rng.choice(dates[1:]) if one and len(dates) > 1 else dates[0]
    by = timedelta(days=rng.choice((0, 1)), hours=rng.choice((1, 2)))
    start, end = (local(at, ZONE).replace(tzinfo=None) + by for at in (date.starts, date.ends))
    reach = actions.Reach(scope="this", occurrence=date.id) if one else actions.Reach()
    actions.change(actor, number, Change(start=start, end=end), now, reach=reach)


def truth(app, world, who, text, now):
    """What the database says that the feed holds."""
    with app.app_context():
        actor = world.actor(who)
        scope = feed.scope(actor, text)
        rows = feed.rows(actor, scope, now)
    return sorted((row.starts, row.ends, _state(row)) for row in rows)


def stored(app, world, who, now):
    """The same of somebody's own bookings, in plain SQL."""
    window, since = feed.window(now), feed.window(now).starts
    asked = {"who": world.users[who], "starts": window.starts, "ends": window.ends}
    with app.app_context():
        rows = db.session.execute(OWN, asked).all()
    found = []
    for starts, ends, state, expires, changed in rows:
        over = expires is not None and expires <= now and state in LAPSES_TO
        if over or State(state) not in HOLDING:
            if max(changed, expires if over else 0) > since:
                found.append((starts, ends, "CANCELLED"))
        else:
            found.append((starts, ends, "TENTATIVE" if state in TENTATIVE else "CONFIRMED"))
    return sorted(found)


def _state(row):
    if row.ended:
        return "CANCELLED"
    return "TENTATIVE" if row.state in TENTATIVE else "CONFIRMED"


def of_bookings(body):
    """The same calendar without deadlines, which are no bookings."""
    head, *events = body.split(b"BEGIN:VEVENT")
    kept = [b"BEGIN:VEVENT" + part for part in events if b"\nLOCATION:" in part]
    tail = b"END:VCALENDAR\r\n"
    return b"".join([head, *kept]).removesuffix(tail) + tail


def test_all_parsers_read_what_the_database_says(
    request, engine_kind, app, world, year, address, client, clock
):
    now = int(clock.now.timestamp())
    span = feed.window(now)
    for who, text in ((PRODUCER, "me"), (OTHER, "site:M"), (PRODUCER, "facility:M-PLA2")):
        wanted = truth(app, world, who, text, now)
        if text == "me":
            assert wanted == stored(app, world, who, now)
            assert len(wanted) > 150
            lengths = {(ends - starts) / 3600 for starts, ends, _ in wanted}
            assert {5, 7, 8, 9} <= lengths or {7, 9} <= lengths, "nights of both clock changes"
            assert {state for *_, state in wanted} == {"CANCELLED", "TENTATIVE", "CONFIRMED"}
        path = address(who, text)
        for form in ("expanded", "series"):
            body = of_bookings(client.get(f"{path}?form={form}").get_data())
            agreed = []
            for name, read in parsers.PARSERS.items():
                if parsers.missing(name) or (form == "series" and name not in parsers.EXPANDING):
                    continue
                told = read(body, *span)
                seen = sorted((starts, ends, state) for starts, ends, _, state in told)
                here = [line for line in wanted if line[0] < span.ends and line[1] > span.starts]
                assert seen == here, (text, form, name)
                agreed.append(name)
            figure = f"{text}, {form}: {len(here)} dates read alike by {', '.join(agreed)}"
            request.node.user_properties.append(("figure", f"{engine_kind}: {figure}"))


@pytest.mark.one_engine
def test_all_parsers_read_the_same_words(address, book, client, clock):
    """Quotes, commas, formulas, right-to-left letters, emoji: as they were typed."""
    for n, title in enumerate(TITLES):
        day = f"2026-12-{n + 1:02}"
        book(PRODUCER, "M-MI1", f"{day}T09:00", f"{day}T10:00", title=title)
    body = client.get(address(PRODUCER, "me")).get_data()
    span = feed.window(int(clock.now.timestamp()))
    wanted = [f"{title} · Montage image 1" for title in TITLES]
    for name, read in parsers.PARSERS.items():
        if not parsers.missing(name):
            assert [said for _, _, said, _ in read(body, *span)] == wanted, name


@pytest.mark.one_engine
def test_hostile_words_stay_words(app, address, book, client, clock):
    """Whatever found its way into the database, past every check of ours."""
    hostile = (
        "x\r\nATTENDEE:mailto:a@b\r\nEND:VEVENT",
        "=cmd|' /C calc'!A1;\\,:^",
        "\u202eexe.gpj\u200f \u2066isolated\u2069",
        "a\x0b\x1f\x7f\x85b\u2028c",
        "🎬" * 60,
        "é" * 200,
    )
    span = feed.window(int(clock.now.timestamp()))
    number = book(PRODUCER, "M-MI1", "2026-12-01T09:00", "2026-12-01T10:00")
    path = address(PRODUCER, "me")
    for n, title in enumerate(hostile):
        with app.app_context():
            words = {"title": title, "note": "n" * 10_000, "revision": Booking.revision + 1}
            changed = update(Booking).where(Booking.number == number).values(words)
            db.session.execute(changed)
            db.session.commit()
        body = client.get(path).get_data()
        assert all(len(line) <= 75 for line in body.split(b"\r\n"))
        for name, read in parsers.PARSERS.items():
            if not parsers.missing(name):
                (told,) = read(body, *span)
                assert told[2] == f"{plain(title)} · Montage image 1", (n, name)


@pytest.mark.one_engine
@pytest.mark.parametrize("name", parsers.PARSERS)
def test_parser_is_there(name):
    """Says in the last lines which were not asked, and why."""
    if reason := parsers.missing(name):
        (pytest.fail if os.environ.get("REQUIRE_PARSERS") == "1" else pytest.skip)(reason)


@pytest.mark.one_engine
def test_series_form_has_series(year, address, client):
    body = client.get(f"{address(PRODUCER, 'me')}?form=series").get_data().decode()
    assert body.count("RRULE:FREQ=WEEKLY") + body.count("RRULE:FREQ=DAILY") >= 4
    assert body.count("BEGIN:VTIMEZONE") == 1
    assert body.count("RECURRENCE-ID;TZID=Europe/Brussels:") >= 2
    assert "2TU,4TU" not in body, "Outlook would leave it out: those dates stand by themselves"
    assert body.index("BEGIN:VTIMEZONE") < body.index("BEGIN:VEVENT")
