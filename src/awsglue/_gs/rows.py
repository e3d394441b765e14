"""Rows out of rows: explode, null rows, pivot, unpivot, lookup, partitions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.older import sql_function, unpivot
from awsglue._frame.paths import find_field
from awsglue._gs.frame import field, names, plain, rebuilt

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame

_AGGREGATES: dict[str, Callable[[Any], Column]] = {
    "avg": F.avg, "mean": F.avg, "sum": F.sum, "min": F.min, "max": F.max, "count": F.count, "first": F.first, "last": F.last,
    "stddev": F.stddev, "variance": F.variance, "countDistinct": F.count_distinct,
    "median": lambda col: sql_function("percentile", col, F.lit(0.5)),
}  # fmt: skip


def gs_explode(self: DynamicFrame, colName: str, newCol: str, outer: bool = False) -> DynamicFrame:
    """A row per element of an array, or per entry of a map (then `newCol` names two columns); `outer` keeps rows that have none."""
    frame = self._jdf.closed
    name, kind, value = field(frame, colName)
    targets = names(newCol)
    if isinstance(kind, gt.MapType):
        targets = targets if len(targets) == 2 else ["key", "value"]
    elif not isinstance(kind, (gt.ArrayType, gt.SetType)):
        raise ValueError(f"gs_explode: {name!r} is {kind.typeName()}, neither array nor map")
    made = (F.explode_outer if outer else F.explode)(value).alias(*targets)
    kept = [column(f.name) for f in frame.schema if f.name.lower() not in [target.lower() for target in targets]]
    exploded = rebuilt(self, frame.df.select(*kept, made))
    element = getattr(kind, "elementType", None)
    if element is not None:
        exploded._jdf.schema.getField(targets[0]).dataType = element  # a choice stays one
    return exploded


def gs_null_rows(self: DynamicFrame, extended: bool = False) -> DynamicFrame:
    """Without the rows in which every column is null, or with `extended` null or empty."""
    frame = self._jdf.closed
    there = [_there(column(f.name), f.dataType, extended) for f in frame.schema]
    return self._next(frame.then(frame.df.where(reduce(Column.__or__, there, F.lit(False))), frame.schema))


def _there(value: Column, kind: gt.DataType, extended: bool) -> Column:
    if extended and isinstance(kind, gt.StringType):
        return value.isNotNull() & (value != "")
    if extended and isinstance(kind, (gt.ArrayType, gt.SetType, gt.MapType)):
        return value.isNotNull() & (F.size(value) > 0)
    return value.isNotNull()


def gs_pivot(self: DynamicFrame, aggCol: str, aggFunction: str, colList: list[str] | str) -> DynamicFrame:
    """Values of `colList` become columns that hold the aggregate of `aggCol`, a row for each combination of the other columns."""
    frame = self._jdf.closed
    if aggFunction not in _AGGREGATES:
        raise ValueError(f"gs_pivot: {aggFunction!r} is no aggregation: {', '.join(_AGGREGATES)}")
    turned = [field(frame, name)[0] for name in names(colList)]
    counted = field(frame, aggCol)[0]
    rest = [column(f.name) for f in frame.schema if f.name not in (*turned, counted)]
    key = F.concat_ws("_", *[column(name).cast("string") for name in turned]).alias("__pivot")
    df = frame.df.select(*rest, column(counted), key).groupBy(*rest).pivot("__pivot").agg(_AGGREGATES[aggFunction](column(counted)))
    return rebuilt(self, df)


def gs_unpivot(self: DynamicFrame, colList: list[str] | str, nameCol: str = "name", valueCol: str = "value") -> DynamicFrame:
    """A row per column of `colList`, with its name and its value, which must be of one type; nulls are left out."""
    frame = self._jdf.closed
    turned = [field(frame, name)[0] for name in names(colList)]
    rest = [column(f.name) for f in frame.schema if f.name not in turned]
    df = unpivot(frame.df, rest, turned, plain(nameCol), plain(valueCol))
    return rebuilt(self, df.where(column(plain(valueCol)).isNotNull()))


def gs_lookup(self: DynamicFrame, table: str, columnsToMatch: list[str] | str, columnsToTake: list[str] | str) -> DynamicFrame:
    """Columns of a catalog table (`database.table`) where its key matches: "user_id=id, region". A left join."""
    database, dot, name = table.partition(".")
    if not dot:
        raise ValueError(f"gs_lookup: {table!r} is no database.table")
    frame = self._jdf.closed
    other = self.glue_ctx.create_dynamic_frame.from_catalog(database=database, table_name=name)._jdf.closed
    pairs = [pair.split("=") if "=" in pair else [pair, pair] for pair in names(columnsToMatch)]
    taken = names(columnsToTake)
    clash = [name for name in taken if find_field(frame.schema, name) is not None]
    if clash:
        raise ValueError(f"gs_lookup: the data has columns {clash} itself")
    keys = [field(other, theirs)[2].alias(f"__key{n}") for n, (_, theirs) in enumerate(pairs)]
    right = other.df.select(*keys, *[field(other, name)[2].alias(name) for name in taken])
    same = [field(frame, ours)[2] == F.col(f"__key{n}") for n, (ours, _) in enumerate(pairs)]
    joined = frame.df.join(right, reduce(Column.__and__, same), "left")
    return rebuilt(self, joined.select(*[column(f.name) for f in frame.schema], *[column(name) for name in taken]))


def gs_repartition(self: DynamicFrame, numPartitionsStr: str | int = "") -> DynamicFrame:
    """The rows dealt out evenly over this many partitions; without a number, over as many as the job has cores."""
    count = int(numPartitionsStr) if str(numPartitionsStr).strip() else self.glue_ctx.spark_session.sparkContext.defaultParallelism
    return self.repartition(count)


gs_autobalance = gs_repartition
