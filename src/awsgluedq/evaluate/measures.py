"""All that a ruleset needs to know of a frame, asked together: one aggregation for everything, one grouping per set of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import RuleError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Key = tuple[str, ...]
TOGETHER = 500  # aggregates of one query: Spark's planning and code generation grow faster than their number


@dataclass(frozen=True)
class Frequencies:
    """How often the values of some columns occur; rows in which all of them are null are left out."""

    rows: int
    distinct: int
    unique: int  # values that occur once
    entropy: float | None  # in nats


class Measures:
    """`want` while rules are planned, `take` once, then `[key]`."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame
        self._columns: dict[Key, Column] = {}
        self._groups: dict[Key, tuple[list[Column], Column | None]] = {}
        self._values: dict[Key, Any] = {}
        self.jobs = 0  # queries that Spark was asked

    def want(self, key: Key, column: Column) -> Key:
        """Ask for an aggregate; the same key is asked once."""
        self._columns.setdefault(key, column)
        return key

    def group(self, names: list[str], columns: list[Column], where: tuple[str | None, Column | None]) -> Key:
        """Ask for the Frequencies of some columns."""
        key = ("frequencies", where[0] or "", *names)
        self._groups.setdefault(key, (columns, where[1]))
        return key

    def take(self) -> None:
        """Measure what has been asked for. An aggregate that fails spoils no other: its error is raised to who reads it."""
        asked = list(self._columns.items())
        for start in range(0, len(asked), TOGETHER):
            self._values |= self._aggregate(dict(asked[start : start + TOGETHER]))
        for key, (columns, where) in self._groups.items():
            self._values[key] = self._guarded(lambda c=columns, w=where: self._frequencies(c, w))

    def __getitem__(self, key: Key) -> Any:
        value = self._values[key]
        if isinstance(value, RuleError):
            raise value
        return value

    def _aggregate(self, columns: Mapping[Key, Column]) -> dict[Key, Any]:
        if not columns:
            return {}
        together = self._guarded(lambda: self._first(list(columns.values())))
        if not isinstance(together, RuleError):
            return dict(zip(columns, together, strict=True))
        if len(columns) == 1:
            return dict.fromkeys(columns, together)
        found: dict[Key, Any] = {}
        for key, column in columns.items():
            found |= self._aggregate({key: column})
        return found

    def _first(self, columns: list[Column]) -> list[Any]:
        self.jobs += 1
        row = self._frame.agg(*[column.alias(f"m{number}") for number, column in enumerate(columns)]).first()
        return list(row) if row else []

    def _frequencies(self, columns: list[Column], where: Column | None) -> Frequencies:
        self.jobs += 1
        named = [column.alias(f"g{number}") for number, column in enumerate(columns)]
        frame = (self._frame.where(where) if where is not None else self._frame).select(*named)
        groups = frame.dropna("all").groupBy(*frame.columns).agg(F.count(F.lit(1)).cast("double").alias("n"))
        n = F.col("n")
        row = groups.agg(F.sum(n), F.count(n), F.count(F.when(n == 1, 1)), F.sum(n * F.log(n))).first()
        rows, distinct, unique, information = row if row else (None, 0, 0, None)
        if not rows:
            return Frequencies(0, 0, 0, None)
        return Frequencies(int(rows), distinct, unique, log(rows) - information / rows)

    def _guarded(self, ask: Any) -> Any:
        try:
            return ask()
        except PySparkException as error:
            return RuleError(f"Exception thrown while evaluating rule: {first_line(error)}")
