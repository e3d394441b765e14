"""What a format reads: files as Spark relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._bookmarks.window import File
from awsglue._frame.choice import column
from awsglue._read.relation import Partition, java_schema, nothing, partition_spec, scala_map, some

_LISTING_TASKS = "spark.sql.sources.parallelPartitionDiscovery.parallelism"


class Files(Protocol):
    """A set of files that a format reads."""

    spark: SparkSession

    @property
    def files(self) -> list[File]: ...

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

    def beginnings(self, most: int, length: int) -> Iterator[str]:
        """How some of the files begin, at most so many of them and so many bytes of each, uncompressed."""

    def load(self, format: str, schema: st.StructType, options: Mapping[str, str]) -> DataFrame:
        """The rows: the columns of `schema`, then the partition columns as text."""


class Attached:
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
class PartitionedFiles:
    """Where the partitions of a catalog table lie: Spark lists them, many at a time. A location that is gone has no files."""

    spark: SparkSession
    keys: Sequence[str]
    partitions: Sequence[Partition]

    def __post_init__(self) -> None:
        self.schema = java_schema(self.spark, st.StructType([st.StructField(key, st.StringType()) for key in self.keys]))
        self.roots, self.spec = partition_spec(self.spark, self.schema, self.partitions)

    def index(self) -> Any:
        """Spark's index of the files."""
        sources = self.spark._jvm.org.apache.spark.sql.execution.datasources  # type: ignore[union-attr]
        none, cache = nothing(self.spark), getattr(sources, "NoopCache$").__getattr__("MODULE$")
        given, session = scala_map(self.spark, {}), self.spark._jsparkSession
        with self._few_listing_tasks():
            return sources.InMemoryFileIndex(session, self.roots, given, none, cache, some(self.spark, self.spec), none)

    @contextmanager
    def _few_listing_tasks(self) -> Iterator[None]:
        """Spark lists many locations in a job with one task each; a task costs more than many listings."""
        before = self.spark.conf.get(_LISTING_TASKS)
        self.spark.conf.set(_LISTING_TASKS, str(max(2, 2 * self.spark.sparkContext.defaultParallelism)))
        try:
            yield
        finally:
            self.spark.conf.set(_LISTING_TASKS, str(before))
