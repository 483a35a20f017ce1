"""Productions: a code name, co-producers with their shares, invited people."""

import pytest
from flask import Flask

from booking.kernel import clock
from booking.kernel.errors import Forbidden, Invalid, NotFound, Stale
from booking.productions import actions, queries
from booking.productions.actions import ProductionChange
from tests.support.client import Browser
from tests.support.world import World

TERRIL = ProductionChange(code_name="terril", title="Terril", format="documentary")


@pytest.fixture
def production_id(context: None, world: World) -> int:
    return actions.create(world.actor("producer@blf.example"), TERRIL, clock.now())


def _codes(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(field.path, field.code) for field in error.value.fields]


def test_a_code_name_is_upper_case_and_once_in_a_company(production_id: int, world: World) -> None:
    owner, other = world.actor("producer@blf.example"), world.actor("post@gfe.example")
    assert queries.get(owner, production_id).code_name == "TERRIL"  # type: ignore[union-attr]

    with pytest.raises(Invalid) as error:
        actions.create(owner, TERRIL, clock.now())
    assert _codes(error) == [("code_name", "taken")]
    assert actions.create(other, TERRIL, clock.now()), "another company may use it too"


def test_every_field_at_fault_is_named_at_once(context: None, world: World) -> None:
    bad = ProductionChange(code_name="<b>", title="", format="opera")
    with pytest.raises(Invalid) as error:
        actions.create(world.actor("producer@blf.example"), bad, clock.now())
    assert _codes(error) == [
        ("title", "required"),
        ("code_name", "code_name"),
        ("format", "unknown"),
    ]


def test_an_edit_names_the_revision_it_saw(production_id: int, world: World) -> None:
    owner = world.actor("producer@blf.example")
    actions.edit(owner, production_id, TERRIL, 1, clock.now())
    with pytest.raises(Stale) as error:
        actions.edit(owner, production_id, TERRIL, 1, clock.now())
    assert error.value.params == {"current": 2}


def test_shares_stay_within_a_hundred_and_are_never_rounded(
    production_id: int, world: World
) -> None:
    owner = world.actor("producer@blf.example")
    actions.add_coproducer(owner, production_id, "MOSEL", "lu", "60,25", clock.now())
    wrong = dict.fromkeys(("0", "1.005", "x", "1e30", "9" * 32), "share")
    for share, code in {"40": "share_left", **wrong}.items():
        with pytest.raises(Invalid) as error:
            actions.add_coproducer(owner, production_id, "GFE", "BE", share, clock.now())
        assert _codes(error) == [("share", code)]
    actions.add_coproducer(owner, production_id, "GFE", "BE", "39.75", clock.now())
    assert [(c.company_code, str(c.share_percent)) for c in queries.coproducers(production_id)] == [
        ("MOSEL", "60.25"),
        ("GFE", "39.75"),
    ]


def test_only_the_creator_and_the_company_admin_change_it(production_id: int, world: World) -> None:
    for email in ("colleague@blf.example",):
        with pytest.raises(Forbidden):
            actions.invite(world.actor(email), production_id, "post@gfe.example", clock.now())
    with pytest.raises(NotFound):
        actions.edit(world.actor("post@gfe.example"), production_id, TERRIL, 1, clock.now())
    actions.invite(
        world.actor("admin@blf.example"), production_id, "guest@mosel.example", clock.now()
    )
    assert queries.invited_ids(world.users["guest@mosel.example"]) >= {production_id}


def test_an_invited_guest_sees_it_until_uninvited(
    app: Flask, client: Browser, world: World
) -> None:
    heron = world.productions["HERON"]
    client.sign_in("guest@mosel.example")
    assert "Le Vol du héron" in client.get(f"/productions/{heron}").text

    with app.app_context():
        guest_id = world.users["guest@mosel.example"]
        actions.uninvite(world.actor("producer@blf.example"), heron, guest_id, clock.now())
    assert client.get(f"/productions/{heron}").status_code == 404


@pytest.mark.one_engine
def test_what_was_typed_stays_when_it_is_refused(client: Browser, world: World) -> None:
    heron = world.productions["HERON"]
    client.sign_in("producer@blf.example")

    answer = client.submit(f"/productions/{heron}/invitees", {"email": "nobody@nowhere.example"})
    assert answer.status_code == 400
    assert 'value="nobody@nowhere.example"' in answer.text

    answer = client.submit("/productions/new", {"code_name": "ÉCLUSE", "title": "Un titre"})
    assert answer.status_code == 400
    assert 'value="Un titre"' in answer.text
