"""What a script asked for, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from awsglue import gluetypes as gt
from awsglue._frame.frame import Frame


@dataclass
class ReadSpec:
    """A source: its connection type and options, its format and that one's options."""

    spark: SparkSession
    connection_type: str
    options: Mapping[str, Any]
    format: str | None = None
    format_options: Mapping[str, Any] = field(default_factory=dict)
    ctx: str = ""  # transformation_ctx: the name of its bookmark

    def refuse(self, *names: str) -> None:
        """Raises for options that are given but not built."""
        given = [name for name in names if name in self.options or name in self.format_options]
        if given:
            raise NotImplementedError(f"The option {', '.join(given)} of a {self.format or self.connection_type} source")


def declared_schema(options: Mapping[str, Any]) -> gt.StructType | None:
    """The option withSchema: a schema of gluetypes as JSON text, or as it is."""
    given = options.get("withSchema")
    if not given:
        return None
    found = gt._deserialize_json_string(given) if isinstance(given, str) else given
    if not isinstance(found, gt.StructType):
        raise ValueError(f"withSchema must be the JSON of a StructType of awsglue.gluetypes, not {given!r}")
    return found


def empty_frame(spark: SparkSession) -> Frame:
    """A frame without columns and rows: what Glue makes of a source without data."""
    df: DataFrame = spark.createDataFrame([], "struct<>")
    return Frame(df, gt.StructType())
