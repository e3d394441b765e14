"""The analyzer Distribution: how many of a numeric column's values lie in each of some bins of one width, from the least to the greatest.

A value on an edge is in the bin above it, the greatest in the last. AWS names the analyzer and the shape of its result, not how it bins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F
from pyspark.sql import types as T

from awsgluedq.dqdl.model import Analyzer
from awsgluedq.evaluate.outcome import Analysis
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import RuleError, shown

if TYPE_CHECKING:
    from pyspark.sql import Column

BINS, MOST = 10, 1000
ALL_COLUMNS = "AllColumns"


def planned(analyzer: Analyzer, scope: Scope) -> Callable[[], Analysis]:
    """Ask for the extremes; the bins are counted when they are known. Raises RuleError."""
    unknown = [name for name in analyzer.tags if name != "bins"]
    bins = str(analyzer.tags.get("bins", BINS)).strip('"')
    if unknown or not bins.isdigit() or not 1 <= int(bins) <= MOST:
        raise RuleError(f"{analyzer}: Distribution takes `with bins = n`, n from 1 to {MOST}")
    (name,) = analyzer.values
    numeric = [field.name for field in scope.frame.schema if isinstance(field.dataType, T.NumericType)]
    names = numeric if name == ALL_COLUMNS else [name]
    columns = {each: scope.number(each) for each in names}
    asked = {
        each: [scope.measures.want((what, "", each), function(column)) for what, function in (("Low", F.min), ("High", F.max))]
        for each, column in columns.items()
    }

    def judge() -> Analysis:
        found: dict[str, Any] = {}
        reasons = []
        for each, column in columns.items():
            try:
                low, high = (scope.measures[key] for key in asked[each])
                found[f"Column.{each}.Distribution"] = _counted(scope, each, column, low, high, int(bins))
            except RuleError as error:
                reasons.append(str(error))
        return Analysis(analyzer, {}, "\n".join(reasons) or None, found)

    return judge


def _counted(scope: Scope, name: str, column: Column, low: float | None, high: float | None, bins: int) -> dict[str, Any]:
    if low is None or high is None:
        raise RuleError(f"Empty state for Column.{name}.Distribution: all input values were NULL.")
    width = (high - low) / bins
    number = F.least(F.floor((column - low) / width), F.lit(bins - 1)) if width else F.lit(0)
    try:
        rows = scope.frame.where(column.isNotNull()).groupBy(number.cast("int").alias("bin")).count().collect()
    except PySparkException as error:
        raise RuleError(f"Exception thrown while evaluating rule: {first_line(error)}") from None
    counts = {row["bin"]: row["count"] for row in rows}
    return {
        "BinEdges": [shown(float(low + width * number)) for number in range(bins)] + [shown(float(high))],
        "Count": [counts.get(number, 0) for number in range(bins)],
        "DataType": scope.type_of(name).simpleString(),
    }
