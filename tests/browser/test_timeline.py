"""What the timeline draws and thinks, against what the server knows."""

import random
import re

import pytest
from playwright.sync_api import expect

from booking.core.rules.hours import kept
from booking.core.scheduling.interval import Interval
from tests.browser.conftest import Visit
from tests.browser.steps import POST, PRODUCER, WEDNESDAY, WEEK, bar, book, box, grip, track

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

MONDAY = 20_773 * 1440
"""16 November 2026, 00:00, in minutes since 1970."""
COUNT_ACTIONS = """
  const count = () => { sessionStorage.actions = Number(sessionStorage.actions ?? 0) + 1; };
  let field;
  addEventListener("pointerdown", count, true);
  addEventListener("keydown", (event) => event.key.length > 1 && count(), true);
  addEventListener("input", ({ target }) => {
    if (target !== field) count();
    field = target;
  }, true);
"""
"""A press of the mouse, a key that writes nothing, filling in one field: an action each."""
IS_OPEN = """async (cases) => {
  const { isOpen } = await import(document.querySelector("script[type=module][src*=planning]").src
    .replace(/planning\\.js.*/, "timeline/verdict.js"));
  return cases.map(([opening, start, end]) => isOpen(opening, start, end));
}"""


def test_resting_on_a_bar_says_what_it_is_until_escape(visit: Visit) -> None:
    book(visit, PRODUCER, "M-ET1")
    for who, told in ((PRODUCER, "Montage"), (POST, "Occupé")):
        page = visit(who, WEEK)
        bar(page, "M-ET1").hover()
        tip = page.locator(".tl-tip")
        expect(tip).to_contain_text(told)
        expect(tip).to_contain_text("Étalonnage 1 (projection) · 09:00–13:00")
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()


def test_a_week_seen_before_shows_what_happened_since(visit: Visit) -> None:
    page = visit(PRODUCER, "/planning?date=2026-11-23")
    bars = bar(page, "M-ET1")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(bars).to_have_count(0)
    page.keyboard.press("j")
    book(visit, POST, "M-ET1", "date=2026-11-24&start=09:00")
    page.keyboard.press("k")
    expect(bars).to_have_count(1)


def test_from_the_login_to_a_sent_request_in_four_actions(
    visit: Visit, request: pytest.FixtureRequest
) -> None:
    """The planning is where a login leads: drag over the free time, type a title, send."""
    page = visit(PRODUCER, "/")
    page.context.add_init_script(COUNT_ACTIONS)
    page.reload()
    row = track(page, "M-ET1")
    page.mouse.move(*grip(row, 2.3 / 7))
    page.mouse.down()
    page.mouse.move(*grip(row, 2.6 / 7), steps=4)
    page.mouse.up()
    page.get_by_role("dialog").locator("[name=title]").press_sequentially("Étalonnage")
    page.keyboard.press("Enter")
    expect(page.locator("a.tl-bar")).to_have_accessible_name(re.compile("Étalonnage"))
    actions = int(page.evaluate("sessionStorage.actions"))
    request.node.user_properties.append(("figure", f"login to a sent request: {actions} actions"))
    assert actions <= 4


def _week(rng: random.Random) -> list[list[tuple[int, int]]]:
    """Opening hours as facilities have them: none at all, some days, with a break, to midnight."""
    if rng.random() < 0.1:
        return [[] for _ in range(7)]
    spans: list[list[tuple[int, int]]] = [
        [],
        [(480, 1080)],
        [(540, 720), (780, 1200)],
        [(0, 1440)],
        [(600, 1440)],
    ]
    return [rng.choice(spans) for _ in range(7)]


def test_the_page_thinks_of_hours_as_the_server_does(visit: Visit) -> None:
    rng = random.Random(7)
    page = visit(PRODUCER, WEEK)
    cases = []
    for _ in range(1500):
        start = MONDAY + rng.randrange(0, 7 * 48) * 30
        cases.append((_week(rng), start, start + rng.randrange(1, 150) * 30))
    told = page.evaluate(IS_OPEN, cases)
    thought = [kept(week, "UTC", Interval(a * 60, b * 60)) for week, a, b in cases]
    assert told == thought
    assert 200 < sum(thought) < 1300


@pytest.mark.parametrize(
    ("start", "end", "end_date"),
    [
        ("22:00", "06:00", "2026-11-19"),
        ("00:00", "05:00", "2026-11-18"),
        ("06:00", "09:00", "2026-11-18"),
        ("20:00", "23:30", "2026-11-18"),
    ],
)
def test_nights_and_early_mornings_are_there_to_see(
    visit: Visit, start: str, end: str, end_date: str
) -> None:
    span = f"date=2026-11-18&start={start}&end_date={end_date}&end={end}"
    page = book(visit, PRODUCER, "M-PLA2", span)
    page.goto(WEEK)
    night = bar(page, "M-PLA2")
    expect(night).to_have_count(1)
    assert box(night)["width"] > box(page.locator(".tl-day").first)["width"] / 20
    assert "is-cut" not in str(night.get_attribute("class"))


def test_a_drag_at_night_books_the_night(visit: Visit) -> None:
    """The strip of the night from 00:00 to 08:00 is as wide as a tenth of a day."""
    page = visit(PRODUCER, WEEK)
    row = track(page, "M-PLA2")
    x, y = grip(row, WEDNESDAY / 7)
    page.mouse.move(x + 1, y)
    page.mouse.down()
    page.mouse.move(*grip(row, (WEDNESDAY + 0.04) / 7), steps=3)
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=date]")).to_have_value("2026-11-18")
    expect(dialog.locator("[name=start]")).to_have_value("00:00")
    assert dialog.locator("[name=end]").input_value() < "06:00"
