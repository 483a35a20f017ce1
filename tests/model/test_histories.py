"""Whatever people do in whatever order, the engine does what the model says."""

import os

import pytest

from tests.model.engine import Engine
from tests.model.machine import VERBS, tell

PARTS = 8
OTHERS = ("request", "series", "move", "expired")
RARE = {"check-in", "no_show"}
"""What some parts may miss: it takes a room that asks for it, on the right day."""
HISTORIES = int(os.environ.get("HISTORIES", "2000"))
"""In all; `make histories` asks for 50,000."""

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_model_agree(engine: Engine, part: int, request: pytest.FixtureRequest):
    told = tell(engine, part, HISTORIES // PARTS)
    assert told["histories"] >= HISTORIES // PARTS
    missing = [what for what in (*VERBS, *OTHERS) if not told[what] and what not in RARE]
    assert missing == [] or HISTORIES < 1000, (
        "a history that never challenges shows nothing about challenges"
    )
    figure = f"model, part {part}: {told['histories']} histories, {told['steps']} steps"
    request.node.user_properties.append(("figure", figure))
