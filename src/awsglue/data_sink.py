"""DataSink: what GlueContext.getSink returns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

from awsglue._frame.rows import errors_frame
from awsglue._write.sinks import write_sink
from awsglue._write.spec import WriteSpec
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection

if TYPE_CHECKING:
    from awsglue.context import GlueContext


class DataSink:
    """A sink to be written to: set its format and catalog table, then write frames."""

    def __init__(self, j_sink: WriteSpec, sql_ctx: GlueContext) -> None:
        self._spec, self._glue_ctx = j_sink, sql_ctx

    def setFormat(self, format: str, **options: Any) -> None:
        self._spec = replace(self._spec, format=format, format_options=options)

    def setAccumulableSize(self, size: int) -> None:
        """The size of Glue's error accumulator: errors are kept as frames here and need none."""

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str, catalogId: str = "") -> None:
        self._spec = replace(self._spec, database=catalogDatabase, table=catalogTableName, catalog_id=catalogId or self._spec.catalog_id)

    def writeFrame(self, dynamic_frame: DynamicFrame, info: str = "") -> DynamicFrame:
        """Writes the frame; the answer is the frame of error records, `<name>_errors`."""
        write_sink(self._glue_ctx.spark_session, dynamic_frame._jdf, self._spec)
        return DynamicFrame(errors_frame(dynamic_frame._jdf), dynamic_frame.glue_ctx, f"{dynamic_frame.name}_errors")

    def writeDataFrame(self, data_frame: DataFrame, glue_context: GlueContext, info: str = "") -> DynamicFrame:
        return self.writeFrame(DynamicFrame.fromDF(data_frame, glue_context, "data_frame"), info)

    def write(self, dynamic_frame_or_dfc: DynamicFrame | DynamicFrameCollection, info: str = "") -> Any:
        """Writes a frame, or every frame of a collection into a folder of its name."""
        if isinstance(dynamic_frame_or_dfc, DynamicFrame):
            return self.writeFrame(dynamic_frame_or_dfc, info)
        if not isinstance(dynamic_frame_or_dfc, DynamicFrameCollection):
            raise TypeError(f"A sink writes a DynamicFrame or a DynamicFrameCollection, not {type(dynamic_frame_or_dfc).__name__}")
        errors = {name: self._named(name).writeFrame(dynamic_frame_or_dfc[name], info) for name in dynamic_frame_or_dfc.keys()}  # noqa: SIM118
        return DynamicFrameCollection(errors, self._glue_ctx)

    def _named(self, name: str) -> DataSink:
        path = self._spec.options.get("path")
        if not path:
            raise NotImplementedError(f"Writing a collection to {self._spec.connection_type}: write its frames one by one")
        return DataSink(replace(self._spec, options={**self._spec.options, "path": f"{str(path).rstrip('/')}/{name}"}), self._glue_ctx)
