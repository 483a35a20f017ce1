"""People: who may invite, edit and let go whom."""

import pytest
from sqlalchemy import select

from booking.core.access import Role
from booking.journal.models import Entry
from booking.kernel.db import db
from booking.kernel.errors import BookingError, FieldError, Forbidden, Invalid, NotFound
from booking.members import actions, queries
from booking.members.actions.people import NewPerson, PersonChange
from booking.members.actions.sessions import Origin
from booking.members.models import RoleAssignment, User
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("context")

BLF_ADMIN, ADMINISTRATOR = "admin@blf.example", "admin@pil.example"


def somebody(world, company="BLF", **more):
    values = {"email": "new@blf.example", "name": "Nouvelle Venue", **more}
    return NewPerson(company_id=world.companies[company], **values)


def verdict(work):
    try:
        work()
    except BookingError as error:
        return type(error)
    return None


def changed(name="Camille L.", email="producer@blf.example", locale="fr", **more):
    return PersonChange(name=name, email=email, locale=locale, **more)


@pytest.mark.parametrize(
    ("inviter", "company", "expected"),
    [
        (BLF_ADMIN, "BLF", None),
        (BLF_ADMIN, "GFE", NotFound),
        (ADMINISTRATOR, "GFE", None),
        (ADMINISTRATOR, "BLF", None),
        ("producer@blf.example", "BLF", Forbidden),
        ("manager@pil.example", "PIL", Forbidden),
        ("manager@pil.example", "BLF", NotFound),
        ("board@pil.example", "BLF", NotFound),
        ("guest@mosel.example", "MOSEL", Forbidden),
    ],
)
def test_who_may_invite_to_which_company(clock, world, inviter, company, expected):
    actor = world.actor(inviter)
    assert verdict(lambda: actions.invite(actor, somebody(world, company), clock.now)) is expected


def test_an_invited_person_is_a_requester_of_that_company(clock, world):
    admin = world.actor(BLF_ADMIN)
    ticket = actions.invite(
        admin, somebody(world, email="New@BLF.example", company_admin=True), clock.now
    )
    person = queries.person(admin, ticket.user_id)
    assert (person.email, person.invited, person.active) == ("new@blf.example", True, True)
    assert {held.role for held in person.roles} == {Role.REQUESTER, Role.COMPANY_ADMIN}
    assert verdict(lambda: actions.invite(admin, somebody(world), clock.now)) is Invalid


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "", "email"),
        ("email", "no-at-sign", "email"),
        ("email", "two@at@signs", "email"),
        ("email", "a@b.example\r\nBcc: x@y.example", "email"),
        ("email", "a b@c.example", "email"),
        ("email", "a@b..example", "email"),
        ("email", "<a@b.example>", "email"),
        ("email", "x" * 300 + "@b.example", "email"),
        ("email", "producer@blf.example", "email_taken"),
        ("email", "PRODUCER@blf.example", "email_taken"),
        ("name", "", "required"),
        ("name", " \t ", "required"),
        ("name", "x" * 121, "too_long"),
        ("name", "a\x00b", "control_characters"),
        ("name", "a\u202eb", "control_characters"),
        ("locale", "xx", "unknown"),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_at_its_field(clock, world, field, value, code):
    person = somebody(world, **{field: value})
    with pytest.raises(Invalid) as refusal:
        actions.invite(world.actor(BLF_ADMIN), person, clock.now)
    assert [(wrong.path, wrong.code) for wrong in refusal.value.fields] == [(field, code)]


@pytest.mark.parametrize(
    ("editor", "edited", "expected"),
    [
        (BLF_ADMIN, "producer@blf.example", None),
        (BLF_ADMIN, "post@gfe.example", NotFound),
        (BLF_ADMIN, ADMINISTRATOR, NotFound),
        ("producer@blf.example", "colleague@blf.example", Forbidden),
        ("board@pil.example", "manager@pil.example", Forbidden),
        (ADMINISTRATOR, "post@gfe.example", None),
        (ADMINISTRATOR, "manager@pil.example", None),
    ],
)
def test_who_may_edit_whom(clock, world, editor, edited, expected):
    actor, user_id = world.actor(editor), world.users[edited]
    change = changed(email=edited)
    assert verdict(lambda: actions.edit_user(actor, user_id, change, clock.now)) is expected


