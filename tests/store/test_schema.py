"""No table changes without a migration, and every form that homes may have becomes the newest."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Index, MetaData, Table, Text, inspect
from tools.generate_schema import ROOT, missing, numbers, problems, recorded, statements, tables

from wheatpaste.store.db import Database
from wheatpaste.store.migrations import Step, number_of, steps, versions

OLDER = sorted((name, number) for name, number in recorded() if number < max(n for other, n in recorded() if other == name))


def test_every_table_is_recorded_and_none_changed_without_a_step() -> None:
    found = subprocess.run([sys.executable, ROOT / "tools/generate_schema.py", "--check"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def declared(*columns: str, listed: bool = False, **info: Any) -> Table:
    indexes = [Index("test_form_b", "b")] if listed else []
    return Table("test_form", MetaData(), Column("a", Text, primary_key=True), *(Column(name, Text) for name in columns), *indexes, **info)


@pytest.mark.parametrize("changed", [declared("b", "c"), declared("b", listed=True), declared()])
def test_a_change_without_a_step_is_found(changed: Table) -> None:
    found = missing({}, [declared("b")])
    assert problems(found, [declared("b")]) == []
    assert "test_form changed, but its number is still 1: add a Step" in problems(found, [changed])[0]
    with_step = declared("b", "c", info=steps(Step("c is there", ["ALTER TABLE test_form ADD COLUMN c TEXT"])))
    assert problems(found, [with_step]) == []
    assert list(missing(found, [with_step])) == [("test_form", 2)]
    assert '"test_form": 2' in numbers([with_step])
    assert "steps are never removed" in problems({**found, **missing(found, [with_step])}, [declared("b")])[0]


def form(connection: Connection, name: str) -> Any:
    """Columns, primary key and indexes as the database has them."""
    found = inspect(connection)
    columns = {c["name"]: (str(c["type"]), c["nullable"], str(c["default"]).strip("'").split("::")[0]) for c in found.get_columns(name)}
    of_what = ("sqlite_where", "postgresql_where")
    indexes = {
        each["name"]: (each["column_names"], each["unique"], *(str(each.get("dialect_options", {}).get(name)) for name in of_what))
        for each in found.get_indexes(name)
    }
    return columns, found.get_pk_constraint(name)["constrained_columns"], indexes


@pytest.mark.parametrize(("name", "number"), OLDER)
def test_an_older_form_becomes_the_newest(name: str, number: int, empty: Callable[[], Database]) -> None:
    database, text = empty(), recorded()[name, number]
    (table,) = (each for each in tables() if each.name == name)

    def old(connection: Connection) -> None:
        for statement in statements(text, connection.dialect.name):
            connection.exec_driver_sql(statement)
        versions.create(connection)
        connection.execute(versions.insert().values(name=name, number=number))

    database.write(old)
    database.ensure([table])
    migrated = database.write(lambda c: form(c, name))
    fresh = database.write(lambda c: (table.drop(c), table.create(c)) and form(c, name))
    assert number_of(table) > number
    assert migrated == fresh
