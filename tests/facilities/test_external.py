"""Other people's calendars: fetched from a real server, closing a room, and nothing else."""

import ipaddress
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from booking.facilities import queries as facilities
from booking.facilities.external import actions, queries
from booking.facilities.external.actions import NewCalendar
from booking.facilities.external.fetching import checked_url, fetch
from booking.kernel import clock as product_clock
from booking.kernel.errors import Forbidden, Invalid
from booking.kernel.outside import PUBLIC, OutsideError, is_allowed
from tests.support.receiver import HERE, serving

MANAGER = "manager@pil.example"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Festival//FR
{events}
END:VCALENDAR
"""
EVENT = """BEGIN:VEVENT
UID:{uid}
DTSTAMP:20261101T000000Z
SUMMARY:{summary}
{more}
END:VEVENT"""


def calendar(*events: str) -> bytes:
    return CALENDAR.format(events="\n".join(events)).replace("\n", "\r\n").encode()


def event(uid: str, more: str, summary: str = "Projection privée") -> str:
    return EVENT.format(uid=uid, more=more, summary=summary)


PARTY = event("fete", "DTSTART;TZID=Europe/Brussels:20261201T180000\nDTEND:20261201T220000Z")
WEEKLY = event(
    "hebdo",
    "DTSTART;TZID=Europe/Brussels:20261202T090000\n"
    "DTEND;TZID=Europe/Brussels:20261202T120000\nRRULE:FREQ=WEEKLY;COUNT=3",
)


class Festival(ThreadingHTTPServer):
    """Somebody's web server: what it answers, and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body = calendar(PARTY)
        self.etag = '"1"'
        self.status = 200
        self.location = ""
        self.drip = False
        self.asked: list[dict[str, str]] = []

    def url(self, path: str = "/festival.ics") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Festival

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        if self.server.drip:
            return self._drip()
        if self.headers.get("If-None-Match") == self.server.etag:
            self.send_response(304)
            return self.end_headers()
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("ETag", self.server.etag)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def _drip(self) -> None:
        try:
            for _ in range(60):
                self.wfile.write(b"H")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture
def festival() -> Iterator[Festival]:
    with serving(Festival()) as server:
        yield server


@pytest.fixture
def subscribe(world, context, festival):
    """`subscribe()`: the id of a calendar of M-CIN at the festival's address."""

    def make(effect="closure", path="/festival.ics"):
        wish = NewCalendar(facility="M-CIN", name="Festival", url=festival.url(path), effect=effect)
        return actions.add_calendar(world.actor(MANAGER), wish, product_clock.now(), HERE)

    return make


def refresh(clock, hours=0):
    clock.advance(hours=hours)
    return actions.refresh_due(clock.now, HERE)


def closed(world):
    """When M-CIN is closed, on the clock of Brussels, and why."""
    found = facilities.closures([world.facilities["M-CIN"]], 0, 2**33)
    return [
        (
            datetime.fromtimestamp(c.starts, UTC).strftime("%d %H"),
            (c.ends - c.starts) // 3600,
            c.reason,
        )
        for c in found
    ]


def test_what_is_in_it_closes_the_room(world, festival, subscribe, clock):
    festival.body = calendar(PARTY, WEEKLY)
    subscribe()
    assert closed(world) == []
    assert refresh(clock) == 1
    assert closed(world) == [
        ("01 17", 5, "Festival"),
        ("02 08", 3, "Festival"),
        ("09 08", 3, "Festival"),
        ("16 08", 3, "Festival"),
    ]
    (facts,) = queries.calendars(world.facilities["M-CIN"])
    assert (facts.error, facts.read_at, facts.host) == ("", clock.now, "127.0.0.1")


def test_its_words_are_for_managers_alone(world, festival, subscribe, clock):
    """They may be a competitor's: everybody else reads the name of the calendar."""
    subscribe()
    refresh(clock)
    (told,) = queries.events(world.facilities["M-CIN"], int(clock.now.timestamp()))
    assert told.summary == "Projection privée"
    assert "privée" not in str(closed(world))


def test_moved_and_removed_events_move_and_open(world, festival, subscribe, clock):
    festival.body = calendar(PARTY, WEEKLY)
    subscribe()
    refresh(clock)
    moved = PARTY.replace("20261201T1800", "20261201T2000")
    festival.body, festival.etag = calendar(moved), '"2"'
    refresh(clock, hours=1)
    assert closed(world) == [("01 19", 3, "Festival")]
    festival.body, festival.etag = calendar(), '"3"'
    refresh(clock, hours=1)
    assert closed(world) == []


