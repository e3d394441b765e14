"""Numbered, forward-only migrations, a table at a time (docs/decisions/0004-migrations.md).

A table is made in its newest form when its service is first used, so each has a number of its own, kept in ``schema_versions``. A table
that changed says in its declaration how older ones get there; its number is one more than its steps::

    people = Table(
        "crm_people",
        metadata,
        ...,
        info=steps(
            Step("names are listed", ["CREATE INDEX crm_people_name ON crm_people (account, region, name)"]),  # 1 → 2
        ),
    )

A step never changes once a home may have run it. All steps that a home lacks run in one transaction with the number they reach, on SQLite
and PostgreSQL alike: a server that dies in the middle leaves the old form, and the next one starts again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, insert, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from wheatpaste.store.numbers_generated import NUMBERS

Statement: TypeAlias = str | Mapping[str, str] | Callable[[Connection], Any]
"""SQL for both databases, or by dialect name ("sqlite", "postgresql"), or a function that runs inside the transaction."""

LOCK = 0x77686561  # PostgreSQL: of two control planes that start at once, one migrates

versions = Table(  # not among the services' tables: emptying those (App.reset) leaves the numbers, which are of the tables
    "schema_versions", MetaData(), Column("name", Text, primary_key=True), Column("number", Integer, nullable=False)
)


class SchemaError(Exception):
    """The database cannot be used as it is; the message says why and what to do."""


class NewerHomeError(SchemaError):
    """A newer wheatpaste made the database: this one would misread it."""


class MigrationError(SchemaError):
    """A step failed: the database is as it was."""


@dataclass(frozen=True)
class Step:
    """From one number to the next: why, in a few words, and what is run."""

    why: str
    statements: Sequence[Statement]

    def run(self, connection: Connection) -> None:
        """Run the statements in order."""
        for statement in self.statements:
            if isinstance(statement, Mapping):
                statement = statement[connection.dialect.name]
            if isinstance(statement, str):
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})  # a % is a %
            else:
                statement(connection)


def steps(*each: Step) -> dict[Any, Any]:
    """A table's ``info``: how older ones became what is declared."""
    return {"steps": each}


def steps_of(table: Table) -> tuple[Step, ...]:
    """What a table declares."""
    found: tuple[Step, ...] = table.info.get("steps", ())
    return found


def number_of(table: Table) -> int:
    """The number of a table's declared form."""
    return 1 + len(steps_of(table))


def numbers(connection: Connection) -> dict[str, int] | None:
    """The tables that the database has, with the number of each; None for a database without numbers."""
    if not inspect(connection).has_table(versions.name):
        return None
    return {row.name: row.number for row in connection.execute(select(versions))}


def behind(found: Mapping[str, int] | None, tables: Iterable[Table]) -> bool:
    """Whether ``settle`` has something to do; NewerHomeError for a database that a newer wheatpaste made."""
    tables = list(tables)
    _refuse_newer(found or {}, tables)
    return found is None or any(found.get(table.name) != number_of(table) for table in tables)


def settle(connection: Connection, tables: Iterable[Table]) -> None:
    """Make ``tables`` what they declare, inside the connection's transaction: create what is missing, then bring on what is older."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    found = numbers(connection)
    if found is None:
        found = _first(connection)
    if not behind(found, tables := list(tables)):
        return  # another control plane was faster
    for table in tables:
        if table.name not in found:
            table.create(connection)
            connection.execute(insert(versions).values(name=table.name, number=number_of(table)))
    for table in tables:
        _bring_on(connection, table, found.get(table.name, number_of(table)))


def _first(connection: Connection) -> dict[str, int]:
    """Begin the numbers; tables that are older than numbers are there in their first form."""
    found = dict.fromkeys(inspect(connection).get_table_names(), 1)
    versions.create(connection)
    for name in found:
        connection.execute(insert(versions).values(name=name, number=1))
    return found


def _bring_on(connection: Connection, table: Table, number: int) -> None:
    for step in steps_of(table)[number - 1 :]:
        try:
            step.run(connection)
        except SQLAlchemyError as error:
            raise MigrationError(
                f"{table.name} could not go from {number} to {number + 1} ({step.why}), nothing was changed: {error}"
            ) from error
        number += 1
        connection.execute(update(versions).where(versions.c.name == table.name).values(number=number))


def _refuse_newer(found: Mapping[str, int], tables: Iterable[Table]) -> None:
    known = {**NUMBERS, **{table.name: number_of(table) for table in tables}}
    newer = [f"{name} {number} for {known.get(name, 1)}" for name, number in sorted(found.items()) if number > known.get(name, 1)]
    if newer:
        raise NewerHomeError(
            f"the database was made by a newer wheatpaste ({', '.join(newer)}): upgrade wheatpaste, or choose another --home"
        )
