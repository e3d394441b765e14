"""Rules without a condition: they hold or they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.rules.numbers import Reading, completeness, uniqueness
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict, not_met

if TYPE_CHECKING:
    from pyspark.sql import Column


def is_complete(rule: Rule, scope: Scope) -> Plan:
    return _all_one(rule, [completeness(rule, scope)])


def is_unique(rule: Rule, scope: Scope) -> Plan:
    return _all_one(rule, [uniqueness(rule, scope)])


def is_primary_key(rule: Rule, scope: Scope) -> Plan:
    """Every column complete, and all of them together unique."""
    complete = [completeness(replace(rule, parameters=(each,)), scope) for each in rule.parameters]
    return _all_one(rule, [*complete, uniqueness(rule, scope)])


def _all_one(rule: Rule, readings: list[Reading]) -> Plan:
    """A rule that holds when every reading is 1.0."""

    def judge() -> Verdict:
        if rule.where is not None and all(each.rows is None or each.rows() == 0 for each in readings):
            return Verdict(True, "No rows matched the filter")
        metrics, reasons = {}, []
        for reading in readings:
            value = reading.value()
            if value is None:
                raise RuleError(f"Empty state for {reading.metric}: all input values were NULL.")
            metrics[reading.metric] = float(value)
            reasons += [not_met(float(value))] if value != 1 else []
        return Verdict(not reasons, "\n".join(reasons) or None, metrics)

    row: Column | None = None
    for reading in readings:
        if reading.row is not None:
            row = reading.row if row is None else row & reading.row
    return Plan(rule, judge, row)


def column_exists(rule: Rule, scope: Scope) -> Plan:
    (name,) = rule.values
    there = name.lower() in (each.lower() for each in scope.frame.columns)
    metrics = {f"Dataset.{name}.ColumnExists": float(there)}
    return Plan(rule, lambda: Verdict(there, None if there else not_met(0.0), metrics))


def column_names_match_pattern(rule: Rule, scope: Scope) -> Plan:
    """Names in which the pattern is found, by Java's regular expressions."""
    (text,) = rule.values
    try:
        pattern = scope.frame.sparkSession._jvm.java.util.regex.Pattern.compile(text)  # type: ignore[union-attr]
    except PySparkException as error:
        raise RuleError(f"Invalid regex pattern '{text}': {first_line(error)}") from None
    names = scope.frame.columns
    wrong = [name for name in names if not pattern.matcher(name).find()]
    metrics = {"Dataset.*.ColumnNamesPatternMatchRatio": (len(names) - len(wrong)) / len(names) if names else 0.0}
    reason = f"Columns that do not match the pattern: {', '.join(wrong)}" if wrong else None
    return Plan(rule, lambda: Verdict(not wrong, reason, metrics))
