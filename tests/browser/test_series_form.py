"""A series in the booking form: each date says how it stands, and is mended where it stands."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.steps import PRODUCER, WEEK, begin_by_key, finish_dialog, repeat_weekly, send
from tests.reservations.desk import Desk, words

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Grading 1 is taken on Wednesday the 25th."""
    with desk.app.app_context():
        desk.book("post", "M-ET1", "25T08:00", "25T20:00", title="À eux")
    return desk


@pytest.fixture
def dialog(visit: Visit, desk: Desk) -> Locator:
    """The dialog of the planning with three Wednesdays, the second of which is taken."""
    page = visit(PRODUCER, f"{WEEK}&view=fortnight")
    dialog = begin_by_key(page, "M-ET1")
    repeat_weekly(dialog, 3)
    expect(dialog.locator(".date-line")).to_have_count(3)
    expect(dialog.locator("[name=repair-2026-11-25]")).to_be_visible()
    return dialog


def days(desk: Desk) -> list[str]:
    """Where the booking is, date by date: "18 M-ET1"."""
    with desk.app.app_context():
        dates = desk.view("producer", "PIL-2026-00002").occurrences
        return [f"{words(d.starts).partition('T')[0]} {d.allocations[0].code}" for d in dates]


def test_a_date_that_is_taken_is_left_out(dialog: Locator, desk: Desk) -> None:
    dialog.locator("[name=repair-2026-11-25]").select_option("skip")
    expect(dialog.locator(".date-line").nth(1)).to_contain_text("laissée de côté")
    finish_dialog(dialog)
    assert days(desk) == ["18 M-ET1", "2026-12-02 M-ET1"]


def test_a_date_that_is_taken_gets_another_room(dialog: Locator, desk: Desk) -> None:
    choice = dialog.locator("[name=repair-2026-11-25] option", has_text="Étalonnage 2").first
    value = str(choice.get_attribute("value"))
    dialog.locator("[name=repair-2026-11-25]").select_option(value)
    expect(dialog.locator(".date-line .tag").nth(1)).to_have_text(re.compile("Libre", re.I))
    finish_dialog(dialog)
    assert days(desk) == ["18 M-ET1", "25 M-ET2", "2026-12-02 M-ET1"]


def test_unmended_nothing_is_booked_and_nothing_typed_is_lost(dialog: Locator, desk: Desk) -> None:
    send(dialog)
    expect(dialog.locator(".date-line")).to_have_count(3)
    expect(dialog.locator("[name=title]")).to_have_value("Montage")
    expect(dialog.locator("[name=count]")).to_have_value("3")
