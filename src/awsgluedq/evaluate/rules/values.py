"""ColumnValues: what a column's values are compared with decides how.

NULLs, as in AWS's public engine: they fail a comparison and a pattern, and pass `!=` and `not in`, unless NULL itself is among the
operands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql import types as T

from awsgluedq.dqdl.clauses import is_null
from awsgluedq.dqdl.model import Condition, Keyword, Operand, Rule, Text
from awsgluedq.evaluate.compare import holds, number_test
from awsgluedq.evaluate.moments import date_test
from awsgluedq.evaluate.rules.compliance import compliance
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict, not_met

if TYPE_CHECKING:
    from pyspark.sql import Column

NEGATIVE = ("!=", "not in")
EXTREMES = {">": ("Minimum",), ">=": ("Minimum",), "<": ("Maximum",), "<=": ("Maximum",), "=": ("Minimum", "Maximum")}
NO_NULL = "Value: NULL does not meet the constraint requirement!"


def column_values(rule: Rule, scope: Scope) -> Plan:
    (name,) = rule.values
    condition = rule.condition
    assert condition is not None
    if condition.kind == "string":
        return _plan(rule, scope, string_test(scope.column(name).cast("string"), condition, rule.tag("ignoreCase") == "true"))
    if condition.kind == "date":
        return _plan(rule, scope, with_nulls(scope.column(name), condition, lambda c: date_test(scope, name, c, rule.tag("timeZone"))))
    return _numbers(rule, scope, name, condition)


def _plan(rule: Rule, scope: Scope, passes: Column) -> Plan:
    return compliance(rule, scope, passes, f"Column.{rule.values[0]}.ColumnValues.Compliance")


def _numbers(rule: Rule, scope: Scope, name: str, condition: Condition) -> Plan:
    metric = EXTREMES.get(condition.operator, ("Minimum",))[0]
    evaluated = scope.resolved(rule, f"Column.{name}.{metric}")
    condition = evaluated.condition or condition
    column = _as_number(scope, name, condition)
    passes = with_nulls(scope.column(name), condition, lambda c: number_test(column, c))
    if rule.threshold or condition.operator not in EXTREMES or any(map(is_null, condition.operands)):
        return replace(_plan(rule, scope, passes), rule=evaluated)
    return _extremes(evaluated, scope, name, column, passes)


def _as_number(scope: Scope, name: str, condition: Condition) -> Column:
    """Text is compared with numbers for equality only; numbers that are text have no order that AWS would know of."""
    if isinstance(scope.type_of(name), T.StringType) and condition.operator in ("=", "!=", "in", "not in"):
        return scope.tried(name, "double")
    if all(map(is_null, condition.operands)):
        return scope.tried(name, "double")
    scope.number(name)
    return scope.column(name)


def _extremes(rule: Rule, scope: Scope, name: str, column: Column, passes: Column) -> Plan:
    """`> 3` holds when the smallest value is, and none is NULL."""
    condition = rule.condition
    assert condition is not None
    functions = {"Minimum": F.min, "Maximum": F.max}
    keys = {
        f"Column.{name}.{each}": scope.measures.want((each, rule.where or "", name), functions[each](scope.kept(rule, column)))
        for each in EXTREMES[condition.operator]
    }
    nulls = scope.measures.want(("nulls", rule.where or "", name), F.count(scope.kept(rule, F.when(column.isNull(), 1))))
    rows = scope.rows(rule)

    def judge() -> Verdict:
        if not scope.measures[rows] and rule.where is not None:
            return Verdict(True, "No rows matched the filter")
        found = {metric: scope.measures[key] for metric, key in keys.items()}
        if None in found.values():
            raise RuleError(f"Empty state for {', '.join(found)}: all input values were NULL.")
        metrics = {metric: float(value) for metric, value in found.items()}
        reasons = [not_met(value) for value in metrics.values() if not holds(condition, value)]
        reasons += [NO_NULL] if scope.measures[nulls] else []
        return Verdict(not reasons, "\n".join(reasons) or None, metrics)

    return Plan(rule, judge, scope.kept(rule, F.coalesce(passes, F.lit(False))))


def with_nulls(column: Column, condition: Condition, test: Callable[[Condition], Column]) -> Column:
    """The test of the operands that are values, and what NULL among them means."""
    operands = tuple(each for each in condition.operands if not is_null(each))
    named, negative = len(operands) < len(condition.operands), condition.operator in NEGATIVE
    if not operands:
        if condition.operator not in (*NEGATIVE, "=", "in"):
            raise RuleError(f"NULL has no order: {condition}")
        return column.isNotNull() if negative else column.isNull()
    passes = F.coalesce(test(replace(condition, operands=operands)), F.lit(False))
    if negative:
        return column.isNotNull() & passes if named else column.isNull() | passes
    return column.isNull() | passes if named else passes


def string_test(column: Column, condition: Condition, ignore_case: bool) -> Column:
    operands = condition.operands
    if condition.operator.endswith("matches"):
        found = column.rlike(f"^(?:{operands[0].value})$")  # type: ignore[union-attr]
        return ~found if condition.operator.startswith("not") else found
    values = [each.value for each in operands if isinstance(each, Text)]
    tested = F.lower(column) if ignore_case else column
    values = [each.lower() for each in values] if ignore_case else values
    tests = [_keyword(column, each) for each in operands if isinstance(each, Keyword) and each.name != "NULL"]
    tests += [tested.isin(values)] if values else []
    among = F.lit(False)
    for each in tests:
        among = among | F.coalesce(each, F.lit(False))
    named = any(map(is_null, operands))
    if condition.operator in NEGATIVE:
        return column.isNotNull() & ~among if named else column.isNull() | ~among
    return column.isNull() | among if named else among


def _keyword(column: Column, keyword: Operand) -> Column:
    """EMPTY is the empty string, WHITESPACES_ONLY one or more blanks."""
    empty = F.length(column) == 0
    return empty if str(keyword) == "EMPTY" else (F.length(F.trim(column)) == 0) & ~empty
