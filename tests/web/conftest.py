"""Browsers of people who signed in."""

import pytest

from tests.support.client import Browser


@pytest.fixture
def producer(client: Browser) -> Browser:
    """Of a member who books."""
    client.sign_in("producer@blf.example")
    return client


@pytest.fixture
def manager(client: Browser) -> Browser:
    """Of the manager of the site."""
    client.sign_in("manager@pil.example")
    return client


@pytest.fixture
def admin(client: Browser) -> Browser:
    """Of the administrator."""
    client.sign_in("admin@pil.example")
    return client