def test_a_company_administrator_changes_no_address(clock, world):
    """It would be the way to a colleague's password."""
    actor, user_id = world.actor(BLF_ADMIN), world.users["producer@blf.example"]
    change = changed(email="mine@blf.example")
    assert verdict(lambda: actions.edit_user(actor, user_id, change, clock.now)) is Forbidden
    administrator = world.actor(ADMINISTRATOR)
    assert verdict(lambda: actions.edit_user(administrator, user_id, change, clock.now)) is None
    assert queries.person(administrator, user_id).email == "mine@blf.example"


def test_a_company_administrator_does_not_edit_whoever_holds_more(clock, world):
    actions.grant_role(None, world.users["colleague@blf.example"], Role.BOARD, clock.now)
    actor, user_id = world.actor(BLF_ADMIN), world.users["colleague@blf.example"]
    change = changed(email="colleague@blf.example")
    assert verdict(lambda: actions.edit_user(actor, user_id, change, clock.now)) is Forbidden
    assert verdict(lambda: actions.deactivate(actor, user_id, clock.now)) is Forbidden


def test_company_administration_is_given_and_taken(clock, world):
    actor, user_id = world.actor(BLF_ADMIN), world.users["producer@blf.example"]
    actions.edit_user(actor, user_id, changed(company_admin=True), clock.now)
    actions.edit_user(actor, user_id, changed(company_admin=True), clock.now)
    assert Role.COMPANY_ADMIN in world.actor("producer@blf.example").roles
    actions.edit_user(actor, user_id, changed(company_admin=False), clock.now)
    assert Role.COMPANY_ADMIN not in world.actor("producer@blf.example").roles
    own = changed(email=BLF_ADMIN, company_admin=False)
    assert verdict(lambda: actions.edit_user(actor, actor.user_id, own, clock.now)) is Invalid


# ---- leaving --------------------------------------------------------------------------------


def test_letting_somebody_go_ends_their_sessions_tokens_and_feeds(clock, world):
    producer = world.actor("producer@blf.example")
    session = actions.sign_in(
        producer.email, "demo", origin=Origin("192.0.2.7"), now=clock.now, demo=True
    )
    _, api_token = actions.create_api_token(producer, "export", clock.now)
    _, feed = actions.create_feed(producer, "me", clock.now)
    actions.deactivate(world.actor(BLF_ADMIN), producer.user_id, clock.now)
    actions.reactivate(world.actor(BLF_ADMIN), producer.user_id, clock.now)
    assert queries.session_holder(session, clock.now) is None
    assert queries.api_actor(api_token) is None
    assert queries.feed_holder(feed, clock.now) is None
    assert queries.actor(producer.user_id) is not None


def test_nobody_lets_themselves_go(clock, world):
    actor = world.actor(BLF_ADMIN)
    with pytest.raises(Invalid) as refusal:
        actions.deactivate(actor, actor.user_id, clock.now)
    assert refusal.value.fields == (FieldError("user", "own_account"),)


def test_the_last_administrator_stays(clock, world):
    admin, only = world.actor(ADMINISTRATOR), world.users[ADMINISTRATOR]
    role = next(held for held in queries.person(admin, only).roles)
    with pytest.raises(Invalid) as refusal:
        actions.revoke_role(admin, role.id, clock.now)
    assert refusal.value.fields == (FieldError("user", "last_administrator"),)
    actions.grant_role(admin, world.users["board@pil.example"], Role.ADMINISTRATOR, clock.now)
    actions.revoke_role(admin, role.id, clock.now)
    assert world.actor(ADMINISTRATOR).roles == frozenset()


# ---- roles ----------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["producer@blf.example", BLF_ADMIN, "manager@pil.example"])
def test_only_administrators_give_roles(clock, world, email):
    actor = world.actor(email)
    work = lambda: actions.grant_role(actor, actor.user_id, Role.ADMINISTRATOR, clock.now)  # noqa: E731
    assert verdict(work) is Forbidden
    assert verdict(lambda: actions.revoke_role(actor, 1, clock.now)) is Forbidden


