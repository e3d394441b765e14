"""ApplyMapping on a Spark DataFrame."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame

from awsglue._frame.fields import apply_mapping
from awsglue._frame.frame import Frame
from awsglue._frame.types import glue_schema


class ApplyMapping:
    """Keeps the mapped columns only."""

    @staticmethod
    def apply(frame: DataFrame, mappings: Sequence[tuple[str, ...]]) -> DataFrame:
        """The DataFrame with the columns that the mappings (source, source type, target, target type) name."""
        return apply_mapping(Frame(frame, glue_schema(frame.schema)), mappings).df
