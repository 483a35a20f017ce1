import pytest

from booking.cli import backup
from booking.kernel import diagnosis

URL = "postgresql+psycopg://ann:secret@db.example:5433/bookings?sslmode=require"


@pytest.fixture
def run_on_postgresql(empty_app, run_anew, monkeypatch):
    """As far as these commands look: the address is all they ask for."""
    monkeypatch.setattr(diagnosis, "dialect", lambda: "postgresql")
    empty_app.config["SQLALCHEMY_DATABASE_URI"] = URL
    return run_anew


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (
            ["backup", "my copy"],
            "pg_dump --format=custom --file='my copy' "
            "'postgresql://ann@db.example:5433/bookings?sslmode=require'",
        ),
        (
            ["restore", "--yes", "my copy"],
            "pg_restore --clean --if-exists "
            "--dbname='postgresql://ann@db.example:5433/bookings?sslmode=require' 'my copy'",
        ),
    ],
)
def test_postgresql_users_get_the_very_command(run_on_postgresql, words, command):
    answer = run_on_postgresql(*words, code=1)
    assert command in answer.output
    assert "secret" not in answer.output


def test_an_address_without_a_user_stays_as_it_is():
    assert backup._without_password("postgresql+psycopg:///b") == "postgresql:///b"
