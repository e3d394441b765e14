"""Points age: what is old is merged into coarser points, what is 15 months old is gone. One durable task for each account and region."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select

from wheatpaste.scope import here
from wheatpaste.services.cloudwatch import cloudwatch, points
from wheatpaste.services.cloudwatch.distribution import Distribution, merged
from wheatpaste.services.cloudwatch.periods import COARSER, KEPT
from wheatpaste.services.cloudwatch.schema import metrics
from wheatpaste.services.cloudwatch.schema import points as table
from wheatpaste.tasks.step import Next

if TYPE_CHECKING:
    from wheatpaste.call import Call
    from wheatpaste.tasks.step import Done, Step

EVERY = 3600.0  # seconds
BATCH = 1000  # points of one transaction, which must be short


@cloudwatch.task("retention", again=True)
def retention(step: Step) -> Next | Done:
    """A batch at a time while there is something to do, then again in an hour."""
    now = int(time.time())
    old = [
        (
            table.c.account == step.account,
            table.c.region == step.region,
            table.c.resolution == resolution,
            table.c.time < limit(resolution, now),
        )
        for resolution in KEPT
    ]
    due = step.db.read(lambda c: any(c.execute(select(exists().where(*each))).scalar() for each in old))
    return Next("start", after=0.0 if due else EVERY, commit=lambda call: age(call, now))


def limit(resolution: int, now: int) -> int:
    """Points of that resolution that begin earlier have had their time: whole intervals of the next one."""
    then = now - KEPT[resolution]
    return then - then % COARSER.get(resolution, resolution)


def age(call: Call, now: int) -> None:
    """Merge or delete up to BATCH points of each resolution."""
    for resolution in KEPT:
        _age(call, resolution, now)


def _age(call: Call, resolution: int, now: int) -> None:
    rows = points.older(call, resolution, limit(resolution, now), BATCH)
    points.remove(call, map(points.key_of, rows))
    coarser = COARSER.get(resolution)
    if coarser is None:
        _forget(call, now)
        return
    parts: dict[points.Key, list[Distribution]] = defaultdict(list)
    for row in rows:
        parts[points.Key(row.metric, row.time - row.time % coarser, coarser, row.unit)].append(points.distribution(row))
    points.add(call, {key: merged(several) for key, several in parts.items()})


def _forget(call: Call, now: int) -> None:
    """Delete the metrics whose last point must be gone."""
    call.db.execute(delete(metrics).where(here(call, metrics), metrics.c.active < now - KEPT[3600]))
