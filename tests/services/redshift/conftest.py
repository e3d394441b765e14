"""A warehouse behind the wire, without the control plane: what psycopg and redshift_connector see."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import psycopg
import pytest

from wheatpaste.auth.certificates import Certificates
from wheatpaste.engines.pgwire.listener import Listener, bind
from wheatpaste.engines.pgwire.session import Session
from wheatpaste.engines.redshift.dialect.credentials import Credentials
from wheatpaste.engines.redshift.warehouse.cluster import Cluster, refuse_database
from wheatpaste.engines.redshift.warehouse.storage import Source
from wheatpaste.engines.supervisor import Supervisor


class Folder:
    """A folder that plays S3: s3://bucket/key is <folder>/bucket/key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, url: str, credentials: Credentials) -> list[Source]:
        wanted = url.removeprefix("s3://")
        files = sorted(p for p in self.folder.rglob("*") if p.is_file())
        found = [p for p in files if str(p.relative_to(self.folder)).startswith(wanted)]
        return [Source(f"s3://{p.relative_to(self.folder)}", p.stat().st_size, p) for p in found]

    def holding(self, sources: list[Source]) -> AbstractContextManager[None]:
        return nullcontext()

    def exists(self, url: str, credentials: Credentials) -> bool:
        return bool(self.find(url, credentials))

    def write(self, url: str, path: Path, credentials: Credentials) -> None:
        target = self.folder / url.removeprefix("s3://")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)

    def remove(self, url: str, credentials: Credentials) -> None:
        for source in self.find(url, credentials):
            source.path.unlink()

    def put(self, key: str, data: bytes | str) -> str:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return f"s3://{key}"


class Door:
    """``admin``, and who CREATE USER made."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def password(self, user: str, database: str) -> str | None:
        refuse_database(database, self.cluster.database)
        return "Secret99" if user == "admin" else self.cluster.password(user)

    def open(self, user: str, database: str, parameters: dict[str, str]) -> Session:
        return self.cluster.session(user, database)


@pytest.fixture(scope="session")
def door():
    """What makes the way into a cluster."""
    return Door


@pytest.fixture(scope="session")
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor()
    yield supervisor
    supervisor.close()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("s3"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cluster(supervisor: Supervisor, s3: Folder, home: Path) -> Iterator[Cluster]:
    cluster = Cluster(supervisor, home / "w.duckdb", "dev", s3, readable=[s3.folder])
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def listener(cluster: Cluster, home: Path) -> Iterator[Listener]:
    certificates = Certificates(home / "certificates")
    listener = Listener(bind(0, "127.0.0.1"), Door(cluster), lambda: certificates.ssl_context("127.0.0.1"))
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def dsn(listener: Listener) -> str:
    return f"host={listener.address} port={listener.port} user=admin password=Secret99 dbname=dev"


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def sql(connection: psycopg.Connection):
    """Run a statement; its rows, or None."""

    def run(text: str, parameters: object = None) -> list[tuple] | None:
        cursor = connection.execute(text, parameters)
        return cursor.fetchall() if cursor.description else None

    return run


@pytest.fixture
def fails(sql):
    """Run a statement that must fail; its SQLSTATE and message."""

    def run(text: str) -> tuple[str, str]:
        with pytest.raises(psycopg.Error) as caught:
            sql(text)
        return caught.value.sqlstate or "", str(caught.value)

    return run
