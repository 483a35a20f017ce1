"""Every address of the application, filled in with what the small world holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.support.world import World

ODD = {("exports.file", "name"): "facilities", ("door.act", "deed"): "book"}
ODD |= {("styles.sheet", "name"): "site", ("scripts.module", "name"): "base"}
"""Parts of addresses that mean something else there."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Route:
    """One rule with an address that fits it."""

    endpoint: str
    path: str
    methods: frozenset[str]
    door: str


def routes(app: Flask, world: World) -> Iterator[Route]:
    """All routes but the static files', by address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint != "static":
            yield _route(app, rule, world)


def _route(app: Flask, rule: Rule, world: World) -> Route:
    given: dict[str, Any] = {name: _sample(name, rule.endpoint, world) for name in rule.arguments}
    with app.test_request_context():
        path = app.url_for(rule.endpoint, **given)
    methods = frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"}
    return Route(rule.endpoint, path, methods, rule.endpoint.partition(".")[0])


def _sample(name: str, endpoint: str, world: World) -> str | int:
    """A value for a part of an address: something that exists where the small world has it."""
    if name == "code" and endpoint.startswith("companies."):
        return "BLF"
    if (endpoint, name) in ODD:
        return ODD[endpoint, name]
    if name == "user_id":
        return world.users["producer@blf.example"]
    if name.endswith("id"):
        return 1
    known: dict[str, str | int] = {
        "code": "M-ET1",
        "token": "no-such-token",
        "number": "PIL-2026-00001",
        "year": 2026,
        "starts": 1_795_000_000,
        "deed": "renew",
    }
    return known.get(name, "x")
