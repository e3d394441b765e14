"""Rules about one number: what is measured is all they have of their own. The analyzers of the same names measure the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.window import Window

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.compare import judged
from awsgluedq.evaluate.measures import Frequencies
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan, Verdict

if TYPE_CHECKING:
    from pyspark.sql import Column


@dataclass(frozen=True)
class Reading:
    """A number that can be read after the measuring; None: there was nothing to measure."""

    metric: str
    value: Callable[[], float | int | None]
    row: Column | None = None
    rows: Callable[[], int] | None = None  # how many rows it is about, where none of them means that nothing is wrong


def number_rule(rule: Rule, scope: Scope) -> Plan:
    """Plan a rule of READINGS."""
    reading = READINGS[rule.type](rule, scope)
    evaluated = scope.resolved(rule, reading.metric)
    condition = evaluated.condition
    assert condition is not None

    def judge() -> Verdict:
        if rule.where is not None and reading.rows is not None and reading.rows() == 0:
            return Verdict(True, "No rows matched the filter")
        return judged(reading.metric, reading.value(), condition)

    return Plan(evaluated, judge, reading.row)


def row_count(rule: Rule, scope: Scope) -> Reading:
    key = scope.rows(rule)
    return Reading("Dataset.*.RowCount", lambda: int(scope.measures[key]))


def column_count(rule: Rule, scope: Scope) -> Reading:
    return Reading("Dataset.*.ColumnCount", lambda: len(scope.frame.columns))


def completeness(rule: Rule, scope: Scope) -> Reading:
    (name,) = rule.values
    column = scope.column(name)
    rows = scope.rows(rule)
    complete = scope.measures.want(("complete", rule.where or "", name), F.count(scope.kept(rule, column)))

    def value() -> float | None:
        total = scope.measures[rows]
        return scope.measures[complete] / total if total else None

    return Reading(f"Column.{name}.Completeness", value, scope.kept(rule, column.isNotNull()), lambda: int(scope.measures[rows]))


def statistic(name: str, function: Callable[[Column], Column]) -> Callable[[Rule, Scope], Reading]:
    def read(rule: Rule, scope: Scope) -> Reading:
        (column,) = rule.values
        key = scope.measures.want((name, rule.where or "", column), function(scope.kept(rule, scope.number(column))))
        return Reading(f"Column.{column}.{name}", lambda: _double(scope.measures[key]))

    return read


def correlation(rule: Rule, scope: Scope) -> Reading:
    one, two = rule.values
    columns = [scope.kept(rule, scope.number(name)) for name in (one, two)]
    key = scope.measures.want(("corr", rule.where or "", one, two), F.corr(*columns))
    return Reading(f"Multicolumn.{one},{two}.ColumnCorrelation", lambda: _double(scope.measures[key]))


def _double(value: float | None) -> float | None:
    """None too for what is no number, as the correlation with a constant."""
    return None if value is None or value != value else float(value)


def grouped(rule: Rule, scope: Scope) -> Callable[[], Frequencies]:
    """The frequencies of the rule's columns."""
    key = scope.measures.group(rule.values, [scope.column(name) for name in rule.values], (rule.where, scope.where(rule)))
    return lambda: scope.measures[key]  # type: ignore[no-any-return]


def occurs_once(rule: Rule, scope: Scope) -> Column:
    """By row: whether its values of the rule's columns occur in no other."""
    window = Window.partitionBy(*[scope.column(name) for name in rule.values])
    return scope.kept(rule, F.count(scope.kept(rule, F.lit(1))).over(window) == 1)


def subject(rule: Rule) -> str:
    names = rule.values
    return f"Column.{names[0]}" if len(names) == 1 else f"Multicolumn.{','.join(names)}"


def uniqueness(rule: Rule, scope: Scope) -> Reading:
    found = grouped(rule, scope)

    def value() -> float | None:
        return found().unique / found().rows if found().rows else None

    return Reading(f"{subject(rule)}.Uniqueness", value, occurs_once(rule, scope), lambda: found().rows)


def unique_value_ratio(rule: Rule, scope: Scope) -> Reading:
    found = grouped(rule, scope)

    def value() -> float | None:
        return found().unique / found().distinct if found().distinct else None

    return Reading(f"{subject(rule)}.UniqueValueRatio", value, occurs_once(rule, scope), lambda: found().rows)


def distinct_values_count(rule: Rule, scope: Scope) -> Reading:
    """NULL counts as one value, as in AWS's public engine."""
    found = grouped(rule, scope)
    rows = scope.rows(rule)

    def value() -> int:
        return found().distinct + (1 if scope.measures[rows] > found().rows else 0)

    return Reading(f"{subject(rule)}.DistinctValuesCount", value)


def entropy(rule: Rule, scope: Scope) -> Reading:
    found = grouped(rule, scope)
    return Reading(f"{subject(rule)}.Entropy", lambda: found().entropy)


READINGS: dict[str, Callable[[Rule, Scope], Reading]] = {
    "RowCount": row_count,
    "ColumnCount": column_count,
    "Completeness": completeness,
    "Uniqueness": uniqueness,
    "UniqueValueRatio": unique_value_ratio,
    "DistinctValuesCount": distinct_values_count,
    "Entropy": entropy,
    "ColumnCorrelation": correlation,
    "Mean": statistic("Mean", F.avg),
    "Sum": statistic("Sum", F.sum),
    "StandardDeviation": statistic("StandardDeviation", F.stddev_pop),
    "Variance": statistic("Variance", F.var_pop),
}
