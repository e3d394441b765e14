"""The same behaviour on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, Database, PostgresDatabase, SQLiteDatabase, metadata, notify
from wheatpaste.store.prepared import Prepared
from wheatpaste.wire.errors import ValidationError

things = Table("test_things", metadata, Column("name", BinaryText, primary_key=True), Column("count", Integer), Column("body", Body))


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database: Database = (
        SQLiteDatabase(tmp_path / "state.db") if request.param == "sqlite" else PostgresDatabase(request.getfixturevalue("postgres_url"))
    )
    database.ensure([things])
    database.write(lambda c: c.execute(things.delete()) and None)
    yield database
    database.close()


def put(database: Database, name: str, **values: Any) -> None:
    database.write(lambda c: c.execute(insert(things).values(name=name, **values)) and None)


def names(database: Database) -> list[str]:
    return database.read(lambda c: list(c.execute(select(things.c.name).order_by(things.c.name)).scalars()))


def test_what_was_written_is_read(db: Database) -> None:
    put(db, "a")
    assert names(db) == ["a"]


def test_a_failed_write_takes_nothing_else_with_it(db: Database) -> None:
    put(db, "a")
    gate = threading.Event()
    slow = db.submit(lambda c: gate.wait(5))  # on SQLite the three below share the next commit
    good = [db.submit(lambda c, n=n: c.execute(insert(things).values(name=n)) and None) for n in ("b", "c")]
    bad = db.submit(lambda c: c.execute(insert(things).values(name="a")) and None)
    gate.set()
    slow.result()
    for future in good:
        future.result()
    with pytest.raises(IntegrityError):
        bad.result()
    assert names(db) == ["a", "b", "c"]


def test_an_exception_leaves_no_half_state(db: Database) -> None:
    def half(connection: Any) -> None:
        connection.execute(insert(things).values(name="half"))
        raise ValueError("the other half")

    with pytest.raises(ValueError, match="the other half"):
        db.write(half)
    assert names(db) == []


def test_a_savepoint_inside_a_write(db: Database) -> None:
    def write(connection: Any) -> str:
        connection.execute(insert(things).values(name="a"))
        try:
            with connection.begin_nested():
                connection.execute(insert(things).values(name="a"))
        except IntegrityError:
            return "conflict"
        return "none"

    assert db.write(write) == "conflict"
    assert names(db) == ["a"]


def test_text_sorts_by_its_bytes(db: Database) -> None:
    for name in ("b", "B", "é", "a/b", "a", "a-", "😀", "\ufffd"):
        put(db, name)
    assert names(db) == sorted(["b", "B", "é", "a/b", "a", "a-", "😀", "\ufffd"], key=lambda n: n.encode())


def test_a_body_keeps_its_types(db: Database) -> None:
    body = {
        "When": datetime(2013, 1, 2, 3, 4, 5, 678000, UTC),
        "Raw": b"\x00\xff",
        "Exact": Decimal("1.10"),
        "Text": "é\n",
        "Nested": [{"N": None}, 1.5, True],
    }
    put(db, "a", body=body)
    assert db.read(lambda c: c.execute(select(things.c.body)).scalar_one()) == body


def test_concurrent_increments_lose_nothing(db: Database) -> None:
    put(db, "a", count=0)

    def increment(_: int) -> None:
        db.write(lambda c: c.execute(things.update().values(count=things.c.count + 1)) and None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(200)))
    assert db.read(lambda c: c.execute(select(things.c.count)).scalar_one()) == 200


def test_listeners_hear_after_the_commit_and_not_of_a_rollback(db: Database) -> None:
    heard: list[list[str]] = []
    db.listeners.append(lambda topic: heard.append([topic, *names(db)]))

    def write(connection: Any) -> None:
        connection.execute(insert(things).values(name="a"))
        notify(connection, "tasks")

    def fail(connection: Any) -> None:
        notify(connection, "never")
        raise ValueError

    db.write(write)
    with pytest.raises(ValueError):
        db.write(fail)
    assert heard == [["tasks", "a"]]


def test_a_read_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        db.read(lambda c: c.execute(insert(things).values(name="a")))


def test_ensure_makes_what_is_missing_only(db: Database) -> None:
    other = Table("test_other", MetaData(), Column("a", Text, primary_key=True))
    assert other.name == "test_other"
    put(db, "kept")
    db.ensure([things])
    assert names(db) == ["kept"]


NULS: list[Any] = [
    insert(things).values(name="a\0b"),
    things.update().values(name="\0"),
    select(things).where(things.c.name == "a\0"),
    select(things).where(things.c.name.in_(["a", "\0"])),
]


@pytest.mark.parametrize("statement", NULS)
def test_neither_database_is_given_a_nul_in_text(db: Database, statement: Any) -> None:
    put(db, "a")
    with pytest.raises(ValidationError, match=r"U\+0000"):
        db.write(lambda c: c.execute(statement) and None)
    with pytest.raises(ValidationError, match=r"U\+0000"):
        db.write(lambda c: c.execute(insert(things), [{"name": "b"}, {"name": "c\0"}]) and None)
    put(db, "d", body={"Text": "a\0b"})
    assert names(db) == ["a", "d"]
    assert db.read(lambda c: c.execute(select(things.c.body).where(things.c.name == "d")).scalar_one()) == {"Text": "a\0b"}


def test_a_prepared_statement_is_given_no_nul(db: Database) -> None:
    with pytest.raises(ValidationError, match=r"U\+0000"):
        db.write(lambda c: Prepared(insert(things)).run(c, {"name": "a\0", "count": 1, "body": None}))
    assert names(db) == []
