"""What hands do in the timeline besides the plain drag: ends, keys, fingers, folds; and what it
shows meanwhile.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import (
    DAY,
    POST,
    PRODUCER,
    WEEK,
    bar,
    box,
    cell,
    grip,
    named,
    own_bar,
    track,
)
from tests.reservations.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

HOUR = 1 / (14 + 10 * 0.2)
"""Of a day's width, by day; the ten hours of the night are a fifth as wide."""


def says(page: Page, words: str, code: str = "M-MI1") -> None:
    """Hold that one's own bar in a row is that of these hours."""
    expect(own_bar(page, code)).to_have_accessible_name(re.compile(words))


# ---- both ends --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "hours", "now"),
    [(0.995, 2, "09:00–15:00"), (0.005, -1, "08:00–13:00"), (0.995, -2, "09:00–11:00")],
)
def test_a_bar_is_pulled_by_its_ends(
    visit: Visit, number: str, share: float, hours: int, now: str
) -> None:
    page = visit(PRODUCER, DAY)
    day = box(track(page, "M-MI1"))
    x, y = grip(own_bar(page, "M-MI1"), share)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + hours * HOUR * day["width"], y, steps=6)
    expect(page.locator(".tl-tip.is-free")).to_contain_text(now)
    page.mouse.up()
    says(page, now)
    page.keyboard.press("Control+z")
    says(page, "09:00–13:00")


def test_escape_lets_go_of_a_bar(visit: Visit, number: str) -> None:
    page = visit(PRODUCER, DAY)
    x, y = grip(own_bar(page, "M-MI1"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=4)
    expect(page.locator(".tl-ghost")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".tl-ghost")).to_have_count(0)
    page.mouse.up()
    says(page, "09:00–13:00")


def test_free_rooms_of_the_kind_light_up_and_the_verdict_names_who_is_in_the_way(
    visit: Visit, desk: Desk, number: str
) -> None:
    with desk.app.app_context():
        desk.book("colleague", "M-MI2", "18T15:00", "18T17:00", title="Sous-titres")
    page = visit(PRODUCER, DAY)
    x, y = grip(own_bar(page, "M-MI1"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    row = page.locator('[data-code="M-MI2"]')
    expect(row).to_have_class(re.compile("is-free"))
    expect(page.locator(".is-free.tl-room")).to_have_count(2)
    day, (_, y) = box(track(page, "M-MI2")), grip(row)
    page.mouse.move(x + 4 * HOUR * day["width"], y, steps=6)
    expect(row).to_have_class(re.compile("is-taken"))
    expect(page.locator(".tl-tip.is-conflict")).to_contain_text("Sous-titres – Batte Lune Films")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".tl-room:is(.is-free, .is-taken)")).to_have_count(0)


# ---- keys -------------------------------------------------------------------------------------


def take(page: Page) -> None:
    """Walk to the bar by arrows, from the morning of its day, and take it along."""
    cell(page, "M-MI1").focus()
    page.keyboard.press("x")
    expect(page.locator(".tl-ghost")).to_have_text("09:00–13:00")
    expect(page.locator("[aria-live=polite]").filter(has_text="Entrée la dépose")).to_be_attached()


@pytest.mark.parametrize(
    ("keys", "code", "now"),
    [
        (("ArrowRight", "ArrowRight"), "M-MI1", "10:00–14:00"),
        (("Control+ArrowLeft",), "M-MI1", "09:00–13:00"),
        (("ArrowDown",), "M-MI2", "09:00–13:00"),
        (("Shift+ArrowRight",), "M-MI1", "09:00–13:30"),
        (("Control+Shift+ArrowLeft",), "M-MI1", "08:30–13:00"),
        (("ArrowLeft", "ArrowLeft", "ArrowLeft"), "M-MI1", None),
    ],
    ids=["later", "day-before", "other-room", "longer", "begins-earlier", "before-opening"],
)
def test_a_booking_is_moved_and_resized_by_keys(
    visit: Visit, number: str, keys: tuple[str, ...], code: str, now: str | None
) -> None:
    page = visit(PRODUCER, WEEK)
    take(page)
    for key in keys:
        page.keyboard.press(key)
    verdict = "is-free" if now else "is-shut"
    expect(page.locator(".tl-tip")).to_have_class(re.compile(verdict))
    page.keyboard.press("Enter")
    expect(page.locator(".toast.is-good" if now else ".toast.is-bad")).to_be_visible()
    says(page, now or "09:00–13:00", code)
    expect(page.locator(".tl-ghost")).to_have_count(0)
    if now:
        page.keyboard.press("Control+z")
        says(page, "09:00–13:00")


def test_escape_leaves_it_where_it_was(visit: Visit, desk: Desk, number: str) -> None:
    page = visit(PRODUCER, WEEK)
    take(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator(".tl-ghost")).to_have_count(0)
    says(page, "09:00–13:00")
    with desk.app.app_context():
        assert desk.view("producer", number).revision == 1


