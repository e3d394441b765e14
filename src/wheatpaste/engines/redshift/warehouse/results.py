"""What running a statement gives: streamed rows, a few fixed rows, or only a tag."""

from collections.abc import Callable, Sequence
from typing import Any

from wheatpaste.engines.duckdb.warehouse import WarehouseError, WarehouseSession
from wheatpaste.engines.pgwire import values as v
from wheatpaste.engines.pgwire.messages import Column
from wheatpaste.engines.redshift.warehouse import errors


def columns_of(described: Sequence[tuple[str, str]]) -> list[Column]:
    """DuckDB's columns as PostgreSQL's."""
    return [Column(name, *v.type_of(kind)) for name, kind in described]


class Streamed:
    """The rows of a query, fetched from the worker as they are asked for."""

    def __init__(
        self,
        engine: WarehouseSession,
        result: int,
        columns: Sequence[Column],
        tag: str = "SELECT",
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._failed = failed
        self._result = result
        self._oids = [column.oid for column in columns]
        self.columns: Sequence[Column] | None = columns
        self.tag = tag

    def fetch(self, rows: int, formats: Sequence[int]) -> tuple[int, bytes]:
        """The next rows as DataRow messages."""
        try:
            return self._engine.fetch(self._result, rows, self._oids, formats)
        except WarehouseError as error:
            self._failed()
            raise errors.translate(error) from error

    def close(self) -> None:
        """Forget what is left."""
        self._engine.drop(self._result)


class Fixed:
    """A few rows that are known (SHOW)."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]], tag: str = "SHOW") -> None:
        self.columns: Sequence[Column] | None = columns
        self.tag = tag
        self._rows = list(rows)

    def fetch(self, rows: int, formats: Sequence[int]) -> tuple[int, bytes]:
        """The next rows as DataRow messages."""
        taken, self._rows = self._rows[:rows], self._rows[rows:]
        return len(taken), v.encode_rows(taken, [column.oid for column in self.columns or ()], formats)

    def close(self) -> None:
        """Forget what is left."""
        self._rows = []


class Command:
    """A statement without rows: its tag, and how many rows it changed."""

    columns: Sequence[Column] | None = None

    def __init__(self, tag: str, changed: int = -1) -> None:
        self.tag = tag
        self.changed = changed

    def fetch(self, rows: int, formats: Sequence[int]) -> tuple[int, bytes]:
        """No rows."""
        return 0, b""

    def close(self) -> None:
        """Nothing to forget."""
