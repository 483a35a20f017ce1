import pytest

from booking.facilities import actions, queries
from booking.facilities.actions.facilities import FacilityChange
from booking.facilities.actions.kinds import Definition, InUse, KindChange
from booking.kernel.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.usefixtures("context")

NAMES = {"fr": "Cabine", "en": "Booth", "nl": "Cabine", "de": "Kabine"}


@pytest.fixture
def admin(world):
    return world.actor("admin@pil.example")


def wrong(refusal):
    return [(field.path, field.code) for field in refusal.value.fields]


def test_a_kind_is_made_and_edited(admin, clock):
    kind_id = actions.create_kind(admin, "booth", KindChange(names=NAMES, position=99), clock.now)
    found = queries.kinds()[-1]
    assert (found.id, found.code, found.name_in("de"), found.option_days) == (
        kind_id,
        "booth",
        "Kabine",
        7,
    )
    change = KindChange(names={**NAMES, "en": "Podcast booth"}, option_days=3, position=99)
    actions.edit_kind(admin, kind_id, change, clock.now)
    assert (queries.kinds()[-1].name_in("en"), queries.kinds()[-1].option_days) == (
        "Podcast booth",
        3,
    )


@pytest.mark.parametrize(
    ("code", "change", "expected"),
    [
        ("Booth", {}, [("code", "kind_code")]),
        ("stage", {}, [("code", "taken")]),
        ("booth", {"names": {**NAMES, "nl": ""}}, [("names_nl", "required")]),
        ("booth", {"names": {**NAMES, "xx": "?"}}, [("names", "unknown")]),
        ("booth", {"option_days": 0}, [("option_days", "out_of_range")]),
        ("booth", {"option_days": 366}, [("option_days", "out_of_range")]),
    ],
)
def test_every_field_of_a_kind_at_fault_is_named(admin, clock, code, change, expected):
    with pytest.raises(Invalid) as refusal:
        actions.create_kind(admin, code, KindChange(**{"names": NAMES, **change}), clock.now)
    assert wrong(refusal) == expected


def test_only_administrators_touch_kinds(clock, world):
    manager, stage = world.actor("manager@pil.example"), world.kinds["stage"]
    with pytest.raises(Forbidden):
        actions.create_kind(manager, "booth", KindChange(names=NAMES), clock.now)
    with pytest.raises(Forbidden):
        actions.edit_kind(manager, stage, KindChange(names=NAMES), clock.now)
    new = Definition(code="x", names=NAMES, value_type="text")
    with pytest.raises(Forbidden):
        actions.add_attribute(manager, stage, new, clock.now)


def test_attributes_keep_their_order(admin, clock, world):
    stage = world.kinds["stage"]
    for code in ("height_m", "area", "booth"):
        new = Definition(code=code, names=NAMES, value_type="boolean")
        actions.add_attribute(admin, stage, new, clock.now)
    assert [each.code for each in queries.definitions(stage)] == ["height_m", "area", "booth"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": "Height"}, [("code", "kind_code")]),
        ({"value_type": "date"}, [("value_type", "unknown")]),
        ({"unit": "x" * 13}, [("unit", "too_long")]),
        ({"value_type": "choice"}, [("choices", "too_few_choices")]),
        ({"value_type": "choice", "choices": ("a", "a")}, [("choices", "too_few_choices")]),
        (
            {"names": {"fr": "Cabine"}},
            [("names_en", "required"), ("names_nl", "required"), ("names_de", "required")],
        ),
    ],
)
def test_every_field_of_an_attribute_at_fault_is_named(admin, clock, world, change, expected):
    new = Definition(**{"code": "it", "names": NAMES, "value_type": "text", **change})
    with pytest.raises(Invalid) as refusal:
        actions.add_attribute(admin, world.kinds["stage"], new, clock.now)
    assert sorted(wrong(refusal)) == sorted(expected)


def test_an_attribute_in_use_stays(admin, clock, world):
    kind, room = world.kinds["grading"], world.facilities["M-ET1"]
    new = Definition(code="hdr", names=NAMES, value_type="boolean")
    definition = actions.add_attribute(admin, kind, new, clock.now)
    change = FacilityChange(name="Étalonnage 1")
    actions.edit_facility(admin, room, 1, change, {"hdr": True}, clock.now)
    with pytest.raises(InUse) as refusal:
        actions.remove_attribute(admin, kind, definition, clock.now)
    assert refusal.value.params == {"count": 1}
    actions.edit_facility(admin, room, 2, change, {"hdr": None}, clock.now)
    actions.remove_attribute(admin, kind, definition, clock.now)
    assert queries.definitions(kind) == ()


def test_an_attribute_of_another_kind_is_not_found(admin, clock, world):
    new = Definition(code="hdr", names=NAMES, value_type="boolean")
    definition = actions.add_attribute(admin, world.kinds["grading"], new, clock.now)
    with pytest.raises(NotFound):
        actions.remove_attribute(admin, world.kinds["stage"], definition, clock.now)
    with pytest.raises(NotFound):
        actions.add_attribute(admin, 999, new, clock.now)
