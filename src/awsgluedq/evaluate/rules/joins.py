"""Rules that look rows up in another frame: ReferentialIntegrity, DatasetMatch, and CustomSql that returns rows."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.compare import judged
from awsgluedq.evaluate.rules.compliance import ALL
from awsgluedq.evaluate.rules.datasets import PRIMARY
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

FOUND = "__dq_found"


@dataclass(frozen=True)
class Lookup:
    """Rows of a frame that have an equal in `other`; `pairs` says which columns are compared, `null_safe` which of them may be NULL."""

    other: DataFrame
    pairs: tuple[tuple[str, str], ...]
    null_safe: frozenset[str] = frozenset()

    def mark(self, frame: DataFrame, name: str) -> DataFrame:
        """The frame with a boolean column: its rows as they were, once each."""
        theirs = [F.col(_quoted(right)).alias(f"{name}_{n}") for n, (_, right) in enumerate(self.pairs)]
        keys = self.other.select(*theirs).distinct().withColumn(f"{name}{FOUND}", F.lit(True))
        condition = F.lit(True)
        for n, (left, _) in enumerate(self.pairs):
            mine, other = frame[_quoted(left)], keys[f"{name}_{n}"]
            condition = condition & (mine.eqNullSafe(other) if left in self.null_safe else mine == other)
        joined = frame.join(keys, condition, "left").withColumn(name, F.coalesce(F.col(f"{name}{FOUND}"), F.lit(False)))
        return joined.drop(f"{name}{FOUND}", *[f"{name}_{n}" for n in range(len(self.pairs))])

    def share(self, frame: DataFrame) -> float | None:
        """Of the frame's rows, those that have an equal; None of no rows."""
        try:
            row = self.mark(frame, "__dq").agg(F.avg(F.col("__dq").cast("double"))).first()
        except PySparkException as error:
            raise RuleError(f"Exception thrown while evaluating rule: {first_line(error)}") from None
        return None if row is None else row[0]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def referential_integrity(rule: Rule, scope: Scope) -> Plan:
    """`"a,b" "alias.{x,y}"`: the share of rows whose a, b are an x, y there. NULL equals nothing."""
    mine, target = rule.values
    alias, _, theirs = target.partition(".")
    left, right = _names(mine), _names(theirs.removeprefix("{").removesuffix("}"))
    other = scope.source(alias)
    if not right or len(left) != len(right):
        raise RuleError("The number of columns to check from the primary data frame must equal that of the reference data frame.")
    _check(left, scope.frame, "primary")
    _check(right, other, "reference")
    return _lookup_rule(rule, scope, Lookup(other, tuple(zip(left, right, strict=True))), f"Column.{alias}.ReferentialIntegrity")


def dataset_match(rule: Rule, scope: Scope) -> Plan:
    """`"alias" "key->theirs" ["column->theirs"]`: the share of rows whose columns are the same in the row of the same key."""
    alias, *mappings = rule.values
    other = scope.source(alias)
    keys = _pairs(mappings[0])
    columns = _pairs(mappings[1]) if len(mappings) > 1 else {n: n for n in scope.frame.columns if n not in keys}
    for frame, names, which in ((scope.frame, [*keys, *columns], "first"), (other, [*keys.values(), *columns.values()], "second")):
        missing = [name for name in names if name not in frame.columns]
        if missing:
            raise RuleError(f"The following columns were not found in the {which} dataset: {', '.join(missing)}")
    lookup = Lookup(other, tuple({**keys, **columns}.items()), frozenset(columns))
    plan = _lookup_rule(rule, scope, lookup, f"Dataset.{alias}.DatasetMatch")

    def judge() -> Verdict:
        _check_keys(scope.frame, list(keys), "first")
        _check_keys(other, list(keys.values()), "second")
        return plan.judge()

    return Plan(plan.rule, judge, join=plan.join)


def _lookup_rule(rule: Rule, scope: Scope, lookup: Lookup, metric: str) -> Plan:
    evaluated = scope.resolved(rule, metric)

    def judge() -> Verdict:
        assert evaluated.condition is not None
        return judged(metric, lookup.share(scope.frame), evaluated.condition, ".")

    return Plan(evaluated, judge, join=lookup.mark)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(text: str) -> dict[str, str]:
    """`a->x, b` → a: x, b: b."""
    found = {}
    for each in _names(text):
        left, arrow, right = each.partition("->")
        found[left.strip()] = right.strip() if arrow else left.strip()
    if not found:
        raise RuleError("Could not parse the mappings of columns")
    return found


