"""Every route by everybody: the table says who is let in, and a route without a row fails.

Let in means: the answer is about the matter (a page, a form with errors, a clash), not about the
person (401, 403, 404 or the way to the login page).
"""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from booking.core.access import GRANTS
from tests.architecture.permission_table import ROWS, everybody, members
from tests.support.client import Browser
from tests.support.houses import House
from tests.support.scene import PEOPLE, Scene, rules, stage
from tests.support.world import World

pytestmark = pytest.mark.one_engine

STRANGER = "stranger"
SHUT = (401, 403, 404)


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    routes = {f"{method} {rule.endpoint}" for method, rule in rules(app)}
    assert routes == set(ROWS)


def test_every_view_declares_a_permission_of_the_table(app: Flask) -> None:
    declared = {
        endpoint: getattr(view, "permission", None) for endpoint, view in app.view_functions.items()
    }
    assert {e: p for e, p in declared.items() if p not in {"public", *GRANTS}} == {}


_staged: list[tuple[Scene, Callable[[], None]]] = []
"""The scene of this worker, and what puts the database back to it: staging takes a while."""


@pytest.fixture
def scene(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Scene, Callable[[], None]]:
    """The scene, and what puts it back for whoever comes next."""
    if not _staged:
        made = stage(house.app, house.world)
        file = tmp_path_factory.mktemp("scene") / "staged.sqlite3"
        _staged.append((made, house.keep(file)))
    return _staged[0]


@pytest.mark.parametrize("row", sorted(ROWS))
def test_only_those_in_the_row_are_let_in(
    house: House, scene: tuple[Scene, Callable[[], None]], row: str
) -> None:
    method, _, endpoint = row.partition(" ")
    let_in, (made, put_back) = set(), scene
    put_back()
    for part in (STRANGER, *PEOPLE):
        if method != "GET" and part != STRANGER:
            put_back()  # the one before may have done it
        rule = next(r for m, r in rules(house.app) if (m, r.endpoint) == (method, endpoint))
        answer = _ask(house.app, part, method, rule, made)
        assert answer.status_code < 500
        if _is_let_in(answer):
            let_in.add(part)
        answer.close()
    assert let_in == ROWS[row]


def _ask(app: Flask, part: str, method: str, rule: Rule, scene: Scene) -> TestResponse:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    if part != STRANGER:
        browser.sign_in(PEOPLE[part])
    headers = {"X-CSRFToken": browser.csrf_token()}
    return browser.open(scene.address(rule), method=method, headers=headers)


def _is_let_in(answer: TestResponse) -> bool:
    to_login = answer.status_code == 303 and "/login" in (answer.location or "")
    return answer.status_code not in SHUT and not to_login


def test_the_table_of_people_is_whole(world: World) -> None:
    assert set(PEOPLE.values()) == set(world.users)
    assert members < everybody
