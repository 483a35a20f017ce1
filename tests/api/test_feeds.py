"""Calendar addresses through the API: made, listed without their secrets, ended."""

from booking.kernel import clock
from booking.productions.actions import ProductionChange, edit


def test_an_address_is_told_once_and_listed(producer):
    made = producer.post("/feeds", {"scope": "production:heron"})
    assert made.status_code == 201
    assert made.json["scope"] == "production:HERON"
    (listed,) = producer.get("/feeds").json["feeds"]
    assert (listed["id"], listed["scope"]) == (made.json["id"], "production:HERON")
    assert made.json["url"].split("/")[4] not in str(listed)
    assert producer.delete(f"/feeds/{listed['id']}").status_code == 204
    assert producer.get("/feeds").json["feeds"] == []


def test_a_production_is_listed_under_its_present_name(app, world, producer):
    made = producer.post("/feeds", {"scope": "production:HERON"}).json
    with app.app_context():
        change = ProductionChange(code_name="CIGOGNE", title="Le héron")
        heron = world.productions["HERON"]
        edit(world.actor("producer@blf.example"), heron, change, 1, clock.now())
    (listed,) = producer.get("/feeds").json["feeds"]
    assert (listed["id"], listed["scope"]) == (made["id"], "production:CIGOGNE")


def test_what_there_is_not_gets_no_address(producer):
    for scope in (
        f"production:#{'9' * 19}",
        f"production:#{'9' * 5000}",
        "production:NOPE",
        "production:#",
        "production:#0",
        "production:#x",
        "you",
        "",
    ):
        refused = producer.post("/feeds", {"scope": scope})
        assert refused.status_code == 400, scope
        assert producer.get("/feeds").json["feeds"] == []


def test_the_eleventh_address_of_a_calendar_is_refused(producer):
    made = [producer.post("/feeds", {"scope": "me"}).status_code for _ in range(11)]
    assert made == [201] * 10 + [400]
