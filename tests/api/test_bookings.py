"""Asking, trying, listing, looking and acting, as programs do it."""

import pytest

from booking.kernel.db import db
from booking.reservations.models import Booking
from tests.api.conftest import wish


def problem(answer):
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def faults(answer):
    assert problem(answer) == (400, "invalid")
    assert all(error["message"] for error in answer.json["errors"])
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def count(app):
    with app.app_context():
        return db.session.scalar(db.select(db.func.count(Booking.id)))


# ---- asking ---------------------------------------------------------------------------------


def test_booking_is_made_and_shown(producer):
    answer = producer.post("/bookings", wish(production="heron", attendees=4, note="Deux\nlignes"))
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/bookings/PIL-2026-00001"
    assert answer.headers["ETag"] == '"1"'
    shown = producer.get("/bookings/PIL-2026-00001")
    assert shown.json == answer.json
    assert shown.headers["ETag"] == '"1"'
    said = shown.json
    assert (said["state"], said["rank"], said["production"]) == ("requested", 1, "HERON")
    assert (said["note"], said["attendees"]) == ("Deux\nlignes", 4)
    (occurrence,) = said["occurrences"]
    assert occurrence["start"] == "2026-12-01T09:00:00+01:00"
    assert occurrence["start_utc"] == "2026-12-01T08:00:00Z"
    assert occurrence["approvals"][0]["decision"] == "undecided"
    assert said["verbs"] == occurrence["verbs"] == ["withdraw", "move"]
    assert [line["event"] for line in said["history"]] == ["booking:requested"]


def test_offsets_are_instants(producer):
    asked = wish(start="2026-12-01T08:00Z", end="2026-12-01T18:00:00+01:00")
    said = producer.post("/bookings", asked).json["occurrences"][0]
    assert (said["start_utc"], said["end_utc"]) == ("2026-12-01T08:00:00Z", "2026-12-01T17:00:00Z")


def test_repeated_hour_asks_which(producer):
    asked = wish(facilities=["M-PLA1"], start="2027-10-31T02:30", end="2027-10-31T05:00")
    assert faults(producer.post("/bookings", asked)) == [("/start", "ambiguous_time")]
    lengths = []
    for fold in (0, 1):
        said = producer.post("/bookings/preview", {**asked, "start_fold": fold})
        assert said.status_code == 200
    for fold in (1, 0):
        answer = producer.post("/bookings", {**asked, "start_fold": fold, "on_clash": "queue"})
        lengths.append(answer.json["occurrences"][0]["start_utc"])
    assert lengths == ["2027-10-31T01:30:00Z", "2027-10-31T00:30:00Z"]


def test_skipped_hour_is_refused_by_name(producer):
    asked = wish(facilities=["M-PLA1"], start="2027-03-28T02:30", end="2027-03-28T05:00")
    assert faults(producer.post("/bookings", asked)) == [("/start", "nonexistent_time")]


def test_clash_says_what_stands_in_the_way_and_what_else(producer, other):
    producer.post("/bookings", wish())
    answer = other.post("/bookings", wish(start="2026-12-01T17:00", end="2026-12-01T19:00"))
    assert problem(answer) == (409, "clash")
    (conflict,) = answer.json["conflicts"]
    assert conflict == {
        "facility": "M-ET1",
        "start": "2026-12-01T09:00:00+01:00",
        "end": "2026-12-01T18:00:00+01:00",
        "start_utc": "2026-12-01T08:00:00Z",
        "end_utc": "2026-12-01T17:00:00Z",
        "blocked_from": "2026-12-01T09:00:00+01:00",
        "blocked_until": "2026-12-01T18:15:00+01:00",
        "held_as": "occupied",
        "rank": 1,
        "booking": None,
        "title": None,
        "left": None,
        "quantity": None,
    }
    ways = answer.json["alternatives"]
    assert ways[0]["kind"] == "room"
    for way in ways:
        again = wish(facilities=[way["facility"]], start=way["start"], end=way["end"])
        assert other.post("/bookings/preview", again).status_code == 200


