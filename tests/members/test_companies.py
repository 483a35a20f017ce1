import pytest
from sqlalchemy import select

from booking.journal.models import Entry
from booking.kernel.db import db
from booking.kernel.errors import BookingError, Forbidden, Invalid, NotFound
from booking.members import actions, queries
from booking.members.actions.companies import CompanyChange
from booking.members.actions.sessions import Origin
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("context")


def blf(**more):
    values = {"name": "Batte Lune Films", "profile": "producer", "staff": 11, "site_id": 1}
    return CompanyChange(**{**values, **more})


def test_an_administrator_makes_and_edits_companies(clock, world):
    admin = world.actor("admin@pil.example")
    actions.create_company(
        admin,
        " onp ",
        CompanyChange(
            name="Outremeuse Nord",
            kind="partner",
            value_chain=("creation", "production"),
            staff=8,
            site_id=world.sites["N"],
        ),
        clock.now,
    )
    company = queries.company(admin, "ONP")
    assert (company.name, company.staff, company.site_name) == ("Outremeuse Nord", 8, "Nord")
    assert (company.value_chain, company.is_guest) == (("creation", "production"), True)
    actions.edit_company(admin, "onp", CompanyChange(name="ONP", staff=9), clock.now)
    assert queries.company(admin, "ONP").staff == 9


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("admin@blf.example", Forbidden),
        ("producer@blf.example", Forbidden),
        ("post@gfe.example", NotFound),
        ("manager@pil.example", NotFound),
    ],
)
def test_others_edit_no_company(clock, world, email, expected):
    with pytest.raises(BookingError) as refusal:
        actions.edit_company(world.actor(email), "BLF", blf(name="Mine"), clock.now)
    assert type(refusal.value) is expected


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "x" * 121, "too_long"),
        ("name", "a\x07b", "control_characters"),
        ("legal_form", "x" * 41, "too_long"),
        ("kind", "owner", "unknown"),
        ("profile", "spy", "unknown"),
        ("segment", "", "unknown"),
        ("country", "Belgium", "country"),
        ("value_chain", ("creation", "magic"), "unknown"),
        ("staff", -1, "negative"),
        ("staff", 10**20, "too_large"),
        ("site_id", 999, "unknown"),
    ],
)
def test_what_is_wrong_stands_at_its_field(clock, world, field, value, code):
    with pytest.raises(Invalid) as refusal:
        actions.edit_company(
            world.actor("admin@pil.example"), "BLF", blf(**{field: value}), clock.now
        )
    assert [(wrong.path, wrong.code) for wrong in refusal.value.fields] == [(field, code)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("BLF", "taken"), ("blf", "taken"), ("", "company_code"), ("A B", "company_code")],
)
def test_codes_are_short_and_unique(clock, world, code, expected):
    with pytest.raises(Invalid) as refusal:
        actions.create_company(world.actor("admin@pil.example"), code, blf(), clock.now)
    assert [wrong.code for wrong in refusal.value.fields] == [expected]


def test_people_of_a_company_that_left_are_signed_out(clock, world):
    secret = actions.sign_in(
        "producer@blf.example", "demo", origin=Origin("192.0.2.7"), now=clock.now, demo=True
    )
    admin = world.actor("admin@pil.example")
    actions.edit_company(admin, "BLF", blf(active=False), clock.now)
    actions.edit_company(admin, "BLF", blf(active=True), clock.now)
    assert queries.session_holder(secret, clock.now) is None


def test_the_journal_tells_only_what_changed(clock, world):
    admin = world.actor("admin@pil.example")
    actions.edit_company(admin, "BLF", blf(), clock.now)
    assert db.session.scalars(select(Entry)).all() == []
    actions.edit_company(admin, "BLF", blf(staff=12), clock.now)
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.name, entry.before, entry.after) == (
        "company:edited",
        {"staff": 11},
        {"staff": 12},
    )


def test_the_list_takes_one_statement(app, world):
    admin = world.actor("admin@pil.example")
    with statements(app) as sent:
        assert [c.code for c in queries.companies(admin)] == ["BLF", "GFE", "MOSEL", "PIL"]
    assert len(sent) == 1
