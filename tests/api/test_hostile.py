"""Whatever is sent: an answer of ours, a problem with a code, never a failure."""

import json

import pytest

from tests.api.conftest import wish

JSON = "application/json"
BODIES = {
    "nothing": b"",
    "blank": b" ",
    "no json": b"facilities=M-ET1",
    "half": b'{"title": "x"',
    "two": b"{} {}",
    "comment": b"{} // x",
    "trailing comma": b'{"title": "x",}',
    "single quotes": b"{'title': 'x'}",
    "nan": b'{"attendees": NaN}',
    "infinity": b'{"attendees": -Infinity}',
    "huge float": b'{"attendees": 1e999}',
    "huge int": b'{"attendees": ' + b"9" * 6000 + b"}",
    "large int": b'{"attendees": ' + b"9" * 4000 + b"}",
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "not utf-8": b'{"title": "\xff\xfe"}',
    "utf-16": '{"title": "x"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "lone surrogate": b'{"title": "\\ud800"}',
    "surrogate key": b'{"\\udfff": 1}',
    "nul": b'{"title": "a\\u0000b"}',
    "nul in a code": b'{"facilities": ["\\u0000"], "production": "\\u0000"}',
    "duplicate key": b'{"title": "a", "title": "b"}',
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "many keys": json.dumps({f"k{n}": n for n in range(20_000)}).encode(),
    "long key": json.dumps({"k" * 500_000: 1}).encode(),
    "many facilities": json.dumps(wish(facilities=["M-ET1"] * 100_000)).encode(),
    "long code": json.dumps(wish(facilities=["M" * 500_000])).encode(),
    "long title": json.dumps(wish(title="x" * 900_000)).encode(),
    "long production": json.dumps(wish(production="P" * 100_000)).encode(),
    "nested title": json.dumps(wish(title={"$ne": 1})).encode(),
    "format string": json.dumps(wish(facilities=["%(x)s", "%", "{0}"], production="%s%n")).encode(),
    "prototype": b'{"__proto__": {"title": "x"}, "constructor": 1}',
    "sql": json.dumps(wish(production="'; DROP TABLE booking; --")).encode(),
}
WRITES = ("/bookings", "/bookings/preview", "/bookings/PIL-2026-00001/withdraw", "/feeds")


def is_problem(answer):
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)[:500]
    assert answer.json["status"] == answer.status_code
    assert 400 <= answer.status_code < 500
    assert set(answer.json) >= {"type", "title", "status", "detail", "code"}
    assert len(answer.get_data()) < 30_000
    return answer.json["code"]


@pytest.mark.one_engine
@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", WRITES)
def test_odd_bodies_are_problems(producer, name, path):
    if name == "nothing" and path.endswith("withdraw"):
        return
    answer = producer.open("POST", path, data=BODIES[name], content_type=JSON)
    assert is_problem(answer) in {"invalid", "not_json", "duplicate_key", "not_found"}


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("not utf-8", "not_json"),
        ("nan", "not_json"),
        ("deep list", "not_json"),
        ("nul", "not_json"),
        ("duplicate key", "duplicate_key"),
        ("a list", "invalid"),
        ("huge float", "invalid"),
    ],
)
def test_bodies_have_their_codes(producer, name, code):
    answer = producer.open("POST", "/bookings", data=BODIES[name], content_type=JSON)
    assert (answer.status_code, is_problem(answer)) == (400, code)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json", "é"],
)
def test_other_media_types_are_not_taken(producer, kind):
    answer = producer.open("POST", "/bookings", data=b"{}", content_type=kind)
    assert (answer.status_code, is_problem(answer)) == (415, "unsupported_media_type")


@pytest.mark.one_engine
@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_under_its_other_names(producer, kind):
    data = json.dumps(wish()).encode()
    answer = producer.open("POST", "/bookings", data=data, content_type=kind)
    assert answer.status_code == 201


def test_too_much_is_too_large(producer):
    data = json.dumps(wish(note="x" * 2_000_000)).encode()
    answer = producer.open("POST", "/bookings", data=data, content_type=JSON)
    assert (answer.status_code, is_problem(answer)) == (413, "content_too_large")


