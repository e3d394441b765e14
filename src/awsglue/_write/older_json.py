"""JSON of choices before Spark 4.0, whose writer has one type for a column: the lines are made here, and written as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame

from awsglue._frame.anything import has_variant
from awsglue._frame.choice import column
from awsglue._frame.frame import Frame
from awsglue._frame.json_text import json_object
from awsglue._frame.types import has_choice


def is_needed(frame: Frame) -> bool:
    """Whether this Spark's JSON writer cannot write the frame's rows."""
    return not has_variant() and has_choice(frame.schema)


def lines(frame: Frame, keys: Sequence[str], options: Mapping[str, str]) -> DataFrame:
    """A line of JSON for each record, and beside it the columns of `keys`, which are not in it."""
    fields = [(field.name, column(field.name), field.dataType) for field in frame.schema if field.name not in keys]
    return frame.df.select(json_object(fields, options).alias("value"), *map(column, keys))
