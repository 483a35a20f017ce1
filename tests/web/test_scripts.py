"""Scripts: without their comments, small, and kept until one of them changes."""

import gzip
import re
import shutil
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.support.client import Browser

pytestmark = pytest.mark.one_engine

JS = Path(__file__).parents[2] / "booking" / "static" / "js"
SOURCES = sorted(JS.rglob("*.js"))
FOREVER = "public, max-age=31536000, immutable"


def address(client: Browser) -> str:
    (found,) = re.findall(r'src="(/scripts/[^"]+)"', client.get("/login").text)
    return str(found)


def test_a_page_names_a_script_that_lasts_for_ever(client: Browser):
    answer = client.get(address(client))
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Cache-Control"] == FOREVER
    assert "Cookie" not in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_what_a_script_imports_lasts_as_long(client: Browser):
    folder = address(client).rpartition("/")[0]
    for name in re.findall(r'from "\./([\w/.]+)"', client.get(address(client)).text):
        assert client.get(f"{folder}/{name}").headers["Cache-Control"] == FOREVER


@pytest.mark.parametrize(
    ("page", "scripts"), [("/planning", ["base", "planning"]), ("/options", ["base"])]
)
def test_a_page_names_all_that_its_scripts_import_and_that_in_turn(producer, page, scripts):
    said = producer.get(page).text
    run = re.findall(r'<script type="module" src="/scripts/\w+/(\S+)\.js">', said)
    named = re.findall(r'<link rel="modulepreload" href="(/scripts/\S+)">', said)
    assert run == scripts
    wanted: dict[str, None] = {}
    unread = re.findall(r'<script type="module" src="(/scripts/\S+)">', said)
    while unread:
        script = unread.pop()
        for name in re.findall(r'from "([^"]+)"', producer.get(script).text):
            if (other := urljoin(script, name)) not in wanted:
                wanted[other] = None
                unread.append(other)
    assert sorted(named) == sorted(wanted)
    assert wanted


def test_another_version_is_asked_for_again_and_others_are_unknown(client: Browser):
    assert client.get("/scripts/0/base.js").headers["Cache-Control"] == "no-cache"
    assert client.get("/scripts/0/../../config.js").status_code == 404
    assert client.get("/scripts/0/nothing.js").status_code == 404


def test_a_change_of_any_script_changes_all_addresses(app, client, tmp_path, monkeypatch):
    shutil.copytree(JS, tmp_path / "js")
    (tmp_path / "css").symlink_to(JS.parent / "css")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    monkeypatch.setattr(app, "debug", True)
    before = address(client)
    (tmp_path / "js" / "timeline" / "layout.js").write_text("export const a = 1;\n")
    assert address(client) != before


def test_whoever_can_unpack_gets_it_packed(client: Browser):
    packed = client.get(address(client), headers={"Accept-Encoding": "gzip"})
    plain = client.get(address(client))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data).decode() == plain.text
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_comments_that_stand_alone_are_left_out_and_all_else_is_there(client, source):
    served = client.get(f"/scripts/0/{source.relative_to(JS)}").text
    assert not re.search(r"^\s*(//|/\*\*?$)", served, re.MULTILINE)
    lines = source.read_text().splitlines()
    code = [line for line in lines if not re.match(r"\s*(//|/\*|\*)", line)]
    kept = [line for line in lines if re.match(r"\s*/\*.*\*/\s*\S", line)]
    assert set(code) | set(kept) == set(served.splitlines())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_no_text_goes_over_lines_in_which_something_could_look_like_a_comment(source):
    assert [line for line in source.read_text().splitlines() if line.count("`") % 2] == []
