"""Values remembered for as long as a revision stands."""

import pytest
from flask import Flask

from booking.kernel.remembered import Remembered, forget_everything
from booking.kernel.transaction import transaction


@pytest.fixture
def made() -> list[str]:
    return []


def recalled(remembered: Remembered[str], made: list[str], key: str) -> str:
    def make() -> str:
        made.append(key)
        return key.upper()

    return remembered.recall(key, make)


@pytest.mark.usefixtures("context")
def test_a_value_is_made_once_until_it_is_crowded_out(made: list[str]):
    remembered: Remembered[str] = Remembered(2)
    values = [recalled(remembered, made, key) for key in ("a", "b", "a", "c", "a", "b")]
    assert (values, made) == (["A", "B", "A", "C", "A", "B"], ["a", "b", "c", "b"])


@pytest.mark.usefixtures("context")
def test_what_a_transaction_saw_is_forgotten_when_it_fails(made: list[str]):
    remembered: Remembered[str] = Remembered(2)

    @transaction
    def fails() -> None:
        recalled(remembered, made, "a")
        raise KeyError

    @transaction
    def works() -> None:
        recalled(remembered, made, "a")

    with pytest.raises(KeyError):
        fails()
    works()
    recalled(remembered, made, "a")
    assert made == ["a", "a"]


def test_everything_can_be_forgotten(app: Flask, made: list[str]):
    remembered: Remembered[str] = Remembered(2)
    with app.app_context():
        recalled(remembered, made, "a")
        forget_everything()
        recalled(remembered, made, "a")
    assert made == ["a", "a"]
