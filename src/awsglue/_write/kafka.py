"""Kafka as a sink: each record of the frame is one record of a topic.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-connect-kafka-home.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import _report
from awsglue._frame.choice import column
from awsglue._frame.frame import Frame
from awsglue._read.kafka import check_broker, check_names, servers
from awsglue._write import unquoted
from awsglue._write.files import is_nothing, options_for, rows_for
from awsglue._write.spec import WriteSpec

log = logging.getLogger("awsglue")
_OURS = {
    "connectionName", "bootstrap.servers", "security.protocol", "topic", "topicName", "partition", "key", "classification", "delimiter",
    "avroSchema", "typeOfData",
}  # fmt: skip
_FORMATS = ("avro", "csv", "json")


def write_kafka(spark: Any, frame: Frame, spec: WriteSpec) -> None:
    """Writes the frame's records. A batch that is run again writes them again: Kafka's own guarantee is at least once."""
    options = _options(spark, spec.options)
    topic = spec.options.get("topic") or spec.options.get("topicName")
    kind = _classification(spec)
    if is_nothing(frame):
        log.warning("There are no records and no columns: nothing is written to %s", topic)
        return
    rows = rows_for(frame.closed, kind)
    if not topic and "topic" not in rows.columns:
        raise ValueError("A kafka sink needs the option topic, or a column called topic")
    columns = [_value(rows, kind, spec).alias("value"), *_routing(rows, spec.options)]
    if topic:
        options["topic"] = str(topic)
    else:
        columns.append(column("topic").cast("string").alias("topic"))
    check_broker(spark, options, [])
    rows.select(*columns).write.format("kafka").options(**options).save()


def _classification(spec: WriteSpec) -> str:
    found = str(spec.format or spec.options.get("classification") or "json").lower()
    if found not in _FORMATS:
        raise NotImplementedError(f"The classification {found} of a kafka sink (built: {', '.join(_FORMATS)})")
    return found


def _options(spark: Any, given: Mapping[str, Any]) -> dict[str, str]:
    """Where the brokers are, and the producer's settings: AWS passes every one on, with and without Spark's prefix."""
    settings = set(spark._jvm.org.apache.kafka.clients.producer.ProducerConfig.configNames())
    check_names("A kafka sink", given, _OURS | settings)
    named = {name: str(value) for name, value in given.items() if name.startswith("kafka.")}
    bare = {f"kafka.{name}": str(value) for name, value in given.items() if name in settings}
    return {**named, **bare, **servers(given)}


def _value(rows: DataFrame, kind: str, spec: WriteSpec) -> Column:
    record = F.struct(*[column(name) for name in rows.columns])
    if kind == "avro":
        return _avro(record, spec.options.get("avroSchema"))
    if kind == "json":
        return F.to_json(record, options_for(spec, kind))
    separator = spec.options.get("delimiter") or spec.format_options.get("separator") or ","
    options = options_for(replace(spec, format_options={**spec.format_options, "separator": separator}), kind)
    return F.to_csv(record, options) if options["quote"] else unquoted.line(rows, rows.columns, options)


def _avro(record: Column, schema: Any) -> Column:
    from pyspark.sql.avro.functions import to_avro

    if not schema:
        return to_avro(record)
    return to_avro(record, schema if isinstance(schema, str) else json.dumps(schema))


def _routing(rows: DataFrame, given: Mapping[str, Any]) -> list[Column]:
    """The columns key and partition of Spark's sink. AWS does not say whether its options are names of columns: those that are, are."""
    found: list[Column] = []
    key, partition = given.get("key"), given.get("partition")
    if key not in (None, ""):
        text = column(str(key)) if key in rows.columns else F.lit(str(key))
        if key not in rows.columns:
            _report.note(f"The key {key!r} of the kafka sink is no column: every record has it as its key")
        found.append(text.cast("string").alias("key"))
    if partition not in (None, ""):
        if partition not in rows.columns and not str(partition).isdecimal():
            raise ValueError(f"partition {partition!r} of a kafka sink is neither a number nor a column")
        place = column(str(partition)) if partition in rows.columns else F.lit(int(str(partition)))
        found.append(place.cast("int").alias("partition"))
    return found
