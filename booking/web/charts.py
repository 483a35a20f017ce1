"""Where the bars of a chart stand: plain numbers, that templates draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 240
LEFT, BOTTOM, TOP = 78, 28, 16
GAP = 0.35
"""Of the room of a bar, what stays free beside it."""
STEPS = 4
NICE = (1, 2, 2.5, 5, 10)
BUCKETS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `look` tells series apart, `value` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    look: int
    value: float


@dataclass(frozen=True, slots=True)
class Stacked:
    """Bars of several series on top of each other, a place for each month; ticks of the axis."""

    width: int
    height: int
    left: int
    bars: tuple[tuple[Bar, ...], ...]
    middles: tuple[float, ...]
    ticks: tuple[tuple[float, float], ...]
    """Pairs of height on the page and value."""
    base: float


def stacked(places: Sequence[Sequence[float | None]], looks: int) -> Stacked:
    """A place for each bar, in it a value for each series; None is drawn as nothing."""
    top = _nice(max((sum(v or 0 for v in values) for values in places), default=0))
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(len(places), 1)
    bars = []
    for place, values in enumerate(places):
        x, y, pile = LEFT + step * (place + GAP / 2), float(base), []
        for series, value in enumerate(values):
            height = (value or 0) / top * room
            y -= height
            if height:
                bar = Bar(
                    _r(x), _r(y), _r(step * (1 - GAP)), _r(height), series % looks, value or 0
                )
                pile.append(bar)
        bars.append(tuple(pile))
    middles = tuple(_r(LEFT + step * (n + 0.5)) for n in range(len(places)))
    ticks = tuple((_r(base - room * n / STEPS), top * n / STEPS) for n in range(STEPS + 1))
    return Stacked(WIDTH, HEIGHT, LEFT, tuple(bars), middles, ticks, base)


def lengths(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Lengths of bars, of which the largest has 100; None where untold."""
    most = max((value for value in values if value), default=1)
    return tuple(None if value is None else _r(100 * value / most) for value in values)


def heat(share: float | None) -> int:
    """The shade of a share: 0 for nothing, 5 for four fifths and more."""
    return min(int((share or 0) * BUCKETS * 1.2), BUCKETS - 1)


def _nice(most: float) -> float:
    """A round number that is at least the highest."""
    scale = 1.0
    while most / scale > NICE[-1]:
        scale *= 10
    return next(nice for nice in NICE if most / scale <= nice) * scale


def _r(number: float) -> float:
    return round(number, 1)
