"""What calendar programs rely on: status, headers, conditional requests, silence about secrets."""

import gzip
import logging
from datetime import timedelta

import pytest
from sqlalchemy import update

from booking.feeds.log import MaskFeeds, mask
from booking.kernel import clock as product_clock
from booking.kernel.db import db
from booking.members.actions import create_feed, deactivate, renew_feed, revoke_feed
from booking.members.models import Company, FeedToken
from booking.members.queries import feed_tokens
from booking.reservations.feed import scope
from tests.support.statements import statements

PRODUCER = "producer@blf.example"
HEADERS = (
    "Content-Type",
    "Content-Disposition",
    "Content-Length",
    "Cache-Control",
    "ETag",
    "Last-Modified",
    "X-Robots-Tag",
    "Referrer-Policy",
)


def test_feed_answers_as_clients_need_it(client, address, book):
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    answer = client.get(address(PRODUCER, "facility:M-ET1"), headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    disposition = 'inline; filename="etalonnage-1-projection.ics"'
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["ETag"].startswith('W/"')
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert not answer.get_data().startswith(b"\xef\xbb\xbf")


def test_head_has_the_headers_of_get(client, address, book):
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    path = address(PRODUCER, "me")
    got, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.get_data() == b""
    assert [head.headers.get(h) for h in HEADERS] == [got.headers.get(h) for h in HEADERS]


def test_same_data_same_bytes(client, address, book, clock):
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    path = address(PRODUCER, "me")
    first = client.get(path)
    clock.advance(hours=3)
    second = client.get(path)
    assert second.get_data() == first.get_data()
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.last_modified == first.last_modified


@pytest.mark.parametrize("form", ["{tag}", '"other", {tag}', "{strong}", "*", 'W/"x",{strong}'])
def test_known_etag_is_not_sent_again(client, address, form):
    path = address(PRODUCER, "me")
    tag = client.get(path).headers["ETag"]
    wanted = form.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = client.get(path, headers={"If-None-Match": wanted})
    assert (answer.status_code, answer.get_data()) == (304, b"")
    assert answer.headers["ETag"] == tag


def test_unmodified_since_is_not_sent_again(client, address):
    path = address(PRODUCER, "me")
    first = client.get(path)
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304
    other = {**since, "If-None-Match": '"something else"'}
    assert client.get(path, headers=other).status_code == 200
    before = first.last_modified - timedelta(days=2)
    old = {"If-Modified-Since": before.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    assert client.get(path, headers=old).status_code == 200


def test_etag_moves_with_what_is_shown(client, address, book, act, clock):
    path = address(PRODUCER, "me")
    tags = [client.get(path).headers["ETag"]]

    def moved():
        tags.append(client.get(path).headers["ETag"])
        return tags[-1] not in tags[:-1]

    number = book(PRODUCER, "M-ET1", "2026-12-17T09:00", "2026-12-17T13:00", hold="option")
    assert moved()
    book("post@gfe.example", "M-ET2", "2026-12-17T09:00", "2026-12-17T13:00")
    assert not moved()
    clock.advance(minutes=1)
    act(PRODUCER, number, "release")
    assert moved()
    clock.advance(days=1)
    assert moved()


def test_etag_moves_when_an_option_runs_out_by_itself(client, address, book, clock):
    book(PRODUCER, "M-ET1", "2026-12-17T09:00", "2026-12-17T13:00", hold="option")
    path = address(PRODUCER, "me")
    clock.move_to("2026-11-23T08:59")
    before = client.get(path)
    clock.move_to("2026-11-23T09:00")
    clock.advance(seconds=50)
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.last_modified.isoformat() == "2026-11-23T08:00:00+00:00"
    assert b"STATUS:CANCELLED" in after.get_data()


def test_feed_is_packed_when_asked(client, address, book):
    for day in range(1, 6):
        book(PRODUCER, "M-ET1", f"2026-12-0{day}T09:00", f"2026-12-0{day}T13:00")
    path = address(PRODUCER, "me")
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "OPTIONS"])
def test_feeds_are_only_read(client, address, method):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = client.open(address(PRODUCER, "me"), method=method, headers=elsewhere)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def _is_gone(client, path):
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Location" not in answer.headers
    return answer.status_code == 410


@pytest.mark.parametrize("rest", ["", "/", "/a.txt", "/a/b.ics", "/.ics"])
def test_what_is_no_feed_is_gone_without_a_page(client, rest):
    assert _is_gone(client, f"/feeds/S3CRET{rest}")


@pytest.mark.parametrize("secret", ["x", "A" * 43, "A" * 4000, "%00", "é", "..", "%F0%28%8C%28"])
def test_unknown_address_is_gone(client, secret):
    assert _is_gone(client, f"/feeds/{secret}/calendar.ics")


def test_revoked_and_renewed_addresses_are_gone(app, world, client, address):
    revoked, renewed = address(PRODUCER, "me"), address(PRODUCER, "company")
    with app.app_context():
        actor, now = world.actor(PRODUCER), product_clock.now()
        newest, oldest = (facts.id for facts in feed_tokens(actor))
        revoke_feed(actor, oldest, now)
        secret = renew_feed(actor, newest, now)
    assert _is_gone(client, revoked)
    assert _is_gone(client, renewed)
    assert client.get(f"/feeds/{secret}/a.ics").status_code == 200


def test_feed_ends_with_the_person(app, world, client, address):
    path = address(PRODUCER, "me")
    with app.app_context():
        admin = world.actor("admin@blf.example")
        deactivate(admin, world.users[PRODUCER], product_clock.now())
    assert _is_gone(client, path)


