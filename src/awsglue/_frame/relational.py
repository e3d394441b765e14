"""Flat tables out of nested records."""

from __future__ import annotations

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.edit import Value, project
from awsglue._frame.frame import Frame

_ROW = "__relationalize_row"


def unnest(frame: Frame) -> Frame:
    """Structs become columns called `a.b.c`; arrays and maps stay as they are."""
    frame = frame.closed
    return project(frame, [value for f in frame.schema for value in _flat(f.name, f.dataType, column(f.name))])


def _flat(name: str, kind: gt.DataType, col: Column) -> Iterator[Value]:
    if isinstance(kind, gt.StructType):
        for field in kind:
            yield from _flat(f"{name}.{field.name}", field.dataType, col.getField(field.name))
    else:
        yield name, kind, col


def relationalize(frame: Frame, root: str) -> dict[str, Frame]:
    """The root without arrays, and one frame per array: `id`, `index`, and the elements under `<array>.val`.

    A root row's column keeps, in place of its array, the `id` that the array's rows have; null for an empty array.
    """
    tables: dict[str, Frame] = {}
    _pivot(unnest(frame), root, root, tables)
    return tables


def _pivot(frame: Frame, name: str, root: str, tables: dict[str, Frame]) -> None:
    arrays = [f for f in frame.schema if isinstance(f.dataType, (gt.ArrayType, gt.SetType))]
    if not arrays:
        tables[name] = frame
        return
    # Row ids must be the same when the root and when its arrays are computed: the numbered rows are kept once computed.
    numbered = frame.df.withColumn(_ROW, F.monotonically_increasing_id() + F.lit(1)).persist()
    tables[name] = _without_arrays(frame, numbered)
    for field in arrays:
        child = _exploded(frame, numbered, field)
        _pivot(child, f"{root}_{field.name}", root, tables)


def _without_arrays(frame: Frame, numbered: DataFrame) -> Frame:
    fields: list[Value] = []
    for f in frame.schema:
        if isinstance(f.dataType, (gt.ArrayType, gt.SetType)):
            fields.append((f.name, gt.LongType(), F.when(F.size(column(f.name)) > 0, F.col(_ROW))))
        else:
            fields.append((f.name, f.dataType, column(f.name)))
    return project(frame.then(numbered, frame.schema), fields)


def _exploded(frame: Frame, numbered: DataFrame, field: gt.Field) -> Frame:
    kind = field.dataType
    if not isinstance(kind, (gt.ArrayType, gt.SetType)):
        raise TypeError(f"{field.name} is no array")
    rows = numbered.select(F.col(_ROW).alias("id"), F.posexplode(column(field.name)).alias("index", "val"))
    schema = gt.StructType([gt.Field("id", gt.LongType()), gt.Field("index", gt.IntegerType()), gt.Field("val", kind.elementType)])
    values: list[Value] = [("id", gt.LongType(), F.col("id")), ("index", gt.IntegerType(), F.col("index"))]
    return project(frame.then(rows, schema), [*values, *_flat(f"{field.name}.val", kind.elementType, F.col("val"))])
