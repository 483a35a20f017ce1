"""A forgotten password and an invitation, page by page."""

import re

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.members import actions
from booking.members.actions.people import NewPerson
from booking.members.models import User
from booking.notices.models import OutboxMessage

EMAIL = "producer@blf.example"
NEW = "le héron vole bas"


@pytest.fixture
def invitation(app, clock, world):
    with app.app_context():
        person = NewPerson(
            email="new@blf.example", name="Nouvelle Venue", company_id=world.companies["BLF"]
        )
        return actions.invite(world.actor("admin@blf.example"), person, clock.now).secret


def mails(app):
    with app.app_context():
        return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def test_the_way_to_a_new_password(app, client):
    answer = client.submit("/forgot", {"email": EMAIL})
    assert answer.status_code == 200
    [mail] = mails(app)
    path = re.search(r"/reset/\S+", mail.text)[0]
    assert EMAIL in client.get(path).text
    answer = client.submit(path, {"password": NEW, "again": NEW})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert client.get(path).status_code == 410
    assert client.submit(path, {"password": NEW, "again": NEW}).status_code == 410
    answer = client.submit("/login", {"email": EMAIL, "password": NEW})
    assert answer.status_code == 303
    assert [m.recipient for m in mails(app)] == [EMAIL, EMAIL]


def test_the_answer_is_the_same_for_nobody(client):
    known = client.submit("/forgot", {"email": EMAIL})
    unknown = client.submit("/forgot", {"email": "nobody@blf.example"})
    assert known.status_code == unknown.status_code == 200

    def plain(answer, email):
        return re.sub(r'value="[^"]*"', "", answer.text).replace(email, "…")

    assert plain(known, EMAIL) == plain(unknown, "nobody@blf.example")


def test_asking_too_often_must_wait(client):
    for _ in range(5):
        client.submit("/forgot", {"email": EMAIL})
    answer = client.submit("/forgot", {"email": EMAIL})
    assert answer.status_code == 429
    assert f'value="{EMAIL}"' in answer.text


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [("short", "short", "password"), (NEW, "something else", "again"), ("", "", "password")],
)
def test_a_refused_password_can_be_corrected(app, client, clock, password, again, field):
    with app.app_context():
        secret = actions.issue_reset(EMAIL, clock.now).secret
    answer = client.submit(f"/reset/{secret}", {"password": password, "again": again})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    answer = client.submit(f"/reset/{secret}", {"password": NEW, "again": NEW})
    assert answer.status_code == 303


def test_an_invitation_leads_in(app, client, invitation):
    page = client.get(f"/invitation/{invitation}")
    assert page.status_code == 200
    assert "Nouvelle Venue" in page.text
    assert "Batte Lune Films" in page.text
    answer = client.submit(
        f"/invitation/{invitation}", {"name": "Anaïs N.", "password": NEW, "again": NEW}
    )
    assert answer.status_code == 303
    assert "Anaïs N." in client.get("/account").text
    assert client.get(f"/invitation/{invitation}").status_code == 410


def test_purposes_cannot_be_swapped(client, invitation):
    assert client.get(f"/reset/{invitation}").status_code == 410


def test_extra_fields_of_an_invitation_change_nothing(app, client, invitation, world):
    form = {
        "name": "Anaïs",
        "password": NEW,
        "again": NEW,
        "email": "boss@pil.example",
        "company_id": world.companies["PIL"],
        "company_admin": "1",
        "role": "administrator",
        "active": "0",
        "user_id": world.users["admin@pil.example"],
    }
    assert client.submit(f"/invitation/{invitation}", form).status_code == 303
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == "new@blf.example")).one()
        assert (user.company_id, user.active, user.name) == (world.companies["BLF"], True, "Anaïs")
        from booking.members.queries import person

        roles = person(world.actor("admin@pil.example"), user.id).roles
        assert [held.role for held in roles] == ["requester"]


def test_an_old_link_says_what_to_do(client):
    for path in ("/reset/unknown", "/invitation/unknown"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert 'href="/forgot"' in answer.text
