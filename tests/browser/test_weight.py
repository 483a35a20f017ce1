"""What a first visit to the planning weighs, packed as it goes over the line."""

import gzip
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import DESK
from tests.support.scene import PEOPLE, stage

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

KB = 1000
LIMITS = {"script": 40 * KB, "stylesheet": 15 * KB}
MOST = 120 * KB


def test_first_planning_page_is_light(
    app, world, visit: Callable[..., Page], address, request
) -> None:
    stage(app, world)
    context = visit(PEOPLE["owner"], "/login", size=DESK).context
    assert context.browser
    fresh = context.browser.new_context(storage_state=context.storage_state())
    asked: list[Request] = []
    page = fresh.new_page()
    page.on("request", lambda one: asked.append(one))
    page.goto(f"{address}/planning?view=week", wait_until="networkidle")
    weights: Counter[str] = Counter()
    for one in asked:
        body = fresh.request.get(one.url).body()
        packed = body if ".woff2" in one.url else gzip.compress(body, 6)
        weights[one.resource_type] += len(packed)
    fresh.close()
    figures = ", ".join(f"{kind} {size / KB:.1f} kB" for kind, size in sorted(weights.items()))
    request.node.user_properties.append(("figure", f"first planning page: {figures}"))
    assert {kind: weights[kind] for kind in LIMITS if weights[kind] > LIMITS[kind]} == {}
    assert weights.total() < MOST
