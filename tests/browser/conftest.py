"""A real Chromium at a real server over the small world."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, make_server

from tests.reservations.desk import Desk
from tests.support.client import Browser as TestBrowser
from tests.support.time import StoppedClock
from tests.support.world import World

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
POLL_S = 0.02
"""How often the server looks whether it is to end."""
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


class _Silent(WSGIRequestHandler):
    timeout = 5
    """Seconds until a connection over which nothing is asked ends."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Tests print what they have to say themselves."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None or not AXE.exists():
        missing = "Chromium" if CHROMIUM is None else "axe-core"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"browser tests need {missing}")
        pytest.skip(f"browser tests were left out: no {missing}")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application, served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = False  # closing waits for answers: the next test has another database
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, app: Flask, address: str) -> Iterator[Visit]:
    """`visit("producer@blf.example", "/planning", script=False, size=PHONE, dark=True)`.

    Every page that was opened must end without a violation of its policy, an error, or a request
    to another host.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        email: str | None,
        path: str,
        *,
        script: bool = True,
        size: dict[str, int] = DESK,
        dark: bool = False,
        locale: str = "fr-BE",
        zone: str = "Europe/Brussels",
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport=size,
            locale=locale,
            timezone_id=zone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            has_touch=size is PHONE,
        )
        contexts.append(context)
        if email:
            context.add_cookies([_session(app, email, address)])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.on("request", lambda sent: complaints.extend(_elsewhere(sent.url, address)))
        page.on("console", lambda m: complaints.append(m.text) if _is_policy(m.text) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def desk(app: Flask, world: World, clock: StoppedClock) -> Desk:
    """The front desk of the house that pages show."""
    return Desk(app, world, clock)


@pytest.fixture
def number(desk: Desk) -> str:
    """The producer's editing on Wednesday from nine to one, confirmed at once."""
    with desk.app.app_context():
        return desk.book("producer", "M-MI1", "18T09:00", "18T13:00", title="Montage")


def _elsewhere(url: str, address: str) -> list[str]:
    return [] if url.startswith((f"{address}/", "data:", "blob:")) else [url]


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text


def _session(app: Flask, email: str, address: str) -> dict[str, str]:
    browser = app.test_client()
    assert isinstance(browser, TestBrowser)
    browser.sign_in(email)
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return {"name": cookie.key, "value": cookie.value, "url": address}
