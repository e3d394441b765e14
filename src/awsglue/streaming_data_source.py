"""StreamingDataSource: what GlueContext.getStreamingSource returns."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame


class StreamingDataSource:
    """A stream to be read. Streams are not built yet."""

    def __init__(self, j_source: Any, sql_ctx: Any, name: str) -> None:
        raise NotImplementedError("StreamingDataSource: streaming sources are not built yet")

    def setFormat(self, format: str, **options: Any) -> None:
        raise NotImplementedError("StreamingDataSource.setFormat")

    def getFrame(self) -> DataFrame:
        raise NotImplementedError("StreamingDataSource.getFrame")
