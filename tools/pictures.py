"""Takes the README's pictures from the demonstration data: `make pictures`."""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

import config
from booking import create_app
from booking.demo.load import PASSWORD, load_demo
from booking.kernel import clock

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
WHEN = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
"""A Tuesday morning, so that the pictures do not change with every run."""
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# file: who, address, size, dark
PICTURES = {
    "planning.png": ("producer@blf.example", "/planning", DESK, False),
    "planning-dark.png": ("manager@pil.example", "/planning?view=day", DESK, True),
    "approvals.png": ("manager@pil.example", "/approvals", DESK, False),
    "phone.png": ("producer@blf.example", "/planning?view=day", PHONE, False),
}


def main() -> None:
    """Serve a fresh demonstration and photograph it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Pictures need Chromium.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with clock.stopped_at(WHEN), _served() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (email, path, size, dark) in PICTURES.items():
            _photograph(browser, address, name, email, path, size, dark)
            print(f"Wrote docs/pictures/{name}")
        browser.close()


@contextmanager
def _served() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load({**os.environ, "DEMO": "1", "DATA_DIR": folder}))
        with app.app_context():
            upgrade()
            load_demo(WHEN)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _photograph(
    browser: Browser,
    address: str,
    name: str,
    email: str,
    path: str,
    size: dict[str, int],
    dark: bool,
) -> None:
    context = browser.new_context(
        base_url=address,
        viewport={"width": size["width"], "height": size["height"]},
        locale="fr-BE",
        color_scheme="dark" if dark else "light",
        device_scale_factor=2 if size is PHONE else 1,
    )
    page = context.new_page()
    page.goto("/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/planning*")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / name)
    context.close()


if __name__ == "__main__":
    main()
