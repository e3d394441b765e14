"""The child process that owns one warehouse file: DuckDB, with a thread and a connection for each session.

Started as ``python -m wheatpaste.engines.duckdb.warehouse_worker <settings as JSON>`` with the control socket as descriptor 3. The control
socket brings the descriptors of new sessions and the interrupts; when it closes, the worker ends.
"""

import contextlib
import json
import os
import pickle
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import duckdb

from wheatpaste.engines.duckdb import warehouse_frames as frames
from wheatpaste.engines.pgwire.values import encode_rows

CONTROL_FD = 3
BATCH = 2048  # rows that are encoded at once
PATIENCE = 15.0  # seconds to wait for the file


def quoted(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def open_warehouse(settings: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The warehouse's database, with everything of the machine out of the reach of its SQL."""
    root = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    for statement in settings["prelude"]:
        root.execute(statement)
    name = quoted_name(settings["name"])
    attach(root, f"ATTACH {quoted(settings['file'])} AS {name} (STORAGE_VERSION 'v1.4.0')")
    root.execute(f"USE {name}")
    for setting, value in (
        ("memory_limit", quoted(f"{settings['memory'] // 2**20}MiB")),
        ("threads", str(settings["threads"])),
        ("temp_directory", quoted(settings["spill"])),
        ("preserve_insertion_order", "false"),
        ("default_null_order", "'nulls_last'"),  # PostgreSQL's: last when ascending, first when descending
        ("allowed_directories", "[" + ", ".join(quoted(d) for d in settings["directories"]) + "]"),
    ):
        root.execute(f"SET GLOBAL {setting} = {value}")
    for statement in settings["setup"]:
        root.execute(statement)
    root.execute("SET GLOBAL allowed_configs = ['TimeZone']")
    root.execute("SET GLOBAL enable_external_access = false")
    root.execute("SET GLOBAL lock_configuration = true")
    return root


def attach(root: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Attach the file; a worker that is just ending (its server was killed) may hold it for a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            root.execute(sql)
            return
        except duckdb.IOException as error:
            if "lock" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def quoted_name(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class Rows:
    """One statement's rows: streamed, or put aside on disk when the connection is needed for something else."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, spill: str) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = connection
        self._spill = spill
        self._kept: IO[bytes] | None = None
        self._ready: list[Any] = []  # read from disk, not given out yet
        self._lost: Exception | None = None  # why they could not be put aside

    def take(self, count: int) -> list[Any]:
        """The next rows, at most ``count``."""
        if self._lost is not None:
            raise self._lost
        if self._connection is not None:
            return list(self._connection.fetchmany(count))
        if not self._ready and self._kept is not None:
            self._ready = self._read(self._kept)
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken

    def keep(self) -> None:
        """Put aside what is left: the connection's next statement would end the stream. What cannot be (a cancellation) is lost."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._kept = tempfile.SpooledTemporaryFile(max_size=1 << 20, dir=self._spill)  # noqa: SIM115 - closed in drop
        try:
            while rows := connection.fetchmany(BATCH):
                pickle.dump(rows, self._kept, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            self._lost = error
            raise
        self._kept.seek(0)

    def drop(self) -> None:
        """Forget them, on disk too."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _read(self, file: IO[bytes]) -> list[Any]:
        try:
            rows: list[Any] = pickle.load(file)
        except EOFError:
            return []
        return rows


class Session(threading.Thread):
    """One client's session: its connection (so its transaction), and the results it has open."""

    def __init__(self, channel: socket.socket, connection: duckdb.DuckDBPyConnection, spill: str) -> None:
        super().__init__(daemon=True)
        self._spill = spill
        self.connection = connection
        self._channel = channel
        self._open: dict[int, Rows] = {}
        self._streaming: Rows | None = None
        self._cut = False  # whether somebody asked for the interrupt of what runs
        self._request = 0  # the number of what runs
        self._turn = threading.Lock()  # between two requests, so that an interrupt reaches its own
        self._operations: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], bytes]]] = {
            "execute": self._execute,
            "fetch": self._fetch,
            "drop": self._drop,
            "register": self._register,
            "files": self._files,
        }

    def run(self) -> None:
        """Answer frames until the channel closes; an open transaction is rolled back with its connection."""
        while (frame := frames.receive(self._channel)) is not None:
            request, _ = frame
            self._turn_to(request["number"])
            try:
                answer = self._operations[request["op"]](request)
            except duckdb.Error as error:
                answer = {"kind": self._kind(error), "error": str(error)}, b""
            except Exception as error:  # noqa: BLE001 - it is the caller's to see, not the end of the session
                answer = {"kind": "Failure", "error": f"{type(error).__name__}: {error}"}, b""
            self._turn_to(0)
            if not self._tell(answer):
                break
        self._channel.close()
        self.connection.close()

    def _turn_to(self, request: int) -> None:
        with self._turn:
            self._request, self._cut = request, False

    def interrupt(self, request: int | None = None) -> None:
        """Cut this request if it runs now (None: any); a session that has just ended has nothing to cut."""
        with self._turn:
            if request is None or request == self._request:
                self._cut = True
                with contextlib.suppress(duckdb.ConnectionException):
                    self.connection.interrupt()

    def _kind(self, error: duckdb.Error) -> str:
        """The error's name.

        DuckDB 1.5 (seen in November 2026, on a busy machine): when one thread of a streamed query fails, its reader may be told only of
        the interrupt by which the others are stopped; and one that is interrupted between two fetches, of a result that is closed.
        """
        if self._cut:
            return str(duckdb.InterruptException.__name__)
        if isinstance(error, duckdb.InterruptException):
            return "UnnamedFailure"
        return type(error).__name__

    def _tell(self, answer: tuple[dict[str, Any], bytes]) -> bool:
        try:
            frames.send(self._channel, *answer)
        except OSError:  # the client's end is closed: it left while its statement ran
            return False
        return True

    def _put_aside(self) -> None:
        """Free the connection of a result that is read as it comes; the statement that wants it may be cancelled meanwhile."""
        streaming, self._streaming = self._streaming, None
        if streaming is not None:
            streaming.keep()

    def _execute(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        self._put_aside()
        cursor = self.connection.execute(request["sql"])
        columns = [[name, str(kind)] for name, kind, *_ in cursor.description or []]
        if not request["rows"]:
            row = cursor.fetchone() if columns else None
            return {"count": row[0] if row and columns[0][0] == "Count" else 0}, b""
        self._streaming = self._open[request["result"]] = Rows(cursor, self._spill)
        return {"columns": columns}, b""

    def _register(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Show a table of the lake as a temporary view."""
        from wheatpaste.engines.duckdb.lake_tables import LakeTable, register

        self._put_aside()
        for relation in request["forget"]:
            self._forget(relation)
        register(self.connection, LakeTable.read(request["table"]))
        return {}, b""

    def _files(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Work on files that DuckDB does not do."""
        from wheatpaste.engines.redshift.transfer.files import WORK

        return {"answer": WORK[request["work"]](**request["parameters"])}, b""

    def _forget(self, relation: str) -> None:
        """Drop what ``register`` made; a rolled back transaction may have done so before."""
        self.connection.execute(f"DROP VIEW IF EXISTS temp.main.{quoted_name(relation)}")
        names = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'temp' AND starts_with(table_name, ?)"
        for (name,) in self.connection.execute(names, [f"{relation}_"]).fetchall():
            self.connection.execute(f"DROP TABLE temp.main.{quoted_name(name)}")

    def _fetch(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        result = self._open.get(request["result"])
        rows = result.take(min(request["count"], BATCH)) if result is not None else []
        if not rows:
            self._drop(request)
        return {"rows": len(rows)}, encode_rows(rows, request["oids"], request["formats"])

    def _drop(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        dropped = self._open.pop(request["result"], None)
        if dropped is not None:
            dropped.drop()
        if dropped is self._streaming:
            self._streaming = None
        return {}, b""


def serve(control: socket.socket, root: duckdb.DuckDBPyConnection, start: list[str], spill: str) -> None:
    """Open and interrupt sessions as the control socket says, until it closes; what runs then is interrupted."""
    sessions: dict[int, Session] = {}
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, frames.CONTROL.size, 1)
        if not message:
            for session in sessions.values():
                session.interrupt()
            return
        kind, number, request = frames.CONTROL.unpack(message)
        if kind == b"o":
            connection = root.cursor()
            for statement in start:
                connection.execute(statement)
            sessions[number] = Session(socket.socket(fileno=descriptors[0]), connection, spill)
            sessions[number].start()
        elif number in sessions:
            sessions[number].interrupt(request)
        sessions = {n: s for n, s in sessions.items() if s.is_alive()}


def main() -> None:
    """Run until the control plane closes the control socket."""
    settings = json.loads(sys.argv[1])
    Path(settings["spill"]).mkdir(parents=True, exist_ok=True)
    control = socket.socket(fileno=CONTROL_FD)
    try:
        root = open_warehouse(settings)
    except duckdb.Error as error:
        control.sendall(b"E" + str(error).encode())
        raise
    control.sendall(b"R")
    serve(control, root, settings["start"], settings["spill"])
    try:
        root.execute("CHECKPOINT")
    except duckdb.Error as error:
        print(f"the log was not folded into the file: {error}", file=sys.stderr)  # it is read at the next start
    os._exit(0)  # sessions still in DuckDB's hands must not keep the file


if __name__ == "__main__":
    main()
