"""DataSource: what GlueContext.getSource returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

from awsglue._read.sources import read_source
from awsglue._read.spec import ReadSpec
from awsglue.dynamicframe import DynamicFrame

if TYPE_CHECKING:
    from awsglue.context import GlueContext


class DataSource:
    """A source to be read: set its format, then get its frame."""

    def __init__(self, j_source: ReadSpec, sql_ctx: GlueContext, name: str) -> None:
        self._spec, self._glue_ctx, self.name = j_source, sql_ctx, name

    def setFormat(self, format: str, **options: Any) -> None:
        self._spec.format, self._spec.format_options = format, options

    def getFrame(self, **options: Any) -> DynamicFrame:
        """The source's frame; minPartitions and targetPartitions are hints that Spark's readers have no use for."""
        return DynamicFrame(read_source(self._spec), self._glue_ctx, self.name)

    def getSampleFrame(self, num: int, **options: Any) -> DynamicFrame:
        """A frame of `num` records."""
        frame = read_source(self._spec)
        return DynamicFrame(frame.then(frame.df.limit(num), frame.schema), self._glue_ctx, self.name)

    def getDataFrame(self) -> DataFrame:
        return self.getFrame().toDF()
