"""Files as Spark relations: given by paths, or by a catalog's partitions with their own locations and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.choice import column

_LISTING_TASKS = "spark.sql.sources.parallelPartitionDiscovery.parallelism"
_FORMATS = {
    "csv": "org.apache.spark.sql.execution.datasources.csv.CSVFileFormat",
    "json": "org.apache.spark.sql.execution.datasources.json.JsonFileFormat",
    "orc": "org.apache.spark.sql.execution.datasources.orc.OrcFileFormat",
    "parquet": "org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat",
    "text": "org.apache.spark.sql.execution.datasources.text.TextFileFormat",
    "xml": "org.apache.spark.sql.execution.datasources.xml.XmlFileFormat",
    "avro": "org.apache.spark.sql.avro.AvroFileFormat",
}


class Files(Protocol):
    """A set of files that a format reads."""

    spark: SparkSession

    @property
    def partition_columns(self) -> list[str]: ...

    @property
    def attached_columns(self) -> list[Column]:
        """What `load` adds about the file of each row, by its name; a reader that selects columns passes them on."""

    @property
    def attached_fields(self) -> list[gt.Field]:
        """Name and type of the attached columns."""

    def infer(self, format: str, options: Mapping[str, str]) -> st.StructType:
        """The schema that Spark finds in the files themselves."""

    def load(self, format: str, schema: st.StructType, options: Mapping[str, str]) -> DataFrame:
        """The rows: the columns of `schema`, then the partition columns as text."""


class _Attached:
    """The name of a column that holds when a row's file was changed, if one is wanted (attachTimestamp)."""

    timestamp: str = ""

    @property
    def attached_columns(self) -> list[Column]:
        return [column(self.timestamp)] if self.timestamp else []

    @property
    def attached_fields(self) -> list[gt.Field]:
        return [gt.Field(self.timestamp, gt.TimestampType())] if self.timestamp else []

    def _attach(self, df: DataFrame) -> DataFrame:
        return df.select("*", F.col("_metadata.file_modification_time").alias(self.timestamp)) if self.timestamp else df


@dataclass
class PathFiles(_Attached):
    """Files given by paths. Folders are read with all that is below them; not `recursive`, Spark finds partitions in their names."""

    spark: SparkSession
    paths: Sequence[str]
    recursive: bool = True
    timestamp: str = ""

    @property
    def partition_columns(self) -> list[str]:
        return []

    def infer(self, format: str, options: Mapping[str, str]) -> st.StructType:
        schema: st.StructType = self._reader(format, options).load(list(self.paths)).schema
        return schema

    def load(self, format: str, schema: st.StructType, options: Mapping[str, str]) -> DataFrame:
        return self._attach(self._reader(format, options).schema(schema).load(list(self.paths)))

    def _reader(self, format: str, options: Mapping[str, str]) -> Any:
        return self.spark.read.format(format).options(**{"recursiveFileLookup": str(self.recursive).lower(), **options})


@dataclass(frozen=True)
class Partition:
    """A partition of a catalog table: its values as the catalog has them, and where its files are."""

    values: tuple[str | None, ...]
    location: str


@dataclass
class PartitionedFiles(_Attached):
    """The files of partitions. Values come from the catalog, never from paths; a location that is gone has no rows.

    Spark's readers can only be told partition values by folder names, so the file index is made directly.
    """

    spark: SparkSession
    keys: Sequence[str]
    partitions: Sequence[Partition]
    timestamp: str = ""

    @property
    def partition_columns(self) -> list[str]:
        return list(self.keys)

    def infer(self, format: str, options: Mapping[str, str]) -> st.StructType:
        from awsglue._read.listing import exists

        there = [part.location for part in self.partitions if exists(self.spark, part.location)]
        return PathFiles(self.spark, there).infer(format, options) if there else st.StructType([])

    def load(self, format: str, schema: st.StructType, options: Mapping[str, str]) -> DataFrame:
        jvm: Any = self.spark._jvm
        sources = jvm.org.apache.spark.sql.execution.datasources
        python = jvm.org.apache.spark.api.python.PythonUtils
        none = getattr(jvm.scala, "None$").__getattr__("MODULE$")
        keys = self._java_schema(st.StructType([st.StructField(key, st.StringType()) for key in self.keys]))
        java_options = python.toScalaMap(dict(options))
        roots, spec = self._spec(keys)
        cache = getattr(sources, "NoopCache$").__getattr__("MODULE$")
        session = self.spark._jsparkSession
        with self._few_listing_tasks():
            index = sources.InMemoryFileIndex(session, roots, java_options, none, cache, jvm.scala.Some(spec), none)
        reader = jvm.java.lang.Class.forName(
            _FORMATS[format], True, jvm.java.lang.Thread.currentThread().getContextClassLoader()
        ).newInstance()
        relation = sources.HadoopFsRelation(index, keys, self._java_schema(schema), none, reader, java_options, session)
        return self._attach(DataFrame(session.baseRelationToDataFrame(relation), self.spark))

    @contextmanager
    def _few_listing_tasks(self) -> Iterator[None]:
        """Spark lists many locations in a job with one task each; a task costs more than many listings."""
        before = self.spark.conf.get(_LISTING_TASKS)
        self.spark.conf.set(_LISTING_TASKS, str(max(2, 2 * self.spark.sparkContext.defaultParallelism)))
        try:
            yield
        finally:
            self.spark.conf.set(_LISTING_TASKS, str(before))

    def _java_schema(self, schema: st.StructType) -> Any:
        jvm: Any = self.spark._jvm
        return jvm.org.apache.spark.sql.types.DataType.fromJson(schema.json())

    def _spec(self, keys: Any) -> tuple[Any, Any]:
        """Root paths and Spark's PartitionSpec. Each look-up in the JVM is a round trip: once only."""
        jvm: Any = self.spark._jvm
        make_path, make_list = jvm.org.apache.hadoop.fs.Path, jvm.java.util.ArrayList
        make_partition = jvm.org.apache.spark.sql.execution.datasources.PartitionPath
        make_row, make_text = jvm.org.apache.spark.sql.catalyst.InternalRow.fromSeq, jvm.org.apache.spark.unsafe.types.UTF8String.fromString
        to_seq = jvm.org.apache.spark.api.python.PythonUtils.toSeq
        conf = self.spark._jsparkSession.sessionState().newHadoopConf()
        roots, partitions = make_list(), make_list()
        for part in self.partitions:
            path = make_path(part.location)
            if not urlsplit(part.location).netloc:  # file:///a is spelt otherwise in listings
                path = path.getFileSystem(conf).makeQualified(path)
            cells = make_list()
            for value in part.values:
                cells.append(None if value is None else make_text(value))
            roots.append(path)
            partitions.append(make_partition(make_row(to_seq(cells)), path))
        return to_seq(roots), jvm.org.apache.spark.sql.execution.datasources.PartitionSpec(keys, to_seq(partitions))
