"""The tasks table: long work as leased rows. A row lives as long as its work; its key is unique while it lives."""

import time
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Index, Integer, Row, Table, Text, and_, delete, insert, select, update

from wheatpaste.service import Shape
from wheatpaste.store.codec import Body
from wheatpaste.store.db import metadata, notify

tasks = Table(
    "tasks",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("data", Body, nullable=False),
    Column("run_at", Float, nullable=False),  # epoch seconds
    Column("owner", Text, nullable=False),  # the server that holds the lease; empty: nobody
    Column("lease_until", Float, nullable=False),  # epoch seconds
    Column("claims", Integer, nullable=False),  # how often this state was claimed
    Column("stopping", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    Index("tasks_due", "run_at", "lease_until"),
)

LEASE = 30.0  # seconds, renewed while the step runs: where several control planes share the database
ALONE = 100 * 365 * 86400.0  # seconds: where the home's lock proves that nobody else claims, the next server voids the lease


def identity(row: Row[Any] | dict[str, str]) -> Any:
    """The WHERE clause of one task."""
    found = row if isinstance(row, dict) else row._mapping
    return and_(*(tasks.c[name] == found[name] for name in ("account", "region", "service", "kind", "key")))


def start(db: Connection, account: str, region: str, service: str, kind: str, key: str, data: Shape, run_at: float, now: datetime) -> None:
    """Insert a task in state ``start``; IntegrityError when one of that key lives."""
    row = {
        "account": account,
        "region": region,
        "service": service,
        "kind": kind,
        "key": key,
        "state": "start",
        "data": data,
        "run_at": run_at,
        "owner": "",
        "lease_until": 0.0,
        "claims": 0,
        "stopping": False,
        "created": now.timestamp(),
    }
    db.execute(insert(tasks).values(**row))
    notify(db, "tasks")


def stop(db: Connection, account: str, region: str, service: str, kind: str, key: str) -> bool:
    """Mark a task as stopping and make it due; False when there is none."""
    where = identity({"account": account, "region": region, "service": service, "kind": kind, "key": key})
    found = db.execute(update(tasks).where(where).values(stopping=True, run_at=0.0)).rowcount
    notify(db, "tasks")
    notify(db, "stopping")
    return bool(found)


def stop_all(db: Connection) -> None:
    """Mark every task as stopping and make it due."""
    db.execute(update(tasks).values(stopping=True, run_at=0.0))
    notify(db, "tasks")


def due(db: Connection, limit: int) -> tuple[list[Row[Any]], float | None]:
    """Up to ``limit`` tasks that nobody holds and whose time has come, oldest first; and when the next one comes."""
    now = time.time()
    free = tasks.c.lease_until < now
    rows = list(db.execute(select(tasks).where(free, tasks.c.run_at <= now).order_by(tasks.c.run_at, tasks.c.created).limit(limit)))
    later = db.execute(select(tasks.c.run_at).where(free, tasks.c.run_at > now).order_by(tasks.c.run_at).limit(1)).scalar()
    return rows, later


def claim(db: Connection, rows: list[Row[Any]], owner: str, seconds: float) -> list[Row[Any]]:
    """Lease those of ``rows`` that are still free for ``seconds``; the rows as they are now."""
    now = time.time()
    taken: list[Row[Any]] = []
    for row in rows:
        # lease_until is compared again here: on PostgreSQL another control plane may have claimed the row since it was read.
        where = and_(identity(row), tasks.c.lease_until < now)
        if db.execute(update(tasks).where(where).values(owner=owner, lease_until=now + seconds, claims=tasks.c.claims + 1)).rowcount:
            taken.append(db.execute(select(tasks).where(identity(row))).one())
    return taken


def move(db: Connection, row: Row[Any], state: str, data: Shape, run_at: float) -> None:
    """Give the task its next state and release its lease; nothing happens to a task that is gone."""
    values = {"state": state, "data": data, "run_at": run_at, "owner": "", "lease_until": 0.0, "claims": 0}
    db.execute(update(tasks).where(identity(row)).values(**values))
    notify(db, "tasks")


def retry(db: Connection, row: Row[Any], run_at: float) -> None:
    """Release the lease and try the same state again at ``run_at``; the claims stay counted, so that the step knows."""
    db.execute(update(tasks).where(identity(row)).values(run_at=run_at, owner="", lease_until=0.0))
    notify(db, "tasks")


def finish(db: Connection, row: Row[Any]) -> None:
    """Delete a task: its work is done."""
    db.execute(delete(tasks).where(identity(row)))
    notify(db, "tasks")


def renew(db: Connection, owner: str) -> None:
    """Extend every lease that ``owner`` holds."""
    db.execute(update(tasks).where(tasks.c.owner == owner).values(lease_until=time.time() + LEASE))


def release_all(db: Connection) -> None:
    """Void every lease: what a server that has just got the home's lock does, since nobody else can hold one."""
    db.execute(update(tasks).values(owner="", lease_until=0.0))