def test_unchanged_calendar_is_not_sent_again(world, festival, subscribe, clock):
    subscribe()
    refresh(clock)
    assert refresh(clock) == 0, "not due yet"
    assert refresh(clock, hours=1) == 1
    assert [asked.get("If-None-Match") for asked in festival.asked] == [None, '"1"']
    assert len(closed(world)) == 1
    (facts,) = queries.calendars(world.facilities["M-CIN"])
    assert facts.read_at == clock.now


def test_closure_opened_by_hand_stays_open(world, festival, subscribe, clock):
    from booking.facilities.actions import remove_closure

    subscribe()
    refresh(clock)
    (found,) = facilities.closures([world.facilities["M-CIN"]], 0, 2**33)
    remove_closure(world.actor(MANAGER), found.id, product_clock.now())
    festival.body, festival.etag = calendar(PARTY, WEEKLY), '"2"'
    refresh(clock, hours=1)
    assert "01 17" not in str(closed(world))
    assert len(closed(world)) == 3


def test_information_closes_nothing(world, festival, subscribe, clock):
    subscribe("information")
    refresh(clock)
    assert closed(world) == []
    assert len(queries.events(world.facilities["M-CIN"], int(clock.now.timestamp()))) == 1


def test_free_and_cancelled_events_close_nothing(world, festival, subscribe, clock):
    free = PARTY.replace("END:VEVENT", "TRANSP:TRANSPARENT\nEND:VEVENT")
    off = WEEKLY.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    festival.body = calendar(free, off)
    subscribe()
    refresh(clock)
    assert closed(world) == []


def test_whole_days_are_days_of_the_site(world, festival, subscribe, clock):
    days = event("jour", "DTSTART;VALUE=DATE:20270327\nDTEND;VALUE=DATE:20270329")
    festival.body = calendar(days)
    subscribe()
    refresh(clock)
    assert closed(world) == [("26 23", 47, "Festival")], "one of the two days has 23 hours"


def test_what_lasts_for_ever_closes_the_room_and_hides_nothing_else(
    world, festival, subscribe, clock
):
    """Programs write 9999 for "for ever", and the year 1 for "always was"."""
    ever = event("ever", "DTSTART;VALUE=DATE:20270601\nDTEND;VALUE=DATE:99991231")
    always = event("always", "DTSTART:00010101T000000Z\nDTEND:20261120T090000Z")
    festival.body = calendar(PARTY, ever, always)
    subscribe()
    refresh(clock)
    spans = facilities.closures([world.facilities["M-CIN"]], 0, 2**40)
    shut = [(span.starts, span.ends) for span in spans]
    assert len(shut) == 3
    assert min(shut)[1] == int(datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp())
    assert max(shut)[1] > int(datetime(2300, 1, 1, tzinfo=UTC).timestamp())


def test_removed_calendar_opens_what_it_closed(world, festival, subscribe, clock):
    key = subscribe()
    refresh(clock)
    actions.remove_calendar(world.actor(MANAGER), key, product_clock.now())
    assert closed(world) == []
    assert queries.calendars(world.facilities["M-CIN"]) == []


def test_bookings_stay_where_they_are(world, festival, subscribe, clock, context):
    from booking.reservations import actions as bookings
    from booking.reservations.wish import BookingRequest

    start = datetime(2026, 12, 1, 18)
    wish = BookingRequest(facilities=("M-CIN",), title="T", start=start, end=start.replace(hour=20))
    producer = world.actor("producer@blf.example")
    number = bookings.request(producer, wish, product_clock.now())
    subscribe()
    refresh(clock)
    from booking.reservations.queries import booking

    after = booking(producer, number, int(clock.now.timestamp()))
    assert [o.state for o in after.occurrences] == ["requested"]
    assert len(closed(world)) == 1


# ---- faults ---------------------------------------------------------------------------------


def fault(world):
    (facts,) = queries.calendars(world.facilities["M-CIN"])
    return facts.error


@pytest.mark.parametrize("status", [401, 404, 410, 500])
def test_refusal_is_shown_and_what_was_known_stays(world, festival, subscribe, clock, status):
    subscribe()
    refresh(clock)
    festival.status, festival.etag = status, '"2"'
    refresh(clock, hours=1)
    assert fault(world) == f"http_{status}"
    assert len(closed(world)) == 1


def test_faults_are_tried_again_later_and_later(world, festival, subscribe, clock):
    festival.status = 500
    subscribe()
    waits = []
    for _ in range(7):
        refresh(clock)
        (facts,) = queries.calendars(world.facilities["M-CIN"])
        waits.append((facts.next_at - clock.now).total_seconds() / 3600)
        clock.now = facts.next_at
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    festival.status = 200
    refresh(clock)
    assert fault(world) == ""


