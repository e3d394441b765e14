"""Avro: files, with logical types or without, and single records in a column, as `unbox` finds them."""

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
_MICROS = frozenset({"timestamp-micros", "local-timestamp-micros"})
_RAW = {"1.7": _MICROS | {"decimal", "date", "timestamp-millis", "local-timestamp-millis"}, "1.8": _MICROS}
"""The logical types that each version of AWS's reader leaves as they are written."""


def check(spark: SparkSession) -> None:
    """NotImplementedError without Spark's jar of Avro."""
    if java_class(spark, "org.apache.spark.sql.avro.AvroFileFormat") is None:
        raise NotImplementedError("The format avro needs the spark-avro jar on the class path")


def avro_version(options: Mapping[str, Any]) -> str:
    """The format option `version`: 1.7, which knows no logical types, or 1.8. ValueError for others."""
    given = str(options.get("version") or "1.7")
    if given not in _RAW:
        raise ValueError(f"The version {given!r} of avro (there are {', '.join(_RAW)})")
    return given


def raw_schema(spark: SparkSession, file: str, version: str) -> dict[str, str]:
    """Spark's option by which it reads files like this one without the logical types that a version leaves as they are written; none
    where there are none. AWS's table of its Avro readers: 1.7 leaves all, 1.8 timestamps in microseconds."""
    jvm: Any = spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(file)
    stream = path.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()).open(path)
    try:
        written = jvm.org.apache.avro.file.DataFileStream(stream, jvm.org.apache.avro.generic.GenericDatumReader()).getSchema().toString()
    finally:
        stream.close()
    schema = json.loads(written)
    raw = _raw(schema, _RAW[version])
    return {} if raw == _raw(schema, frozenset()) else {"avroSchema": json.dumps(raw)}


def _raw(kind: Any, left: frozenset[str]) -> Any:
    """A schema in which these logical types are nothing but their own, and a field that another file has not is null."""
    if isinstance(kind, list):
        return [_raw(each, left) for each in kind]
    if not isinstance(kind, dict):
        return kind
    if kind.get("logicalType") in left:
        return {name: value for name, value in kind.items() if name != "logicalType"}
    made = {name: _raw(value, left) if name in ("items", "values", "type") else value for name, value in kind.items()}
    if "fields" in kind:
        made["fields"] = [{**field, "type": _nullable(_raw(field["type"], left)), "default": None} for field in kind["fields"]]
    return made


def _nullable(kind: Any) -> list[Any]:
    others = [each for each in (kind if isinstance(kind, list) else [kind]) if each != "null"]
    return ["null", *others]


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
