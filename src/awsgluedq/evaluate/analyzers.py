"""Analyzers: metrics without a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql import types as T

from awsgluedq.dqdl.model import Analyzer, Parameter, Rule
from awsgluedq.evaluate import distribution
from awsgluedq.evaluate.outcome import Analysis
from awsgluedq.evaluate.rules.numbers import READINGS, Reading
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import RuleError

if TYPE_CHECKING:
    from pyspark.sql import Column

ALL_COLUMNS = "AllColumns"


def planned(analyzer: Analyzer, scope: Scope) -> Callable[[], Analysis]:
    """Ask for what the analyzer needs; call the answer when all is measured."""
    try:
        if analyzer.type == "Distribution":
            return distribution.planned(analyzer, scope)
        readings = list(_readings(analyzer, scope))
    except RuleError as error:
        reason = str(error)
        return lambda: Analysis(analyzer, {}, reason)
    return lambda: _analysis(analyzer, readings)


def _analysis(analyzer: Analyzer, readings: list[Reading]) -> Analysis:
    metrics, reasons = {}, []
    for reading in readings:
        try:
            value = reading.value()
        except RuleError as error:
            reasons.append(str(error))
            continue
        if value is None:
            reasons.append(f"Empty state for {reading.metric}: all input values were NULL.")
        else:
            metrics[reading.metric] = float(value)
    return Analysis(analyzer, metrics, "\n".join(reasons) or None)


def _readings(analyzer: Analyzer, scope: Scope) -> Iterable[Reading]:
    if analyzer.tags:
        raise RuleError(f"{analyzer}: {analyzer.type} takes no tag")
    if analyzer.type in READINGS:
        yield READINGS[analyzer.type](Rule(analyzer.type, analyzer.parameters), scope)
    elif analyzer.type == "ColumnValues":
        yield from _extremes(scope, analyzer.values[0], scope.number(analyzer.values[0]), ("Minimum", "Maximum"))
    elif analyzer.type == "ColumnLength":
        length = F.coalesce(F.length(scope.column(analyzer.values[0]).cast("string")), F.lit(0))
        yield from _extremes(scope, analyzer.values[0], length, ("MinimumLength", "MaximumLength"))
    else:
        yield from _statistics(analyzer, scope)


def _extremes(scope: Scope, name: str, column: Column, metrics: tuple[str, str]) -> Iterable[Reading]:
    for metric, function in zip(metrics, (F.min, F.max), strict=True):
        key = scope.measures.want((metric, "", name), function(column))
        yield Reading(f"Column.{name}.{metric}", lambda key=key: scope.measures[key])  # type: ignore[misc]


def _statistics(analyzer: Analyzer, scope: Scope) -> Iterable[Reading]:
    """AllStatistics: the row count, and of each column what its type has."""
    yield READINGS["RowCount"](Rule("RowCount"), scope)
    names = scope.frame.columns if analyzer.values[0] == ALL_COLUMNS else analyzer.values
    for name in names:
        for type_ in ("Completeness", "Uniqueness"):
            yield READINGS[type_](Rule(type_, (Parameter(name),)), scope)
        kind = scope.type_of(name)
        extremes = "ColumnLength" if isinstance(kind, T.StringType) else "ColumnValues" if isinstance(kind, T.NumericType) else ""
        if extremes:
            yield from _readings(Analyzer(extremes, (Parameter(name),)), scope)
