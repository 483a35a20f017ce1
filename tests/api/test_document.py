"""The OpenAPI document is true: it names every call, and every answer is as it says."""

import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from booking.api.document import document
from tests.api.conftest import BASE, wish

WINDOW = "start=2026-11-30&end=2026-12-03"


def test_document_is_openapi_3_1(client):
    answer = client.get(f"{BASE}/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.1")
    validate(answer.json)


def test_document_names_every_call_and_no_other(app):
    rules = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(BASE)))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    named = {
        (method.upper(), path)
        for path, operations in document()["paths"].items()
        for method in operations
    }
    assert named == rules


def test_series_are_described():
    known = document()["components"]["schemas"]["NewBooking"]["properties"]
    assert {"rrule", "exdates", "dates", "repairs"} <= set(known)
    assert known["on_clash"]["enum"] == ["reject", "skip", "queue"]


class Witness:
    """Checks each answer against the document and remembers what it saw."""

    def __init__(self):
        self.seen = set()

    def check(self, answer, method, path):
        operation = document()["paths"][path][method.lower()]
        said = operation["responses"][str(answer.status_code)]
        self.seen.add((method, path, answer.status_code))
        if "content" not in said:
            assert answer.get_data() == b""
            return answer
        content = said["content"][answer.mimetype]
        schema = {**content["schema"], "components": document()["components"]}
        checker = FormatChecker()
        Draft202012Validator(schema, format_checker=checker).validate(answer.json)
        return answer

    def all_good_ones(self):
        return {
            (method.upper(), path, int(status))
            for path, operations in document()["paths"].items()
            for method, operation in operations.items()
            for status in operation["responses"]
            if int(status) < 400
        }


def test_real_answers_are_as_the_document_says(client, program, clock):
    witness = Witness()
    producer, other = program("producer@blf.example"), program("post@gfe.example")
    manager, stranger = program("manager@pil.example"), client

    def get(who, path, template=None, **options):
        template = template or path.partition("?")[0]
        return witness.check(who.get(path, **options), "GET", template)

    def post(who, path, template=None, body=None, **options):
        return witness.check(who.post(path, body, **options), "POST", template or path)

    booked = post(producer, "/bookings", body=wish(production="HERON", attendees=3)).json
    booking, verb = "/bookings/{number}", "/bookings/{number}/{verb}"
    post(producer, "/bookings/preview", body=wish(facilities=["M-ET2"], hold="option"))
    post(other, "/bookings", body=wish())
    post(other, "/bookings", body=wish(start="2026-12-01T03:00"))
    post(other, "/bookings", body={"x": 1})
    post(other, "/bookings/preview", body=wish())
    post(other, "/bookings", body=wish(hold="option", on_clash="queue"))
    for one in (producer, other, manager):
        get(one, "/me")
        get(one, "/facilities?kind=grading")
        get(one, "/facilities/M-PLA", "/facilities/{code}")
        calendar = get(one, f"/calendar?{WINDOW}")
        etag = {"If-None-Match": calendar.headers["ETag"]}
        get(one, f"/calendar?{WINDOW}", headers=etag)
        get(one, f"/availability?{WINDOW}&duration=PT4H&capacity=4")
        get(one, "/bookings?whose=company")
        get(one, "/feeds")
    get(manager, f"/bookings/{booked['number']}", booking)
    post(producer, f"/bookings/{booked['number']}/move", f"{booking}/move", {"attendees": 2})
    said = {"json": {"title": "Étalonnage 2"}, "headers": {"If-Match": '"2"'}}
    changed = producer.open("PATCH", f"/bookings/{booked['number']}", **said)
    witness.check(changed, "PATCH", booking)
    weekly = {
        "rrule": "FREQ=WEEKLY;COUNT=3",
        "start": "2026-11-24T09:00",
        "end": "2026-11-24T12:00",
    }
    post(other, "/bookings/preview", body=wish(**weekly))
    post(other, "/bookings/preview", body=wish(**weekly, on_clash="skip"))
    post(other, "/bookings", body=wish(**weekly, on_clash="skip"))
    get(other, f"/bookings/{booked['number']}", booking)
    get(producer, "/facilities/NOPE", "/facilities/{code}")
    get(producer, "/calendar?start=x&end=y")
    act = f"/bookings/{booked['number']}"
    post(manager, f"{act}/approve", verb, headers={"If-Match": '"9"'})
    post(manager, f"{act}/approve", verb)
    post(manager, f"{act}/approve", verb)
    post(producer, f"{act}/cancel", verb)
    post(producer, f"{act}/cancel", verb, {"reason": "remis"})
    get(producer, f"/bookings/{booked['number']}", booking)
    other_day = {"start": "2026-12-03T09:00", "end": "2026-12-03T12:00"}
    number = post(producer, "/bookings", body=wish(**other_day)).json["number"]
    for verb_, who, body in (
        ("offer", manager, {"facilities": ["M-ET2"], "message": "Panne"}),
        ("refuse-offer", producer, None),
        ("offer", manager, {"facilities": ["M-ET2"]}),
        ("accept-offer", producer, None),
    ):
        post(who, f"/bookings/{number}/{verb_}", f"{booking}/{verb_}", body)
    brief = {"headers": {"Prefer": "return=minimal"}}
    next_day = {"start": "2026-12-04T09:00", "end": "2026-12-04T12:00"}
    post(producer, "/bookings", body=wish(**next_day), **brief)
    mine = post(producer, "/bookings", body=wish(**other_day, facilities=["M-MI1"])).json
    post(other, "/bookings", body=wish(**other_day, facilities=["M-MI2"]))
    swap = {"facility": "M-MI2", "start": "2026-12-03T10:00"}
    post(producer, f"/bookings/{mine['number']}/swap", f"{booking}/swap", swap)
    feed = post(producer, "/feeds", body={"scope": "facility:M-ET1"}).json
    post(producer, "/feeds", body={"scope": "x"})
    deleted = producer.delete(f"/feeds/{feed['id']}")
    witness.check(deleted, "DELETE", "/feeds/{id}")
    witness.check(producer.delete(f"/feeds/{feed['id']}"), "DELETE", "/feeds/{id}")
    witness.check(stranger.get(f"{BASE}/me"), "GET", "/me")
    witness.check(stranger.get(f"{BASE}/openapi.json"), "GET", "/openapi.json")
    running = {"start": "2026-11-16T09:30", "end": "2026-11-16T11:00", "facilities": ["M-MI1"]}
    number = post(producer, "/bookings", body=wish(**running)).json["number"]
    clock.move_to("2026-11-16T10:00")
    later = {"end": "2026-11-16T12:00"}
    post(producer, f"/bookings/{number}/prolong", f"{booking}/prolong", later)
    assert witness.all_good_ones() <= witness.seen
    assert {status for *_, status in witness.seen} >= {400, 401, 404, 409, 412, 422}


@pytest.mark.parametrize("name", ["NewBooking", "Booking", "Receipt", "Problem", "Calendar"])
def test_schemas_refuse_what_they_do_not_name(name):
    assert document()["components"]["schemas"][name]["additionalProperties"] is False


def test_every_answer_of_problems_has_its_texts(app):
    """Each code of our own can be worded without parameters going missing."""
    from booking.api import texts

    params = {"value": "x", "days": 3, "min": 1, "max": 2}
    with app.test_request_context():
        assert all(texts.sentence(code) for code in texts.PROBLEMS)
        assert all(str(text) % params for text in texts.FIELDS.values())
