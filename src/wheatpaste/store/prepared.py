"""Statements whose SQL and converters are made once.

SQLAlchemy takes 60–90 µs around a statement for which SQLite takes 5: that is most of a short call. A ``Prepared`` goes to SQLite's driver
itself with what SQLAlchemy compiled; on PostgreSQL, where the network costs more than either, it is executed as usual. For the handful of
statements that the most frequent operations run; everything else uses ``connection.execute``.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Row, Select, TextClause, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
Statement = Select[Any] | Insert | Update | Delete | TextClause
_DIALECT = sqlite.dialect(paramstyle="qmark")


class Prepared:
    """One SELECT, INSERT, UPDATE or DELETE; its parameters are the statement's ``bindparam``s, or the columns of an INSERT."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None = None) -> None:
        """``columns``: those that an INSERT is given (default: all of its table but a number that the database counts)."""
        self._statement = statement
        self._columns = columns
        self._made: _Sqlite | None = None

    def one_or_none(self, db: Connection, values: dict[str, Any]) -> Row[Any] | None:
        """The row of a read by key, or None."""
        if db.dialect.name != "sqlite":
            return db.execute(self._statement, values).one_or_none()
        rows = self._run(db, values).fetchmany(2)
        if len(rows) > 1:
            raise AssertionError("a read by key found two rows")
        return self._of_sqlite.row(rows[0]) if rows else None

    def one(self, db: Connection, values: dict[str, Any]) -> Row[Any]:
        """The row of a read whose key is known to be there."""
        row = self.one_or_none(db, values)
        if row is None:
            raise AssertionError(f"no row for {sorted(values)}")
        return row

    def all(self, db: Connection, values: dict[str, Any]) -> Sequence[Row[Any]]:
        """Every row of a read, or of RETURNING."""
        if db.dialect.name != "sqlite":
            return db.execute(self._statement, values).all()
        return self._of_sqlite.rows(self._run(db, values).fetchall())

    def run(self, db: Connection, values: dict[str, Any]) -> int:
        """Execute a statement that gives no rows; how many it changed."""
        if db.dialect.name != "sqlite":
            return db.execute(self._statement, values).rowcount
        return self._run(db, values).rowcount

    @property
    def _of_sqlite(self) -> "_Sqlite":
        if self._made is None:
            self._made = _Sqlite(self._statement, self._columns)
        return self._made

    def _run(self, db: Connection, values: dict[str, Any]) -> sqlite3.Cursor:
        made = self._of_sqlite
        driver: sqlite3.Connection = db.connection.driver_connection  # type: ignore[assignment]
        given = made.parameters(values)
        try:
            return driver.execute(made.sql, given)
        except sqlite3.Error as error:  # what callers and the edge know is SQLAlchemy's
            raise DBAPIError.instance(made.sql, given, error, sqlite3.Error, dialect=_DIALECT) from error


class _Sqlite:
    """What SQLAlchemy compiled a statement to."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None) -> None:
        if columns is None and isinstance(statement, Insert):
            columns = [c.name for c in statement.table.columns if c is not statement.table._autoincrement_column]
        compiled: Any = statement.compile(dialect=_DIALECT, column_keys=columns)
        self.sql = str(compiled)
        fixed, into = compiled.params, compiled._bind_processors
        self._slots: list[tuple[str, Any, Convert | None]] = [(name, fixed[name], into.get(name)) for name in compiled.positiontup]
        results = compiled._result_columns
        self._row: Any = namedtuple("Row", [each.keyname for each in results]) if results else None
        out = [(at, each.type._cached_result_processor(_DIALECT, None)) for at, each in enumerate(results)]
        self._out: list[tuple[int, Convert]] = [(at, convert) for at, convert in out if convert is not None]

    def parameters(self, values: dict[str, Any]) -> list[Any]:
        """The values in the order of the statement's question marks."""
        return [
            convert(values.get(name, fixed)) if convert is not None else values.get(name, fixed) for name, fixed, convert in self._slots
        ]

    def rows(self, found: list[tuple[Any, ...]]) -> list[Any]:
        """``row`` of each."""
        return list(map(self.row if self._out else self._row._make, found))

    def row(self, found: tuple[Any, ...]) -> Any:
        """A row with its columns as attributes."""
        values = list(found)
        for at, convert in self._out:
            values[at] = convert(values[at])
        return self._row._make(values)
