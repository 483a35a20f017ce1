"""Style sheets: several files as one, small, and kept until one of them changes."""

import gzip
import re

import pytest

from booking.web.styles import SHEETS
from tests.support.client import Browser

pytestmark = pytest.mark.one_engine


def addresses(page: str) -> list[str]:
    return re.findall(r'<link rel="stylesheet" href="(/styles/[^"]+)"', page)


def test_pages_name_a_sheet_that_lasts_for_ever(client: Browser):
    (address,) = addresses(client.get("/login").text)
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    etag = answer.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    other = client.get("/styles/site.css?v=0")
    assert other.headers["Cache-Control"] == "no-cache"
    assert client.get("/styles/nothing.css").status_code == 404


def test_a_change_of_a_file_changes_the_address(app, client: Browser, tmp_path, monkeypatch):
    folder = tmp_path / "css"
    folder.mkdir()
    for parts in SHEETS.values():
        for part in parts:
            (folder / f"{part}.css").write_text("/* said */\na {\n  color: red;\n}\n")
    (tmp_path / "js").symlink_to(f"{app.static_folder}/js")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    monkeypatch.setattr(app, "debug", True)
    (before,) = addresses(client.get("/login").text)
    assert client.get(before).text == "\n".join(["a {\ncolor: red;\n}"] * len(SHEETS["site"]))
    (folder / "reset.css").write_text("b { color: red; }")
    (after,) = addresses(client.get("/login").text)
    assert before != after


def test_whoever_can_unpack_gets_it_packed(client: Browser):
    (address,) = addresses(client.get("/login").text)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data).decode() == plain.text
    assert packed.headers["ETag"] != plain.headers["ETag"]
