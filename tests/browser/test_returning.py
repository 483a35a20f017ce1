"""Reload and Back on a form that was refused: it is not sent again, and what was typed is there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import PRODUCER, send

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]
FORM = "/bookings/new?facility=M-MI1&date=2026-11-18&start=05:00&end=07:00"


@pytest.fixture
def refused(visit: Visit) -> Page:
    """The page of a booking that the opening hours are against."""
    page = visit(PRODUCER, FORM)
    page.locator("[name=title]").fill("Montage de nuit")
    page.locator("details:has([name=note]) > summary").click()
    page.locator("[name=note]").fill("Deux postes, s’il vous plaît")
    page.locator("[name=attendees]").fill("4")
    page.locator("[name=hold][value=option]").check(force=True)
    with page.expect_navigation():  # the form said so before it was sent, too
        send(page)
    expect(page.locator(".note.is-bad")).to_contain_text("heures")
    return page


def _typed(page: Page) -> list[str]:
    return [page.locator(f"[name={name}]").input_value() for name in ("title", "note", "attendees")]


def _all_is_there(page: Page) -> None:
    expect(page.locator("[name=title]")).to_have_value("Montage de nuit")
    assert _typed(page) == ["Montage de nuit", "Deux postes, s’il vous plaît", "4"]
    expect(page.locator("[name=start]")).to_have_value("05:00")
    expect(page.locator("[name=hold][value=option]")).to_be_checked()
    expect(page.locator("[name=note]")).to_be_visible()


def _sent_again(page: Page) -> list[str]:
    """Collects what is posted as a page from now on."""
    found: list[str] = []
    page.on(
        "request",
        lambda r: found.append(r.url) if r.is_navigation_request() and r.method == "POST" else None,
    )
    return found


def test_reload(refused: Page) -> None:
    assert refused.url.endswith(FORM)
    again = _sent_again(refused)
    refused.reload()
    _all_is_there(refused)
    assert again == []


def test_back(refused: Page) -> None:
    again = _sent_again(refused)
    refused.goto("/bookings")
    refused.go_back()
    _all_is_there(refused)
    assert again == []
    refused.locator("[name=start]").select_option("09:00")
    refused.locator("[name=end]").select_option("11:00")
    with refused.expect_navigation():
        send(refused)
    expect(refused.locator("h1")).to_contain_text("Montage de nuit")


def test_refused_twice(refused: Page) -> None:
    refused.locator("[name=title]").fill("Montage, encore")
    with refused.expect_navigation():
        send(refused)
    expect(refused.locator(".note.is-bad")).to_contain_text("heures")
    assert refused.url.endswith(FORM)
    refused.go_back()
    _all_is_there(refused)
    refused.go_forward()
    expect(refused.locator("[name=title]")).to_have_value("Montage, encore")


def test_a_password_is_not_kept(visit: Visit) -> None:
    page = visit(None, "/login")
    page.locator("[name=email]").fill(PRODUCER)
    page.locator("[name=password]").fill("faux")
    with page.expect_navigation():
        page.locator("form button.is-primary").click()
    expect(page.get_by_text("ne correspondent pas")).to_be_visible()
    again = _sent_again(page)
    page.reload()
    expect(page.locator("[name=email]")).to_have_value(PRODUCER)
    expect(page.locator("[name=password]")).to_have_value("")
    assert "faux" not in str(page.evaluate("history.state"))
    assert again == []