def test_own_clash_is_named(producer):
    producer.post("/bookings", wish())
    (conflict,) = producer.post("/bookings", wish()).json["conflicts"]
    assert (conflict["booking"], conflict["title"]) == ("PIL-2026-00001", "Étalonnage, bobine 3")


def test_refusal_gives_every_finding(producer):
    asked = wish(start="2026-12-01T05:00", end="2026-12-01T23:00", attendees=9)
    answer = producer.post("/bookings", asked)
    assert problem(answer) == (422, "refused")
    found = {f["rule"]: f["overridable"] for f in answer.json["findings"]}
    assert found == {"hours": True, "capacity": False}
    assert "08:00" in answer.json["findings"][0]["message"]


def test_refusal_offers_what_no_rule_refuses(producer):
    asked = wish(start="2026-12-01T05:00", end="2026-12-01T07:00")
    answer = producer.post("/bookings", asked)
    assert problem(answer) == (422, "refused")
    assert answer.json["alternatives"]
    for way in answer.json["alternatives"]:
        again = wish(facilities=[way["facility"]], start=way["start"], end=way["end"])
        assert producer.post("/bookings/preview", again).status_code == 200


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"start": "2026-02-30T09:00"}, ("/start", "no_such_day")),
        ({"start": "2026-12-01T25:99"}, ("/start", "no_such_time")),
        ({"start": "2026-12-01T24:00"}, ("/start", "no_such_time")),
        ({"start": "2026-12-01"}, ("/start", "date_only")),
        ({"start": "demain"}, ("/start", "not_a_moment")),
        ({"start": "2026-12-01T09:00+25:00"}, ("/start", "no_such_offset")),
        ({"start": "٢٠٢٦-12-01T09:00"}, ("/start", "not_a_moment")),
        ({"start": "0000-12-01T09:00"}, ("/start", "no_such_day")),
        ({"start": "1066-10-14T09:00"}, ("/start", "out_of_range")),
        ({"end": "9999-12-31T23:59"}, ("/end", "out_of_range")),
        ({"start": 1764579600}, ("/start", "not_text")),
        ({"start": None}, ("/start", "not_text")),
        ({"start": "2026-12-01T09:00:30"}, ("/start", "whole_minutes")),
        ({"start": "2026-12-01T09:00:00.5Z"}, ("/start", "whole_minutes")),
        ({"end": "2026-12-01T09:00"}, ("/end", "zero_length")),
        ({"end": "2026-12-01T08:00"}, ("/end", "end_before_start")),
        ({"start_fold": 2}, ("/start_fold", "unknown_choice")),
        ({"facilities": []}, ("/facilities", "required")),
        ({"facilities": "M-ET1"}, ("/facilities", "not_a_list")),
        ({"facilities": ["NOPE"]}, ("/facilities/0", "unknown_facility")),
        ({"facilities": [None]}, ("/facilities/0", "not_text")),
        ({"facilities": ["M-PLA", "M-PLA1"]}, ("/facilities/1", "same_space")),
        ({"facilities": ["M-ET1"] * 30}, ("/facilities", "too_many_facilities")),
        ({"title": ""}, ("/title", "required")),
        ({"title": " \t "}, ("/title", "required")),
        ({"title": "x" * 201}, ("/title", "too_long")),
        ({"title": "a\u202eb"}, ("/title", "control_characters")),
        ({"title": "a\nb"}, ("/title", "control_characters")),
        ({"title": 7}, ("/title", "not_text")),
        ({"note": "x" * 10_001}, ("/note", "too_long")),
        ({"attendees": 0}, ("/attendees", "out_of_range")),
        ({"attendees": 10**30}, ("/attendees", "out_of_range")),
        ({"attendees": "4"}, ("/attendees", "not_a_number")),
        ({"attendees": 4.0}, ("/attendees", "not_a_number")),
        ({"attendees": True}, ("/attendees", "not_a_number")),
        ({"hold": "maybe"}, ("/hold", "unknown_choice")),
        ({"on_clash": "x"}, ("/on_clash", "unknown_choice")),
        ({"production": "NOPE"}, ("/production", "unknown_production")),
        ({"rrule": "FREQ=SECONDLY;COUNT=2"}, ("/rrule", "rrule_unsupported")),
        ({"rrule": "FREQ=DAILY"}, ("/rrule", "rrule_endless")),
        ({"rrule": "FREQ=DAILY;COUNT=367"}, ("/rrule", "too_many_occurrences")),
        ({"rrule": "FREQ=MONTHLY;UNTIL=20300101"}, ("/rrule", "too_far")),
        ({"rrule": "x" * 201}, ("/rrule", "too_long")),
        ({"rrule": "often"}, ("/rrule", "rrule_syntax")),
        (
            {"rrule": "FREQ=DAILY;COUNT=2", "exdates": ["2027-01-01"]},
            ("/exdates", "exdate_not_in_series"),
        ),
        ({"exdates": ["soon"]}, ("/exdates/0", "not_a_day")),
        (
            {"rrule": "FREQ=DAILY;COUNT=2", "repairs": [{"on": "2027-01-01", "how": "skip"}]},
            ("/repairs/0", "not_in_series"),
        ),
        ({"facilities": [f"M-{n}" for n in range(60)]}, ("/facilities", "too_many_facilities")),
        ({"company": "BLF"}, ("/company", "unknown_field")),
        ({"state": "confirmed"}, ("/state", "unknown_field")),
        ({"a/b~c": 1}, ("/a~1b~0c", "unknown_field")),
    ],
)
def test_every_fault_has_a_pointer(producer, app, changed, expected):
    asked = wish(**changed)
    found = faults(producer.post("/bookings", asked))
    assert expected in found
    assert faults(producer.post("/bookings/preview", asked)) == found
    assert count(app) == 0


