"""ColumnLength. A NULL is a string of length 0, as documented."""

from __future__ import annotations

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.compare import holds, number_test
from awsgluedq.evaluate.rules.compliance import compliance
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict, not_met

BOTH = ("MinimumLength", "MaximumLength")
EXTREMES = {">": BOTH[:1], ">=": BOTH[:1], "<": BOTH[1:], "<=": BOTH[1:], "=": BOTH, "between": BOTH}


def column_length(rule: Rule, scope: Scope) -> Plan:
    (name,) = rule.values
    assert rule.condition is not None
    extremes = EXTREMES.get(rule.condition.operator, BOTH)
    evaluated = scope.resolved(rule, f"Column.{name}.{extremes[0]}")
    condition = evaluated.condition
    assert condition is not None
    length = F.coalesce(F.length(scope.column(name).cast("string")), F.lit(0))
    passes = number_test(length, condition)
    if condition.operator not in EXTREMES:
        plan = compliance(rule, scope, passes, f"Column.{name}.LengthCompliance")
        return Plan(evaluated, plan.judge, plan.row)
    functions = {"MinimumLength": F.min, "MaximumLength": F.max}
    keys = {
        f"Column.{name}.{each}": scope.measures.want((each, rule.where or "", name), functions[each](scope.kept(rule, length)))
        for each in BOTH
    }

    def judge() -> Verdict:
        found = {metric: scope.measures[key] for metric, key in keys.items()}
        if None in found.values():
            if rule.where is not None:
                return Verdict(True, "No rows matched the filter")
            raise RuleError(f"Empty state for Column.{name}.{BOTH[0]}: there are no rows.")
        metrics = {metric: float(value) for metric, value in found.items()}
        reasons = [not_met(metrics[f"Column.{name}.{each}"]) for each in extremes if not holds(condition, metrics[f"Column.{name}.{each}"])]
        return Verdict(not reasons, "\n".join(reasons) or None, metrics)

    return Plan(evaluated, judge, scope.kept(rule, passes))
