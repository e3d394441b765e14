"""Rules that compare the frame with others: counts, schemas, aggregates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.compare import judged
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PRIMARY = "primary"
AGGREGATE = re.compile(r"\s*(sum|avg)\s*\(\s*(.+?)\s*\)\s*", re.IGNORECASE)


def row_count_match(rule: Rule, scope: Scope) -> Plan:
    """The frame's rows over those of the other."""
    (alias,) = rule.values
    other = scope.source(alias)
    metric = f"Dataset.{alias}.RowCountMatch"
    evaluated = scope.resolved(rule, metric)
    rows = scope.measures.want(("rows", ""), F.count(F.lit(1)))

    def judge() -> Verdict:
        count = other.count()
        if not count:
            raise RuleError(f"{alias} has no rows")
        assert evaluated.condition is not None
        return judged(metric, scope.measures[rows] / count, evaluated.condition, ".")

    return Plan(evaluated, judge)


def schema_match(rule: Rule, scope: Scope) -> Plan:
    """The share of columns that the other frame has by name and type; 0.0 when the numbers of columns differ."""
    (alias,) = rule.values
    mine, others = ({f.name: f.dataType.simpleString() for f in frame.schema} for frame in (scope.frame, scope.source(alias)))
    metric = f"Dataset.{alias}.SchemaMatch"
    if not mine or not others:
        raise RuleError("One or both DataFrames have no columns")
    same = sum(others.get(name) == kind for name, kind in mine.items())
    ratio = same / len(mine) if len(mine) == len(others) else 0.0
    evaluated = scope.resolved(rule, metric)

    def judge() -> Verdict:
        assert evaluated.condition is not None
        verdict = judged(metric, ratio, evaluated.condition)
        words = "Column counts do not match" if len(mine) != len(others) else f"{ratio * 100:.2f}% of columns passed the threshold"
        return Verdict(verdict.passed, None if verdict.passed else words, verdict.metrics)

    return Plan(evaluated, judge)


def aggregate_match(rule: Rule, scope: Scope) -> Plan:
    """One sum or average over another, of this frame or of `alias.column`."""
    (name1, frame1, value1), (name2, frame2, value2) = (_aggregate(text, scope) for text in rule.values)
    metric = f"Column.{name1 if name1 == name2 else f'{name1},{name2}'}.AggregateMatch"
    evaluated = scope.resolved(rule, metric)

    def judge() -> Verdict:
        first, second = _evaluated(frame1, value1), _evaluated(frame2, value2)
        ratio = 1.0 if first == second == 0 else 0.0 if second == 0 else first / second
        assert evaluated.condition is not None
        return judged(metric, ratio, evaluated.condition, ".")

    return Plan(evaluated, judge)


def _aggregate(text: str, scope: Scope) -> tuple[str, DataFrame, str]:
    """A column's name, its frame, and the SQL of its aggregate."""
    match = AGGREGATE.fullmatch(text)
    if match is None:
        raise RuleError(
            f"{text} is no aggregate: AggregateMatch takes sum(column) and avg(column), of another dataset as sum(alias.column)"
        )
    function, name = match.groups()
    frame, (alias, dot, rest) = scope.frame, name.partition(".")
    if dot and name not in frame.columns and (alias == PRIMARY or alias in scope.sources or rest):
        frame, name = (frame if alias == PRIMARY else scope.source(alias)), rest
    if name.lower() not in (each.lower() for each in frame.columns):
        raise RuleError(f"Input data does not include column {name}!")
    return name, frame, f"{function}(cast(`{name}` as double))"


def _evaluated(frame: DataFrame, aggregate: str) -> float:
    try:
        row = frame.select(F.expr(aggregate)).first()
    except PySparkException as error:
        raise RuleError(f"Exception thrown while evaluating rule: {first_line(error)}") from None
    if row is None or row[0] is None:
        raise RuleError(f"{aggregate} is NULL: there are no values")
    return float(row[0])