def test_faults_come_all_at_once(producer):
    answer = producer.post("/bookings", {"start": "x", "end": 3, "why": 1})
    assert faults(answer) == [
        ("/facilities", "required"),
        ("/title", "required"),
        ("/start", "not_a_moment"),
        ("/end", "not_text"),
        ("/why", "unknown_field"),
    ]


# ---- trying ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"facilities": ["M-MI1"]},
        {"hold": "option"},
        {"facilities": ["M-ET2"], "hold": "option", "on_clash": "queue"},
        {"facilities": ["M-ET2"], "on_clash": "queue"},
        {"facilities": ["M-ET2"]},
        {"start": "2026-12-01T05:00"},
        {"start": "2020-12-01T09:00"},
        {"attendees": 99},
        {"production": "NOPE"},
    ],
)
def test_preview_answers_as_asking_would(producer, other, app, changed):
    other.post("/bookings", wish(facilities=["M-ET2"]))
    before = count(app)
    tried = producer.post("/bookings/preview", wish(**changed))
    assert count(app) == before
    asked = producer.post("/bookings", wish(**changed))
    if asked.status_code == 201:
        assert tried.status_code == 200
        got = asked.json
        assert tried.json == {
            "state": got["state"],
            "rank": got["rank"],
            "facilities": got["facilities"],
            "expires_at": got["occurrences"][0]["expires_at"],
            "dates": [],
        }
    else:
        assert (tried.status_code, tried.json) == (asked.status_code, asked.json)


# ---- looking --------------------------------------------------------------------------------


def test_list_goes_page_by_page(producer):
    for day in range(1, 6):
        asked = wish(start=f"2026-12-0{day}T09:00", end=f"2026-12-0{day}T10:00", title=f"T{day}")
        assert producer.post("/bookings", asked).status_code == 201
    titles, cursor, pages = [], "", 0
    while cursor is not None:
        page = producer.get("/bookings?limit=2" + (f"&cursor={cursor}" if cursor else "")).json
        titles += [line["title"] for line in page["bookings"]]
        cursor, pages = page["next"], pages + 1
    assert (titles, pages) == (["T1", "T2", "T3", "T4", "T5"], 3)
    assert page["bookings"][0]["facilities"] == ["M-ET1"]


