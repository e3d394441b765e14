"""Rules that look at each row: the share of rows that pass is compared with the threshold, or must be all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Condition, Literal, Rule
from awsgluedq.evaluate.compare import judged
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict

if TYPE_CHECKING:
    from pyspark.sql import Column

ALL = Condition("=", (Literal("1"),), "number")


def compliance(rule: Rule, scope: Scope, passes: Column, metric: str, mark: str = "!", words: Callable[[float], str] | None = None) -> Plan:
    """A plan that counts the rows in which `passes` is true; `words` says why some did not, when there is no threshold."""
    row = scope.kept(rule, F.coalesce(passes, F.lit(False)))
    rows = scope.rows(rule)
    passed = scope.measures.want(("passed", str(rule)), F.count(F.when(row, 1)))
    threshold = scope.numbers(rule.threshold, metric) if rule.threshold else ALL

    def judge() -> Verdict:
        total = scope.measures[rows]
        if not total and rule.where is not None:
            return Verdict(True, "No rows matched the filter")
        if not total:
            raise RuleError(f"Empty state for {metric}: there are no rows.")
        ratio = scope.measures[passed] / total
        verdict = judged(metric, float(ratio), threshold, mark)
        if verdict.passed or words is None or rule.threshold:
            return verdict
        return Verdict(False, words(ratio), verdict.metrics)

    return Plan(rule, judge, row)
