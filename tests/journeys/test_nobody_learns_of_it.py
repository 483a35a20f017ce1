"""Members compete: not a byte of a booking reaches anybody whom it does not concern."""

import re

import pytest
from flask import Flask
from markupsafe import escape
from werkzeug.test import TestResponse

from booking.kernel import clock
from booking.members.actions.keys import create_feed
from tests.support.client import Browser
from tests.support.forms import booking
from tests.support.scene import NUMBER, PEOPLE, PEOPLE_OF_IT, SECRETS, Scene, rules, stage
from tests.support.world import World

OUTSIDERS = {
    "competitor": SECRETS + PEOPLE_OF_IT,
    "other_manager": SECRETS + PEOPLE_OF_IT,
    "board": SECRETS + PEOPLE_OF_IT,
    "administrator": SECRETS,
}
LEFT_OUT = ("decisions.show", "feeds.ics", "feeds.ifb", "static")
"""Feed and link of the scene are opened by their owners' own secrets; files hold no bookings."""
EVERYBODY = ("facilities.licences.index",)
"""Pages that name everybody of the house, whatever they booked."""
ASKED = "?date=2026-11-18&start=2026-11-16&end=2026-11-23&whose=company&q=Zorgblat&production=HERON"
INSIDERS = ("owner", "colleague", "company_admin", "guest", "manager")
TAKEN = booking(date="2026-11-18", end_date="2026-11-18", title="Autre chose")


@pytest.fixture
def scene(app: Flask, world: World) -> Scene:
    return stage(app, world)


def _browser(app: Flask, part: str) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in(PEOPLE[part])
    return browser


def _leaks(answer: TestResponse, secrets: tuple[str, ...], asked: str) -> list[str]:
    """Secrets in the headers or the body that were not in the question itself."""
    said = str(answer.headers) + answer.get_data().decode(errors="replace")  # photos, too
    forms = {
        form: s
        for s in secrets
        for form in (s, str(escape(s)), s.encode("unicode_escape").decode())
    }
    return [s for form, s in forms.items() if form in said and s not in asked]


@pytest.mark.one_engine
@pytest.mark.parametrize("part", OUTSIDERS)
def test_no_page_and_no_answer_holds_a_byte_of_it(app: Flask, scene: Scene, part: str) -> None:
    browser = _browser(app, part)
    for method, rule in rules(app):
        if method != "GET" or rule.endpoint in LEFT_OUT:
            continue
        address = scene.address(rule)
        for query in ("", ASKED):
            answer = browser.get(address + query)
            secrets = SECRETS if rule.endpoint in EVERYBODY else OUTSIDERS[part]
            assert _leaks(answer, secrets, address + query) == [], address + query


@pytest.mark.parametrize("part", ["competitor", "other_manager"])
def test_no_clash_holds_a_byte_of_it(app: Flask, scene: Scene, part: str) -> None:
    browser = _browser(app, part)
    for path in ("/bookings", "/bookings/check"):
        answer = browser.submit(path, TAKEN)
        assert re.search("is-bad|is-option", answer.text), "it does clash"
        assert _leaks(answer, OUTSIDERS[part], "") == []


@pytest.mark.parametrize("part", ["competitor", "other_manager", "board"])
@pytest.mark.parametrize("query", ["", "?form=series"])
@pytest.mark.parametrize(
    "scope",
    ["me", "company", "facility:M-ET1", "freebusy:M-ET1", "site:M", "kind:grading"],
)
def test_no_feed_of_theirs_holds_a_byte_of_it(
    app: Flask, world: World, scene: Scene, part: str, scope: str, query: str
) -> None:
    with app.app_context():
        _, secret = create_feed(world.actor(PEOPLE[part]), scope, clock.now())
    answer = app.test_client().get(f"/feeds/{secret}/agenda.ics{query}")
    assert answer.status_code == 200
    assert ("20261118T080000Z" in answer.text) == (":" in scope), "but the time is told"
    assert _leaks(answer, OUTSIDERS[part], "") == []


@pytest.mark.parametrize("part", INSIDERS)
def test_those_whom_it_concerns_see_it(app: Flask, scene: Scene, part: str) -> None:
    browser = _browser(app, part)
    assert SECRETS[0] in browser.get(f"/bookings/{NUMBER}").text
    assert SECRETS[0] in browser.get("/planning?date=2026-11-18").text
