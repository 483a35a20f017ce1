"""Whatever people do in whatever order, the engine does what the model says."""

import os
from collections import Counter

import pytest

from tests.model.engine import Engine
from tests.model.machine import VERBS, tell

PARTS = 8
HISTORIES = int(os.environ.get("HISTORIES", "2000"))
"""In all; `make histories` asks for 50,000."""

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_model_agree(engine: Engine, part: int, request: pytest.FixtureRequest):
    told = tell(engine, part, HISTORIES // PARTS)
    assert told["histories"] >= HISTORIES // PARTS
    missing = [what for what in (*VERBS, "request", "series", "move", "expired") if not told[what]]
    assert missing == [], "a history that never challenges shows nothing about challenges"
    request.node.user_properties.append(("figure", f"model, part {part}: {_words(told)}"))


def _words(told: Counter[str]) -> str:
    done = ", ".join(f"{count} {what}" for what, count in sorted(told.items()))
    return f"{done}"