def test_it_goes_along_into_the_next_week(visit: Visit, number: str) -> None:
    page = visit(PRODUCER, WEEK)
    take(page)
    page.keyboard.press("PageDown")
    expect(named(page, "heading")).to_contain_text("23")
    expect(page.locator(".tl-ghost")).to_have_text("09:00–13:00")
    page.keyboard.press("Enter")
    says(page, "09:00–13:00")


def test_what_others_have_is_not_taken_along(visit: Visit, number: str) -> None:
    page = visit(POST, WEEK)
    cell(page, "M-MI1").focus()
    page.keyboard.press("x")
    expect(page.locator(".tl-ghost")).to_have_count(0)


# ---- fingers ----------------------------------------------------------------------------------


class Finger:
    """One finger on the glass of a phone, on the row of a room in the timeline."""

    def __init__(self, page: Page, code: str) -> None:
        page.locator("[data-show-as=timeline]").click()
        self._x, self._y = 300.0, grip(track(page, code))[1]
        self._session = page.context.new_cdp_session(page)

    def down(self) -> None:
        self._send("touchStart", [{"x": self._x, "y": self._y}])

    def left(self, pixels: int) -> None:
        self._x -= pixels
        self._send("touchMove", [{"x": self._x, "y": self._y}])

    def up(self) -> None:
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_long_press_chooses_an_hour(visit: Visit) -> None:
    page = visit(PRODUCER, DAY, size=PHONE)
    finger = Finger(page, "M-ET1")
    finger.down()
    expect(page.locator(".tl-ghost")).to_have_count(1)
    finger.up()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=facility]")).to_have_value("M-ET1")
    start, end = (dialog.locator(f"[name={name}]").input_value() for name in ("start", "end"))
    assert int(end[:2]) - int(start[:2]) == 1


def test_a_finger_that_moves_on_scrolls_and_books_nothing(visit: Visit) -> None:
    page = visit(PRODUCER, DAY, size=PHONE)
    finger = Finger(page, "M-ET1")
    finger.down()
    for _ in range(5):
        finger.left(30)
    finger.up()
    page.wait_for_function(
        "() => document.querySelector('[data-planning=timeline]').scrollLeft > 20"
    )
    expect(page.locator(".tl-ghost")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


# ---- what it shows meanwhile ------------------------------------------------------------------


def test_what_was_folded_stays_folded(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    page.get_by_role("button", name=re.compile("^Montage image")).click()
    expect(page.locator('[data-code="M-MI1"]')).to_be_hidden()
    page.reload()
    expect(page.locator('[data-code="M-ET1"]')).to_be_visible()
    expect(page.locator('[data-code="M-MI1"]')).to_be_hidden()
    page.get_by_role("button", name=re.compile("^Montage image")).press("Enter")
    expect(page.locator('[data-code="M-MI1"]')).to_be_visible()


def patiently(page: Page) -> Page:
    """The page, whose timers can be hurried on."""
    page.clock.install()
    page.reload()
    return page


def test_what_others_book_appears_without_a_jump_of_the_page(visit: Visit, desk: Desk) -> None:
    page = patiently(visit(PRODUCER, WEEK, size={"width": 1100, "height": 420}))
    frame = named(page, "timeline")
    frame.evaluate("node => { node.scrollTop = 120; }")
    cell(page, "M-MI2").focus()
    before = frame.evaluate("node => [node.scrollTop, node.scrollLeft]")
    with desk.app.app_context():
        desk.book("post", "M-MI1", "18T09:00", "18T13:00", title="À eux")
    page.clock.fast_forward("00:31")
    expect(bar(page, "M-MI1")).to_have_count(1)
    assert frame.evaluate("node => [node.scrollTop, node.scrollLeft]") == before
    expect(cell(page, "M-MI2")).to_be_focused()


def test_an_unchanged_planning_is_not_sent_again(visit: Visit, number: str) -> None:
    page = patiently(visit(PRODUCER, WEEK))
    for status in (200, 304):  # the page came without an ETag
        with page.expect_response(re.compile("/api/v1/calendar.*start=2026-11-16")) as told:
            page.clock.fast_forward("00:31")
        assert told.value.status == status


def test_the_tip_says_when_an_option_lapses(visit: Visit, desk: Desk) -> None:
    with desk.app.app_context():
        desk.option("producer", "M-ET1", "18T09:00", "18T13:00")
    page = visit(PRODUCER, WEEK)
    own_bar(page, "M-ET1").hover()
    expect(page.locator(".tl-tip")).to_contain_text(re.compile(r"expire .* nov\. \d\d:\d\d"))
    rival = visit(POST, WEEK)
    bar(rival, "M-ET1").hover()
    expect(rival.locator(".tl-tip")).to_contain_text("Option 1")
    expect(rival.locator(".tl-tip")).not_to_contain_text("expire")


def test_whoever_wants_no_motion_gets_none(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    longest = """() => Math.max(...[...document.querySelectorAll("*")].flatMap((node) => {
      const { animationDuration, transitionDuration } = getComputedStyle(node);
      return `${animationDuration},${transitionDuration}`.split(",").map(parseFloat);
    }))"""
    assert page.evaluate(longest) > 0.05
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(longest) <= 0.00001
