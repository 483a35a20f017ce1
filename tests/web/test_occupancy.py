"""The board's page: charts with their values beside them, and a file for spreadsheets."""

import re

import pytest

from booking.web import charts
from tests.support.scene import PEOPLE_OF_IT, SECRETS, stage


@pytest.fixture
def board(client, app, world):
    stage(app, world)
    client.sign_in("board@pil.example")
    return client


def test_every_chart_is_named_described_and_beside_its_values(board):
    text = board.get("/occupancy?year=2026").text
    charts_ = re.findall(r'<svg class="chart".*?</svg>', text, re.S)
    assert len(charts_) == 1
    for chart in charts_:
        assert 'role="img"' in chart
        assert "<desc" in chart
    assert text.count("<table") == 2
    assert "style=" not in text


def test_it_names_nobody(board):
    for path in ("/occupancy?year=2026", "/occupancy/2026.csv"):
        text = board.get(path).text
        for secret in (*SECRETS, *PEOPLE_OF_IT, "BLF"):
            assert secret not in text


def test_the_file_is_a_table_by_month(board):
    answer = board.get("/occupancy/2026.csv")
    assert answer.mimetype == "text/csv"
    assert "occupancy-2026.csv" in answer.headers["Content-Disposition"]
    lines = answer.text.strip().splitlines()
    assert len(lines) == 1 + 12 * (2 + 5)


@pytest.mark.parametrize("path", ["/occupancy?year=1999", "/occupancy/3000.csv"])
def test_years_far_away_are_not_there(board, path):
    assert board.get(path).status_code == 404


def test_producers_see_no_figures(client, world):
    client.sign_in("producer@blf.example")
    assert client.get("/occupancy").status_code == 403


def test_bars_stand_on_each_other_and_reach_the_axis():
    drawn = charts.stacked([[10.0, 30.0], [None, 0.0]], 4)
    lower, upper = drawn.bars[0]
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.2)
    assert lower.y + lower.height == pytest.approx(drawn.base, abs=0.2)
    assert drawn.bars[1] == ()
    assert [value for _, value in drawn.ticks] == [0, 12.5, 25, 37.5, 50]


@pytest.mark.parametrize(("share", "shade"), [(None, 0), (0, 0), (0.2, 1), (0.5, 3), (1.4, 5)])
def test_the_fuller_the_darker(share, shade):
    assert charts.heat(share) == shade


def test_an_untold_share_has_no_bar():
    assert charts.lengths([None, 0.1, 0.2, 0]) == (None, 50, 100, 0)
    assert charts.lengths([None]) == (None,)
