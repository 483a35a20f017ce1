"""Companies and people, as their administrators see them."""

import pytest
from sqlalchemy import select

from booking.core.access import Role
from booking.kernel.db import db
from booking.members import actions, queries
from booking.members.actions.people import NewPerson
from booking.members.models import Company, User
from booking.notices.models import OutboxMessage
from tests.support.statements import contents, statements

ADMIN = "admin@pil.example"
COMPANY = {
    "name": "Batte Lune Films",
    "kind": "member",
    "legal_form": "SRL",
    "country": "BE",
    "profile": "producer",
    "segment": "both",
    "value_chain": ["creation", "production"],
    "staff": "12",
    "site_id": "1",
    "active": "y",
}


def found(app, statement):
    with app.app_context():
        return db.session.scalars(statement).all()


def test_the_list_shows_who_is_a_guest(client):
    client.sign_in(ADMIN)
    page = client.get("/companies").text
    assert page.index("Batte Lune Films") < page.index("Mosel Pictures")
    only = client.get("/companies?kind=coproducer").text
    assert "Mosel Pictures" in only
    assert "Batte Lune" not in only
    nobody = client.get("/companies?kind=partner")
    assert nobody.status_code == 200
    assert 'class="empty"' in nobody.text


def test_a_company_is_edited(app, client):
    client.sign_in(ADMIN)
    assert client.submit("/companies/BLF/edit", COMPANY).location == "/companies/BLF"
    [company] = found(app, select(Company).where(Company.code == "BLF"))
    assert (company.staff, company.segment, company.legal_form) == (12, "both", "SRL")
    assert company.value_chain == ["creation", "production"]
    assert company.active


def test_a_company_is_made(app, client):
    client.sign_in(ADMIN)
    answer = client.submit("/companies/new", {**COMPANY, "code": "onp", "name": "Outremeuse"})
    assert answer.location == "/companies/ONP"
    assert client.get("/companies/ONP").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("country", "Belgium"),
        ("staff", "many"),
        ("staff", "-1"),
        ("kind", "owner"),
        ("site_id", "999"),
        ("code", "BLF"),
        ("code", "a b"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(app, client, field, value):
    client.sign_in(ADMIN)
    before = contents(app)
    form = {**COMPANY, "code": "ONP", "name": "Outremeuse Nord", field: value}
    answer = client.submit("/companies/new", form)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert 'value="SRL"' in answer.text
    assert contents(app) == before


def test_extra_fields_of_an_invitation_change_nothing(app, client, world):
    client.sign_in("admin@blf.example")
    form = {
        "email": "new@blf.example",
        "name": "Nouvelle",
        "locale": "nl",
        "company_id": str(world.companies["PIL"]),
        "role": "administrator",
        "password_hash": "x",
        "password": "x",
        "active": "0",
        "id": "1",
    }
    assert client.submit("/companies/BLF/invite", form).status_code == 303
    [user] = found(app, select(User).where(User.email == "new@blf.example"))
    assert (user.company_id, user.password_hash, user.active, user.locale) == (
        world.companies["BLF"],
        None,
        True,
        "nl",
    )
    with app.app_context():
        assert queries.actor(user.id).roles == {Role.REQUESTER}
    [mail] = found(app, select(OutboxMessage))
    assert mail.recipient == "new@blf.example"


def test_an_address_that_is_taken_is_said_at_the_field(client):
    client.sign_in("admin@blf.example")
    form = {"email": "post@gfe.example", "name": "Jonas", "locale": "fr"}
    answer = client.submit("/companies/BLF/invite", form)
    assert answer.status_code == 400
    assert 'id="email-error"' in answer.text
    assert 'value="Jonas"' in answer.text


def test_extra_fields_of_a_person_change_nothing(app, client, world):
    client.sign_in("admin@blf.example")
    user_id = world.users["producer@blf.example"]
    form = {
        "name": "Camille B.",
        "email": "producer@blf.example",
        "locale": "fr",
        "company_id": str(world.companies["PIL"]),
        "role": "administrator",
        "place": "site:1",
        "active": "0",
        "password_hash": "x",
    }
    assert client.submit(f"/people/{user_id}", form).status_code == 303
    [user] = found(app, select(User).where(User.id == user_id))
    assert (user.name, user.company_id, user.active) == ("Camille B.", world.companies["BLF"], True)
    with app.app_context():
        assert queries.actor(user_id).roles == {Role.REQUESTER}


@pytest.mark.parametrize(
    "path", ["", "/deactivate", "/reactivate", "/invite", "/roles", "/roles/1/revoke"]
)
def test_people_of_other_companies_are_not_to_be_found(app, client, world, path):
    client.sign_in("admin@blf.example")
    before = contents(app)
    form = {"name": "x", "email": "post@gfe.example", "locale": "fr", "role": "board"}
    answer = client.submit(f"/people/{world.users['post@gfe.example']}{path}", form)
    assert answer.status_code == (403 if "roles" in path else 404)
    assert contents(app) == before


def test_roles_are_given_and_taken(app, client, world):
    client.sign_in(ADMIN)
    user_id = world.users["post@gfe.example"]
    form = {"role": "facility_manager", "place": f"facility:{world.facilities['M-ET1']}"}
    assert client.submit(f"/people/{user_id}/roles", form).status_code == 303
    with app.app_context():
        actor = world.actor("post@gfe.example")
        [held] = [
            held
            for held in queries.person(world.actor(ADMIN), user_id).roles
            if held.role is Role.FACILITY_MANAGER
        ]
    assert actor.managed_facilities == {world.facilities["M-ET1"]}
    assert "Étalonnage 1 (projection)" in client.get(f"/people/{user_id}").text
    assert client.submit(f"/people/{user_id}/roles/{held.id}/revoke").status_code == 303
    with app.app_context():
        assert world.actor("post@gfe.example").managed_facilities == frozenset()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "facility_manager", "place": ""}, "place"),
        ({"role": "facility_manager", "place": "site:99999999999999999999"}, "place"),
        ({"role": "board", "place": "site:1"}, "place"),
        ({"role": "king", "place": ""}, "role"),
        ({"role": "requester", "place": ""}, "role"),
    ],
)
def test_a_role_that_cannot_be_is_refused_at_its_field(client, world, form, field):
    client.sign_in(ADMIN)
    answer = client.submit(f"/people/{world.users['post@gfe.example']}/roles", form)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text


