"""Unbox: text in a field becomes the record that it spells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.edit import edit
from awsglue._frame.fields import value_at
from awsglue._frame.frame import Frame
from awsglue._frame.order import Names
from awsglue._frame.paths import ELEMENT, quoted, resolve
from awsglue._frame.types import glue_type, spark_schema
from awsglue._read.avro import unboxed
from awsglue._read.names import BYTES, names_in
from awsglue._read.older_xml import from_xml
from awsglue._read.spec import declared_schema
from awsglue._read.texts import parse_json, unparsed
from awsglue.utils import truth

Parsed = tuple[DataFrame, gt.DataType, Column, Column]
"""The frame with what was parsed, its type and values, and where there is text that is none."""
_CELL = "__cell"
_TEXTS = 100  # that tell the order of fields


def unbox(frame: Frame, path: str, format: str, options: Mapping[str, Any]) -> Frame:
    """The field at `path` holds what its text means; a record whose text is malformed becomes an error record."""
    frame = frame.closed
    if frame.is_void:
        return frame.then(frame.df, frame.schema)
    place = resolve(frame.schema, path)
    if place is None:
        raise ValueError(f"Unbox: there is no field {path!r}; the frame has {[field.name for field in frame.schema]}")
    at, kind = place
    if ELEMENT in at or not isinstance(kind, (gt.StringType, gt.BinaryType)):
        raise ValueError(f"Unbox: {path!r} is {kind.typeName()}; only text (string or binary) outside arrays is unboxed")
    name = format.lower()
    if name not in _FORMATS:
        raise NotImplementedError(f"Unbox of the format {format} (built: {', '.join(_FORMATS)})")
    if name == "avro" and not isinstance(kind, gt.BinaryType):
        raise ValueError(f"Unbox of avro: {path!r} is {kind.typeName()}; Avro is bytes (binary), which a string does not keep")
    given, text = (value_at(at), F.base64(value_at(at))) if name == "avro" else (value_at(at).cast("string"),) * 2
    df, made, value, bad = _FORMATS[name](frame.df, given, options)
    good = frame.then(df.where(~bad), frame.schema, stage=unparsed(df, bad, text, format.upper()))
    changed = edit(good, {at: lambda value_before: [(value_before[0], made, value)]})
    return Frame(*changed.rows, frame.errors, good.stage_errors, frame.limits).lacking(frame.absent)


def _json(df: DataFrame, text: Column, options: Mapping[str, Any]) -> Parsed:
    declared = declared_schema(options)
    return parse_json(df, text, declared, _names(df, text) if declared is None else {})


def _names(df: DataFrame, text: Column) -> Names:
    """How the fields follow one another, by the first texts: a job over as many partitions as have them."""
    some = df.select(F.substring(text, 1, BYTES).alias("text")).where("text is not null").limit(_TEXTS)
    return names_in([row.text for row in some.collect()], whole_files=True)


def _csv(df: DataFrame, text: Column, options: Mapping[str, Any]) -> Parsed:
    """Cells col0, col1 … or as withSchema names them; as many as the longest text has."""
    given = [name for name in ("withHeader", "skipFirst") if truth(options.get(name, False))]
    if given:
        raise NotImplementedError(f"{', '.join(given)} of Unbox: a field's text is one line of csv, without a header")
    separator = str(options.get("separator", ","))
    declared = declared_schema(options)
    if declared is None:
        cells = F.size(F.split(text, "\\Q" + separator + "\\E", -1))
        widest = df.agg(F.max(cells)).head()
        count = int(widest[0] or 0) if widest is not None else 0
        declared = gt.StructType([gt.Field(f"col{n}", gt.StringType()) for n in range(count)])
    ddl = ", ".join(f"{quoted(field.name)} {field.dataType.simpleString()}" for field in spark_schema(declared).fields)
    reading = {"sep": separator, "quote": str(options.get("quoteChar", '"')), "mode": "PERMISSIVE"}
    reading |= {"escape": str(options["escaper"])} if options.get("escaper") else {}
    with_cells = df.withColumn(_CELL, F.from_csv(text, ddl, reading))
    return with_cells, declared, F.when(text.isNotNull(), F.col(_CELL)), F.lit(False)


def _xml(df: DataFrame, text: Column, options: Mapping[str, Any]) -> Parsed:
    declared = declared_schema(options)
    if declared is None:
        raise NotImplementedError("Unbox of xml without withSchema: give the schema of the text as JSON of awsglue.gluetypes")
    kind = spark_schema(declared)
    reading = {"rowTag": str(options.get("rowTag", "ROW")), "mode": "PERMISSIVE"}
    with_values = df.withColumn(_CELL, from_xml(df.sparkSession, text, kind, reading))
    return with_values, glue_type(kind), F.col(_CELL), text.isNotNull() & F.col(_CELL).isNull()


_FORMATS: dict[str, Callable[[DataFrame, Column, Mapping[str, Any]], Parsed]] = {"json": _json, "csv": _csv, "xml": _xml, "avro": unboxed}
