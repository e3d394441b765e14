"""DataFreshness: how long ago a column's dates are, in hours with two decimals, as AWS's public engine counts."""

from __future__ import annotations

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Amount, Rule
from awsgluedq.evaluate.compare import test
from awsgluedq.evaluate.moments import literal
from awsgluedq.evaluate.rules.compliance import compliance
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan

HOUR = 3600


def data_freshness(rule: Rule, scope: Scope) -> Plan:
    (name,) = rule.values
    assert rule.condition is not None
    seconds = literal(scope.now).cast("long") - scope.tried(name, "timestamp").cast("long")
    hours = [F.lit(round(each.delta.total_seconds() / HOUR, 4)) for each in rule.condition.operands if isinstance(each, Amount)]
    passes = test(F.round(seconds / F.lit(float(HOUR)), 2), rule.condition.operator, hours)
    return compliance(
        rule, scope, passes, f"Column.{name}.DataFreshness.Compliance", words=lambda ratio: f"{ratio * 100:.2f}% of rows passed"
    )
