"""Whose turn it is: ``MaxConcurrentRuns`` of a job run at once; what is asked for beyond that waits, and starts in the order of asking.

A waiting run is not polled: the transaction that makes room (a run's end, a job's update) starts the next one.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.jobs.schema import ACTIVE, LIVE, runs
from wheatpaste.store.db import notify
from wheatpaste.tasks.table import identity, tasks

TASK = "job_run"
LOOK = 15.0  # seconds between a waiting run's own looks: only for what no transaction told it


def limit(definition: Mapping[str, Any]) -> int:
    """How many runs a job may have at once."""
    return int((definition.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1)


def busy(call: Call, job: str, states: tuple[str, ...]) -> int:
    """How many of the job's runs are in one of these states."""
    counted = select(func.count()).select_from(runs).where(here(call, runs, job=job), runs.c.state.in_(states))
    return int(call.db.execute(counted).scalar_one())


def is_free(call: Call, job: str, most: int, *, queued: bool) -> bool:
    """Whether a new run may start at once; one that can be queued does not pass those that wait already."""
    return busy(call, job, LIVE if queued else ACTIVE) < most


def admit(call: Call, job: str, most: int) -> None:
    """Start as many of the job's waiting runs as there is room for, the oldest first."""
    room = max(0, most - busy(call, job, ACTIVE))
    waiting = select(runs.c.id).where(here(call, runs, job=job, state="WAITING")).order_by(runs.c.sequence).limit(room)
    for run_id in list(call.db.execute(waiting).scalars()):
        call.db.execute(
            update(runs)
            .where(here(call, runs, id=run_id, state="WAITING"))
            .values(state="STARTING", detail="", modified=call.now.timestamp())
        )
        task = {"account": call.account, "region": call.region, "service": glue.name, "kind": TASK, "key": run_id}
        call.db.execute(update(tasks).where(identity(task)).values(run_at=0.0))
    notify(call.db, "tasks")
