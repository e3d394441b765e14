"""Avro in a column: single records, as `unbox` finds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.types import glue_type
from awsglue._read.relation import java_class

_CELL, _READ = "__cell", "__read"


def check(spark: SparkSession) -> None:
    """NotImplementedError without Spark's jar of Avro."""
    if java_class(spark, "org.apache.spark.sql.avro.AvroFileFormat") is None:
        raise NotImplementedError("The format avro needs the spark-avro jar on the class path")


def unboxed(df: DataFrame, datum: Column, options: Mapping[str, Any]) -> tuple[DataFrame, gt.DataType, Column, Column]:
    """The frame with what the bytes spell by the option avroSchema, its type and values, and where there are bytes that are no such record.

    Spark makes a record of nulls of bytes that it cannot read. Avro gives a field that only the reader's schema has its default: where
    that is missing, nothing was read.
    """
    from pyspark.sql.avro.functions import from_avro

    check(df.sparkSession)
    written = _record(options.get("avroSchema"))
    marked = {**written, "fields": [*written["fields"], {"name": _READ, "type": "boolean", "default": True}]}
    reading = {"mode": "PERMISSIVE", "avroSchema": json.dumps(marked)}
    read = df.withColumn(_CELL, from_avro(datum, json.dumps(written), reading))
    cell = F.col(_CELL)
    names = [field["name"] for field in written["fields"]]
    value = F.when(datum.isNotNull(), F.struct(*[cell.getField(name).alias(name) for name in names]))
    return read, glue_type(read.select(value.alias(_CELL)).schema[0].dataType), value, datum.isNotNull() & cell.getField(_READ).isNull()


def _record(given: Any) -> dict[str, Any]:
    """A schema as JSON text, or as it is. ValueError if it is of no record."""
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise ValueError(f"avroSchema of Unbox is no JSON: {error}") from error
    if not isinstance(found, dict) or found.get("type") != "record" or not found.get("fields"):
        raise ValueError("Unbox of avro needs the option avroSchema: the JSON of an Avro record, which the bytes do not tell")
    return found
