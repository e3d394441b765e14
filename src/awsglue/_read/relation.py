"""Spark relations of files, made directly: Spark's readers cannot be told partition values, nor which files are listed already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as st

FORMATS = {
    "csv": "org.apache.spark.sql.execution.datasources.csv.CSVFileFormat",
    "json": "org.apache.spark.sql.execution.datasources.json.JsonFileFormat",
    "orc": "org.apache.spark.sql.execution.datasources.orc.OrcFileFormat",
    "parquet": "org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat",
    "text": "org.apache.spark.sql.execution.datasources.text.TextFileFormat",
    "binaryFile": "org.apache.spark.sql.execution.datasources.binaryfile.BinaryFileFormat",
    "xml": "org.apache.spark.sql.execution.datasources.xml.XmlFileFormat",
    "avro": "org.apache.spark.sql.avro.AvroFileFormat",
}

BINARY_FILE = st.StructType(
    [
        st.StructField("path", st.StringType()),
        st.StructField("modificationTime", st.TimestampType()),
        st.StructField("length", st.LongType()),
        st.StructField("content", st.BinaryType()),
    ]
)
"""What Spark's format binaryFile gives; it reads what is selected."""


@dataclass(frozen=True)
class Partition:
    """A partition of a catalog table: its values as the catalog has them, and where its files are."""

    values: tuple[str | None, ...]
    location: str
    created: int = 0  # epoch milliseconds: when the catalog got it


def nothing(spark: SparkSession) -> Any:
    """Scala's None."""
    return getattr(_jvm(spark).scala, "None$").__getattr__("MODULE$")


def some(spark: SparkSession, value: Any) -> Any:
    """Scala's Some."""
    return _jvm(spark).scala.Some(value)


def scala_map(spark: SparkSession, options: Mapping[str, str]) -> Any:
    """Options as Spark's readers take them."""
    return _jvm(spark).org.apache.spark.api.python.PythonUtils.toScalaMap(dict(options))


def format_reader(spark: SparkSession, format: str) -> Any:
    """Spark's reader of a format; the class may be in a jar of the job's own."""
    return java_class(spark, FORMATS[format]).newInstance()


def java_class(spark: SparkSession, name: str) -> Any:
    """A class in the JVM, of the job's own jars too. None where there is none of that name."""
    loader = _jvm(spark).java.lang.Thread.currentThread().getContextClassLoader()
    if loader.getResource(f"{name.replace('.', '/')}.class") is None:
        return None
    return _jvm(spark).java.lang.Class.forName(name, True, loader)


def java_schema(spark: SparkSession, schema: st.StructType) -> Any:
    """A schema in the JVM."""
    return _jvm(spark).org.apache.spark.sql.types.DataType.fromJson(schema.json())


def python_schema(schema: Any) -> st.StructType:
    """A schema of the JVM."""
    found = st._parse_datatype_json_string(schema.json())
    assert isinstance(found, st.StructType)
    return found


def relation(spark: SparkSession, index: Any, format: str, keys: Any, schema: st.StructType, options: Mapping[str, str]) -> DataFrame:
    """The rows of an index's files: the columns of `schema`, then its partition columns (`keys`, a schema of the JVM)."""
    sources, session = _jvm(spark).org.apache.spark.sql.execution.datasources, spark._jsparkSession
    reader, java_options = format_reader(spark, format), scala_map(spark, options)
    made = sources.HadoopFsRelation(index, keys, java_schema(spark, schema), nothing(spark), reader, java_options, session)
    return DataFrame(session.baseRelationToDataFrame(made), spark)


def partition_spec(spark: SparkSession, keys: Any, partitions: Sequence[Partition]) -> tuple[Any, Any]:
    """Root paths and Spark's PartitionSpec. Each look-up in the JVM is a round trip: once only."""
    jvm = _jvm(spark)
    make_path, make_list = jvm.org.apache.hadoop.fs.Path, jvm.java.util.ArrayList
    make_partition = jvm.org.apache.spark.sql.execution.datasources.PartitionPath
    make_row, make_text = jvm.org.apache.spark.sql.catalyst.InternalRow.fromSeq, jvm.org.apache.spark.unsafe.types.UTF8String.fromString
    to_seq = jvm.org.apache.spark.api.python.PythonUtils.toSeq
    conf = spark._jsparkSession.sessionState().newHadoopConf()
    roots, made = make_list(), make_list()
    for part in partitions:
        path = make_path(part.location)
        if not urlsplit(part.location).netloc:  # file:///a is spelt otherwise in listings
            path = path.getFileSystem(conf).makeQualified(path)
        cells = make_list()
        for value in part.values:
            cells.append(None if value is None else make_text(value))
        roots.append(path)
        made.append(make_partition(make_row(to_seq(cells)), path))
    return to_seq(roots), jvm.org.apache.spark.sql.execution.datasources.PartitionSpec(keys, to_seq(made))


def _jvm(spark: SparkSession) -> Any:
    return spark._jvm
