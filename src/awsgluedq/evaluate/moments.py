"""Conditions on dates and times, and what `now()`, days and times of day are when they are evaluated."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pyspark.sql import functions as F

from awsgluedq.dqdl.clauses import DAY, time_or_day
from awsgluedq.dqdl.model import Condition, Now, Operand, Text
from awsgluedq.evaluate.compare import test
from awsgluedq.evaluate.verdict import RuleError

if TYPE_CHECKING:
    from pyspark.sql import Column

    from awsgluedq.evaluate.scope import Scope

EQUALITIES = ("=", "!=", "in", "not in")


def moment_of(operand: Operand, now: datetime, zone: str | None) -> datetime:
    """The instant that an operand names; days and times of day are of the zone, which is UTC unless `with timeZone` says another."""
    if isinstance(operand, Now):
        return now + operand.delta
    if not isinstance(operand, Text):
        raise RuleError(f"{operand} is no date")
    there = ZoneInfo(zone or "UTC")
    parsed = time_or_day(operand.value)
    if DAY.fullmatch(operand.value):
        return parsed.replace(tzinfo=there)
    today = now.astimezone(there).date()
    return datetime.combine(today, parsed.time(), there)


def literal(moment: datetime) -> Column:
    return F.timestamp_seconds(F.lit(moment.astimezone(timezone.utc).timestamp()))  # noqa: UP017 - Python 3.10


def date_test(scope: Scope, name: str, condition: Condition, zone: str | None) -> Column:
    """A column's dates against the operands: days with days for equality, instants with instants otherwise.

    A day is midnight in the session's time zone, as the column's own dates are, unless the rule names a zone.
    """
    days = all(isinstance(each, Text) and DAY.fullmatch(each.value) for each in condition.operands)
    if days and condition.operator in EQUALITIES:
        values = [F.to_date(F.lit(each.value)) for each in condition.operands if isinstance(each, Text)]
        return test(scope.tried(name, "date"), condition.operator, values)
    return test(scope.tried(name, "timestamp"), condition.operator, [_instant(each, scope.now, zone) for each in condition.operands])


def _instant(operand: Operand, now: datetime, zone: str | None) -> Column:
    if zone is None and isinstance(operand, Text) and DAY.fullmatch(operand.value):
        return F.to_timestamp(F.lit(f"{operand.value} 00:00:00"))
    return literal(moment_of(operand, now, zone))
