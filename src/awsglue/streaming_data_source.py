"""StreamingDataSource: what GlueContext.getStreamingSource returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

from awsglue._read.streams import StreamSpec, read_stream

if TYPE_CHECKING:
    from awsglue.context import GlueContext


class StreamingDataSource:
    """A stream to be read: set its format, then get its streaming DataFrame."""

    def __init__(self, j_source: StreamSpec, sql_ctx: GlueContext, name: str) -> None:
        self._spec, self._glue_ctx, self.name = j_source, sql_ctx, name

    def setFormat(self, format: str, **options: Any) -> None:
        self._spec.format, self._spec.format_options = format, options

    def getFrame(self) -> DataFrame:
        """The stream; it reads nothing until forEachBatch (or a query of Spark's) runs it."""
        return read_stream(self._spec)
