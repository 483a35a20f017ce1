"""The browser's session: what the cookie is worth, and when it is worth nothing."""

import json
import re
import zlib
from html import unescape

import pytest
from itsdangerous.encoding import base64_decode
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.tokens import digest
from booking.members import actions
from booking.members.models import Throttle, UserSession
from booking.notices.models import OutboxMessage

EMAIL = "producer@blf.example"
NEW = "le héron vole bas"
FORWARDED = {"X-Forwarded-For": "203.0.113.66", "X-Forwarded-Host": "evil.example"}


def log_in(client, email=EMAIL, password="demo", **options):
    return client.submit("/login", {"email": email, "password": password}, **options)


def cookie_of(client):
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def replay(app, cookie):
    """What a copied cookie shows: 303 is the way to the log-in page."""
    thief = app.test_client()
    thief.set_cookie("session", cookie)
    return thief.get("/account").status_code


def rows(app, column):
    with app.app_context():
        return db.session.scalars(select(column)).all()


# ---- signing in -----------------------------------------------------------------------------


def test_logging_in_leads_to_the_page_that_was_asked_for(client):
    asked = client.get("/account?x=1&y=%C3%A9")
    assert asked.status_code == 303
    page = client.get(asked.location)
    wanted = unescape(re.findall(r'name="next" value="([^"]*)"', page.text)[-1])
    answer = client.submit("/login", {"email": EMAIL, "password": "demo", "next": wanted})
    assert answer.location == "/account?x=1&y=%C3%A9"


def test_the_cookie_holds_a_secret_of_which_the_database_keeps_a_digest(app, client):
    log_in(client)
    payload = cookie_of(client).lstrip(".").rsplit(".", 2)[0]
    raw = base64_decode(payload)
    if cookie_of(client).startswith("."):
        raw = zlib.decompress(raw)
    held = json.loads(raw)
    assert set(held) <= {"_user_id", "_permanent", "csrf_token", "_flashes"}
    assert rows(app, UserSession.secret_digest) == [digest(held["_user_id"])]


def test_a_wrong_password_says_so_and_keeps_the_address(client):
    answer = log_in(client, password="wrong")
    assert answer.status_code == 401
    assert f'value="{EMAIL}"' in answer.text
    assert "wrong" not in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_empty_fields_are_named(client):
    answer = client.submit("/login", {})
    assert answer.status_code == 400
    assert answer.text.count('class="field-error"') == 2


def test_the_sixth_guess_is_told_to_wait(client):
    for _ in range(5):
        assert log_in(client, password="wrong").status_code == 401
    assert log_in(client, password="wrong").status_code == 429
    assert log_in(client).status_code == 429


def test_guessing_does_not_disturb_who_is_signed_in(app, client):
    log_in(client)
    guesser = app.test_client()
    for _ in range(8):
        log_in(guesser, password="wrong")
    assert client.get("/account").status_code == 200


def test_the_log_in_page_leads_on_when_signed_in(client):
    log_in(client)
    assert client.get("/login?next=/account").location == "/account"


def test_a_session_id_from_before_the_sign_in_is_not_taken_over(app, client):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted by somebody"
    log_in(client)
    assert rows(app, UserSession.secret_digest) != [digest("planted by somebody")]


@pytest.mark.one_engine
def test_the_demonstrations_accounts_are_shown_there_only(client, make_app):
    assert "manager@pil.example" in client.get("/login").text
    real = make_app(DEMO="", PUBLIC_URL="https://x.example").test_client()
    assert "manager@pil.example" not in real.get("/login", base_url="https://x.example").text


# ---- a copied cookie ------------------------------------------------------------------------


def test_a_copied_cookie_works_until_its_owner_logs_out(app, client):
    log_in(client)
    copied = cookie_of(client)
    assert replay(app, copied) == 200
    client.submit("/logout")
    assert replay(app, copied) == 303
    assert client.get("/account").status_code == 303


def test_a_copied_cookie_dies_with_the_account(app, client, clock, world):
    log_in(client)
    copied = cookie_of(client)
    with app.app_context():
        actions.deactivate(world.actor("admin@blf.example"), world.users[EMAIL], clock.now)
    assert replay(app, copied) == 303
    assert client.get("/account").status_code == 303


