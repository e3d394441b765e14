"""What both databases can hold as text: everything but U+0000.

PostgreSQL's text cannot hold it; SQLite stores it, and then its LIKE, GLOB and length end there. So neither is given one: what came from a
client is answered as a bad request on both. AWS shapes are not concerned: a ``Body`` is JSON, in which the character is an escape.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from wheatpaste.wire.errors import ValidationError


def refuse_nul(parameters: Any) -> None:
    """Raise ValidationError for a statement's parameters with a text that holds U+0000."""
    values: Iterable[Any] = parameters.values() if isinstance(parameters, Mapping) else parameters
    for value in values:
        if type(value) is str and "\0" in value:
            raise ValidationError("The character U+0000 cannot be part of a name, a key or a tag.")


class Connection(sqlite3.Connection):
    """SQLite's connection that lets no U+0000 pass."""

    def cursor(self, factory: Any = None) -> Any:
        """A new cursor."""
        return super().cursor(Cursor)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement (through no cursor of Python's)."""
        refuse_nul(parameters)
        return super().execute(sql, parameters)


class Cursor(sqlite3.Cursor):
    """Its cursor."""

    def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":
        """Run a statement."""
        refuse_nul(parameters)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> "Cursor":
        """Run a statement for each set of parameters."""
        sets = list(parameters)
        for each in sets:
            refuse_nul(each)
        return super().executemany(sql, sets)


def check_postgres(_connection: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, executemany: bool) -> None:
    """The same before a statement goes to PostgreSQL (an event of SQLAlchemy's engine)."""
    for each in parameters if executemany else (parameters,):
        refuse_nul(each)
