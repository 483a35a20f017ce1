"""Which language a page speaks."""

import re

import pytest

pytestmark = pytest.mark.one_engine
EMAIL = "producer@blf.example"


def language(answer):
    return re.search(r'<html lang="(\w+)"', answer.text)[1]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, "fr"),
        ("nl-BE,nl;q=0.9,en;q=0.5", "nl"),
        ("de-AT", "de"),
        ("en-US,en;q=0.9", "en"),
        ("pt,es", "fr"),
        ("*", "fr"),
        ("x" * 5000, "fr"),
    ],
)
def test_strangers_are_spoken_to_as_their_browser_asks(client, accepted, expected):
    headers = {"Accept-Language": accepted} if accepted else {}
    assert language(client.get("/login", headers=headers)) == expected


def test_people_are_spoken_to_as_they_chose(client):
    client.sign_in(EMAIL)
    headers = {"Accept-Language": "de"}
    assert language(client.get("/account", headers=headers)) == "fr"


def test_the_browsers_own_choice_comes_first_and_stays_with_the_person(app, client):
    client.sign_in(EMAIL)
    answer = client.submit("/language", {"locale": "nl", "next": "/account"})
    assert answer.location == "/account"
    assert language(client.get("/account")) == "nl"
    elsewhere = app.test_client()
    elsewhere.sign_in(EMAIL)
    assert language(elsewhere.get("/account")) == "nl"
    elsewhere.set_cookie("locale", "xx")
    assert language(elsewhere.get("/account")) == "nl"


def test_the_theme_is_kept_in_the_same_way(app, client):
    assert "data-theme" not in client.get("/login").text.partition("<head>")[0]
    client.submit("/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/login").text
    client.sign_in(EMAIL)
    client.submit("/theme", {"theme": "light"})
    elsewhere = app.test_client()
    elsewhere.sign_in(EMAIL)
    assert 'data-theme="light"' in elsewhere.get("/account").text


@pytest.mark.parametrize(
    ("path", "form"),
    [("/language", {"locale": "xx"}), ("/theme", {"theme": "pink"}), ("/theme", {})],
)
def test_unknown_choices_are_refused(client, path, form):
    answer = client.submit(path, form)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers or "pink" not in answer.headers["Set-Cookie"]