def test_an_account_is_closed_and_opened_again(app, client, world):
    producer = app.test_client()
    producer.sign_in("producer@blf.example")
    client.sign_in("admin@blf.example")
    path = f"/people/{world.users['producer@blf.example']}"
    client.submit(f"{path}/deactivate")
    assert producer.get("/account").status_code == 303
    client.submit(f"{path}/reactivate")
    assert producer.get("/account").status_code == 303
    producer.sign_in("producer@blf.example")
    assert producer.get("/account").status_code == 200


def test_nobody_closes_their_own_account(client, world):
    client.sign_in("admin@blf.example")
    path = f"/people/{world.users['admin@blf.example']}"
    answer = client.submit(f"{path}/deactivate", follow_redirects=True)
    assert answer.status_code == 200
    assert "toast is-bad" in answer.text


def test_a_company_of_thirty_takes_no_more_statements_than_one_of_three(app, client, clock, world):
    client.sign_in(ADMIN)
    client.get("/companies/BLF")
    with statements(app) as few:
        client.get("/companies/BLF")
    with app.app_context():
        for number in range(30):
            person = NewPerson(
                email=f"u{number}@blf.example", name="U", company_id=world.companies["BLF"]
            )
            actions.create_user(person, clock.now)
    with statements(app) as many:
        client.get("/companies/BLF")
    assert len(many) == len(few)


def test_the_list_of_mails(app, client):
    client.sign_in(ADMIN)
    assert 'class="empty"' in client.get("/mails").text
    client.submit("/forgot", {"email": "producer@blf.example"})
    page = client.get("/mails").text
    assert "producer@blf.example" in page
    assert "/reset/" not in page
    assert client.get("/mails?before=1").status_code == 200
    for odd in ("x", "-1", "9" * 30):
        assert client.get(f"/mails?before={odd}").status_code == 200
