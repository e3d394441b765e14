"""The relay takes events from the outbox, matches them against rules and deletes what is delivered, at least once."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, delete, select

from wheatpaste.events.outbox import outbox

if TYPE_CHECKING:
    from wheatpaste.app import App

log = logging.getLogger(__name__)
BATCH = 500
GATHER = 0.2  # seconds: events of a burst are taken together, so that they cost one commit

Deliver = Callable[["App", Row[tuple[object, ...]]], None]
RULES: list[Deliver] = []
"""Who wants events: EventBridge's rules and S3 notifications register here; none yet."""


class Relay:
    """One thread that empties the outbox."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier server left."""
        self._app.db.listeners.append(lambda topic: self._wake.set() if topic == "outbox" else None)
        self._wake.set()
        self._thread.start()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._ended.set()
        self._wake.set()
        if self._thread.ident is not None:  # it was started
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.wait()
            self._wake.clear()
            self._ended.wait(GATHER)
            try:
                while self._deliver_batch() == BATCH:
                    pass
            except Exception:
                log.exception("the relay could not deliver; it tries again with the next event")

    def _deliver_batch(self) -> int:
        if not RULES:  # nobody wants what is there: it need not be read
            self._app.db.write(lambda c: c.execute(delete(outbox)) and None)
            return 0
        rows = self._app.db.read(_batch)
        for row in rows:
            for deliver in RULES:
                deliver(self._app, row)
        if rows:
            numbers = [row.number for row in rows]
            self._app.db.write(lambda c: c.execute(delete(outbox).where(outbox.c.number.in_(numbers))) and None)
        return len(rows)


def _batch(connection: Connection) -> list[Row[tuple[object, ...]]]:
    return list(connection.execute(select(outbox).order_by(outbox.c.number).limit(BATCH)))
