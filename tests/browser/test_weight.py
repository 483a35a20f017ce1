"""What a first visit to the planning weighs, packed as it goes over the line."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.weights import KB, LIMITS, LOADED, Scales
from tests.support.scene import PEOPLE, stage

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

MOST = 120 * KB
NAMED = """() => [...document.querySelectorAll("script[src], link[rel=modulepreload]")]
  .map((node) => node.src || node.href)"""


def test_first_planning_page_is_light(app, world, visit: Visit, request) -> None:
    stage(app, world)
    page = visit(PEOPLE["owner"], "/planning?view=week")
    page.wait_for_load_state("networkidle")
    weight = Scales(page).weigh()
    request.node.user_properties.append(("figure", f"first planning page, {weight}"))
    assert {kind: weight[kind] for kind in LIMITS if weight[kind] > LIMITS[kind]} == {}
    assert weight.total() < MOST


@pytest.mark.parametrize("path", ["/planning", "/bookings", "/approvals"])
def test_no_script_is_found_out_late(app, world, visit: Visit, path: str) -> None:
    """The page names every module that it loads: none waits for another that imports it."""
    stage(app, world)
    page = visit(PEOPLE["manager"], path)
    page.wait_for_load_state("networkidle")
    loaded = {address for address in page.evaluate(LOADED) if "/scripts/" in address}
    assert len(loaded) > 4
    assert loaded == set(page.evaluate(NAMED))