@pytest.mark.parametrize(
    "body", [b"", b"<html>Login</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\x00\xff" * 99]
)
def test_no_calendar_is_said_to_be_none(world, festival, subscribe, clock, body):
    festival.body = body
    subscribe()
    refresh(clock)
    assert fault(world) in ("not_a_calendar", "too_much")
    assert closed(world) == []


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYSETPOS=366"]
)
def test_rules_that_never_end_hang_nobody(world, festival, subscribe, clock, rule, monkeypatch):
    monkeypatch.setattr("booking.facilities.external.reading.TIME_S", 3)
    more = f"DTSTART:20261201T080000Z\nDTEND:20261201T080001Z\nRRULE:{rule}"
    festival.body = calendar(event("bombe", more))
    subscribe()
    refresh(clock)
    assert fault(world) in ("too_much", "")
    assert len(closed(world)) < 2


def test_large_body_is_cut_off(world, festival, subscribe, clock):
    festival.body = b"x" * (PUBLIC.most_bytes + 1)
    subscribe()
    refresh(clock)
    assert fault(world) == "too_large"


def test_server_that_drips_is_cut_off(festival):
    festival.drip = True
    began = time.monotonic()
    with pytest.raises(OutsideError, match="too_slow"):
        fetch(festival.url(), "", "", HERE)
    assert time.monotonic() - began < 4


# ---- where nobody may look ------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "2001::1",
    "fec0::1",
    "::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "::ffff:0:7f00:1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address):
    assert not is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["193.190.1.1", "8.8.8.8", "2a02:2788::1"])
def test_public_addresses_are_allowed(address):
    assert is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.ics",
        "http://localhost/a.ics",
        "https://[::1]/a.ics",
        "http://2130706433/a.ics",  # 127.0.0.1 as one number
        "http://0x7f.1/a.ics",
        "http://169.254.169.254/latest/meta-data/",
        "webcal://192.168.1.1/a.ics",
    ],
)
def test_names_that_lead_home_are_refused(festival, url):
    with pytest.raises(OutsideError, match=r"refused_address|unknown_host"):
        fetch(checked_url(url), "", "")


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "http://[::1]/", "http://10.0.0.1:80/a.ics"]
)
def test_redirects_lead_nowhere_private(festival, target):
    festival.status, festival.location = 302, target
    with pytest.raises(OutsideError, match="refused_address"):
        fetch(festival.url(), "", "", HERE)


def test_redirects_in_circles_end(festival):
    festival.status, festival.location = 302, festival.url()
    with pytest.raises(OutsideError, match="redirects"):
        fetch(festival.url(), "", "", HERE)
    assert len(festival.asked) == 4


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://festival.example/a.ics",
        "gopher://festival.example/",
        "//festival.example/a.ics",
        "https://",
        "https://user:secret@festival.example/a.ics",
        "https://festival.example:22/a.ics",
        "https://festival.example:99999/a.ics",
        "https://festival.example/a b.ics",
        "https://festival.example/\r\nHost: x",
        "https://féstival.example/",
        "https://festival.example/" + "a" * 1000,
    ],
)
def test_odd_addresses_are_refused_at_once(world, context, url):
    wish = NewCalendar(facility="M-CIN", name="Festival", url=url)
    with pytest.raises(Invalid) as refused:
        actions.add_calendar(world.actor(MANAGER), wish, product_clock.now())
    assert [wrong.path for wrong in refused.value.fields] == ["url"]


def test_only_who_closes_a_room_subscribes_it(world, context):
    wish = NewCalendar(facility="M-CIN", name="Festival", url="https://festival.example/a.ics")
    for email in ("producer@blf.example", "manager-n@pil.example", "board@pil.example"):
        with pytest.raises(Forbidden):
            actions.add_calendar(world.actor(email), wish, product_clock.now())


def test_what_was_closed_stays_in_the_past(world, festival, subscribe, clock):
    subscribe()
    refresh(clock)
    clock.advance(days=20)  # the party is over
    later = event("autre", "DTSTART:20261220T180000Z\nDTEND:20261220T220000Z")
    festival.body, festival.etag = calendar(PARTY, later), '"2"'
    refresh(clock, hours=1)
    assert len(closed(world)) == 2


def test_what_repeats_for_ever_goes_on_though_the_calendar_never_changes(
    world, festival, subscribe, clock
):
    weekly = "DTSTART:20261202T080000Z\nDTEND:20261202T110000Z\nRRULE:FREQ=WEEKLY"
    festival.body = calendar(event("entretien", weekly))
    subscribe()
    refresh(clock)
    for _ in range(5):
        refresh(clock, hours=24 * 100)
    now = int(clock.now.timestamp())
    ahead = facilities.closures([world.facilities["M-CIN"]], now, now + 60 * 86400)
    assert len(ahead) == 8
