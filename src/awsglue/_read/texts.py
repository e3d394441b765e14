"""Values out of columns of text: each text is one JSON value, whose type is found by a pass over the column."""

from __future__ import annotations

import json
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.anything import parsed
from awsglue._frame.frame import Errors
from awsglue._frame.order import Names
from awsglue._frame.records import ERROR
from awsglue._frame.types import spark_type
from awsglue._frame.variants import open_type, opened
from awsglue._read.spellings import shape_of, telling_apart

PARSED = "__parsed"
"""The column that `parse_json` adds: an array of the one value, null where the text is no JSON."""
_MEMBER = "value"
_LONGEST = 200  # characters of an example


def inferred(df: DataFrame, text: Column) -> st.DataType:
    """What Spark finds the JSON texts to be: one pass over the column, in its own engine."""
    spark: Any = df.sparkSession
    lines = df.select(F.concat(F.lit(f'{{"{_MEMBER}":['), text, F.lit("]}")).alias("line")).where("line is not null")
    strings = getattr(lines._jdf, "as")(spark._jvm.org.apache.spark.sql.Encoders.STRING())
    with telling_apart(spark) as session:
        found = st.StructType.fromJson(json.loads(session.read().json(strings).schema().json()))
    if _MEMBER not in found.names:
        return st.NullType()
    array = found[_MEMBER].dataType
    return array.elementType if isinstance(array, st.ArrayType) else st.NullType()


def parse_json(
    df: DataFrame, text: Column, declared: gt.DataType | None = None, names: Names | None = None
) -> tuple[DataFrame, gt.DataType, Column, Column]:
    """The frame with a parsed column, its type, its values, and a condition that holds where there is text that is no JSON.

    With `declared` no pass is needed: values of other types than declared become choices. Fields are as `names` has them.
    """
    kind = inferred(df, text) if declared is None else loosest(declared)
    # An array of one: what is no single JSON value (`1, 2`, or text behind a value) does not parse as that.
    array = F.concat(F.lit("["), text, F.lit("]"))
    empty = isinstance(kind, st.NullType)  # nothing but nulls and empty objects: no type, but still JSON or not
    shape = shape_of(df.sparkSession, st.StringType() if empty else kind, names or {})
    written, renamed = shape.types(open_type)
    with_parsed = df.withColumn(PARSED, parsed(array, written, renamed=renamed))
    whole = F.col(PARSED)
    value = shape.value(F.when(F.size(whole) == 1, whole.getItem(0)))
    made, col = (gt.NullType(), F.lit(None)) if empty else opened(value, shape.kind, declared, names or {})
    return with_parsed, made, col, text.isNotNull() & (whole.isNull() | (F.size(whole) != 1))


def loosest(declared: gt.DataType) -> st.DataType:
    """The type to read so that no value is lost: the declared nesting, and anything at its leaves."""
    if isinstance(declared, gt.StructType):
        return st.StructType([st.StructField(f.name, loosest(f.dataType)) for f in declared])
    if isinstance(declared, (gt.ArrayType, gt.SetType)):
        return st.ArrayType(loosest(declared.elementType))
    if isinstance(declared, gt.MapType):
        return spark_type(declared)
    return st.StringType()


def always(col: Column) -> Column:
    """Always true, in a way that Spark does not see through: it refuses to read bad lines without some other column."""
    missing = col.isNull().cast("int")
    return (missing + missing) < 3


def unparsed(df: DataFrame, bad: Column, text: Column, source: str) -> Errors:
    """Error records for the rows whose text could not be parsed."""
    error = F.struct(
        F.lit(f"Unable to parse the record as {source}").alias("msg"),
        F.lit("").alias("stackTrace"),
        F.lit("").alias("scriptLine"),
        text.alias("dynamicRecord"),
        F.lit(source.lower()).alias("source"),
    )
    return (df.where(bad).select(error.cast(ERROR).alias("error")),)


def known_unparsed(df: DataFrame, bad: Column, text: Column, source: str) -> Errors:
    """`unparsed`, where the pass that found the schema met such rows: the run's report shows the first of them and its file.

    Costs a read up to there.
    """
    first = df.where(bad).select(text.alias("text"), F.input_file_name().alias("file")).head()
    if first is not None:
        example = first["text"].strip()[:_LONGEST]
        _report.note(f"{first['file']}: not every record is {source} ({example!r}); such became error records: errorsAsDynamicFrame()")
    return unparsed(df, bad, text, source)
