"""Prepared statements give what SQLAlchemy's own execution gives, on both databases."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, Table, Text, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste.store.codec import Body
from wheatpaste.store.db import Database, PostgresDatabase, SQLiteDatabase, metadata
from wheatpaste.store.prepared import Prepared

notes = Table(
    "test_notes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, unique=True),
    Column("body", Body, nullable=True),
)
ADD = Prepared(insert(notes))
BY_NAME = Prepared(select(notes).where(notes.c.name == bindparam("at")))
LIKE = Prepared(select(notes.c.name).where(notes.c.name.startswith("n")).order_by(notes.c.name))
CHANGE = Prepared(update(notes).where(notes.c.name == bindparam("at")).values(body=bindparam("to")))
DROP = Prepared(delete(notes).where(notes.c.name == bindparam("at")))
SHAPE: dict[str, Any] = {"When": datetime(2024, 5, 1, tzinfo=UTC), "Bytes": b"\x00\xff", "Text": "é"}


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    database: Database = (
        SQLiteDatabase(tmp_path / "state.db") if request.param == "sqlite" else PostgresDatabase(request.getfixturevalue("postgres_url"))
    )
    database.ensure([notes])
    database.write(lambda c: c.execute(delete(notes)) and None)
    yield database
    database.close()


def test_a_row_comes_back_as_it_went_in(db: Database) -> None:
    db.write(lambda c: ADD.run(c, {"name": "n1", "body": SHAPE}))
    row = db.read(lambda c: BY_NAME.one_or_none(c, {"at": "n1"}))
    assert row is not None
    assert (row.name, row.body) == ("n1", SHAPE)
    assert db.read(lambda c: BY_NAME.one_or_none(c, {"at": "n2"})) is None


def test_changes_count_their_rows(db: Database) -> None:
    for name in ("n1", "n2", "m"):
        db.write(lambda c, name=name: ADD.run(c, {"name": name, "body": None}))
    assert [row.name for row in db.read(lambda c: LIKE.all(c, {}))] == ["n1", "n2"]
    assert db.write(lambda c: CHANGE.run(c, {"at": "n2", "to": {"A": 1}})) == 1
    assert db.write(lambda c: DROP.run(c, {"at": "none"})) == 0
    assert db.read(lambda c: BY_NAME.one(c, {"at": "n2"})).body == {"A": 1}


def test_a_broken_key_is_sqlalchemys_error_and_takes_nothing_with_it(db: Database) -> None:
    db.write(lambda c: ADD.run(c, {"name": "n1", "body": None}))
    with pytest.raises(IntegrityError):
        db.write(lambda c: ADD.run(c, {"name": "n1", "body": None}))
    assert len(db.read(lambda c: LIKE.all(c, {}))) == 1
