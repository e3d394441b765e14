"""Migrations, on SQLite and on PostgreSQL: old databases become what is declared, or stay what they were."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, insert, inspect, select

from wheatpaste.store.db import Database, PostgresDatabase, SQLiteDatabase, metadata
from wheatpaste.store.migrations import MigrationError, NewerHomeError, Step, steps, versions

Open = Callable[[], Database]

AGE = Step("people have an age", ["ALTER TABLE test_people ADD COLUMN age INTEGER NOT NULL DEFAULT 0"])
LISTED = Step(
    "ages are listed",
    [
        {"sqlite": "UPDATE test_people SET age = length(name)", "postgresql": "UPDATE test_people SET age = char_length(name)"},
        "CREATE INDEX test_people_age ON test_people (age)",
    ],
)


def people(number: int, *instead: Step) -> Table:
    """The table as the code of its ``number``-th form declares it."""
    later = [Column("age", Integer, nullable=False, server_default="0")] if number > 1 else []
    listed = [Index("test_people_age", "age")] if number > 2 else []
    declared = instead or (AGE, LISTED)[: number - 1]
    return Table("test_people", MetaData(), Column("name", Text, primary_key=True), *later, *listed, info=steps(*declared))


def form(database: Database) -> tuple[list[str], list[Any], int]:
    """Columns, indexes and number of the table."""

    def look(connection: Connection) -> tuple[list[str], list[Any], int]:
        number = connection.execute(select(versions.c.number).where(versions.c.name == "test_people")).scalar_one()
        found = inspect(connection)  # after a SELECT: SQLite's PRAGMAs alone do not notice what another connection changed
        indexes = [each["name"] for each in found.get_indexes("test_people")]
        return [each["name"] for each in found.get_columns("test_people")], indexes, number

    return database.read(look)


def write(database: Database, *statements: Any) -> None:
    database.write(lambda c: [c.execute(each) for each in statements] and None)


def test_a_new_table_has_its_newest_form(empty: Open) -> None:
    database = empty()
    database.ensure([people(3)])
    assert form(database) == (["name", "age"], ["test_people_age"], 3)


def test_an_older_table_takes_each_step_once_and_keeps_its_rows(empty: Open) -> None:
    first = empty()
    first.ensure([people(1)])
    write(first, insert(people(1)).values(name="Ada"), insert(people(1)).values(name="Grace"))
    empty().ensure([people(2)])
    assert form(first) == (["name", "age"], [], 2)
    last = empty()
    last.ensure([people(3)])
    empty().ensure([people(3)])
    assert form(last) == (["name", "age"], ["test_people_age"], 3)
    assert last.read(lambda c: [tuple(row) for row in c.execute(select(people(3)).order_by("name"))]) == [("Ada", 3), ("Grace", 5)]


def test_a_newer_database_is_refused(empty: Open) -> None:
    empty().ensure([people(3)])
    with pytest.raises(NewerHomeError, match=r"made by a newer wheatpaste \(test_people 3 for 2\): upgrade wheatpaste"):
        empty().ensure([people(2)])
    other = Table("test_other", MetaData(), Column("a", Text, primary_key=True))
    with pytest.raises(NewerHomeError):  # at once, though nothing asks for the table itself yet
        empty().ensure([other])


def test_a_database_from_before_numbers_has_first_forms(empty: Open) -> None:
    old = empty()
    old.write(lambda c: people(1).create(c))
    database = empty()
    database.ensure([people(3)])
    assert form(database) == (["name", "age"], ["test_people_age"], 3)


def test_a_step_that_fails_changes_nothing(empty: Open) -> None:
    empty().ensure([people(1)])
    wrong = Step("a column that is not there is indexed", ["CREATE INDEX test_people_age ON test_people (nothing_such)"])
    with pytest.raises(
        MigrationError, match=r"test_people could not go from 2 to 3 \(a column that is not there is indexed\), nothing was"
    ):
        empty().ensure([people(3, AGE, wrong)])
    again = empty()
    assert form(again) == (["name"], [], 1)
    again.ensure([people(3)])
    assert form(again)[2] == 3


def test_a_step_may_be_a_function_and_fill_a_new_table(empty: Open) -> None:
    old = empty()
    old.ensure([people(1)])
    write(old, insert(people(1)).values(name="Ada"))
    letters = Table("test_letters", MetaData(), Column("letter", Text, primary_key=True))

    def split(connection: Connection) -> None:
        for name in connection.execute(select(people(1).c.name)).scalars().all():
            connection.execute(insert(letters), [{"letter": letter} for letter in name])

    database = empty()
    database.ensure([people(2, Step("letters have a table", [split])), letters])
    assert database.read(lambda c: sorted(c.execute(select(letters.c.letter)).scalars())) == ["A", "a", "d"]


def test_servers_that_start_at_once_migrate_once(empty: Open) -> None:
    empty().ensure([people(1)])
    databases = [empty() for _ in range(4)]
    gate = threading.Barrier(4)

    def start(database: Database) -> None:
        gate.wait()
        database.ensure([people(3)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, databases))
    assert form(databases[0]) == (["name", "age"], ["test_people_age"], 3)


def _stop_in_the_middle(where: str, marker: str) -> None:
    """In a process of its own: begin to migrate, and never end."""

    def wait(_: Connection) -> None:
        Path(marker).touch()
        time.sleep(60)

    database = PostgresDatabase(where) if where.startswith("postgresql://") else SQLiteDatabase(Path(where))
    database.ensure([people(3, AGE, Step("never ends", ["CREATE INDEX test_people_age ON test_people (age)", wait]))])


def test_a_kill_in_the_middle_leaves_the_old_form(empty: Open, tmp_path: Path) -> None:
    database = empty()
    database.ensure([people(1)])
    where = database._writer.url.database if isinstance(database, SQLiteDatabase) else database._engine.url  # type: ignore[attr-defined]
    text = where if isinstance(where, str) else where.set(drivername="postgresql").render_as_string(hide_password=False)
    marker = tmp_path / "in-the-middle"
    child = multiprocessing.get_context("spawn").Process(target=_stop_in_the_middle, args=(text, str(marker)))
    child.start()
    deadline = time.monotonic() + 60
    while not marker.exists():
        assert child.is_alive() and time.monotonic() < deadline
        time.sleep(0.02)
    child.kill()
    child.join()
    assert form(database) == (["name"], [], 1)
    again = empty()
    again.ensure([people(3)])
    assert form(again) == (["name", "age"], ["test_people_age"], 3)


def test_the_numbers_are_not_among_the_tables_that_a_reset_empties() -> None:
    assert versions.name not in metadata.tables
