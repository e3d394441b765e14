"""Two things that every noun of the catalog does with its rows: find one by its key, and insert what may be there already."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, Table, bindparam, select

from wheatpaste.call import Call
from wheatpaste.scope import place
from wheatpaste.store.prepared import Prepared
from wheatpaste.store.upsert import INSERTS


@cache
def _by(table: Table, *names: str) -> Prepared:
    """The statement for ``find``: built once, since building takes longer than running it."""
    return Prepared(select(table).where(*(table.c[name] == bindparam(name) for name in ("account", "region", *names))))


def find(call: Call, table: Table, **keys: Any) -> Row[Any] | None:
    """The row of the call's account and region whose columns have these values (its key), or None."""
    return _by(table, *keys).one_or_none(call.db, place(call, **keys))


@cache
def _insert(table: Table, dialect: str, key: str) -> Any:
    return INSERTS[dialect](table).on_conflict_do_nothing().returning(table.c[key])


@cache
def _insert_one(table: Table, dialect: str, key: str, columns: tuple[str, ...]) -> Prepared:
    return Prepared(_insert(table, dialect, key), columns)


def insert_new(call: Call, table: Table, rows: Sequence[dict[str, Any]], key: str = "name") -> set[str]:
    """Insert rows; the ``key`` column of those that were, without those whose primary key the table already has."""
    dialect = call.db.dialect.name
    if len(rows) == 1:
        return {getattr(row, key) for row in _insert_one(table, dialect, key, tuple(rows[0])).all(call.db, rows[0])}
    return set(call.db.execute(_insert(table, dialect, key), list(rows)).scalars()) if rows else set()
