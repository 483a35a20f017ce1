"""Is a history of concurrent operations linearizable? (Wing & Gong 1993, Lowe 2017.)

A history is linearizable if every operation can be given one instant between its invocation and
its response, at which it happens whole, so that all answers are those a single clerk would have
given who works off one after the other. An operation without an answer (its process or connection
was cut) may have happened at any instant since, or never.

The search takes as the next instant's operation, by turns, each that nobody must precede: none that
is left had its response before the other's invocation. What was tried is remembered as (operations
done, state of the clerk), so at most 2^n states are looked at; histories are refused above
`LONGEST` operations, and so it always ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

LONGEST = 24


class Kept(NamedTuple):
    """A booking that holds its slot: whose, from hour to hour, and whether it binds."""

    name: str
    starts: int
    ends: int
    state: str


Book = frozenset[Kept]


@dataclass(frozen=True)
class Operation:
    """What somebody asked; `answer` is None and `responded` never where nobody heard it."""

    verb: str
    name: str
    starts: int = 0
    ends: int = 0
    invoked: float = 0.0
    responded: float = inf
    answer: str | None = None

    @property
    def known(self) -> bool:
        return self.answer is not None


def clerk(book: Book, op: Operation) -> tuple[str, Book]:
    """The sequential specification of one space: the answer, and the book afterwards."""
    if op.verb in ("request", "option"):
        if _taken(book, op):
            return "clash", book
        state = "confirmed" if op.verb == "request" else "option"
        return "done", book | {Kept(op.name, op.starts, op.ends, state)}
    if op.verb == "move":
        return _moved(book, op)
    needs = "confirmed" if op.verb == "cancel" else "option"
    mine = next((kept for kept in book if kept.name == op.name and kept.state == needs), None)
    if mine is None:
        return "wrong_state", book
    left = book - {mine}
    return "done", left | {mine._replace(state="confirmed")} if op.verb == "confirm" else left


def _moved(book: Book, op: Operation) -> tuple[str, Book]:
    mine = next((kept for kept in book if kept.name == op.name), None)
    if mine is None:
        return "wrong_state", book
    others = book - {mine}
    if _taken(others, op):
        return "clash", book
    return "done", others | {mine._replace(starts=op.starts, ends=op.ends)}


def _taken(book: Book, op: Operation) -> bool:
    return any(kept.starts < op.ends and op.starts < kept.ends for kept in book)


def linearizable(history: Sequence[Operation], first: Book, last: Sequence[Kept]) -> bool:
    """Whether a clerk could have answered so and been left with `last`, names aside."""
    if len(history) > LONGEST:
        raise ValueError(f"{len(history)} operations; at most {LONGEST} are looked at")
    wanted = _without_names(last)
    tried: set[tuple[int, Book]] = set()
    stack: list[tuple[int, Book]] = [(0, first)]
    while stack:
        done, book = node = stack.pop()
        if node in tried:
            continue
        tried.add(node)
        left = [n for n in range(len(history)) if not done >> n & 1]
        if not any(history[n].known for n in left) and _without_names(book) == wanted:
            return True
        must_begin_before = min((history[n].responded for n in left), default=inf)
        for n in left:
            op = history[n]
            if op.invoked <= must_begin_before:
                answer, after = clerk(book, op)
                if answer == op.answer or not op.known:
                    stack.append((done | 1 << n, after))
    return False


def _without_names(book: Sequence[Kept] | Book) -> list[tuple[int, int, str]]:
    return sorted((kept.starts, kept.ends, kept.state) for kept in book)
