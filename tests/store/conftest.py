"""The two databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wheatpaste.store.db import Database, PostgresDatabase, SQLiteDatabase


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """``empty()`` opens a database of this test's own, which begins empty; called again, it opens the same one once more."""
    opened: list[Database] = []
    if request.param == "postgres":
        own = request.getfixturevalue("empty_postgres")()

    def make() -> Database:
        opened.append(SQLiteDatabase(tmp_path / "own.db") if request.param == "sqlite" else PostgresDatabase(own))
        return opened[-1]

    yield make
    for database in opened:
        database.close()
