"""Where a log-in may lead: to a page of ours, whatever the address says."""

import pytest

from booking.web.paths import safe_path

HOSTILE = [
    "https://evil.example",
    "http://evil.example/",
    "HTTPS://EVIL.EXAMPLE",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "//evil.example/%2e%2e",
    "//evil.example@localhost",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "/\u2028/evil.example",
    "/\u00a0/evil.example",
    "/\u3000/evil.example",
    "/\u200b/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "mailto:a@b.example",
    "ftp://evil.example",
    "file:///etc/passwd",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "evil.example",
    "evil.example/account",
    "./account",
    "../account",
    "?next=//evil.example",
    "#//evil.example",
    "",
    "@evil.example",
    "/path//evil.example",
    "//[::1]/",
    "//[/",
    "/" + "a" * 2000,
]
OWN = ["/", "/account", "/planning?date=2026-11-17&site=M", "/companies/BLF#people", "/a/b?c=d%20e"]


@pytest.mark.parametrize("wanted", HOSTILE)
def test_nothing_leads_away(wanted):
    assert safe_path(wanted) is None


@pytest.mark.parametrize("wanted", OWN)
def test_our_own_pages_are_kept_as_they_are(wanted):
    assert safe_path(wanted) == wanted


@pytest.mark.one_engine
@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_log_in_leads_to_our_own_pages_only(client, wanted):
    form = {"email": "producer@blf.example", "password": "demo"}
    assert client.submit("/login", {**form, "next": wanted}).location == "/planning"
    client.submit("/logout")
    assert client.submit("/login", {**form, "next": "/account"}).location == "/account"


@pytest.mark.one_engine
def test_whoever_is_signed_in_is_led_to_our_own_pages_only(client):
    client.sign_in("producer@blf.example")
    for wanted in HOSTILE:
        answer = client.get("/login", query_string={"next": wanted})
        assert answer.status_code == (400 if "\0" in wanted else 303)
        assert answer.location in (None, "/planning")


@pytest.mark.one_engine
def test_language_and_theme_lead_to_our_own_pages_only(client):
    for path, form in (("/language", {"locale": "nl"}), ("/theme", {"theme": "dark"})):
        assert client.submit(path, {**form, "next": "//evil.example"}).location == "/planning"
        assert client.submit(path, {**form, "next": "/login"}).location == "/login"
