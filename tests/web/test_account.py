"""The account page: one's name, password, browsers and keys."""

import re

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.members import queries
from booking.members.models import ApiToken, User, UserSession
from tests.support.statements import contents, statements

EMAIL = "producer@blf.example"
NEW = "le héron vole bas"


@pytest.fixture
def me(client):
    client.sign_in(EMAIL)
    return client


def user(app):
    with app.app_context():
        return db.session.scalars(select(User).where(User.email == EMAIL)).one()


def test_name_language_and_theme_are_saved(app, me):
    answer = me.submit(
        "/account/profile", {"name": " Camille B. ", "locale": "nl", "theme": "dark"}
    )
    assert answer.location == "/account"
    found = user(app)
    assert (found.name, found.locale, found.theme) == ("Camille B.", "nl", "dark")
    page = me.get("/account").text
    assert '<html lang="nl" data-theme="dark">' in page
    assert "Camille B." in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 121}, {"locale": "xx"}, {"theme": "pink"}, {"name": "a\u202eb"}],
)
def test_what_is_wrong_stays_in_the_form(app, me, wrong):
    before = contents(app)
    form = {"name": "Camille Typed", "locale": "fr", "theme": "auto", **wrong}
    answer = me.submit("/account/profile", form)
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    if "name" not in wrong:
        assert 'value="Camille Typed"' in answer.text
    assert contents(app) == before


def test_extra_fields_change_nothing(app, me, world):
    before = user(app)
    form = {
        "name": before.name,
        "locale": "fr",
        "theme": "auto",
        "id": "9",
        "user_id": str(world.users["admin@pil.example"]),
        "email": "boss@pil.example",
        "company_id": str(world.companies["PIL"]),
        "password_hash": "x",
        "active": "0",
        "role": "administrator",
        "roles": "administrator",
        "is_admin": "1",
    }
    me.submit("/account/profile", form)
    after = user(app)
    for column in ("id", "email", "company_id", "password_hash", "active"):
        assert getattr(after, column) == getattr(before, column)
    with app.app_context():
        assert [role.value for role in world.actor(EMAIL).roles] == ["requester"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"current": "wrong", "password": NEW, "again": NEW}, "current"),
        ({"current": "demo", "password": "short", "again": "short"}, "password"),
        ({"current": "demo", "password": NEW, "again": "else"}, "again"),
        ({"current": "", "password": NEW, "again": NEW}, "current"),
        (
            {"current": "demo", "password": "Batte Lune Films", "again": "Batte Lune Films"},
            "password",
        ),
    ],
)
def test_a_password_is_refused_at_its_field(me, form, field):
    answer = me.submit("/account/password", form)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert NEW not in answer.text


def test_guessing_the_current_password_must_wait(me):
    form = {"current": "wrong", "password": NEW, "again": NEW}
    answers = [me.submit("/account/password", form).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]
    assert me.get("/account").status_code == 200


# ---- browsers -------------------------------------------------------------------------------


def test_browsers_are_listed_and_logged_out(app, me):
    other = app.test_client()
    other.sign_in(EMAIL)
    page = me.get("/account").text
    keys = re.findall(r'action="/account/sessions/([0-9a-f]{16})/end"', page)
    assert len(keys) == 2
    with me.session_transaction() as cookie:
        mine = queries.session_key(cookie["_user_id"])
    [theirs] = set(keys) - {mine}
    assert me.submit(f"/account/sessions/{theirs}/end").location == "/account"
    assert other.get("/account").status_code == 303
    assert me.get("/account").status_code == 200


def test_ending_ones_own_session_logs_out(me):
    with me.session_transaction() as cookie:
        mine = queries.session_key(cookie["_user_id"])
    assert me.submit(f"/account/sessions/{mine}/end").location == "/login"
    assert me.get("/account").status_code == 303


def test_all_other_browsers_are_logged_out(app, me):
    others = [app.test_client() for _ in range(2)]
    for other in others:
        other.sign_in(EMAIL)
    me.submit("/account/sessions/end-others")
    assert [other.get("/account").status_code for other in others] == [303, 303]
    assert me.get("/account").status_code == 200


def test_a_session_of_somebody_else_is_not_to_be_found(app, me):
    colleague = app.test_client()
    key = queries.session_key(colleague.sign_in("colleague@blf.example"))
    assert me.submit(f"/account/sessions/{key}/end").status_code == 404
    assert colleague.get("/account").status_code == 200


def test_the_page_shows_no_secret(app, me):
    secret = me.sign_in(EMAIL)
    with app.app_context():
        digests = db.session.scalars(select(UserSession.secret_digest)).all()
    page = me.get("/account").text
    assert secret not in page
    assert not any(digest in page for digest in digests)


def test_more_sessions_take_no_more_statements(app, me):
    with statements(app) as few:
        me.get("/account")
    for _ in range(30):
        app.test_client().sign_in(EMAIL)
    with statements(app) as many:
        me.get("/account")
    assert len(many) == len(few)


# ---- keys for programs ----------------------------------------------------------------------


def test_a_new_key_is_shown_once(app, me):
    answer = me.submit("/account/tokens", {"name": "export"})
    assert answer.status_code == 201
    secret = re.search(r'data-copy="([\w-]{43})"', answer.text)[1]
    with app.app_context():
        token_id, actor = queries.api_actor(secret)
    assert actor.email == EMAIL
    page = me.get("/account").text
    assert secret not in page
    assert "export" in page
    assert me.submit(f"/account/tokens/{token_id}/revoke").status_code == 303
    with app.app_context():
        assert queries.api_actor(secret) is None


def test_a_key_of_somebody_else_is_not_to_be_found(app, me):
    me.submit("/account/tokens", {"name": "export"})
    with app.app_context():
        token_id = db.session.scalars(select(ApiToken.id)).one()
    me.sign_in("colleague@blf.example")
    assert me.submit(f"/account/tokens/{token_id}/revoke").status_code == 404


def test_a_key_needs_a_name(me):
    answer = me.submit("/account/tokens", {"name": " "})
    assert answer.status_code == 400
    assert 'id="name-error"' in answer.text