def test_feed_ends_with_the_company_and_comes_back(app, world, client, address):
    path = address(PRODUCER, "company")
    with app.app_context():
        set_active = update(Company).where(Company.id == world.companies["BLF"])
        db.session.execute(set_active.values(active=False))
        db.session.commit()
        assert _is_gone(client, path)
        db.session.execute(set_active.values(active=True))
        db.session.commit()
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        *("facility:NOPE", "freebusy:NOPE", "site:NOPE", "kind:NOPE", "production:NOPE"),
        "approvals",
    ],
)
def test_feed_of_what_is_not_there_is_gone(client, address, text):
    assert _is_gone(client, address(PRODUCER, text))


@pytest.mark.parametrize("text", ["me:x", "company:x", "facility:", "", "nothing", "me "])
def test_odd_scopes_are_none(app, world, context, text):
    assert scope(world.actor(PRODUCER), text) is None


def test_unused_feed_runs_out(client, address, clock):
    path = address(PRODUCER, "me")
    clock.advance(days=179)
    assert client.get(path).status_code == 200
    clock.advance(days=179)
    assert client.get(path).status_code == 200
    clock.advance(days=181)
    assert _is_gone(client, path)


def test_use_is_noted_with_the_program(app, world, client, address, clock):
    path = address(PRODUCER, "me")
    clock.advance(hours=1)
    client.get(path, headers={"User-Agent": "Thunderbird/153"})
    with app.app_context():
        (facts,) = feed_tokens(world.actor(PRODUCER))
    assert (facts.used_at, facts.user_agent) == (clock.now, "Thunderbird/153")


def test_feed_reads_no_session(client, address, sign_in):
    """A browser that is signed in gets the same bytes, and no cookie."""
    path = address(PRODUCER, "me")
    stranger = client.get(path)
    sign_in(client, "post@gfe.example")
    answer = client.get(path)
    assert answer.get_data() == stranger.get_data()
    assert "Set-Cookie" not in answer.headers


def test_robots_may_read_feeds(client):
    answer = client.get("/robots.txt")
    assert answer.status_code == 200
    assert "feeds" not in answer.get_data(as_text=True)


def test_free_busy_periods(client, address, book):
    book("post@gfe.example", "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00", title="Secret")
    path = address(PRODUCER, "freebusy:M-ET1").replace(".ics", ".ifb")
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; component=VFREEBUSY"
    assert b"FREEBUSY;FBTYPE=BUSY:20261117T080000Z/20261117T120000Z" in answer.get_data()
    assert _is_gone(client, address(PRODUCER, "me").replace(".ics", ".ifb"))


# ---- secrets --------------------------------------------------------------------------------


def test_only_a_digest_is_stored(app, world):
    with app.app_context():
        _id, secret = create_feed(world.actor(PRODUCER), "me", product_clock.now())
        stored = db.session.scalars(db.select(FeedToken.secret_digest)).all()
    assert secret not in "".join(stored)


@pytest.mark.parametrize("name", ["gunicorn.access", "gunicorn.error", "werkzeug"])
def test_servers_do_not_log_the_secret(app, caplog, name):
    logger = logging.getLogger(name)
    with caplog.at_level(logging.INFO, logger=name):
        logger.info('%s "%s" %s', "::1", "GET /feeds/S3CRET-_x/a.ics HTTP/1.1", 200)
        logger.info("%(h)s %(r)s", {"h": "::1", "r": "PUT https://x/feeds/S3CRET-_x HTTP/1.1"})
    assert len(caplog.messages) == 2
    assert "S3CRET" not in caplog.text
    assert "/feeds/***/a.ics" in caplog.text


def test_failures_do_not_log_the_secret(app, client, address, caplog, monkeypatch):
    path = address(PRODUCER, "me")
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def break_down(*_args):
        raise RuntimeError("broken")

    monkeypatch.setattr("booking.feeds.views.feed.version", break_down)
    answer = client.get(path)
    assert answer.status_code == 500
    secret = path.split("/")[2]
    assert secret not in caplog.text
    assert "/feeds/***" in caplog.text
    assert secret not in answer.get_data(as_text=True)


def test_mask_leaves_the_rest_alone():
    assert mask("GET /bookings/PIL-2026-00001") == "GET /bookings/PIL-2026-00001"
    assert mask('"GET /feeds/abc?x HTTP" /feeds/d') == '"GET /feeds/***?x HTTP" /feeds/***'
    for secret in ("door", "decide", "reset", "invitation"):
        assert mask(f"GET /{secret}/abc HTTP") == f"GET /{secret}/*** HTTP"
    record = logging.LogRecord("x", 20, "f", 1, "%s", ("plain",), None)
    assert MaskFeeds().filter(record)
    assert record.args == ("plain",)


# ---- cost -----------------------------------------------------------------------------------


def cost(app, client, path):
    with statements(app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


@pytest.mark.parametrize("text", ["me", "company", "facility:M-ET1", "freebusy:M-ET1"])
def test_feed_costs_the_same_for_one_and_for_many(app, client, address, book, text):
    path = address(PRODUCER, text)
    book(PRODUCER, "M-ET1", "2026-12-01T09:00", "2026-12-01T13:00")
    client.get(path)
    one = cost(app, client, path)
    for day in range(2, 22):
        book(PRODUCER, "M-ET1", f"2026-12-{day:02d}T09:00", f"2026-12-{day:02d}T13:00")
    client.get(path)
    assert cost(app, client, path) == one
    assert one <= 15