def _check(names: list[str], frame: DataFrame, which: str) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise RuleError(f"Columns {', '.join(missing)} do not exist in {which} data frame.")


def _check_keys(frame: DataFrame, keys: list[str], which: str) -> None:
    """Rows are compared by key: it must be one."""
    counted = frame.groupBy(*map(_quoted, keys)).agg(F.count(F.lit(1)).alias("n")).agg(F.count("n"), F.sum("n")).first()
    distinct, rows = counted if counted else (0, 0)
    if distinct != (rows or 0):
        raise RuleError(
            "The selected columns are not comparable due to duplicates present in the dataset. Comparison keys must be unique, but in the"
            f" {which} dataset there are {distinct} unique records and {rows} rows, based on the combination of keys {{{', '.join(keys)}}}"
        )


@contextmanager
def named(frames: Mapping[str, DataFrame]) -> Iterator[None]:
    """The frames as temporary views; a user's own views of these names are there again afterwards."""
    spark = next(iter(frames.values())).sparkSession
    kept = {name: spark.table(name) for name in frames if _is_view(spark, name)}
    for name, frame in frames.items():
        frame.createOrReplaceTempView(name)
    try:
        yield
    finally:
        for name in frames:
            spark.catalog.dropTempView(name)
        for name, frame in kept.items():
            frame.createOrReplaceTempView(name)


def _is_view(spark: object, name: str) -> bool:
    return bool(spark._jsparkSession.sessionState().catalog().getRawTempView(name).isDefined())  # type: ignore[attr-defined]


def custom_sql(rule: Rule, scope: Scope) -> Plan:
    """A statement over `primary` and the aliases: one number to compare, or the rows that are right."""
    (statement,) = rule.values
    with named({**scope.sources, PRIMARY: scope.frame}):
        try:
            answer = scope.frame.sparkSession.sql(statement)
        except PySparkException as error:
            raise RuleError(f"Error executing SQL statement: {first_line(error)}") from None
    return _number_sql(rule, scope, answer) if rule.condition else _rows_sql(rule, scope, answer)


def _number_sql(rule: Rule, scope: Scope, answer: DataFrame) -> Plan:
    metric = "Dataset.*.CustomSQL"
    if rule.threshold:
        raise RuleError("Threshold is for statements that return rows, without a condition")
    evaluated = scope.resolved(rule, metric)

    def judge() -> Verdict:
        try:
            rows = answer.take(2)
        except PySparkException as error:
            raise RuleError(f"Error executing SQL statement: {first_line(error)}") from None
        if len(rows) != 1 or len(rows[0]) != 1:
            raise RuleError(f"Custom SQL must return exactly one row with one value, and returned {len(rows) if len(rows) < 2 else 'more'}")
        try:
            value = None if rows[0][0] is None else float(rows[0][0])
        except (TypeError, ValueError):
            raise RuleError(f"Custom SQL returned no number: {rows[0][0]!r}") from None
        assert evaluated.condition is not None
        return judged(metric, value, evaluated.condition)

    return Plan(evaluated, judge)


def _rows_sql(rule: Rule, scope: Scope, answer: DataFrame) -> Plan:
    metric = "Dataset.*.CustomSQL.Compliance"
    foreign = [name for name in answer.columns if name not in scope.frame.columns]
    if len(foreign) == len(answer.columns):
        raise RuleError(
            "The output from CustomSQL must contain at least one column that matches the input dataset. Ensure that matching columns are"
            " returned from the SQL."
        )
    if foreign:
        raise RuleError(
            f"The columns returned from the SQL statement should only belong to the primary table. Columns not found: {', '.join(foreign)}"
        )
    lookup = Lookup(answer, tuple((name, name) for name in answer.columns), frozenset(answer.columns))
    threshold = scope.numbers(rule.threshold, metric) if rule.threshold else ALL

    def judge() -> Verdict:
        share = lookup.share(scope.frame)
        if share is None:
            raise RuleError("Custom SQL rule could not be evaluated due to data frame being empty")
        return judged(metric, share, threshold, ".")

    return Plan(rule, judge, join=lookup.mark)
