"""Programs that call the API, each as somebody, with a bearer token."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booking.kernel import clock as product_clock
from booking.members.actions import create_api_token
from tests.support.client import Browser
from tests.support.world import World

BASE = "/api/v1"


class Program:
    """A client of the API: `program.get("/me")`, `program.post("/bookings", {...})`."""

    def __init__(self, client: Browser, token: str) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.open("POST", path, json=body if body is not None else {}, **options)

    def delete(self, path: str) -> TestResponse:
        return self.open("DELETE", path)

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        return self._client.open(BASE + path, method=method, headers=headers, **options)


@pytest.fixture
def program(app: Flask, world: World) -> Callable[[str], Program]:
    """`program("producer@blf.example")`."""

    def make(email: str) -> Program:
        with app.app_context():
            _id, token = create_api_token(world.actor(email), "tests", product_clock.now())
        browser = app.test_client()
        assert isinstance(browser, Browser)
        return Program(browser, token)

    return make


@pytest.fixture
def producer(program: Callable[[str], Program]) -> Program:
    return program("producer@blf.example")


@pytest.fixture
def other(program: Callable[[str], Program]) -> Program:
    return program("post@gfe.example")


@pytest.fixture
def manager(program: Callable[[str], Program]) -> Program:
    return program("manager@pil.example")


def wish(**changed: Any) -> dict[str, Any]:
    """A booking that would be granted."""
    return {
        "facilities": ["M-ET1"],
        "title": "Étalonnage, bobine 3",
        "start": "2026-12-01T09:00",
        "end": "2026-12-01T18:00",
        **changed,
    }
