"""GlueContext: the entry point of Glue scripts."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession, SQLContext

from awsglue import _batches, _report
from awsglue import gluetypes as gt
from awsglue._aws import get_table
from awsglue._frame.frame import Frame
from awsglue._frame.records import from_records
from awsglue._frame.resolve import option_action
from awsglue._frame.types import spark_schema
from awsglue._lakes import lake_format, read_lake, write_lake
from awsglue._log import GlueLogger
from awsglue._read.arguments import frame_name, named_database, sampled, session_of, tell_workers
from awsglue._read.catalog import TableRead, read_table, table_schema
from awsglue._read.glue_connection import jdbc_conf
from awsglue._read.spec import ReadSpec, empty_frame
from awsglue._read.streams import STREAMS, StreamSpec, read_stream, read_whole, table_stream
from awsglue._storage import Storage
from awsglue._write.spec import WriteSpec
from awsglue._write.tables import catalog_sink, jdbc_sink
from awsglue.data_sink import DataSink
from awsglue.data_source import DataSource
from awsglue.dataframereader import DataFrameReader
from awsglue.dataframewriter import DataFrameWriter
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection, DynamicFrameReader, DynamicFrameWriter
from awsglue.streaming_data_source import StreamingDataSource

Options = dict[str, Any]
_SWAPPED = ("parquet", "orc")


def register(sc: SparkContext) -> None:
    """Nothing to import into the JVM: this library has no classes there."""


class GlueContext(Storage, SQLContext):  # type: ignore[misc]
    """Reads and writes DynamicFrames; also the SQLContext of its Spark session."""

    Spark_SQL_Formats = {"parquet", "orc"}
    Unsupported_Compression_Types = {"lzo"}

    def __init__(self, sparkContext: SparkContext | SparkSession | None = None, **options: Any) -> None:
        session = session_of(sparkContext)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            super().__init__(session.sparkContext, session)
        tell_workers(session.sparkContext)
        self.spark_session = session
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.create_data_frame = DataFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)
        self.write_data_frame = DataFrameWriter(self)

    # --- sources ---

    def getSource(
        self, connection_type: str, format: str | None = None, transformation_ctx: str = "", push_down_predicate: str = "", **options: Any
    ) -> DataSource:
        """A source; the format parquet or orc takes the place of the connection type."""
        if format is not None and format.lower() in _SWAPPED:
            connection_type = format.lower()
        spec = ReadSpec(self.spark_session, connection_type, options, format, ctx=transformation_ctx)
        return DataSource(spec, self, frame_name(options))

    def getStreamingSource(
        self, connection_type: str, format: str | None = None, transformation_ctx: str = "", push_down_predicate: str = "", **options: Any
    ) -> StreamingDataSource:
        """A streaming source: kafka."""
        return StreamingDataSource(StreamSpec(self.spark_session, connection_type, options, format), self, connection_type)

    def create_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Options = {},  # noqa: B006 - the published signature; never mutated
        format: str | None = None,
        format_options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **kwargs: Any,
    ) -> DynamicFrame:
        """The frame of files, a database table … at a connection."""
        _report.ignored("from_options", kwargs, ("minPartitions", "targetPartitions"))
        source = self.getSource(connection_type, format, transformation_ctx, push_down_predicate, **connection_options)
        if format:
            source.setFormat(format, **format_options)
        return source.getFrame(**kwargs)

    def create_dynamic_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Options = {},  # noqa: B006
        catalog_id: str | None = None,
        **kwargs: Any,
    ) -> DynamicFrame:
        """The frame of a table of the Data Catalog; `name_space` is the old name of `database`."""
        read = self._table_read(database, table_name, transformation_ctx, push_down_predicate, additional_options, catalog_id, kwargs)
        stream = table_stream(read)
        return DynamicFrame(read_whole(stream) if stream else read_table(read), self, str(table_name))

    def _table_read(
        self,
        database: str | None,
        table_name: str | None,
        transformation_ctx: str,
        predicate: str,
        options: Options | None,
        catalog_id: str | None,
        others: Options,
    ) -> TableRead:
        database = named_database(database, others.pop("name_space", None))
        _report.ignored("from_catalog", others, ("minPartitions", "targetPartitions"))
        if table_name is None:
            raise ValueError("from_catalog needs table_name")
        table = get_table(database, table_name, catalog_id)
        return TableRead(self.spark_session, table, predicate, options or {}, catalog_id, transformation_ctx)

    def create_dynamic_frame_from_rdd(
        self, data: Any, name: str, schema: Any = None, sample_ratio: float | None = None, transformation_ctx: str = ""
    ) -> DynamicFrame:
        """The frame of an RDD: of dictionaries, whose types are found by a pass, or of anything with a Spark schema."""
        if schema is None and isinstance(data.first(), dict):
            return DynamicFrame(Frame(*from_records(self.spark_session, data, gt.StructType())), self, name)
        return DynamicFrame.fromDF(self.spark_session.createDataFrame(data, schema, sample_ratio), self, name)

    def create_data_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Options = {},  # noqa: B006
        catalog_id: str | None = None,
        **kwargs: Any,
    ) -> DataFrame:
        """The rows of a table of the Data Catalog as a Spark DataFrame: streaming for a table of a stream; also of lake formats."""
        read = self._table_read(database, table_name, transformation_ctx, push_down_predicate, additional_options, catalog_id, kwargs)
        stream = table_stream(read)
        if stream is not None:
            return read_stream(stream)
        return read_lake(read) if lake_format(read) else DynamicFrame(read_table(read), self, str(table_name)).toDF()

    def create_data_frame_from_options(
        self,
        connection_type: str,
        connection_options: Options = {},  # noqa: B006
        format: str | None = None,
        format_options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **kwargs: Any,
    ) -> DataFrame:
        if connection_type.lower() in STREAMS:
            stream = StreamSpec(self.spark_session, connection_type, connection_options, format, format_options)
            return read_stream(stream)
        return self.create_dynamic_frame_from_options(
            connection_type, connection_options, format, format_options, transformation_ctx, push_down_predicate, **kwargs
        ).toDF()

    def create_sample_dynamic_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        num: int | None = None,
        sample_options: Options = {},  # noqa: B006
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Options = {},  # noqa: B006
        catalog_id: str | None = None,
        erieTxId: str = "",
        asOfTime: str = "",
        **kwargs: Any,
    ) -> DynamicFrame:
        """A frame of `num` records of a table."""
        whole = self.create_dynamic_frame_from_catalog(
            database, table_name, redshift_tmp_dir, transformation_ctx, push_down_predicate, additional_options, catalog_id, **kwargs
        )
        return sampled(whole, num)

    def create_sample_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Options = {},  # noqa: B006
        num: int | None = None,
        sample_options: Options = {},  # noqa: B006
        format: str | None = None,
        format_options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **kwargs: Any,
    ) -> DynamicFrame:
        """A frame of `num` records of a source."""
        whole = self.create_dynamic_frame_from_options(
            connection_type, connection_options, format, format_options, transformation_ctx, push_down_predicate, **kwargs
        )
        return sampled(whole, num)

    def get_catalog_schema_as_spark_schema(
        self, database: str | None = None, table_name: str | None = None, catalog_id: str | None = None
    ) -> Any:
        """A catalog table's columns as a Spark schema."""
        if not (database and table_name):
            raise ValueError("get_catalog_schema_as_spark_schema needs database and table_name")
        return spark_schema(self._table_schema(database, table_name, catalog_id))

    def _table_schema(self, database: str, table_name: str, catalog_id: str | None) -> gt.StructType:
        return table_schema(get_table(database, table_name, catalog_id))

    def _empty_frame(self, name: str) -> DynamicFrame:
        return DynamicFrame(empty_frame(self.spark_session), self, name)

    # --- sinks ---

    def getSink(self, connection_type: str, format: str | None = None, transformation_ctx: str = "", **options: Any) -> DataSink:
        """A sink; the format parquet or orc takes the place of the connection type."""
        if format is not None and format.lower() in _SWAPPED:
            connection_type = format.lower()
        return DataSink(WriteSpec(connection_type, options, format), self)

    def write_dynamic_frame_from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: Options = {},  # noqa: B006
        format: str | None = None,
        format_options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
    ) -> Any:
        return self.write_from_options(frame, connection_type, connection_options, format, format_options, transformation_ctx)

    def write_from_options(
        self,
        frame_or_dfc: DynamicFrame | DynamicFrameCollection,
        connection_type: str,
        connection_options: Options = {},  # noqa: B006
        format: Any = {},  # noqa: B006
        format_options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
        **kwargs: Any,
    ) -> Any:
        """Writes a frame, or each frame of a collection; the answer is the frame (or collection) of errors."""
        if not isinstance(frame_or_dfc, (DynamicFrame, DynamicFrameCollection)):
            raise TypeError(f"Only a DynamicFrame or a DynamicFrameCollection can be written, not {type(frame_or_dfc).__name__}")
        sink = self.getSink(connection_type, format or None, transformation_ctx, **connection_options)
        if format:
            sink.setFormat(format, **format_options)
        return sink.write(frame_or_dfc)

    def write_dynamic_frame_from_catalog(
        self,
        frame: DynamicFrame,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: Options = {},  # noqa: B006
        catalog_id: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Appends the frame to a table of the Data Catalog, in its format and at its location."""
        database = named_database(database, kwargs.pop("name_space", None))
        if table_name is None:
            raise ValueError("write_dynamic_frame.from_catalog needs table_name")
        table = get_table(database, table_name, catalog_id)
        return DataSink(catalog_sink(table, redshift_tmp_dir, additional_options, catalog_id), self).write(frame)

    def write_data_frame_from_catalog(
        self,
        frame: DataFrame,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: Options = {},  # noqa: B006
        catalog_id: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Appends a Spark DataFrame to a table of the Data Catalog, also of a lake format."""
        read = self._table_read(database, table_name, transformation_ctx, "", additional_options, catalog_id, kwargs)
        if lake_format(read):
            return write_lake(read, frame)
        made = DynamicFrame.fromDF(frame, self, str(table_name))
        return self.write_dynamic_frame_from_catalog(
            made,
            database or str(read.table["DatabaseName"]),
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            additional_options,
            catalog_id,
        )

    def write_dynamic_frame_from_jdbc_conf(
        self,
        frame: DynamicFrame,
        catalog_connection: str,
        connection_options: Options = {},  # noqa: B006
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> None:
        self.write_from_jdbc_conf(frame, catalog_connection, connection_options, redshift_tmp_dir, transformation_ctx, catalog_id)

    def write_from_jdbc_conf(
        self,
        frame_or_dfc: DynamicFrame | DynamicFrameCollection,
        catalog_connection: str,
        connection_options: Options = {},  # noqa: B006
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> Any:
        """Writes to the database that a Glue connection names."""
        vendor = jdbc_conf(catalog_connection, catalog_id)["vendor"]
        sink = DataSink(jdbc_sink(vendor, catalog_connection, connection_options, redshift_tmp_dir, catalog_id), self)
        return sink.write(frame_or_dfc)

    # --- the rest ---

    def convert_resolve_option(self, path: str, action: str, target: gt.DataType | None) -> str:
        """A ResolveOption's action as resolveChoice spells it."""
        return option_action(action, target)

    def extract_jdbc_conf(self, connection_name: str, catalog_id: str | None = None) -> Options:
        """user, password, vendor, url and fullUrl of a Glue connection."""
        return jdbc_conf(connection_name, catalog_id)

    def get_logger(self) -> GlueLogger:
        return GlueLogger(self._jvm)

    def currentTimeMillis(self) -> int:
        return int(time.time() * 1000)

    def getSampleStreamingDynamicFrame(self, frame: Any, options: Options = {}, batch_function: Any = None) -> Any:  # noqa: B006
        """A frame of the first records that come: `recordPollingLimit` (100) within `pollingTimeInMs` (10000)."""
        return DynamicFrame.fromDF(_batches.sample(frame, options, batch_function), self, "sample")

    def forEachBatch(self, frame: DataFrame, batch_function: Callable[[DataFrame, int], Any], options: Options = {}) -> None:  # noqa: B006
        """Calls the function for each non-empty batch of a streaming DataFrame, until the stream ends."""
        _batches.for_each_batch(frame, batch_function, options)

    def add_ingestion_time_columns(self, frame: DataFrame, time_granularity: str) -> DataFrame:
        """Adds ingest_year, ingest_month … down to the granularity: day, hour or minute."""
        return _batches.add_ingestion_time_columns(frame, time_granularity)
