"""A worker for the tests: each function does one thing that a worker may meet."""

import os
import threading
import time
from typing import Any

from wheatpaste.engines.worker import current, serve


def fail(message: str) -> None:
    error = LookupError(message)
    error.detail = {"Code": "Missing"}  # type: ignore[attr-defined]
    raise error


def until_cancelled() -> None:
    interrupted = threading.Event()
    current().on_cancel(interrupted.set)
    interrupted.wait(30)
    raise InterruptedError("stopped")


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return threading.get_ident()


def leave(file: str) -> str:
    global left
    left = file
    return left


left = ""
METHODS: dict[str, Any] = {
    "echo": lambda value: value,
    "fail": fail,
    "until_cancelled": until_cancelled,
    "nap": nap,
    "leave": leave,
    "crash": lambda: os.abort(),
    "environment": lambda: dict(os.environ),
    "grow": lambda size: len(bytearray(size)),
    "unsayable": lambda: object(),
}

if __name__ == "__main__":
    serve(METHODS, threads=4, closing=lambda: open(left, "w").close() if left else None)
