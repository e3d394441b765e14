"""Streaming sources: Kafka, by options or by a table of the Data Catalog. Kinesis is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._frame.choice import column
from awsglue._frame.frame import Frame
from awsglue._frame.types import glue_schema, spark_schema
from awsglue._read.catalog import TableRead, columns_of
from awsglue._read.kafka import RAW, read_kafka
from awsglue._read.spellings import shape_of
from awsglue._read.texts import inferred

STREAMS = ("kinesis", "kafka")


@dataclass
class StreamSpec:
    """A stream that a script asks for."""

    spark: SparkSession
    connection_type: str
    options: Mapping[str, Any]
    format: str | None = None
    format_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def classification(self) -> str:
        return str(self.format or self.options.get("classification") or "json").lower()


def read_stream(spec: StreamSpec) -> DataFrame:
    """The stream as a streaming DataFrame. NotImplementedError names what is not built."""
    return _read(spec, batch=False)


def read_whole(spec: StreamSpec) -> Frame:
    """What is in the stream now, up to endingOffsets."""
    found = expanded(_read(spec, batch=True))
    return Frame(found, glue_schema(found.schema))


def _read(spec: StreamSpec, *, batch: bool) -> DataFrame:
    kind = spec.connection_type.lower()
    if kind == "kinesis":
        raise NotImplementedError("The connection type kinesis: there is no Kinesis service to read from yet")
    if kind != "kafka":
        raise NotImplementedError(f"The connection type {spec.connection_type} as a stream (built: kafka)")
    given = {**({"delimiter": spec.format_options["separator"]} if spec.format_options.get("separator") else {}), **spec.options}
    return read_kafka(spec.spark, given, spec.classification, batch=batch)


def expanded(batch: DataFrame) -> DataFrame:
    """A batch whose records are still text, as columns that are found in it."""
    if RAW not in batch.columns:
        return batch
    others = [column(name) for name in batch.columns if name != RAW]
    kind = inferred(batch, column(RAW))
    if isinstance(kind, st.NullType):
        return batch.select(*others)
    if not isinstance(kind, st.StructType):
        raise ValueError(f"The records of the stream are {kind.simpleString()}, no JSON objects")
    shape = shape_of(batch.sparkSession, kind, {})
    written, renamed = shape.types(lambda leaf: leaf)
    rows = batch.select(F.from_json(column(RAW), written).cast(renamed or written).getItem(0).alias("__parsed"), *others)  # type: ignore[arg-type]
    return rows.select(*[col.alias(name) for name, col in shape.columns(F.col("__parsed")).items()], *others)


def table_stream(read: TableRead) -> StreamSpec | None:
    """A catalog table that describes a stream, as its spec; None for other tables."""
    parameters = read.parameters
    kind = str(parameters.get("typeOfData") or "").lower()
    if kind not in STREAMS:
        return None
    serde = (read.storage.get("SerdeInfo") or {}).get("Parameters") or {}
    names = ("connectionName", "topicName", "security.protocol", "bootstrap.servers", "streamARN", "endpointUrl", "delimiter", "avroSchema")
    options = {name: parameters[name] for name in names if parameters.get(name)}
    separator = serde.get("separatorChar") or serde.get("field.delim")
    if separator:
        options.setdefault("delimiter", separator)
    columns = columns_of(read.storage.get("Columns") or [])
    classification = parameters.get("classification", "json").lower()
    if columns.fields and classification != "avro":
        options["schema"] = ", ".join(f"`{f.name}` {f.dataType.simpleString()}" for f in spark_schema(columns).fields)
    return StreamSpec(read.spark, kind, {"classification": classification, **options, **(read.options or {})})
