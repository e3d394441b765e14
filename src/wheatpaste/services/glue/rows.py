"""Two things that every noun of the catalog does with its rows: find one by its key, and insert what may be there already."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from wheatpaste.call import Call
from wheatpaste.services.glue.scope import place

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # ON CONFLICT is theirs, not standard SQL


@cache
def _by(table: Table, *names: str) -> Select[Any]:
    """The statement for ``find``: built once, since building takes longer than running it."""
    return select(table).where(*(table.c[name] == bindparam(name) for name in ("account", "region", *names)))


def find(call: Call, table: Table, **keys: Any) -> Row[Any] | None:
    """The row of the call's account and region whose columns have these values (its key), or None."""
    return call.db.execute(_by(table, *keys), place(call, **keys)).one_or_none()


@cache
def _insert(table: Table, dialect: str, key: str) -> Any:
    return INSERTS[dialect](table).on_conflict_do_nothing().returning(table.c[key])


def insert_new(call: Call, table: Table, rows: Sequence[dict[str, Any]], key: str = "name") -> set[str]:
    """Insert rows; the ``key`` column of those that were, without those whose primary key the table already has."""
    return set(call.db.execute(_insert(table, call.db.dialect.name, key), list(rows)).scalars()) if rows else set()