def test_a_manager_manages_a_site_or_a_facility(clock, world):
    admin, user_id = world.actor(ADMINISTRATOR), world.users["post@gfe.example"]
    grade = world.facilities["M-ET1"]
    actions.grant_role(admin, user_id, Role.FACILITY_MANAGER, clock.now, facility_id=grade)
    actions.grant_role(admin, user_id, Role.FACILITY_MANAGER, clock.now, site_id=world.sites["N"])
    actor = world.actor("post@gfe.example")
    assert (actor.managed_facilities, actor.managed_sites) == ({grade}, {world.sites["N"]})
    assert [held.place for held in queries.person(admin, user_id).roles] == [
        "Étalonnage 1 (projection)",
        "Nord",
        None,
    ]


@pytest.mark.parametrize(
    ("role", "scope", "code"),
    [
        (Role.FACILITY_MANAGER, {}, "role_scope"),
        (Role.FACILITY_MANAGER, {"site_id": 1, "facility_id": 1}, "role_scope"),
        (Role.FACILITY_MANAGER, {"site_id": 999}, "role_scope"),
        (Role.BOARD, {"site_id": 1}, "role_scope"),
        (Role.REQUESTER, {}, "role_held"),
    ],
)
def test_a_role_that_cannot_be_is_refused(clock, world, role, scope, code):
    with pytest.raises(Invalid) as refusal:
        actions.grant_role(None, world.users["post@gfe.example"], role, clock.now, **scope)
    assert [wrong.code for wrong in refusal.value.fields] == [code]


# ---- reading --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "guest", "sites"),
    [
        ("producer@blf.example", False, ()),
        ("guest@mosel.example", True, ()),
        ("manager@pil.example", False, ("M", "N")),
        ("manager-n@pil.example", False, ("N",)),
    ],
)
def test_an_actor_is_loaded_whole_in_one_statement(app, world, email, guest, sites):
    with statements(app) as sent:
        actor = queries.actor(world.users[email])
    assert len(sent) == 1
    assert actor is not None
    assert actor.guest is guest
    assert actor.managed_sites == {world.sites[code] for code in sites}


def test_people_of_other_companies_are_not_to_be_seen(world):
    producer = world.actor("producer@blf.example")
    assert [p.email for p in queries.people(producer, producer.company_id)] == [
        "producer@blf.example",
        BLF_ADMIN,
        "colleague@blf.example",
    ]
    assert verdict(lambda: queries.people(producer, world.companies["GFE"])) is NotFound
    assert verdict(lambda: queries.person(producer, world.users["post@gfe.example"])) is NotFound
    assert verdict(lambda: queries.company(producer, "GFE")) is NotFound
    assert [c.code for c in queries.companies(producer)] == ["BLF"]


def test_a_list_of_people_takes_two_statements_however_long(app, clock, world):
    admin = world.actor(ADMINISTRATOR)
    for number in range(30):
        actions.create_user(somebody(world, email=f"u{number}@blf.example"), clock.now)
    with statements(app) as sent:
        assert len(queries.people(admin, world.companies["BLF"])) == 33
    assert len(sent) == 2


def test_every_write_is_in_the_journal(clock, world):
    admin = world.actor(BLF_ADMIN)
    ticket = actions.invite(admin, somebody(world), clock.now)
    actions.edit_user(
        admin, ticket.user_id, changed(name="Autre", email="new@blf.example"), clock.now
    )
    actions.deactivate(admin, ticket.user_id, clock.now)
    actions.reactivate(admin, ticket.user_id, clock.now)
    entries = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [entry.name for entry in entries] == [
        "user:created",
        "user:edited",
        "user:deactivated",
        "user:reactivated",
    ]
    assert {(entry.actor_id, entry.subject) for entry in entries} == {
        (admin.user_id, f"user:{ticket.user_id}")
    }
    assert (entries[1].before, entries[1].after) == (
        {"name": "Nouvelle Venue"},
        {"name": "Autre"},
    )


def test_a_write_that_is_refused_leaves_nothing(clock, world):
    admin = world.actor(BLF_ADMIN)
    with pytest.raises(Invalid):
        actions.invite(admin, somebody(world, name=""), clock.now)
    assert db.session.scalars(select(Entry)).all() == []
    assert len(db.session.scalars(select(User)).all()) == len(world.users)
    assert (
        db.session.scalars(
            select(RoleAssignment.role).where(RoleAssignment.user_id > max(world.users.values()))
        ).all()
        == []
    )