def test_lists_by_whose_and_when(producer, program, manager, clock):
    producer.post("/bookings", wish(production="HERON"))
    colleague, guest = program("colleague@blf.example"), program("guest@mosel.example")

    def numbers(who, query):
        return [line["number"] for line in who.get(f"/bookings{query}").json["bookings"]]

    assert numbers(producer, "") == numbers(colleague, "?whose=company") == ["PIL-2026-00001"]
    assert numbers(guest, "?whose=production&production=heron") == ["PIL-2026-00001"]
    assert numbers(manager, "?whose=to_decide") == ["PIL-2026-00001"]
    assert numbers(colleague, "") == numbers(guest, "?whose=company") == []
    clock.move_to("2026-12-02T09:00")
    assert numbers(producer, "") == []
    assert numbers(producer, "?when=past") == ["PIL-2026-00001"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", ("limit", "out_of_range")),
        ("limit=101", ("limit", "out_of_range")),
        ("limit=x", ("limit", "not_a_number")),
        ("limit=" + "9" * 5000, ("limit", "not_a_number")),
        ("limit=1&limit=2", ("limit", "repeated")),
        ("cursor=x", ("cursor", "unknown_cursor")),
        ("cursor=1-2-3", ("cursor", "unknown_cursor")),
        ("cursor=" + "9" * 30 + "-1", ("cursor", "unknown_cursor")),
        ("whose=theirs", ("whose", "unknown_choice")),
        ("whose=production", ("production", "required")),
        ("whose=production&production=NOPE", ("production", "unknown_production")),
        ("page=2", ("page", "unknown_field")),
    ],
)
def test_odd_queries_are_named(producer, query, expected):
    answer = producer.get(f"/bookings?{query}")
    assert problem(answer) == (400, "invalid")
    assert expected in [(e["parameter"], e["code"]) for e in answer.json["errors"]]


@pytest.mark.parametrize(
    "number", ["PIL-2026-00001", "x", "PIL-2026-%00", "..", "%F0%28", "1" * 999]
)
def test_unknown_and_foreign_bookings_look_the_same(producer, other, number):
    producer.post("/bookings", wish())
    answer = other.get(f"/bookings/{number}")
    assert answer.status_code in (400, 404)
    if "%00" not in number:
        assert problem(answer) == (404, "not_found")
        assert answer.json == other.get("/bookings/PIL-2026-99999").json
        assert problem(other.post(f"/bookings/{number}/withdraw")) == (404, "not_found")


# ---- acting ---------------------------------------------------------------------------------


def test_booking_goes_through_its_life(producer, manager):
    number = producer.post("/bookings", wish()).json["number"]
    approved = manager.post(f"/bookings/{number}/approve")
    assert (approved.status_code, approved.json["state"]) == (200, "confirmed")
    assert approved.json["occurrences"][0]["approvals"][0]["decided_by"] == "Sofia Renard"
    again = manager.post(f"/bookings/{number}/approve")
    assert problem(again) == (409, "wrong_state")
    assert (again.json["verb"], again.json["state"]) == ("approve", "confirmed")
    assert faults(producer.post(f"/bookings/{number}/cancel")) == [("/reason", "required")]
    cancelled = producer.post(f"/bookings/{number}/cancel", {"reason": "remis"})
    assert (cancelled.json["state"], cancelled.json["verbs"]) == ("cancelled", [])
    assert cancelled.json["history"][-1]["reason"] == "remis"
    assert cancelled.headers["ETag"] == '"3"'


def test_option_is_confirmed_or_released(producer):
    first = producer.post("/bookings", wish(facilities=["M-MI1"], hold="option")).json["number"]
    assert producer.post(f"/bookings/{first}/confirm").json["state"] == "confirmed"
    second = producer.post("/bookings", wish(facilities=["M-MI2"], hold="option")).json["number"]
    assert producer.post(f"/bookings/{second}/release").json["state"] == "released"


def test_verbs_need_the_right_person(producer, program):
    number = producer.post("/bookings", wish()).json["number"]
    colleague = program("colleague@blf.example")
    assert problem(colleague.post(f"/bookings/{number}/withdraw")) == (403, "forbidden")
    assert problem(producer.post(f"/bookings/{number}/approve")) == (403, "forbidden")


