"""Transforms that keep the columns: splitting rows, partitions, error records."""

from __future__ import annotations

import logging
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.comparison import holds
from awsglue._frame.frame import Frame
from awsglue._frame.records import ERROR
from awsglue._frame.types import glue_schema

log = logging.getLogger("awsglue")


def of_data_frame(df: DataFrame) -> Frame:
    """A DataFrame as records. A record has one field of a name: of several columns (SELECT * of a join) the last one is it."""
    last = {name: n for n, name in enumerate(df.columns)}
    if len(last) < len(df.columns):
        twice = sorted({name for n, name in enumerate(df.columns) if last[name] != n})
        log.warning("The DataFrame has several columns of the name %s: the last one of each becomes the field", ", ".join(twice))
        numbered = df.toDF(*[f"c{n}" for n in range(len(df.columns))])
        df = numbered.select(*[F.col(f"c{n}").alias(name) for name, n in last.items()])
    return Frame(df, glue_schema(df.schema))


def split_rows(frame: Frame, comparisons: dict[str, dict[str, Any]]) -> tuple[Frame, Frame]:
    """Rows for which every comparison holds, and the rest: a value that is missing or cannot be compared holds for nothing."""
    frame = frame.closed
    if frame.is_void:
        return frame.then(frame.df, frame.schema), frame.then(frame.df, frame.schema)
    tests = [holds(frame, path, name, value) for path, given in comparisons.items() for name, value in given.items()]
    every = F.coalesce(reduce(Column.__and__, tests, F.lit(True)), F.lit(False))
    return frame.then(frame.df.where(every), frame.schema), frame.then(frame.df.where(~every), frame.schema)


def repartition(frame: Frame, partitions: int) -> Frame:
    """The same rows, shuffled into this many partitions."""
    frame = frame.known
    return frame.then(frame.df.repartition(partitions), frame.schema)


def coalesce(frame: Frame, partitions: int) -> Frame:
    """The same rows in at most this many partitions, without a shuffle."""
    frame = frame.known
    return frame.then(frame.df.coalesce(partitions), frame.schema)


def errors_frame(frame: Frame) -> Frame:
    """The error records of this frame, as data."""
    spark = frame.df.sparkSession
    empty = spark.createDataFrame([], st.StructType([st.StructField("error", st._parse_datatype_string(ERROR))]))
    df = reduce(lambda a, b: a.unionByName(b), frame.errors, empty)
    schema = glue_schema(df.schema)
    return Frame(df, gt.StructType(schema.fields))
