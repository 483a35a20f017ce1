"""What every answer says to the browser, errors included."""

import re

import pytest

from booking.members import queries
from booking.web.packed import FOREVER
from tests.support.routes import routes
from tests.support.world import PASSWORD

pytestmark = pytest.mark.one_engine

ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


FILES = {"scripts.module", "styles.sheet", "door.worker"}
"""The same for everybody: browsers ask each time whether they changed."""


def check(answer, *, secure):
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, (answer.request.path, name)
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert ("Strict-Transport-Security" in answer.headers) is secure
    assert answer.headers["Cache-Control"]


@pytest.mark.parametrize("email", [None, "producer@blf.example", "admin@pil.example"])
def test_every_answer_has_the_headers(app, client, world, email):
    if email:
        client.sign_in(email)
    for route in routes(app, world):
        for method in sorted(route.methods):
            answer = client.open(route.path, method=method)
            check(answer, secure=False)
            if route.door not in ("api", "feeds") and route.endpoint not in FILES:
                assert answer.headers["Cache-Control"] == "no-store", route
                assert "Cookie" in answer.headers["Vary"], route


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/login", 405),
        ("POST", "/login", 400),
        ("GET", "/%00", 400),
        ("GET", "/people/99999999999999999999", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/static/../config.py", 404),
        ("GET", "/account", 303),
    ],
)
def test_errors_have_the_headers_too(client, method, path, status):
    answer = client.open(path, method=method)
    assert answer.status_code in (status, 400 if method == "DELETE" else status)
    check(answer, secure=False)


def test_a_crash_has_the_headers_and_tells_nothing(make_app, monkeypatch, caplog):
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def crash():
        raise RuntimeError("the innermost secret")

    monkeypatch.setitem(app.view_functions, "auth.login", crash)
    crash.permission = "public"
    answer = app.test_client().get("/login")
    assert answer.status_code == 500
    check(answer, secure=False)
    assert "secret" not in answer.text
    number = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert number is not None
    assert number[1] in caplog.text


def test_a_lost_database_is_answered_with_a_page(make_app, monkeypatch):
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    client.sign_in("producer@blf.example")

    def lost(*_):
        raise OSError("the database went away")

    monkeypatch.setattr(queries, "session_holder", lost)
    for path in ("/account", "/nowhere"):
        answer = client.get(path)
        check(answer, secure=False)
        assert answer.status_code == 500
        assert re.search(r"<code>[0-9a-f]{8}</code>", answer.text)


def test_outside_the_demonstration_https_is_insisted_on(make_app):
    client = make_app(DEMO="", PUBLIC_URL="https://booking.pole.example").test_client()
    answer = client.get("/login", base_url="https://booking.pole.example")
    check(answer, secure=True)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_outside_the_demonstration_the_cookie_is_bound_to_the_host(make_app):
    client = make_app(DEMO="", PUBLIC_URL="https://booking.pole.example").test_client()
    answer = client.get("/login", base_url="https://booking.pole.example")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_files_under_a_version_are_kept_for_ever_and_set_no_cookie(client):
    client.sign_in("producer@blf.example")
    with client.get("/static/css/base.css?v=0123456789") as versioned:
        assert versioned.headers["Cache-Control"] == FOREVER
        assert "Vary" not in versioned.headers
        assert "Set-Cookie" not in versioned.headers
    with client.get("/static/css/base.css") as plain:
        assert plain.headers["Cache-Control"] == "no-cache"
        assert plain.headers["ETag"]
    missing = client.get("/static/css/nothing.css?v=1")
    assert missing.headers["Cache-Control"] == "no-cache"


def test_pages_hold_no_inline_script_or_style(app, client, world):
    client.sign_in("admin@pil.example")
    for route in routes(app, world):
        if "GET" not in route.methods or route.door in ("api", "feeds"):
            continue
        page = client.get(route.path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), route
        inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
        assert all("application/json" in attributes for attributes in inline), route


def test_a_page_of_another_site_writes_nothing(client, world):
    form = {"email": "producer@blf.example", "password": PASSWORD}
    for sent in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
    ):
        assert client.submit("/login", form, headers=sent).status_code == 403, sent


@pytest.mark.parametrize(
    "sent",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "null"},
        {},
    ],
)
def test_our_own_pages_write(client, sent):
    form = {"email": "producer@blf.example", "password": PASSWORD}
    assert client.submit("/login", form, headers=sent).status_code == 303
