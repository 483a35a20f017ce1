"""Large feeds are written once for all processes of a machine: the same bytes, to the same reader.

They are taken for large from the first byte on here.
"""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booking.feeds import catalog, copies, views
from booking.kernel import clock as product_clock
from booking.kernel.remembered import forget_everything
from booking.members.actions import renew_feed, revoke_feed
from booking.members.queries import feed_tokens
from tests.support.client import Browser
from tests.support.world import World

PRODUCER, COLLEAGUE, POST = "producer@blf.example", "colleague@blf.example", "post@gfe.example"
FEED = "facility:M-ET1"
DAY = 24 * 3600

Address = Callable[[str, str], str]
Book = Callable[..., str]


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SMALLEST", 0)


@pytest.fixture(autouse=True)
def folder(app: Flask) -> Path:
    """Where copies are kept, empty."""
    found: Path = app.config["DATA_DIR"] / views.COPIES_IN
    for file in found.glob("*"):
        file.unlink()
    return found


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The scopes of the calendars that were written anew since the test began."""
    seen: list[str] = []
    write = catalog.calendar

    def note(actor, scope, version, now):  # type: ignore[no-untyped-def]
        seen.append(scope.text)
        return write(actor, scope, version, now)

    monkeypatch.setitem(views.FORMS, "expanded", note)
    return seen


def elsewhere(client: Browser, path: str, **headers: str) -> TestResponse:
    """The answer of a process that remembers nothing."""
    forget_everything()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.get(path, headers=named)
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_another_process_answers_the_same_without_writing_it(
    client: Browser, address: Address, book: Book, written: list[str], accepts: str
) -> None:
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    path = address(PRODUCER, FEED)
    first = elsewhere(client, path, Accept_Encoding=accepts)
    second = elsewhere(client, path, Accept_Encoding=accepts)
    assert written == [FEED]
    assert b"SUMMARY" in (gzip.decompress(second.data) if accepts == "gzip" else second.data)
    assert second.data == first.data
    assert second.headers["Content-Encoding" if accepts == "gzip" else "ETag"]
    assert dict(second.headers) == dict(first.headers)


def test_each_change_is_written_and_takes_the_place_of_the_copy(
    client: Browser, address: Address, book: Book, written: list[str], folder: Path
) -> None:
    path = address(PRODUCER, FEED)
    elsewhere(client, path)
    for hour in (9, 11):
        book(PRODUCER, "M-ET1", f"2026-11-17T{hour:02}:00", f"2026-11-17T{hour + 1:02}:00")
        assert f"20261117T{hour - 1:02}0000Z" in elsewhere(client, path).text
    assert len(written) == 3
    assert len(list(folder.iterdir())) == 1


def test_nobody_is_given_the_copy_of_another(
    client: Browser, address: Address, book: Book, written: list[str]
) -> None:
    """The competitor and the colleague read the same facility, each at an address of their own."""
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00", title="Tournage secret")
    told = {
        email: elsewhere(client, address(email, FEED)).text for email in (PRODUCER, COLLEAGUE, POST)
    }
    assert [email for email, text in told.items() if "Tournage secret" in text] == [
        PRODUCER,
        COLLEAGUE,
    ]
    assert len(written) == 3


def test_each_form_and_each_packing_has_a_copy_of_its_own(
    client: Browser, address: Address, book: Book, folder: Path
) -> None:
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    path = address(PRODUCER, FEED)
    for query in ("", "?form=series", "?form=availability"):
        plain = elsewhere(client, path + query)
        packed = elsewhere(client, path + query, Accept_Encoding="gzip")
        assert gzip.decompress(packed.data) == plain.data
    assert len(list(folder.iterdir())) == 6


def test_an_address_that_was_taken_back_leads_to_no_copy(
    app: Flask, client: Browser, world: World, address: Address, book: Book
) -> None:
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    path, other = address(PRODUCER, FEED), address(PRODUCER, "me")
    for each in (path, other):
        elsewhere(client, each)
    with app.app_context():
        actor, now = world.actor(PRODUCER), product_clock.now()
        ids = {token.scope: token.id for token in feed_tokens(actor)}
        revoke_feed(actor, ids[FEED], now)
        renew_feed(actor, ids["me"], now)
    for each in (path, other):
        answer = client.get(each)
        assert (answer.status_code, b"VCALENDAR" in answer.data) == (410, False)


def test_what_is_broken_or_cannot_be_kept_is_written_again(
    client: Browser,
    address: Address,
    book: Book,
    written: list[str],
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    book(PRODUCER, "M-ET1", "2026-11-17T09:00", "2026-11-17T13:00")
    path = address(PRODUCER, FEED)
    first = elsewhere(client, path)
    [file] = folder.iterdir()
    for broken in (b"", b"not a tag\nBEGIN:VCALENDAR", first.data):
        file.write_bytes(broken)
        assert elsewhere(client, path).data == first.data
    file.unlink()
    folder.rmdir()
    folder.write_text("no folder")  # as when the disk is full or read-only
    try:
        assert elsewhere(client, path).data == first.data
    finally:
        folder.unlink()
    assert "no copy of a feed was kept" in caplog.text
    assert path.split("/")[2] not in caplog.text
    assert len(written) == 5


def test_copies_are_their_owners_alone_and_swept_after_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    kept = copies.Copies(folder)
    kept.keep("old", "1", b"a")
    [old] = folder.iterdir()
    modes = [stat.st_mode & 0o777 for stat in (folder.stat(), old.stat())]
    assert modes == [0o700, 0o600]
    yesterday = old.stat().st_mtime - copies.KEPT_S - 1
    os.utime(old, (yesterday, yesterday))
    kept.keep("new", "1", b"b")
    assert kept.find("old", "1") == b"a"  # it swept less than an hour ago
    copies.Copies(folder).keep("new", "2", b"c")
    assert (kept.find("old", "1"), kept.find("new", "1"), kept.find("new", "2")) == (
        None,
        None,
        b"c",
    )
