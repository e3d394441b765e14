"""The database: one writer with group commit on SQLite, a pool on PostgreSQL, and the same two verbs on both.

``read(fn)`` runs ``fn(connection)`` on a read-only snapshot; ``write(fn)`` runs it in a transaction and returns after it is on disk. On
SQLite every write goes through one thread: calls that wait share one commit and so one fsync, and each sits in its own savepoint, so that
one that fails takes nothing else with it.
"""

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, MetaData, Table, Text, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from wheatpaste.store import characters
from wheatpaste.store.migrations import behind, numbers, settle

T = TypeVar("T")
Listener = Callable[[str], None]

metadata = MetaData()

BinaryText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by its UTF-8 bytes on both databases (SQLite's default collation already does)."""

_CONNECT: dict[str, Any] = {"check_same_thread": False, "isolation_level": None, "factory": characters.Connection}
GROUP = 64  # writes that may share one commit
RETRIED = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock


class Job:
    """One write that waits for its turn, and whom to tell."""

    __slots__ = ("failure", "fn", "future", "loop", "result", "topics")

    def __init__(self, fn: Callable[[Connection], Any], loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.fn = fn
        self.loop = loop
        self.future: Future[Any] | asyncio.Future[Any] = Future() if loop is None else loop.create_future()
        self.topics: set[str] = set()
        self.result: Any = None
        self.failure: BaseException | None = None

    def settle(self) -> None:
        """Tell the one who waits how it ended."""
        if self.future.done():  # who waited is gone
            return
        if self.failure is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.failure)


class Database:
    """What SQLite and PostgreSQL have in common; see the two subclasses."""

    shared = False  # whether other control planes may hold the same database

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self._settled: set[str] = set()  # tables that this process found, or made, as they are declared

    def read(self, fn: Callable[[Connection], T]) -> T:
        """``fn(connection)`` on a read-only snapshot."""
        raise NotImplementedError

    def submit(self, fn: Callable[[Connection], T]) -> "Future[T]":
        """A future of ``fn(connection)``, done after its commit reached the disk."""
        raise NotImplementedError

    def submitted(self, fn: Callable[[Connection], T], loop: asyncio.AbstractEventLoop) -> "asyncio.Future[T]":
        """``submit`` for a coroutine of ``loop``, which awaits what it gives."""
        return asyncio.wrap_future(self.submit(fn), loop=loop)

    def write(self, fn: Callable[[Connection], T]) -> T:
        """``fn(connection)`` in a transaction of its own; returns after its commit reached the disk."""
        return self.submit(fn).result()

    def close(self) -> None:
        """Finish what was submitted and release the connections."""
        raise NotImplementedError

    def ensure(self, tables: Iterable[Table]) -> None:
        """Make ``tables`` what they declare: create those that are missing, bring on the older ones (see migrations.py).

        Raises SchemaError for a database that a newer wheatpaste made, and for a step that fails.
        """
        wanted = [table for table in tables if table.name not in self._settled]
        if wanted and behind(self.read(numbers), wanted):
            self.write(lambda c: settle(c, wanted))
        self._settled.update(table.name for table in wanted)

    def _tell(self, topics: set[str]) -> None:
        for topic in topics:
            for listener in tuple(self.listeners):  # who waits for an answer comes and goes
                listener(topic)


def notify(connection: Connection, topic: str) -> None:
    """Tell the database's listeners of ``topic`` ("tasks", "outbox") once the connection's transaction has committed."""
    connection.info.setdefault("topics", set()).add(topic)


class SQLiteDatabase(Database):
    """``state.db`` of a home: WAL, synchronous=FULL, one writer thread."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._writer = create_engine(f"sqlite:///{path}", connect_args=_CONNECT)
        self._reader = create_engine(
            f"sqlite:///file:{path}?mode=ro&uri=true",
            connect_args=_CONNECT,
            poolclass=NullPool,
        )
        event.listen(self._writer, "connect", _writer_pragmas)
        event.listen(self._reader, "connect", _reader_pragmas)
        # Readers that wait for work. A deque needs no lock of ours: with a pool's lock, 16 reads at once took twice as long.
        self._idle: deque[Session] = deque()
        self._queue: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._gathered: list[Job] = []  # by the event loop in its present round
        with self._writer.connect():
            pass  # creates the file, so that the read-only engine finds it
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def read(self, fn: Callable[[Connection], T]) -> T:
        try:
            session = self._idle.pop()
        except IndexError:
            session = Session(self._reader)
        session.execute("BEGIN")
        try:
            return fn(session.connection)
        finally:
            session.execute("COMMIT")
            self._idle.append(session)

    def submitted(self, fn: Callable[[Connection], T], loop: asyncio.AbstractEventLoop) -> "asyncio.Future[T]":
        job = Job(fn, loop)
        if not self._gathered:
            loop.call_soon(self._hand_over)
        self._gathered.append(job)
        assert isinstance(job.future, asyncio.Future)
        return job.future

    def _hand_over(self) -> None:
        """Give the writer what came in one round of the event loop at once: it wakes once, and finds a group."""
        jobs, self._gathered = self._gathered, []
        for at in range(0, len(jobs), GROUP):
            self._queue.put(jobs[at : at + GROUP])

    def submit(self, fn: Callable[[Connection], T]) -> "Future[T]":
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write inside a write would wait for itself: use the call's own connection")
        job = Job(fn)
        self._queue.put([job])
        assert isinstance(job.future, Future)
        return job.future

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()
        while self._idle:
            self._idle.pop().connection.close()
        self._reader.dispose()
        self._writer.dispose()

    def _run(self) -> None:
        session = Session(self._writer)
        while (jobs := self._queue.get()) is not None:
            if not self._commit_group(session, jobs):
                break
        session.connection.close()

    def _commit_group(self, session: "Session", jobs: list[Job] | None) -> bool:
        """Run ``jobs`` and those that wait behind them in one commit; False when the queue has ended."""
        taken: list[Job] = []
        failure: BaseException | None = None
        try:
            session.execute("BEGIN IMMEDIATE")
            while jobs is not None:
                for job in jobs:
                    taken.append(job)
                    _run_first(session, job) if len(taken) == 1 else _in_savepoint(session, job)
                if len(taken) >= GROUP or self._queue.empty():
                    break
                jobs = self._queue.get()
            session.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - the commit itself failed (a full disk): nobody of the group may be told otherwise
            failure = OperationalError("COMMIT", None, error) if isinstance(error, sqlite3.Error) else error
            session.roll_back()
            taken += [job for job in jobs or () if job not in taken]
        for each in taken:
            each.failure = each.failure or failure
        _settle(taken)
        self._tell({topic for each in taken if each.failure is None for topic in each.topics})
        return jobs is not None


def _settle(jobs: list[Job]) -> None:
    """Tell those who wait; the event loop is woken once for all of a group."""
    on_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        if job.loop is None:
            job.settle()
        else:
            on_loop.setdefault(job.loop, []).append(job)
    for loop, theirs in on_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, theirs)


def _settle_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()


class Session:
    """A connection whose transactions are begun and ended at the driver: through SQLAlchemy that costs more than the statements of a short
    call. SQLAlchemy sees one transaction that never ends; savepoints inside it are its own."""

    __slots__ = ("_raw", "connection", "execute")

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()
        self._raw: sqlite3.Connection = self.connection.connection.driver_connection  # type: ignore[assignment]
        self.execute = partial(sqlite3.Connection.execute, self._raw)  # for statements without parameters: there is nothing to check

    def roll_back(self) -> None:
        """End the transaction that a failed statement may have ended already (a full disk does)."""
        if self._raw.in_transaction:
            self.execute("ROLLBACK")


def _run_first(session: Session, job: Job) -> None:
    """The first of a group has nothing before it that its failure could undo: it needs no savepoint."""
    session.connection.info["topics"] = job.topics
    try:
        job.result = job.fn(session.connection)
    except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits for the future
        job.failure = error
        session.roll_back()
        session.execute("BEGIN IMMEDIATE")


def _in_savepoint(session: Session, job: Job) -> None:
    session.connection.info["topics"] = job.topics
    session.execute("SAVEPOINT job")
    try:
        job.result = job.fn(session.connection)
    except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits for the future
        job.failure = error
        session.execute("ROLLBACK TO job")
    session.execute("RELEASE job")


def _writer_pragmas(raw: Any, _: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=OFF",
        "cache_size=-16000",
        "temp_store=MEMORY",
        "wal_autocheckpoint=2000",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _reader_pragmas(raw: Any, _: Any) -> None:
    for pragma in ("query_only=ON", "cache_size=-4000", "temp_store=MEMORY", "busy_timeout=5000"):
        raw.execute(f"PRAGMA {pragma}")


class PostgresDatabase(Database):
    """Any PostgreSQL; several control planes may share it."""

    shared = True

    def __init__(self, url: str) -> None:
        super().__init__()
        self._engine: Engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size=16, max_overflow=48)
        event.listen(self._engine, "before_cursor_execute", characters.check_postgres)
        from concurrent.futures import ThreadPoolExecutor

        self._pool = ThreadPoolExecutor(16, "postgres-writer")

    def read(self, fn: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return fn(connection)

    def submit(self, fn: Callable[[Connection], T]) -> "Future[T]":
        return self._pool.submit(self._transact, fn)

    def _transact(self, fn: Callable[[Connection], T]) -> T:
        for attempt in range(5):
            topics: set[str] = set()
            try:
                with self._engine.connect() as connection:
                    connection.info["topics"] = topics
                    with connection.begin():
                        result = fn(connection)
            except DBAPIError as error:
                if attempt < 4 and getattr(error.orig, "sqlstate", None) in RETRIED:
                    continue
                raise
            self._tell(topics)
            return result
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        self._pool.shutdown()
        self._engine.dispose()


def open_database(url: str, home: Path) -> Database:
    """The database of ``url`` (``postgresql://…``), or the home's ``state.db`` when it is empty."""
    return PostgresDatabase(url) if url else SQLiteDatabase(home / "state.db")
