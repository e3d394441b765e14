"""Streaming sources: Kafka, by options or by a table of the Data Catalog. Kinesis is refused by name."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._aws import get_connection
from awsglue._frame.choice import column
from awsglue._frame.types import spark_schema
from awsglue._read.catalog import TableRead, columns_of
from awsglue._read.texts import inferred
from awsglue.utils import truth

log = logging.getLogger("awsglue")
RAW = "$json$data_infer_schema$_temporary$"
"""The column of a stream whose schema is found batch by batch (inferSchema)."""
STREAMS = ("kinesis", "kafka")
_PROVIDER = "org/apache/spark/sql/kafka010/KafkaSourceProvider.class"
_PLAIN = {
    "security.protocol": "kafka.security.protocol", "assign": "assign", "subscribePattern": "subscribePattern", "topicName": "subscribe",
    "pollTimeoutMs": "kafkaConsumer.pollTimeoutMs", "numRetries": "fetchOffset.numRetries",
    "retryIntervalMs": "fetchOffset.retryIntervalMs", "maxOffsetsPerTrigger": "maxOffsetsPerTrigger", "minPartitions": "minPartitions",
    "includeHeaders": "includeHeaders", "failOnDataLoss": "failOnDataLoss", "endingOffsets": "endingOffsets",
}  # fmt: skip
_OURS = {
    "bootstrap.servers", "connectionName", "startingOffsets", "startingTimestamp", "classification", "delimiter", "schema", "inferSchema",
    "addRecordTimestamp", "emitConsumerLagMetrics", "typeOfData", "avroSchema",
}  # fmt: skip


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
        return str(self.format or self.options.get("classification") or "").lower()


def read_stream(spec: StreamSpec) -> DataFrame:
    """The stream as a streaming DataFrame. NotImplementedError names what is not built."""
    kind = spec.connection_type.lower()
    if kind == "kinesis":
        raise NotImplementedError("The connection type kinesis: there is no Kinesis service to read from yet")
    if kind != "kafka":
        raise NotImplementedError(f"The connection type {spec.connection_type} as a stream (built: kafka)")
    loader = spec.spark._jvm.java.lang.Thread.currentThread().getContextClassLoader()
    if loader.getResource(_PROVIDER) is None:
        raise NotImplementedError(
            "The connection type kafka needs Spark's Kafka connector on the class path: give the job --extra-jars with "
            "org.apache.spark:spark-sql-kafka-0-10_2.13, spark-token-provider-kafka-0-10_2.13, kafka-clients and commons-pool2"
        )
    reader = spec.spark.readStream.format("kafka").options(**kafka_options(spec.options))
    return _decoded(spec, reader.load())


def kafka_options(given: Mapping[str, Any]) -> dict[str, str]:
    """Glue's options as those of Spark's connector."""
    unknown = sorted(set(given) - set(_PLAIN) - _OURS)
    if unknown:
        log.warning("A kafka source has no option %s: ignored", ", ".join(unknown))
    if sum(name in given for name in ("topicName", "assign", "subscribePattern")) != 1:
        raise ValueError("A kafka source needs exactly one of topicName, assign and subscribePattern")
    if given.get("startingOffsets") and given.get("startingTimestamp"):
        raise ValueError("A kafka source takes startingOffsets or startingTimestamp, not both")
    options = {theirs: str(given[ours]) for ours, theirs in _PLAIN.items() if ours in given and ours != "endingOffsets"}
    options |= _servers(given)
    if given.get("startingTimestamp"):
        moment = datetime.fromisoformat(str(given["startingTimestamp"]).replace("Z", "+00:00"))
        options["startingTimestamp"] = str(int(moment.timestamp() * 1000))
    else:
        options["startingOffsets"] = str(given.get("startingOffsets") or "latest")
    return options


def _servers(given: Mapping[str, Any]) -> dict[str, str]:
    servers = given.get("bootstrap.servers")
    if servers:
        return {"kafka.bootstrap.servers": str(servers)}
    if not given.get("connectionName"):
        raise ValueError("A kafka source needs the option bootstrap.servers, or connectionName")
    properties = get_connection(str(given["connectionName"])).get("ConnectionProperties") or {}
    if not properties.get("KAFKA_BOOTSTRAP_SERVERS"):
        raise ValueError(f"The connection {given['connectionName']!r} has no KAFKA_BOOTSTRAP_SERVERS")
    found = {"kafka.bootstrap.servers": properties["KAFKA_BOOTSTRAP_SERVERS"]}
    if truth(properties.get("KAFKA_SSL_ENABLED", "true")):
        found["kafka.security.protocol"] = "SSL"
    return found


def _decoded(spec: StreamSpec, raw: DataFrame) -> DataFrame:
    """The records' values by their classification and schema; without a schema, the text that each batch is made columns of."""
    extra: list[Column] = []
    if truth(spec.options.get("addRecordTimestamp", False)):
        extra.append(F.date_format("timestamp", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").alias("__src_timestamp"))
    if truth(spec.options.get("includeHeaders", False)):
        extra.append(F.col("headers").alias("glue_streaming_kafka_headers"))
    schema = spec.options.get("schema")
    text = F.col("value").cast("string")
    kind = spec.classification or "json"
    if kind not in ("json", "csv"):
        raise NotImplementedError(f"The classification {kind} of a kafka source (built: csv, json)")
    if schema is None or truth(spec.options.get("inferSchema", False)):
        if kind != "json":
            raise NotImplementedError(f"A kafka source of {kind} without the option schema")
        return raw.select(text.alias(RAW), *extra)
    if kind == "csv":
        parsed = F.from_csv(text, str(schema), {"sep": str(spec.options.get("delimiter", ","))})
    else:
        parsed = F.from_json(text, str(schema))
    return raw.select(parsed.alias("__parsed"), *extra).select("__parsed.*", *raw.select(*extra).columns)


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
    return batch.select(F.from_json(column(RAW), kind).alias("__parsed"), *others).select("__parsed.*", *others)


def table_stream(read: TableRead) -> StreamSpec | None:
    """A catalog table that describes a stream, as its spec; None for other tables."""
    parameters = read.parameters
    kind = str(parameters.get("typeOfData") or "").lower()
    if kind not in STREAMS:
        return None
    names = ("connectionName", "topicName", "security.protocol", "bootstrap.servers", "streamARN", "endpointUrl")
    options = {name: parameters[name] for name in names if parameters.get(name)}
    columns = columns_of(read.storage.get("Columns") or [])
    if columns.fields:
        options["schema"] = ", ".join(f"`{f.name}` {f.dataType.simpleString()}" for f in spark_schema(columns).fields)
    classified = {"classification": parameters.get("classification", "json")}
    return StreamSpec(read.spark, kind, {**classified, **options, **(read.options or {})})
