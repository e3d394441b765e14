"""``Wait``: what an operation returns whose answer takes time; the edge waits, holding neither a thread nor a transaction."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from wheatpaste.service import Shape

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.call import Call


@dataclass(frozen=True)
class Wait:
    """``ready(call)`` is asked every ``every`` seconds, and when the database tells of ``topic``, until it gives the answer; after
    ``seconds``, ``expired`` is raised."""

    ready: "Callable[[Call], Shape | None]"
    expired: Exception
    seconds: float = 60.0
    every: float = 0.05
    topic: str = ""


def answered(app: "App", wait: Wait, call: "Callable[[Connection], Call]") -> Shape:
    """The answer, for a caller inside the server (a task, an engine), who has a thread to wait with."""
    deadline = time.monotonic() + wait.seconds
    while True:
        answer = app.db.read(lambda c: wait.ready(call(c)))
        if answer is not None:
            return answer
        if time.monotonic() > deadline:
            raise wait.expired
        time.sleep(wait.every)
