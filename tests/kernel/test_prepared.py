"""Statements that are put into SQL once: they do what SQLAlchemy would, with less ado."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from booking.facilities.models import Facility, Kind
from booking.journal.models import Entry
from booking.kernel.db import connection, db, listed, table_of
from booking.kernel.prepared import Prepared
from booking.members.models import Company, User
from booking.productions.models import Invitee
from booking.reservations.models import Booking
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("context")

AT = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
COLUMNS = (Entry.at, Entry.actor_id, Entry.name, Entry.before, Entry.after)
ENTRY = {"at": AT, "name": "test:told", "subject": "test:1"}

BY_CODE = Prepared(
    select(Facility.id, Facility.code, Facility.active, Facility.names).where(
        Facility.code == bindparam("code")
    )
)
RENAME = (
    update(table_of(Company)).where(Company.code == bindparam("of")).values(name=bindparam("to"))
)
AMONG = Prepared(
    lambda dialect: (
        select(Facility.id).where(listed(Facility.id, "ids", dialect)).order_by(Facility.id)
    )
)


def test_columns_come_back_as_their_types_say():
    for code in ("M-PLA", "M-PLA1"):
        plain = select(Facility.id, Facility.code, Facility.active, Facility.names)
        row = connection().execute(plain.where(Facility.code == code)).one()
        assert [tuple(one) for one in BY_CODE.all(code=code)] == [tuple(row)]
        assert BY_CODE.mappings(code=code) == [dict(row._mapping)]
        assert BY_CODE.value(code=code) == row.id
        assert row.active is BY_CODE.all(code=code)[0][2] is True


def test_what_is_not_there_is_nothing():
    assert BY_CODE.all(code="NO") == []
    assert BY_CODE.column(code="NO") == []
    assert BY_CODE.value(code="NO") is None


def test_values_go_in_as_their_types_say_and_come_back():
    append = Prepared(insert(table_of(Entry)).returning(Entry.id))
    told = {**ENTRY, "actor_id": None, "before": None, "after": {"é": [1, None]}}
    key = append.value(**told)
    read = Prepared(select(*COLUMNS).where(Entry.id == bindparam("id")))
    assert [tuple(row) for row in read.all(id=key)] == [
        tuple(connection().execute(select(*COLUMNS).where(Entry.id == key)).one())
    ]
    assert tuple(read.all(id=key)[0]) == (AT, None, "test:told", None, {"é": [1, None]})


def test_an_instant_without_a_zone_is_refused_here_too():
    append = Prepared(insert(table_of(Entry)).returning(Entry.id))
    append.value(**ENTRY)
    with pytest.raises(ValueError, match="needs a zone"):
        append.value(**{**ENTRY, "at": datetime(2026, 11, 16)})


def test_columns_that_are_left_out_get_what_the_table_gives_them():
    take = Prepared(insert(table_of(Booking)).returning(Booking.note, Booking.revision))
    person = db.session.scalars(select(User).limit(1)).one()
    said = {"number": "PIL-2026-99999", "title": "Essai", "created_at": AT}
    [row] = take.all(**said, company_id=person.company_id, requester_id=person.id)
    assert tuple(row) == ("", 1)


def test_a_default_that_is_made_anew_each_time_must_be_bound():
    add = Prepared(insert(table_of(Company)).returning(Company.id))
    with pytest.raises(TypeError, match="must be bound"):
        add.value(code="NEW", name="Neuf")


def test_values_of_the_statement_itself_go_with_it():
    kinds = Prepared(
        select(Kind.id).where(Kind.code.in_(["grading", "stage"]), Kind.position >= bindparam("p"))
    )
    plain = select(Kind.id).where(Kind.code.in_(["grading", "stage"]))
    assert sorted(kinds.column(p=0)) == sorted(connection().scalars(plain))
    assert kinds.column(p=1_000) == []


def test_what_is_written_in_the_statement_stays_as_it_is_written():
    found = Prepared(
        select(literal_column("'50 %'"), Company.name).where(
            Company.code == bindparam("code"), Company.name.like("%"), bindparam("code") != "X"
        )
    )
    [(told, name)] = found.all(code="BLF")
    assert (told, bool(name)) == ("50 %", True)
    assert found.all(code="X") == []


@pytest.mark.parametrize("count", [0, 1, 2, 1_500])
def test_a_list_of_any_length_is_one_statement(app: Flask, count: int):
    every = sorted(connection().scalars(select(Facility.id)))
    asked = (every * 200)[:count]
    with statements(app) as sent:
        assert AMONG.column(ids=asked) == sorted(set(asked))
    assert len(sent) == 1


def test_many_rows_are_written_at_once_and_none_by_none(app: Flask):
    rename = Prepared(
        update(table_of(Company))
        .where(Company.code == bindparam("of"))
        .values(name=bindparam("to"))
    )
    with statements(app) as sent:
        rename.write([{"of": "BLF", "to": "A"}, {"of": "PIL", "to": "B"}])
        rename.write([])
    assert len(sent) == 1
    names = select(Company.name).where(Company.code.in_(["BLF", "PIL"])).order_by(Company.code)
    assert list(connection().scalars(names)) == ["A", "B"]


@pytest.mark.parametrize(
    "rows", [[{"of": "a", "to": "b"}, {"of": "c"}], [{"of": "a", "to": "b"}, {"of": "c", "at": 1}]]
)
def test_rows_of_different_names_are_refused(rows: list[dict[str, str]]):
    rename = Prepared(
        update(table_of(Company))
        .where(Company.code == bindparam("of"))
        .values(name=bindparam("to"))
    )
    with pytest.raises(TypeError, match="different"):
        rename.write(rows)


def test_names_that_it_does_not_have_or_that_are_left_out_are_refused():
    with pytest.raises(TypeError, match="cod"):
        BY_CODE.all(code="M-PLA", cod="M-PLB")
    with pytest.raises(InvalidRequestError, match="code"):
        BY_CODE.all()
    expanding = Prepared(select(User.id).where(User.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(TypeError, match="ids"):
        expanding.all(ids=[1, 2])


def test_what_the_database_refuses_is_said_as_ever_without_what_somebody_typed():
    add = Prepared(insert(table_of(Invitee)))
    with pytest.raises(IntegrityError) as refused:
        add.write([{"production_id": 424_242, "user_id": 434_343}])
    assert "424242" not in str(refused.value).replace(str(refused.value.orig), "")
    db.session.rollback()
    assert BY_CODE.value(code="M-PLA")
