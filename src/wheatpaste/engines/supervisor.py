"""The server's side of the supervisor: spawn a child, wait for it, end it. Every method may be called from any thread."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

MAIN = Path(__file__).with_name("supervisor_main.py")
GONE = "the process that starts all others is gone, and they with it: start the server again (wheatpaste down, then wheatpaste up)"
START_TIMEOUT = 30.0  # seconds a busy machine may take to fork and execute


class SupervisorDied(RuntimeError):
    """The supervisor is gone, and every child with it: the server must be started again."""


@dataclass(frozen=True, slots=True)
class Exit:
    status: int  # the exit code, or minus the number of the signal that ended it
    peak: int  # bytes: the largest resident size of any one of its processes

    @property
    def signal(self) -> int | None:
        return -self.status if self.status < 0 else None


class Child:
    """A started program. `wait` and `poll` tell its exit once *nothing* that carries its tag runs any more."""

    def __init__(self, supervisor: Supervisor, number: int, tag: str) -> None:
        self.tag = tag
        self.pid = 0
        self._supervisor = supervisor
        self._number = number
        self._started: Future[int] = Future()
        self.done: Future[Exit] = Future()

    def wait(self, timeout: float | None = None) -> Exit:
        """Raises TimeoutError when it still runs after `timeout` seconds."""
        return self.done.result(timeout)

    def poll(self) -> Exit | None:
        return self.done.result() if self.done.done() else None

    def kill(self, grace: float = 5.0) -> None:
        """SIGTERM to everything that carries the tag, SIGKILL after `grace` seconds; returns at once."""
        if not self.done.done():
            self._supervisor._send({"op": "kill", "id": self._number, "grace": grace})


class Supervisor:
    """Start it before the process has a second thread."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(MAIN), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the server, which ends its children in order
                stdin=subprocess.DEVNULL,
                cwd="/",
            )
        self.pid = self._process.pid
        self._socket = ours
        self._sending = threading.Lock()
        self._numbers = count(1)
        self._children: dict[int, Child] = {}
        self._dead = False
        self._reader = threading.Thread(target=self._read, name="supervisor", daemon=True)
        self._reader.start()

    def spawn(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        tag: str,
        cwd: str | Path | None = None,
        stdout: str | Path | None = None,
        stderr: str | Path | None = None,
        stdin: str | Path | None = None,
        fds: Sequence[int] = (),
        nice: int = 0,
        limits: Mapping[str, int] | None = None,
    ) -> Child:
        """Start a program in a session of its own, with exactly `env` plus `WHEATPASTE_RUN=<tag>`.

        Output files are appended to; without one it is thrown away. `fds` become 3, 4, … in the child (ours stay open). `limits`:
        memory (address space), files, cpu (seconds), file_size. Raises OSError when the program cannot be started.
        """
        child = Child(self, next(self._numbers), tag)
        request = {
            "op": "spawn",
            "id": child._number,
            "tag": tag,
            "argv": [str(word) for word in argv],
            "env": dict(env),
            "cwd": str(cwd) if cwd else None,
            "stdin": str(stdin) if stdin else None,
            "stdout": str(stdout) if stdout else None,
            "stderr": str(stderr) if stderr else None,
            "nice": nice,
            "limits": dict(limits or {}),
        }
        self._children[child._number] = child
        try:
            self._send(request, fds)
            child.pid = child._started.result(START_TIMEOUT)
        except BaseException:
            self._children.pop(child._number, None)
            raise
        return child

    def children(self) -> list[Child]:
        return list(self._children.values())

    def close(self, timeout: float = 15.0) -> None:
        """End every child and the supervisor itself."""
        self._socket.shutdown(socket.SHUT_WR)
        self._process.wait(timeout)
        self._reader.join(timeout)
        self._socket.close()

    def _send(self, request: dict[str, Any], fds: Sequence[int] = ()) -> None:
        body = json.dumps(request).encode()
        with self._sending:
            if self._dead:
                raise SupervisorDied(GONE)
            try:
                socket.send_fds(self._socket, [len(body).to_bytes(4, "big")], list(fds))
                self._socket.sendall(body)
            except OSError as error:
                raise SupervisorDied(f"{GONE}: {error}") from error

    def _read(self) -> None:
        with os.fdopen(os.dup(self._socket.fileno()), "rb") as stream:
            while len(head := stream.read(4)) == 4:
                self._told(json.loads(stream.read(int.from_bytes(head, "big"))))
        with self._sending:
            self._dead = True
        for child in list(self._children.values()):
            self._lost(child)

    def _told(self, message: dict[str, Any]) -> None:
        child = self._children.get(message["id"])
        if child is None:
            return
        if "pid" in message:
            child._started.set_result(message["pid"])
        elif "error" in message:
            child._started.set_exception(OSError(message["errno"], message["error"]))
        else:
            del self._children[message["id"]]
            child.done.set_result(Exit(message["exit"], message["peak"]))

    def _lost(self, child: Child) -> None:
        gone = SupervisorDied(GONE)
        for future in (child._started, child.done):
            if not future.done():
                future.set_exception(gone)
        self._children.pop(child._number, None)
