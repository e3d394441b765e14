"""One cluster's or workgroup's warehouse: its file, its worker and the sessions on it."""

from pathlib import Path
from typing import TYPE_CHECKING

from wheatpaste.engines.duckdb.warehouse import Settings, Warehouse, WarehouseError
from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse import errors, macros, tables, views
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.storage import Lake, Storage
from wheatpaste.engines.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Sequence

MEMORY = 1 << 30


class Cluster:
    """A warehouse as its sessions see it; ``storage`` is how COPY and UNLOAD reach S3, ``lake`` is the Data Catalog."""

    def __init__(
        self,
        supervisor: Supervisor,
        file: Path,
        database: str,
        storage: Storage,
        readable: "Sequence[Path]" = (),
        memory: int = MEMORY,
        threads: int = 2,
        admin: str = "admin",
        lake: Lake | None = None,
    ) -> None:
        self.database = database
        self.file_name = database
        self.storage = storage
        self.lake = lake
        self.has_late: bool | None = None  # whether there are late-binding views; None: not asked yet
        self.has_external: bool | None = None  # whether there are external schemas; None: not asked yet
        self.stage = file.with_suffix(".stage")
        self.own_schemas: set[str] = set()  # schemas that are named like a user ($user in the search path)
        self.stage.mkdir(parents=True, exist_ok=True)
        self._live: set[Session] = set()
        self._engine = Warehouse(
            supervisor,
            Settings(
                file=file,
                name=database,
                directories=[self.stage, *readable],
                memory=memory,
                threads=threads,
                prelude=["SET GLOBAL integer_division = true", "SET GLOBAL TimeZone = 'UTC'", *macros.statements()],
                setup=[*qualified(database), *views.statements(database, admin)],
                start=[f'USE "{database}".public', f"SET search_path = '{database}.public,memory.main'"],
                log=file.with_suffix(".log"),
            ),
        )

    def session(self, user: str, database: str, process: int = 0) -> Session:
        """A new session. Raises SqlError when the warehouse cannot be opened."""
        try:
            engine = self._engine.session()
        except WarehouseError as error:
            raise errors.translate(error) from error
        session = Session(self, engine, user, database, process)
        self._live.add(session)
        return session

    def password(self, user: str) -> str | None:
        """The digest of a user made by CREATE USER; None when there is none, or none that may come in."""
        rows = self._users(user, "(valid_until IS NULL OR valid_until > CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP))")
        return (rows[0][0] or None) if rows else None

    def has_user(self, user: str) -> bool:
        """Whether CREATE USER made a user."""
        return bool(self._users(user, "true"))

    def _users(self, user: str, condition: str) -> list[list[str | None]]:
        session = self.session("rdsdb", self.database)
        try:
            return session.rows(f"SELECT password FROM {INTERNAL}.users WHERE name = {quoted(user)} AND {condition}")
        finally:
            session.close()

    def left(self, session: Session) -> None:
        """A session ended."""
        self._live.discard(session)

    @property
    def worker(self) -> int:
        """The process id of the worker; 0 when none runs."""
        return self._engine.pid

    @property
    def sessions(self) -> list[Session]:
        """Those that are open."""
        return list(self._live)

    def close(self) -> None:
        """End the worker; the file stays."""
        self._engine.close()


def qualified(database: str) -> list[str]:
    """The catalog tables' statements, in the warehouse's file."""
    return [f'USE "{database}"', *tables.statements()]


def refuse_database(wanted: str, have: str) -> None:
    """Raise SqlError for a database that a cluster does not have."""
    if wanted != have:
        raise SqlError("3D000", f'database "{wanted}" does not exist', severity="FATAL")
