"""The warehouses of a server: which listen, on what address, and who may come in. Services reach it by ``warehouses(app)``."""

import logging
import shutil
import socket
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select, update

from wheatpaste.engines.pgwire.listener import Listener, bind
from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.schema import credentials
from wheatpaste.engines.redshift.schema import warehouses as table

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.engines.redshift.warehouse.cluster import Cluster
    from wheatpaste.engines.redshift.warehouse.session import Session

log = logging.getLogger(__name__)
SHARE = 8  # a warehouse gets this part of the machine's memory


@dataclass(frozen=True)
class Key:
    """Which warehouse."""

    account: str
    region: str
    kind: str  # cluster | workgroup
    name: str

    def where(self, of: Any) -> Any:
        """The WHERE clause of the warehouse's rows in a table."""
        return (of.c.account == self.account) & (of.c.region == self.region) & (of.c.kind == self.kind) & (of.c.name == self.name)


class Warehouses:
    """The open ones of this server."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._lock = threading.RLock()
        self._listeners: dict[Key, Listener] = {}
        self._clusters: dict[Key, Cluster] = {}
        self._processes = count(1073741824 // 1000)

    def row(self, key: Key) -> Row[Any] | None:
        """What the database says of a warehouse."""
        return self._app.db.read(lambda c: find(c, key))

    def open(self, key: Key) -> tuple[str, int]:
        """Listen; the address and the port, which are kept from then on. Raises KeyError when there is no such warehouse."""
        with self._lock:
            row = self.row(key)
            if row is None:
                raise KeyError(key.name)
            if key not in self._listeners:
                bound = self._bind(row)
                log.info("TLS clients of warehouse %s trust %s", row.name, self._app.certificates.authority)  # which this makes
                self._listeners[key] = Listener(
                    bound, Door(self, key), lambda: self._app.certificates.ssl_context(self._listeners[key].address)
                )
                address, port = bound.getsockname()[:2]
                if (address, port) != (row.address, row.port):
                    self._app.db.write(lambda c: c.execute(update(table).where(key.where(table)).values(address=address, port=port)))
            listener = self._listeners[key]
            return str(listener.address), int(listener.port)

    def _bind(self, row: Row[Any]) -> socket.socket:
        try:
            return bind(row.port, row.address)
        except OSError:
            log.warning("the address %s:%s of warehouse %s is taken: it gets another", row.address, row.port, row.name)
            return bind(row.port)

    def shut(self, key: Key) -> None:
        """Stop listening and end the worker; the file stays."""
        with self._lock:
            listener, cluster = self._listeners.pop(key, None), self._clusters.pop(key, None)
        if listener is not None:
            listener.close()
        if cluster is not None:
            cluster.close()

    def remove(self, key: Key, file: str) -> None:
        """Stop, and delete the file."""
        self.shut(key)
        for path in self.folder.glob(f"{file}.*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def session(self, key: Key, user: str, database: str, named: bool = False) -> "Session":
        """A session of a user who is known already, or who must be one of the database's own when ``named``. Raises SqlError when the
        warehouse, the database or that user is not there."""
        row = self.row(key)
        if row is None or not row.open:
            raise SqlError("57P03", f"the warehouse {key.name} is not available", severity="FATAL")
        if database != row.database:
            raise SqlError("3D000", f'database "{database}" does not exist', severity="FATAL")
        cluster = self._cluster(key, row)
        if named and user != row.admin and not cluster.has_user(user) and self._temporary(key, f"IAMA:{user}") is None:
            raise SqlError("28000", f'user "IAM:{user}" does not exist', severity="FATAL")  # in the words of GetClusterCredentials' user
        return cluster.session(user, database, next(self._processes))

    def password(self, key: Key, user: str) -> str | None:
        """The password that a user must know: the administrator's, a temporary one's, or one made by CREATE USER."""
        row = self.row(key)
        if row is None:
            return None
        if user == row.admin:
            return self._app.secrets.open(row.password)
        found = self._temporary(key, user)
        if found is not None:
            return self._app.secrets.open(found.password) if found.expires > time.time() else None
        return self._cluster(key, row).password(user)

    def _temporary(self, key: Key, user: str) -> Row[Any] | None:
        """The last temporary password of a user; with AutoCreate (``IAMA:``) it made the user too."""
        wanted = select(credentials).where(key.where(credentials), credentials.c.user == user)
        return self._app.db.read(lambda c: c.execute(wanted).one_or_none())

    def start_all(self) -> None:
        """Listen again where the last server did."""
        for row in self._app.db.read(lambda c: c.execute(select(table).where(table.c.open == 1)).all()):
            self.open(Key(row.account, row.region, row.kind, row.name))

    def close(self) -> None:
        """The server ends."""
        for key in list(self._listeners) + list(self._clusters):
            self.shut(key)

    @property
    def folder(self) -> Path:
        """Where the files are."""
        folder = self._app.config.home / "warehouses"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _cluster(self, key: Key, row: Row[Any]) -> "Cluster":
        from wheatpaste.engines.budget import machine_memory
        from wheatpaste.engines.redshift.lake import Lake
        from wheatpaste.engines.redshift.objects import Objects
        from wheatpaste.engines.redshift.warehouse.cluster import Cluster

        with self._lock:
            if key not in self._clusters:
                app = self._app
                self._clusters[key] = Cluster(
                    app.supervisor,
                    self.folder / f"{row.file}.duckdb",
                    row.database,
                    Objects(app, key.account, key.region, row.roles.get("default") or ""),
                    readable=[app.blobs.root, app.blobs.cache],
                    memory=(app.config.memory or machine_memory()) // SHARE,
                    threads=app.config.cores or 2,
                    admin=row.admin,
                    lake=Lake(app, key.account, key.region, row.roles.get("default") or ""),
                )
            return self._clusters[key]


class Door:
    """The way into one warehouse."""

    def __init__(self, owner: Warehouses, key: Key) -> None:
        self._owner = owner
        self._key = key

    def password(self, user: str, database: str) -> str | None:
        """What the user must know."""
        row = self._owner.row(self._key)
        if row is not None and database != row.database:
            raise SqlError("3D000", f'database "{database}" does not exist', severity="FATAL")
        return self._owner.password(self._key, user)

    def open(self, user: str, database: str, parameters: dict[str, str]) -> "Session":
        """A session of an authenticated user."""
        return self._owner.session(self._key, user, database)


def find(db: Connection, key: Key) -> Row[Any] | None:
    """A warehouse's row."""
    return db.execute(select(table).where(key.where(table))).one_or_none()


def warehouses(app: "App") -> Warehouses:
    """The server's warehouses."""
    return app.engine("redshift", lambda: Warehouses(app))
