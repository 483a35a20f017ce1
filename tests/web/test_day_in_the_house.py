"""The day sheet and who is where: what viewers may know, and what they may not."""

import pytest

from tests.support.scene import PEOPLE_OF_IT, SECRETS, stage

DAY = "2026-11-18"


@pytest.fixture
def scene(app, world):
    return stage(app, world)


def page(client, who, path):
    client.sign_in(who)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_the_sheet_of_tomorrow_is_the_first_and_its_address_stays(client, world):
    client.sign_in("manager@pil.example")
    answer = client.get("/day-sheet")
    assert answer.status_code == 303
    assert answer.location == "/day-sheet?site=M&date=2026-11-17"
    assert client.get("/day-sheet/M-ET1").location == "/day-sheet/M-ET1?date=2026-11-17"


def test_those_who_prepare_a_room_read_who_comes_when_and_how_many(client, world, scene):
    text = page(client, "manager@pil.example", f"/day-sheet?site=M&date={DAY}")
    for said in ("09:00–13:00", *SECRETS[:4], *PEOPLE_OF_IT):
        assert said in text


def test_others_read_when_and_nothing_else(client, world, scene):
    for path in (f"/day-sheet?site=M&date={DAY}", f"/day-sheet/M-ET1?date={DAY}"):
        text = page(client, "post@gfe.example", path)
        assert "09:00–13:00" in text
        for secret in (*SECRETS, *PEOPLE_OF_IT):
            assert secret not in text


def test_a_day_on_which_nothing_happens_says_so(client, world, scene):
    text = page(client, "manager@pil.example", "/day-sheet?site=N&date=2026-11-20")
    assert "N-PLD" not in text
    assert 'class="empty"' in text
    text = page(client, "manager@pil.example", "/day-sheet/M-ET1?date=2026-11-20")
    assert "M-ET1" in text


def test_closures_are_on_the_sheet(client, world, scene):
    text = page(client, "manager@pil.example", "/day-sheet?site=M&date=2026-11-26")
    assert "Lampe" in text
    assert "09:00–10:00" in text


@pytest.mark.parametrize("date", ["1999-01-01", "2100-01-01"])
def test_days_far_away_have_no_sheet(client, world, date):
    client.sign_in("manager@pil.example")
    assert client.get(f"/day-sheet?site=M&date={date}").status_code == 404
    assert client.get(f"/day-sheet/NIX?date={DAY}").status_code == 404


def test_a_day_that_is_none_is_tomorrow(client, world):
    client.sign_in("manager@pil.example")
    assert client.get("/day-sheet?site=M&date=soon").status_code == 303


def test_who_is_where_names_them_to_those_who_may_know(client, world, scene, clock):
    client.sign_in("manager@pil.example")
    client.submit("/bookings/PIL-2026-00001/approve", {"revision": 1})
    clock.move_to(f"{DAY}T10:00")
    text = page(client, "manager@pil.example", "/today?site=M")
    assert "Batte Lune" in text
    assert "13:00" in text
    other = page(client, "post@gfe.example", "/today?site=M")
    assert "13:00" in other
    for secret in (*SECRETS, *PEOPLE_OF_IT):
        assert secret not in other


def test_before_it_begins_it_comes_next(client, world, scene, clock):
    clock.move_to(f"{DAY}T08:00")
    text = page(client, "producer@blf.example", "/today?site=M")
    assert SECRETS[0] in text