@pytest.mark.parametrize("verb", ["expire", "x", "%2e%2e"])
def test_other_verbs_are_not_there(producer, verb):
    number = producer.post("/bookings", wish()).json["number"]
    assert problem(producer.post(f"/bookings/{number}/{verb}")) == (404, "not_found")


def test_verb_without_a_body_needs_no_type(producer):
    number = producer.post("/bookings", wish()).json["number"]
    answer = producer.open("POST", f"/bookings/{number}/withdraw")
    assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")


@pytest.mark.parametrize("seen", ['"1"', 'W/"1"', '"7", "1"', "*", "1"])
def test_current_revision_is_let_through(producer, manager, seen):
    number = producer.post("/bookings", wish()).json["number"]
    answer = manager.post(f"/bookings/{number}/approve", headers={"If-Match": seen})
    assert answer.status_code == 200


@pytest.mark.parametrize("seen", ['"2"', '"x"', "", '"' + "9" * 400 + '"'])
def test_stale_revision_gets_the_current_one(producer, manager, seen):
    number = producer.post("/bookings", wish()).json["number"]
    answer = manager.post(f"/bookings/{number}/approve", headers={"If-Match": seen})
    assert problem(answer) == (412, "stale")
    assert (answer.json["current"], answer.headers["ETag"]) == (1, '"1"')
    assert producer.get(f"/bookings/{number}").json["state"] == "requested"


def test_a_change_names_the_revision_it_saw(producer):
    number = producer.post("/bookings", wish()).json["number"]
    path = f"/bookings/{number}"
    assert problem(producer.open("PATCH", path, json={})) == (428, "precondition_required")
    stale = producer.open("PATCH", path, json={"title": "X"}, headers={"If-Match": '"7"'})
    assert (problem(stale), stale.json["current"]) == ((412, "stale"), 1)
    tag = producer.get(path).headers["ETag"]
    moved = {"start": "2026-12-02T09:00", "end": "2026-12-02T12:00", "title": "Étalonnage 2"}
    answer = producer.open("PATCH", path, json=moved, headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json["occurrences"][0]["start"] == "2026-12-02T09:00:00+01:00"
    assert answer.json["title"] == "Étalonnage 2"


def test_a_move_that_clashes_changes_nothing(producer, other):
    other.post("/bookings", wish(facilities=["M-ET2"]))
    number = producer.post("/bookings", wish()).json["number"]
    answer = producer.post(f"/bookings/{number}/move", {"facilities": ["M-ET2"]})
    assert problem(answer) == (409, "clash")
    assert producer.get(f"/bookings/{number}").json["facilities"] == ["M-ET1"]


# ---- participants -----------------------------------------------------------------------------


def test_participants_are_named_kept_and_left_out(producer):
    asked = wish(participants=["bo@vfx.example", "anna@distri.example"])
    made = producer.post("/bookings", asked)
    assert made.json["participants"] == ["anna@distri.example", "bo@vfx.example"]
    path = f"/bookings/{made.json['number']}"
    tag = producer.get(path).headers["ETag"]
    renamed = producer.open("PATCH", path, json={"title": "Autre"}, headers={"If-Match": tag})
    assert renamed.json["participants"] == made.json["participants"]
    tag = renamed.headers["ETag"]
    fewer = producer.open("PATCH", path, json={"participants": []}, headers={"If-Match": tag})
    assert fewer.json["participants"] == []
    assert fewer.json["revision"] > renamed.json["revision"]
    wrong = producer.post("/bookings", wish(participants=["x"]))
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (400, "bad_participant")


@pytest.mark.parametrize("path", ["/bookings", "/bookings/preview"])
@pytest.mark.parametrize("year", [2030, 2126, 8999])
def test_a_year_mistyped_is_told_at_once(producer, path, year):
    answer = producer.post(path, wish(end=f"{year}-12-01T18:00"))
    assert answer.status_code == 400
    assert faults(answer) == [("/end", "years_long")]
