"""Bundles: named templates of facilities and amounts, all of it or nothing."""

from typing import Any

import pytest

from booking.facilities import bundles
from booking.facilities.actions import create_bundle, edit_bundle
from booking.facilities.actions.bundles import BundleChange
from booking.facilities.bundles import Item
from booking.kernel.errors import Clash, Forbidden, Invalid, NotFound
from tests.reservations.desk import Desk
from tests.reservations.test_groups import got
from tests.reservations.test_pools import pool, shares

NAMES = {
    "fr": "Étalonnage supervisé",
    "en": "Supervised grade",
    "nl": "Begeleide grading",
    "de": "Begleitetes Grading",
}
ITEMS = (Item("M-CIN"), Item("M-FIB", 4), Item("M-MI"))
DAY = ("18T09:00", "18T13:00")


@pytest.fixture
def grade(desk: Desk) -> None:
    """GRADE: the cinema, 4 Gb/s and any edit suite."""
    pool(desk, "M-FIB", 10)
    make(desk)


def make(
    desk: Desk, items: tuple[Item, ...] = ITEMS, who: str = "manager@pil.example", **more: Any
) -> None:
    change = BundleChange(names=NAMES, items=items, **more)
    create_bundle(desk.actor(who), "GRADE", change, desk.clock.now)


def wrong(desk: Desk, *items: Item, code: str = "X", **more: Any) -> list[tuple[str, str]]:
    change = BundleChange(**{"names": NAMES, "items": items, **more})
    with pytest.raises(Invalid) as refused, desk.unchanged():
        create_bundle(desk.actor("manager@pil.example"), code, change, desk.clock.now)
    return [(field.path, field.code) for field in refused.value.fields]


def bundle(desk: Desk, who: str = "producer", codes: str = "", **more: Any) -> str:
    return desk.book(who, codes, *DAY, bundle="GRADE", **more)


@pytest.mark.usefixtures("grade")
def test_a_bundle_books_all_of_it(desk: Desk):
    assert sorted(got(desk, bundle(desk))) == ["M-CIN", "M-FIB", "M-MI1"]
    assert [amount for *_, amount in shares()] == [4]


@pytest.mark.usefixtures("grade")
def test_or_nothing(desk: Desk):
    desk.book("post", "M-FIB", *DAY, amounts={"M-FIB": 7})
    with pytest.raises(Clash) as clash, desk.unchanged():
        bundle(desk)
    assert [(c.facility, c.left) for c in clash.value.conflicts] == [("M-FIB", 3)]


@pytest.mark.usefixtures("grade")
def test_what_the_wish_says_itself_counts_more(desk: Desk):
    number = bundle(desk, codes="M-CIN M-ET1", amounts={"M-FIB": 2})
    assert sorted(got(desk, number)) == ["M-CIN", "M-ET1", "M-FIB", "M-MI1"]
    assert [amount for *_, amount in shares()] == [2]


def test_an_unknown_bundle_is_refused_by_name(desk: Desk):
    with pytest.raises(Invalid) as refused, desk.unchanged():
        bundle(desk)
    assert [(f.path, f.code) for f in refused.value.fields] == [("bundle", "unknown_bundle")]


@pytest.mark.usefixtures("grade")
def test_a_retired_bundle_is_not_booked(desk: Desk):
    number = bundle(desk)
    manager = desk.actor("manager@pil.example")
    change = BundleChange(names=NAMES, items=ITEMS, active=False)
    edit_bundle(manager, "GRADE", change, desk.clock.now)
    with pytest.raises(Invalid):
        bundle(desk)
    assert sorted(got(desk, number)) == ["M-CIN", "M-FIB", "M-MI1"]


@pytest.mark.usefixtures("grade")
def test_changing_a_bundle(desk: Desk):
    manager = desk.actor("manager@pil.example")
    change = BundleChange(names={**NAMES, "en": "Grade"}, items=(Item("M-ET1"),))
    edit_bundle(manager, "GRADE", change, desk.clock.now)
    (found,) = bundles.every()
    assert (found.codes, found.amounts, found.name_in("en")) == (("M-ET1",), {}, "Grade")
    with pytest.raises(NotFound):
        edit_bundle(manager, "NOPE", change, desk.clock.now)


def test_what_a_bundle_cannot_be(desk: Desk):
    pool(desk, "M-FIB", 10)
    assert wrong(desk) == [("items", "required")]
    assert wrong(desk, Item("NOPE")) == [("items", "unknown_facility")]
    assert wrong(desk, Item("M-CIN", 1)) == [("items", "not_a_pool")]
    assert wrong(desk, Item("M-MI", 1)) == [("items", "not_a_pool")]
    assert wrong(desk, Item("M-FIB", 0)) == [("items", "out_of_range")]
    assert wrong(desk, Item("M-FIB", 11)) == [("items", "out_of_range")]
    assert wrong(desk, Item("M-CIN"), Item("M-CIN")) == [("items", "named_twice")]
    assert wrong(desk, Item("M-CIN"), code="x y") == [("code", "facility_code")]
    assert wrong(desk, Item("M-CIN"), names={}) == [
        (f"names_{locale}", "required") for locale in ("fr", "en", "nl", "de")
    ]
    make(desk)
    assert wrong(desk, Item("M-CIN"), code="GRADE") == [("code", "taken")]


@pytest.mark.parametrize("who", ["producer", "admin@blf.example", "board"])
def test_who_may_not(desk: Desk, who: str):
    with pytest.raises(Forbidden), desk.unchanged():
        make(desk, (Item("M-CIN"),), who)


def test_one_more_of_a_row_that_the_bundle_has_is_another_unit(desk: Desk, grade: None):
    assert sorted(got(desk, bundle(desk, codes="M-MI M-CIN"))) == [
        "M-CIN",
        "M-FIB",
        "M-MI1",
        "M-MI2",
    ]


def test_what_could_never_be_booked_together_is_no_bundle(desk: Desk):
    assert wrong(desk, Item("M-PLA"), Item("M-PLA1")) == [("items", "same_space")]
