"""Metrics: what names them, which there are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Text, select, tuple_, type_coerce, update
from sqlalchemy.exc import IntegrityError

from wheatpaste.scope import here, place
from wheatpaste.services.cloudwatch import cloudwatch
from wheatpaste.services.cloudwatch.errors import InvalidParameterValue
from wheatpaste.services.cloudwatch.periods import DAY, HOUR, MINUTE
from wheatpaste.services.cloudwatch.schema import metrics
from wheatpaste.store.codec import dumps
from wheatpaste.store.upsert import INSERTS
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.call import Call
    from wheatpaste.services.cloudwatch.shapes_generated import Dimension, DimensionFilter, ListMetricsInput, ListMetricsOutput

PAGE = 500
LISTED, RECENT = 14 * DAY, 3 * HOUR  # seconds since the last datum


class Metric(NamedTuple):
    """A metric; the order of its dimensions names no other one."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def identity(self) -> str:
        """What its rows are found by."""
        text = json.dumps([self.namespace, self.name, sorted(self.dimensions)], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def metric(namespace: str, name: str, dimensions: Iterable[Dimension] | None) -> Metric:
    """The metric that a request names."""
    return Metric(namespace, name, tuple((each["Name"], each["Value"]) for each in dimensions or ()))


def touch(call: Call, found: Iterable[Metric], now: int) -> None:
    """Note that something was put into these metrics; with the first of a new one its points begin to age (see retention.py)."""
    named = {each.identity: each for each in found}
    known = select(metrics.c.id, metrics.c.active).where(here(call, metrics), metrics.c.id.in_(named))
    active = {row.id: row.active for row in call.db.execute(known)}
    stale = sorted(name for name, then in active.items() if then <= now - MINUTE)
    if stale:
        call.db.execute(update(metrics).where(here(call, metrics), metrics.c.id.in_(stale)).values(active=now))
    fresh = [_row(call, name, named[name], now) for name in sorted(named.keys() - active.keys())]
    if fresh:
        call.db.execute(INSERTS[call.db.dialect.name](metrics).on_conflict_do_nothing(), fresh)
        with suppress(IntegrityError), call.db.begin_nested():  # it lives already
            call.start("retention", "retention", service="cloudwatch")


def _row(call: Call, name: str, found: Metric, now: int) -> dict[str, Any]:
    dimensions = [{"Name": dimension, "Value": value} for dimension, value in found.dimensions]
    return place(call, id=name, namespace=found.namespace, name=found.name, dimensions=dimensions, active=now)


@cloudwatch.operation(reads=True, refused=["IncludeLinkedAccounts", "OwningAccount"])
def list_metrics(call: Call, req: ListMetricsInput) -> ListMetricsOutput:
    """The metrics of the last two weeks (``RecentlyActive``: three hours), by namespace, name and dimensions."""
    since = int(call.now.timestamp()) - (RECENT if req.get("RecentlyActive") else LISTED)
    query = select(metrics).where(here(call, metrics), metrics.c.active >= since)
    for column, member in ((metrics.c.namespace, req.get("Namespace")), (metrics.c.name, req.get("MetricName"))):
        query = query.where(column == member) if member is not None else query
    filters = req.get("Dimensions") or ()
    page = _page(call, _after(query.where(*map(_roughly, filters)), req.get("NextToken")), filters)
    more = len(page) > PAGE
    page = page[:PAGE]
    return {
        "Metrics": [{"Namespace": row.namespace, "MetricName": row.name, "Dimensions": row.dimensions} for row in page],
        "NextToken": encode_token([page[-1].namespace, page[-1].name, page[-1].id], "cloudwatch:metrics") if more else None,
    }


def _invalid_token(_: str) -> InvalidParameterValue:  # type: ignore[valid-type]
    return InvalidParameterValue("Request parameter NextToken is invalid")


def _after(query: Select[Any], token: str | None) -> Select[Any]:
    order = (metrics.c.namespace, metrics.c.name, metrics.c.id)
    if token:
        query = query.where(tuple_(*order) > tuple_(*decode_token(token, "cloudwatch:metrics", _invalid_token)))
    return query.order_by(*order)


def _page(call: Call, query: Select[Any], filters: Sequence[DimensionFilter]) -> list[Row[Any]]:
    """One page of the metrics that have all these dimensions, and one metric more if there is."""
    found: list[Row[Any]] = []
    for row in call.db.execute(query).yield_per(PAGE):
        if _matches(row.dimensions, filters):
            found.append(row)
            if len(found) > PAGE:
                break
    return found


def _roughly(wanted: DimensionFilter) -> ColumnElement[bool]:
    """What a metric with this dimension has in its column's text: the database looks through many metrics faster than we do."""
    value = wanted.get("Value")
    text = dumps({"Name": wanted["Name"]})[:-1] if value is None else dumps({"Name": wanted["Name"], "Value": value})
    return type_coerce(metrics.c.dimensions, Text).contains(text, autoescape=True)


def _matches(dimensions: Sequence[Mapping[str, str]], filters: Sequence[DimensionFilter]) -> bool:
    return all(
        any(each["Name"] == wanted["Name"] and wanted.get("Value") in (None, each["Value"]) for each in dimensions) for wanted in filters
    )
