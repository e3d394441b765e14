"""What the visual editor's transforms have in common: columns by name, and frames that keep choices and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.fields import value_at
from awsglue._frame.frame import Frame
from awsglue._frame.paths import ELEMENT, parse_path, resolve
from awsglue._frame.types import glue_type, spark_type

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame


def names(given: str | Iterable[str]) -> list[str]:
    """A list of names, also as text with commas; back-ticks around a name are taken off."""
    parts = given.split(",") if isinstance(given, str) else list(given)
    return [plain(part) for part in parts if part.strip()]


def plain(name: str) -> str:
    """A name without the back-ticks that generated scripts put around those with dots."""
    return name.strip().strip("`")


def field(frame: Frame, name: str) -> tuple[str, gt.DataType, Column]:
    """A field by its name or path: its own spelling (for a nested one, the last step), type and values. ValueError names what is there."""
    place = resolve(frame.schema, plain(name)) or resolve(frame.schema, name)
    if place is None or ELEMENT in place[0]:
        raise ValueError(f"There is no column {name!r}; the frame has {[f.name for f in frame.schema]}")
    return place[0][-1], place[1], value_at(place[0])


def with_columns(frame: DynamicFrame, values: Mapping[str, Column]) -> DynamicFrame:
    """The frame with these columns more, or in place of those of their names, as Spark's withColumn has it: in the spelling given here."""
    known = frame._jdf.closed
    sensitive = known.df.sparkSession.conf.get("spark.sql.caseSensitive") == "true"
    same: Callable[[str], str] = str if sensitive else str.lower
    made = {}
    for name, value in values.items():
        wanted = parse_path(name)[0] if not known.schema.hasField(name) and name.startswith("`") else name
        made[same(wanted)] = value.alias(wanted)
    there = [same(f.name) for f in known.schema]
    kept = [made.get(key, column(f.name)) for key, f in zip(there, known.schema, strict=True)]
    return rebuilt(frame, known.df.select(*kept, *[value for key, value in made.items() if key not in there]))


def rebuilt(frame: DynamicFrame, df: DataFrame) -> DynamicFrame:
    """A frame of these rows: columns that are as before keep their types, choices among them; others are what Spark says."""
    known = frame._jdf.closed
    fields = []
    for f in df.schema.fields:
        before = known.schema.field_map.get(f.name)
        same = before is not None and spark_type(before.dataType).simpleString() == f.dataType.simpleString()
        fields.append(before if before is not None and same else gt.Field(f.name, glue_type(f.dataType)))
    return frame._next(known.then(df, gt.StructType(fields)))
