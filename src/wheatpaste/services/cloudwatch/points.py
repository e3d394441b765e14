"""Points: what metrics measured, interval by interval. What is put into an interval that has a point is merged into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy import Row, bindparam, delete, select, update

from wheatpaste.scope import here, place
from wheatpaste.services.cloudwatch.distribution import Distribution, merged, pack, unpack
from wheatpaste.services.cloudwatch.periods import readable
from wheatpaste.services.cloudwatch.schema import points
from wheatpaste.store.upsert import INSERTS

if TYPE_CHECKING:
    from wheatpaste.call import Call

BATCH = 200
Measured: TypeAlias = "dict[str, dict[int, Distribution]]"  # unit → when an interval begins → what was measured in it


class Key(NamedTuple):
    """One point of an account and region."""

    metric: str
    time: int
    resolution: int
    unit: str


def _this(call: Call) -> Any:
    return here(call, points, **{name: bindparam(f"its_{name}") for name in Key._fields})


def _bound(key: Key) -> dict[str, Any]:
    return {f"its_{name}": value for name, value in key._asdict().items()}


def key_of(row: Row[Any]) -> Key:
    """The key of a row."""
    return Key(row.metric, row.time, row.resolution, row.unit)


def distribution(row: Row[Any]) -> Distribution:
    """What was measured, from a row."""
    return unpack(row.samples, row.total, row.low, row.high, row.spread)


def _figures(found: Distribution) -> dict[str, Any]:
    return {"samples": found.count, "total": found.total, "low": found.low, "high": found.high, "spread": pack(found)}


def add(call: Call, measured: Mapping[Key, Distribution]) -> None:
    """Add to the points of these keys. In the order of keys, so that two writers on PostgreSQL cannot wait for each other."""
    left = sorted(measured)
    while batch := left[:BATCH]:
        left = left[BATCH:]
        rows = [place(call, **key._asdict(), **_figures(measured[key])) for key in batch]
        insert = INSERTS[call.db.dialect.name](points).on_conflict_do_nothing().returning(*(points.c[name] for name in Key._fields))
        fresh = {Key(*row) for row in call.db.execute(insert, rows)}
        _merge(call, {key: measured[key] for key in batch if key not in fresh})


def _merge(call: Call, measured: Mapping[Key, Distribution]) -> None:
    """Merge into points that are there."""
    if not measured:
        return
    several = (points.c.metric.in_({key.metric for key in measured}), points.c.time.in_({key.time for key in measured}))
    order = (points.c.metric, points.c.time)
    rows = call.db.execute(select(points).where(here(call, points), *several).order_by(*order).with_for_update())
    known = {key_of(row): distribution(row) for row in rows}
    changes = [{**_bound(key), **_figures(merged((known[key], found)))} for key, found in measured.items()]
    call.db.execute(update(points).where(_this(call)), changes)


def remove(call: Call, keys: Iterable[Key]) -> None:
    """Delete points."""
    doomed = [_bound(key) for key in keys]
    if doomed:
        call.db.execute(delete(points).where(_this(call)), doomed)


def older(call: Call, resolution: int, than: int, limit: int) -> list[Row[Any]]:
    """The oldest points of a resolution that begin before a time."""
    old = (here(call, points, resolution=resolution), points.c.time < than)
    return list(call.db.execute(select(points).where(*old).order_by(points.c.time).limit(limit).with_for_update()))


def read(call: Call, metric: str, span: range, unit: str | None) -> Measured:
    """What a metric measured in the intervals of ``span``, whose step is the period, by unit: units are never mixed."""
    inside = (points.c.time >= span.start, points.c.time < span.stop, points.c.resolution.in_(readable(span.step)))
    query = select(points).where(here(call, points, metric=metric), *inside)
    query = query.where(points.c.unit == unit) if unit is not None else query
    parts: dict[tuple[str, int], list[Distribution]] = defaultdict(list)
    for row in call.db.execute(query.order_by(points.c.time)):
        parts[row.unit, row.time - (row.time - span.start) % span.step].append(distribution(row))
    found: Measured = {}
    for (its_unit, time), several in sorted(parts.items()):
        found.setdefault(its_unit, {})[time] = merged(several)
    return found
