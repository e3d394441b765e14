"""What rules are evaluated in: the frame, the other frames, earlier results, the moment that is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql import types as T

from awsgluedq.dqdl.model import Condition, Rule
from awsgluedq.evaluate.history import History, resolved
from awsgluedq.evaluate.measures import Measures
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import RuleError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NUMERIC = "LongType,IntegerType,ShortType,ByteType,FloatType,DoubleType,DecimalType"


@dataclass
class Scope:
    frame: DataFrame
    sources: Mapping[str, DataFrame]
    history: History
    now: datetime  # aware
    measures: Measures = field(init=False)

    def __post_init__(self) -> None:
        self.measures = Measures(self.frame)

    def path(self, name: str) -> str:
        """A column's name as Spark SQL takes it; a name with dots may be a column's or a path in one. Raises RuleError."""
        if name.lower() in (each.lower() for each in self.frame.columns):
            return "`" + name.replace("`", "``") + "`"
        if "." in name and self._is_nested(name):
            return ".".join(f"`{part}`" for part in name.split("."))
        raise RuleError(f"Input data does not include column {name}!")

    def _is_nested(self, name: str) -> bool:
        kind: T.DataType = self.frame.schema
        for part in name.split("."):
            found = next((each for each in getattr(kind, "fields", ()) if each.name.lower() == part.lower()), None)
            if found is None:
                return False
            kind = found.dataType
        return True

    def column(self, name: str) -> Column:
        return F.col(self.path(name))

    def type_of(self, name: str) -> T.DataType:
        return self.frame.select(self.column(name)).schema[0].dataType

    def number(self, name: str) -> Column:
        """A numeric column as double. Raises RuleError for any other, in the words of AWS's public engine."""
        kind = self.type_of(name)
        if not isinstance(kind, T.NumericType):
            found = type(kind).__name__
            raise RuleError(f"Expected type of column {name} to be one of ({NUMERIC}), but found {found} instead!")
        return self.column(name).cast("double")

    def tried(self, name: str, kind: str) -> Column:
        """A column as another type, null where a value is none."""
        return F.expr(f"try_cast({self.path(name)} as {kind})")

    def where(self, rule: Rule) -> Column | None:
        """The rule's where clause; raises RuleError when it is none."""
        if rule.where is None:
            return None
        try:
            self.frame.where(rule.where)
            return F.expr(rule.where)
        except PySparkException as error:
            raise RuleError(f"The provided where clause is invalid: {first_line(error)}") from None

    def kept(self, rule: Rule, column: Column) -> Column:
        """The column's values in the rows that the where clause keeps; null in others."""
        where = self.where(rule)
        return column if where is None else F.when(where, column)

    def rows(self, rule: Rule) -> tuple[str, ...]:
        """The measure of how many rows the rule is about."""
        return self.measures.want(("rows", rule.where or ""), F.count(self.kept(rule, F.lit(1))))

    def resolved(self, rule: Rule, metric: str) -> Rule:
        """The rule with numbers in place of what it says about earlier results of `metric`."""
        return rule if rule.condition is None else rule.with_condition(self.numbers(rule.condition, metric))

    def numbers(self, condition: Condition, metric: str) -> Condition:
        return resolved(condition, metric, self.history)

    def source(self, alias: str) -> DataFrame:
        """One of the additional data sources. Raises RuleError."""
        if alias not in self.sources:
            raise RuleError(f"{alias} not found in additional sources")
        return self.sources[alias]