@pytest.mark.one_engine
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "BREW"])
def test_other_methods_are_problems(producer, method):
    answer = producer.open(method, "/bookings")
    assert (answer.status_code, is_problem(answer)) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/me",
        "/api/v1/me/",
        "/api/v1/nope",
        "/api/v1/bookings/PIL-2026-00001/withdraw/x",
        "/api/v1/facilities/a/b",
        "/api/v1//me",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_unknown_paths_are_problems(client, path):
    """For strangers too: there is nothing to sign in for."""
    answer = client.get(path)
    if path == "/api":
        assert answer.status_code == 404
        return
    if answer.status_code == 308:  # Werkzeug merges slashes
        assert answer.headers["Location"].endswith("/api/v1/me")
        return
    assert (answer.status_code, is_problem(answer)) == (404, "not_found")


CODES = [
    "x",
    "%00",
    "%F0%28%8C%28",
    "é",
    "M" * 5000,
    "'",
    "%25s",
    "..",
    "-1",
    "%0d%0aSet-Cookie:a=b",
]


@pytest.mark.parametrize("code", CODES)
def test_odd_codes_in_paths(producer, code):
    for path in (f"/facilities/{code}", f"/bookings/{code}", f"/bookings/{code}/approve"):
        method = "POST" if path.endswith("approve") else "GET"
        assert is_problem(producer.open(method, path)) in {"not_found", "bad_request"}


@pytest.mark.parametrize("key", [*CODES, "0", "1", "9" * 9, "9" * 10, "9" * 40, "%D9%A1"])
def test_odd_feeds_cannot_be_deleted(producer, key):
    assert is_problem(producer.delete(f"/feeds/{key}")) in {"not_found", "bad_request"}


QUERIES = [
    "",
    "start=2026-12-01",
    "start=x&end=y",
    "start=2026-12-01&end=2026-12-01",
    "start=2026-12-02&end=2026-12-01",
    "start=2026-02-30&end=2026-03-01",
    "start=0001-01-01&end=9999-12-31",
    "start=2026-01-01&end=2028-12-31",
    "start=2026-12-01&start=2026-12-02&end=2026-12-03",
    "start=2026-12-01&end=2026-12-02&site=NOPE",
    "start=2026-12-01&end=2026-12-02&kind=%00",
    "start=2026-12-01&end=2026-12-02&facility=" + "M," * 500 + "X" * 5000,
    "start=2026-12-01&end=2026-12-02&" + "&".join(f"k{n}=1" for n in range(500)),
    "start=2026-12-01&end=2026-12-02&%ff=%ff",
    "start[]=2026-12-01&end=2026-12-02",
    "start=2026-12-01T09:00%2B99:00&end=2026-12-02",
]


@pytest.mark.parametrize("query", QUERIES)
def test_odd_queries_are_problems(producer, query):
    assert is_problem(producer.get(f"/calendar?{query}")) in {"invalid", "bad_request"}
    search = f"/availability?duration=PT1H&{query}"
    assert is_problem(producer.get(search)) in {"invalid", "bad_request"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&duration=2h",
        "&duration=PT0H",
        "&duration=P",
        "&duration=PT",
        "&duration=-PT2H",
        "&duration=P1Y",
        "&duration=PT99999999999H",
        "&duration=P40D",
        "&duration=PT2H&capacity=-1",
        "&duration=PT2H&capacity=1e3",
        "&duration=PT2H&with=nothing",
        "&duration=PT2H&with=:x",
    ],
)
def test_odd_searches_are_problems(producer, query):
    answer = producer.get(f"/availability?start=2026-12-01&end=2026-12-03{query}")
    assert (answer.status_code, is_problem(answer)) == (400, "invalid")


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "é", "a b"])
def test_odd_idempotency_keys_are_problems(producer, key):
    answer = producer.post("/bookings", wish(), headers={"Idempotency-Key": key})
    assert (answer.status_code, is_problem(answer)) == (400, "idempotency_key")


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "header", ["If-None-Match", "Accept", "Accept-Language", "Range", "Cookie"]
)
@pytest.mark.parametrize("value", ["", "é", '"', "*", "x" * 5000, "bytes=0-1", ";;;,,,"])
def test_odd_headers_do_no_harm(producer, header, value):
    query = "start=2026-12-01&end=2026-12-02"
    answer = producer.get(f"/calendar?{query}", headers={header: value})
    assert answer.status_code in (200, 304)


def test_reason_is_checked(producer, manager):
    number = producer.post("/bookings", wish()).json["number"]
    for reason, code in (
        ("x" * 1001, "too_long"),
        ("a\u202eb", "control_characters"),
        ("", "required"),
    ):
        answer = manager.post(f"/bookings/{number}/decline", {"reason": reason})
        assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("/reason", code)]