def test_a_copied_cookie_dies_with_the_password(app, client):
    log_in(client)
    copied = cookie_of(client)
    answer = client.submit("/account/password", {"current": "demo", "password": NEW, "again": NEW})
    assert answer.location == "/account"
    assert replay(app, copied) == 303
    assert client.get("/account").status_code == 200


def test_a_cookie_dies_after_eight_idle_hours(client, clock):
    log_in(client)
    for _ in range(3):
        clock.advance(hours=7)
        assert client.get("/account").status_code == 200
    clock.advance(hours=8)
    assert client.get("/account").status_code == 303


def test_a_cookie_in_use_dies_after_seven_days(client, clock):
    log_in(client)
    for _ in range(27):
        clock.advance(hours=6)
        assert client.get("/account").status_code == 200
    clock.advance(hours=6)
    assert client.get("/account").status_code == 303


def test_use_is_written_down_once_a_minute(app, client, clock):
    log_in(client)
    first = clock.now
    clock.advance(seconds=59)
    client.get("/account")
    assert rows(app, UserSession.seen_at) == [first]
    clock.advance(seconds=1)
    client.get("/account")
    assert rows(app, UserSession.seen_at) == [clock.now]


@pytest.mark.parametrize("secret", ["", "1", "x" * 43, None, 1, ["x"]])
def test_a_cookie_without_a_session_is_worth_nothing(client, secret):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    assert client.get("/account").status_code == 303


def test_a_cookie_signed_by_somebody_else_is_worth_nothing(app, client, make_app):
    other = make_app(SECRET_KEY="another key, long enough to be one....").test_client()
    other.sign_in(EMAIL)
    assert replay(app, cookie_of(other)) == 303


def test_flask_logins_remember_cookie_is_worth_nothing(client):
    client.set_cookie("remember_token", "1|" + "0" * 128)
    assert client.get("/account").status_code == 303


def test_a_form_sent_after_the_session_ran_out_can_be_sent_again(client, clock):
    """What was typed must not be lost: log in again in another tab, go back, send."""
    log_in(client)
    client.get("/account")
    token = client.csrf_token()
    clock.advance(hours=9)
    form = {"csrf_token": token, "name": "export"}
    assert client.post("/account/tokens", data=form).status_code == 401
    log_in(client)
    assert client.post("/account/tokens", data=form).status_code == 201


# ---- behind proxies -------------------------------------------------------------------------


def test_a_forged_forwarded_header_changes_nothing(app, client):
    log_in(client, password="wrong", headers=FORWARDED)
    log_in(client, headers=FORWARDED)
    assert rows(app, UserSession.address) == ["127.0.0.1"]
    assert all("203.0.113" not in key for key in rows(app, Throttle.key))
    cookie = cookie_of(client)
    thief = app.test_client()
    thief.set_cookie("session", cookie)
    assert thief.get("/account", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


def test_a_forged_host_does_not_get_into_mails(app, client):
    token = client.csrf_token()
    client.set_cookie("session", cookie_of(client), domain="evil.example")
    form = {"email": EMAIL, "csrf_token": token}
    answer = client.post("/forgot", data=form, headers=FORWARDED, base_url="http://evil.example")
    assert answer.status_code == 200
    [text] = rows(app, OutboxMessage.text)
    assert "evil.example" not in text
    assert "http://127.0.0.1:5000/reset/" in text


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("hops", "sent", "address"),
    [
        ("0", "203.0.113.66", "127.0.0.1"),
        ("1", "203.0.113.66", "203.0.113.66"),
        ("1", "198.51.100.1, 203.0.113.66", "203.0.113.66"),
        ("2", "10.9.8.7, 198.51.100.1, 203.0.113.66", "198.51.100.1"),
    ],
)
def test_exactly_as_many_proxies_are_believed_as_configured(make_app, hops, sent, address):
    app = make_app(TRUSTED_PROXIES=hops)
    log_in(app.test_client(), headers={"X-Forwarded-For": sent})
    assert rows(app, UserSession.address) == [address]
