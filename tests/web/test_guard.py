"""Every page says who may see it."""

import pytest
from flask import Flask, url_for

from booking.core.access import GRANTS
from booking.web import guard, navigation
from tests.support.routes import routes

PUBLIC_PAGES = {
    "auth.forgot",
    "auth.invitation",
    "auth.login",
    "auth.logout",
    "auth.reset",
    "decisions.decide",
    "decisions.show",
    "door.act",
    "door.day",
    "door.manifest",
    "door.show",
    "door.worker",
    "health.healthz",
    "health.readyz",
    "planning.home",
    "settings.language",
    "settings.theme",
    "static",
    "scripts.module",
    "styles.sheet",
}
"""Pages that strangers see; a new one is a decision, and is added here."""

pytestmark = pytest.mark.one_engine


def test_every_view_declares_a_permission_of_the_table(app):
    declared = {
        name: getattr(view, "permission", None) for name, view in app.view_functions.items()
    }
    assert {name: p for name, p in declared.items() if p not in {*GRANTS, guard.PUBLIC}} == {}


def test_the_public_pages_are_these(app):
    public = {
        name
        for name, view in app.view_functions.items()
        if view.permission == guard.PUBLIC
        and app.view_functions[name]
        and name.partition(".")[0] not in guard.OTHER_DOORS
    }
    assert public == PUBLIC_PAGES


def test_strangers_are_sent_to_log_in_and_back(app, client, world):
    for route in routes(app, world):
        view = app.view_functions[route.endpoint]
        if view.permission == guard.PUBLIC or route.door in guard.OTHER_DOORS:
            continue
        if "GET" in route.methods:
            answer = client.get(route.path)
            assert answer.status_code == 303, route
            assert answer.location.startswith("/login?next=/"), route
        if "POST" in route.methods:
            answer = client.submit(route.path)
            assert answer.status_code == 401, route


def test_a_form_sent_too_late_says_what_to_do(client):
    answer = client.submit("/account/profile", {"name": "typed"})
    assert answer.status_code == 401
    assert 'target="_blank"' in answer.text


def test_scripts_are_not_given_the_log_in_page(client):
    for header in ("X-Fragment", "HX-Request"):
        answer = client.get("/account", headers={header: "true"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


def test_a_view_without_a_mark_is_shown_to_nobody(make_app):
    app: Flask = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_mark_that_the_table_does_not_know_is_refused():
    with pytest.raises(KeyError):
        guard.requires("everything:do")


@pytest.mark.parametrize(
    ("email", "path", "status"),
    [
        ("producer@blf.example", "/account", 200),
        ("producer@blf.example", "/companies", 302),
        ("producer@blf.example", "/companies/BLF", 200),
        ("producer@blf.example", "/companies/GFE", 404),
        ("producer@blf.example", "/companies/NOWHERE", 404),
        ("producer@blf.example", "/companies/BLF/invite", 403),
        ("producer@blf.example", "/companies/BLF/edit", 403),
        ("producer@blf.example", "/companies/new", 403),
        ("producer@blf.example", "/mails", 403),
        ("admin@blf.example", "/companies/BLF/invite", 200),
        ("admin@blf.example", "/companies/GFE/invite", 404),
        ("admin@blf.example", "/companies/BLF/edit", 403),
        ("manager@pil.example", "/companies/BLF", 404),
        ("board@pil.example", "/companies/BLF", 404),
        ("guest@mosel.example", "/companies/MOSEL", 200),
        ("admin@pil.example", "/companies", 200),
        ("admin@pil.example", "/companies/BLF/edit", 200),
        ("admin@pil.example", "/mails", 200),
    ],
)
def test_who_sees_which_members_page(client, email, path, status):
    client.sign_in(email)
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("admin@blf.example", 200),
        ("admin@pil.example", 200),
        ("colleague@blf.example", 403),
        ("guest@mosel.example", 403),
    ],
)
def test_who_sees_a_persons_page(client, world, email, status):
    client.sign_in(email)
    producer, post = world.users["producer@blf.example"], world.users["post@gfe.example"]
    assert client.get(f"/people/{producer}").status_code == status
    if email == "admin@blf.example":
        assert client.get(f"/people/{post}").status_code == 404


def test_the_navigation_leads_to_pages_that_exist(app):
    assert {endpoint for endpoint, *_ in navigation.ITEMS} <= set(app.view_functions)


@pytest.mark.parametrize(
    ("email", "endpoints"),
    [
        ("producer@blf.example", ["planning", "today", "find", "bookings"]),
        ("manager@pil.example", ["planning", "today", "find", "bookings", "approvals"]),
    ],
)
def test_the_navigation_begins_with_what_the_person_does(app, client, email, endpoints):
    client.sign_in(email)
    with client:
        client.get("/account")
        lines = list(navigation.Navigation(guard.signed_in()))
        addresses = [url_for(f"{name}.index") for name in endpoints]
    assert [line.url for line in lines][: len(endpoints)] == addresses
    assert not any(line.current for line in lines)
