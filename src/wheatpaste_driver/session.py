"""An interactive session: statement after statement in one `__main__`, in the process's main thread, until the server hangs up.

The server and we speak lines of JSON over a local connection, whose place and secret are in a file that only this user can read. It
says `{"run": id, "code": text}` and `{"cancel": id}`; we answer `{"done": id, "status": "ok" | "error" | "cancelled", "text": …}`, an
error with `name`, `value` and `traceback`.

As with AWS's own sessions `spark` and `sc` are there before the first statement.
"""

from __future__ import annotations

import ast
import contextlib
import json
import linecache
import os
import queue
import signal
import socket
import sys
import threading
import traceback
import types
from pathlib import Path
from typing import Any, NoReturn, cast

from wheatpaste_driver.answers import encoded
from wheatpaste_driver.report import cause, left
from wheatpaste_driver.said import Said

PATIENCE = 1.0  # seconds that Spark has to end a cancelled statement's jobs, and between two interruptions of what does not end
SECRET = 64  # characters


def serve(place: Path) -> None:
    """Answer statements; returns when the server hangs up."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module  # what statements define is pickled by value, for Spark's workers
    session = Session(module.__dict__, connect(place))
    session.run()


def connect(place: Path) -> socket.socket:
    """Wait for the server, once Spark is there; whoever does not know the secret is sent away."""
    secret = place.read_text()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        from pyspark.sql import SparkSession

        SparkSession.builder.getOrCreate()
        draft = place.with_suffix(".part")
        draft.write_text(str(listener.getsockname()[1]))
        os.replace(draft, place.with_suffix(".port"))
        place.unlink()
        while True:
            end, _ = listener.accept()
            end.settimeout(5)
            with contextlib.suppress(OSError):
                if end.recv(SECRET, socket.MSG_WAITALL).decode() == secret:
                    end.settimeout(None)
                    return end
            end.close()


class Session:
    """One namespace and the connection by which its statements come."""

    def __init__(self, names: dict[str, Any], end: socket.socket) -> None:
        self._names, self._end = names, end
        self._orders: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._current: int | None = None  # the statement that may be interrupted now
        self._cancelled: set[int] = set()
        self._over = threading.Event()
        self._said = Said()
        self._process = os.getpid()

    def run(self) -> None:
        """Statement after statement, in this thread: the one that signals reach."""
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.getOrCreate()
        self._names.update(spark=spark, sc=spark.sparkContext)
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        while (order := self._orders.get()) is not None:
            self._answer(self._execute(int(order["run"]), str(order["code"])))

    def _answer(self, answer: dict[str, Any]) -> None:
        self._end.sendall(encoded(answer) + b"\n")

    def _listen(self) -> None:
        try:
            with self._end.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    self._hear(json.loads(line))
        finally:
            self._orders.put(None)

    def _hear(self, order: dict[str, Any]) -> None:
        if "cancel" in order:
            self._cancelled.add(order["cancel"])
            threading.Thread(target=self._interrupt, args=(order["cancel"],), daemon=True).start()
        else:
            self._orders.put(order)

    def _interrupt(self, number: int) -> None:
        """End a statement: its Spark jobs first, which leaves Spark's connection whole; then whatever it does in Python."""
        main = threading.main_thread().ident
        assert main is not None
        if self._current == number and (context := active_context()) is not None:
            context.cancelJobGroup(group(number))
        while self._current == number and not self._over.wait(PATIENCE):
            signal.pthread_kill(main, signal.SIGINT)

    def _on_signal(self, number: int, frame: object) -> None:
        if self._current in self._cancelled:
            raise KeyboardInterrupt

    def _execute(self, number: int, code: str) -> dict[str, Any]:
        """Run one statement; what to answer."""
        signal.signal(signal.SIGINT, self._on_signal)  # every new SparkContext sets its own
        if (context := active_context()) is not None:
            context.setJobGroup(group(number), code[:200], True)
        sys.stdout, sys.stderr = self._said.out, self._said.err  # whatever the one before has put there
        self._over.clear()
        failed = self._attempt(number, code)
        if os.getpid() != self._process:
            leave(failed)
        self._over.set()
        answer = {"done": number, "status": "ok", "text": self._said.take()}
        if failed is None:  # also when it was cancelled too late: what was done is said
            return answer
        return {**answer, "status": "cancelled"} if number in self._cancelled else {**answer, **failure(failed)}

    def _attempt(self, number: int, code: str) -> BaseException | None:
        """Run it; what it raised. Only while `_current` says so is it interrupted."""
        try:
            self._current = number
            if number in self._cancelled:
                raise KeyboardInterrupt
            execute(code, f"<statement {number}>", self._names)
            self._current = None
        except BaseException as error:  # noqa: BLE001  whatever a statement raises is its end, and is told
            self._current = None
            return error
        return None


def group(number: int) -> str:
    """The Spark job group of a statement."""
    return f"statement-{number}"


def active_context() -> Any | None:
    """The SparkContext that is running, if any."""
    from pyspark import SparkContext

    return SparkContext._active_spark_context


def execute(code: str, name: str, names: dict[str, Any]) -> None:
    """As the interactive interpreter does: the last expression's value is displayed unless it is None."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)  # for tracebacks
    tree = compile(code, name, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)  # ast.parse would be in the traceback of a SyntaxError
    body = cast(ast.Module, tree).body
    last = [body.pop()] if body and isinstance(body[-1], ast.Expr) else []
    exec(compile(ast.Module(body, []), name, "exec", dont_inherit=True), names)
    if last:
        exec(compile(ast.Interactive(last), name, "single", dont_inherit=True), names)  # type: ignore[arg-type]


def leave(failed: BaseException | None) -> NoReturn:
    """End a child that a statement forked, as Python ends a script: the answer is its parent's to give."""
    if failed is None:
        os._exit(0)
    if isinstance(failed, SystemExit):
        os._exit(left(failed, None, "")["exit_code"])
    traceback.print_exception(failed, file=sys.__stderr__)
    os._exit(1)


def failure(error: BaseException) -> dict[str, Any]:
    """The cause in a name and a sentence, and the traceback without our own frames."""
    name, value = cause(error)
    kept = error.__traceback__
    while kept is not None and kept.tb_frame.f_code.co_filename == __file__:
        kept = kept.tb_next
    lines = traceback.format_exception(type(error), error, kept)
    return {"status": "error", "name": name, "value": value, "traceback": lines}
