"""A closure's page: whom it hits, what is proposed to each, and the offers that go out."""

import pytest

from booking.facilities import queries
from tests.reservations.desk import Desk
from tests.support.client import Browser

FORM = {
    "what": "facility:M-ET1",
    "date": "2026-11-18",
    "start": "08:00",
    "end_date": "2026-11-18",
    "end": "18:00",
    "reason": "Lampe du projecteur",
}


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.sign_in("manager@pil.example")
    return client


@pytest.fixture
def booked(app, world, clock) -> tuple[str, str]:
    """Two bookings of the room that is going to be shut."""
    with app.app_context():
        desk = Desk(app, world, clock)
        return (
            desk.book("producer", "M-ET1", "18T09:00", "18T11:00", title="Matin"),
            desk.book("post", "M-ET1", "18T14:00", "18T16:00", title="Après-midi"),
        )


def close(browser: Browser) -> str:
    """Close although somebody is there; the address of the closure."""
    assert browser.submit("/facilities/closures/new", FORM).status_code == 409
    answer = browser.submit("/facilities/closures/new", {**FORM, "anyway": "1"})
    assert answer.status_code == 303
    return answer.location


def chosen(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="offer" value="')[1:]]


def test_everybody_in_the_way_is_offered_another_room_at_once(app, manager, booked):
    path = close(manager)
    page = manager.get(path).text
    assert "Matin" in page
    assert "Après-midi" in page
    offers = chosen(page)
    assert [line.split()[2:] for line in offers] == [["M-ET1", "M-ET2"]] * 2
    answer = manager.submit(f"{path}/offers", {"offer": offers, "message": "Désolée"})
    assert (answer.status_code, answer.location) == (303, path)
    page = manager.get(path).text
    assert chosen(page) == []
    assert page.count("Une proposition attend leur réponse") == 2
    producer = app.test_client()
    producer.sign_in("producer@blf.example")
    assert "Désolée" in producer.get(f"/bookings/{booked[0]}").text
    assert producer.submit(f"/bookings/{booked[0]}/accept-offer").status_code == 303
    assert "Matin" not in manager.get(path).text


def test_what_cannot_be_offered_any_more_is_named_and_the_rest_goes_out(
    app, world, clock, manager, booked
):
    path = close(manager)
    offers = chosen(manager.get(path).text)
    with app.app_context():
        Desk(app, world, clock).book("guest", "M-ET2", "18T09:00", "18T10:00")
    answer = manager.submit(f"{path}/offers", {"offer": offers, "message": "Désolée <3"})
    assert answer.status_code == 409
    assert "Désolée &lt;3" not in answer.text, "nothing is left to be sent"
    assert booked[0] in answer.text.split('role="alert"')[1].split("</ul>")[0]
    assert answer.text.count("Une proposition attend leur réponse") == 1
    for odd in ("x", f"{booked[0]} nobody M-ET1 M-ET2", "a 99999999999 b c"):
        assert manager.submit(f"{path}/offers", {"offer": [odd]}).status_code == 400
    assert manager.submit(f"{path}/offers", {"offer": ["a 1 b c"]}).status_code == 409


def test_nothing_ticked_sends_nothing_and_keeps_what_was_typed(manager, booked):
    path = close(manager)
    answer = manager.submit(f"{path}/offers", {"message": "Désolée <3"})
    assert answer.status_code == 400
    assert "Désolée &lt;3" in answer.text
    assert len(chosen(answer.text)) == 2


def test_a_closure_in_nobodys_way_says_so(app, manager):
    answer = manager.submit("/facilities/closures/new", FORM)
    assert answer.location == "/facilities/closures"
    with app.app_context():
        (found,) = queries.upcoming_closures(0)
    assert "Aucune réservation ne gêne" in manager.get(f"/facilities/closures/{found.id}").text
    assert manager.get("/facilities/closures/999").status_code == 404


def test_who_does_not_decide_there_sees_no_closure_page(app, manager, booked):
    path = close(manager)
    other = app.test_client()
    other.sign_in("manager-n@pil.example")
    assert other.get(path).status_code == 403
    assert other.submit(f"{path}/offers", {"offer": []}).status_code == 403
