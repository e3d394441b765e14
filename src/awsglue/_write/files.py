"""Files: rows appended under a path, in Hive's layout where there are partition keys."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.cast import convert
from awsglue._frame.choice import column
from awsglue._frame.frame import Frame
from awsglue._frame.paths import find_field
from awsglue._frame.types import has_choice
from awsglue._read.older_xml import is_needed as xml_is_older
from awsglue._read.statuses import files_below
from awsglue._write import aside, naming, older_json, older_xml, unquoted
from awsglue._write.spec import WriteSpec
from awsglue.utils import truth

log = logging.getLogger("awsglue")
_KNOWN = {"path", "partitionKeys", "compression", "enableUpdateCatalog", "updateBehavior", "useS3ListImplementation"}
_TIME = "yyyy-MM-dd HH:mm:ss.SSSSSS"
"""What Hive's text SerDes read back as a timestamp."""


@dataclass(frozen=True)
class Written:
    """Where rows went: the path, and a prefix that only this write's file names have."""

    path: str
    prefix: str
    keys: tuple[str, ...]


def write_files(frame: Frame, spec: WriteSpec) -> Written | None:
    """Appends the frame's rows; files are called run-<epoch ms>-part-… None for a frame of a source without data: nothing is written."""
    path = spec.options.get("path")
    if not path:
        raise ValueError(f"A {spec.connection_type} sink needs the connection option path")
    name = file_format(spec)
    _report.ignored(f"A sink of {spec.connection_type} files", spec.options, _KNOWN)
    if is_nothing(frame):
        log.warning("There are no records and no columns: nothing is written to %s", path)
        return None
    keys = tuple(_partition_key(frame, key) for key in spec.partition_keys)
    if keys and {key.lower() for key in keys} == {field.name.lower() for field in frame.closed.schema}:
        raise ValueError(f"partitionKeys names every column ({', '.join(keys)}): nothing is left to write into the files")
    written = Written(str(path), naming.prefix(frame.closed.df.sparkSession, str(path)), keys)
    _save(frame.closed, name, options_for(spec, name), written)
    return written


def _save(frame: Frame, name: str, options: Mapping[str, str], written: Written) -> None:
    spark, keys, path, prefix = frame.df.sparkSession, written.keys, written.path, written.prefix
    if name == "xml" and xml_is_older():
        aside.save(spark, older_xml.writer(rows_for(frame, name), keys, options), path, prefix, ".xml")
        return
    if name == "json" and older_json.is_needed(frame):
        writer = older_json.lines(frame, keys, options).write.format("text").options(**options)
        aside.save(spark, (writer.partitionBy(*keys) if keys else writer).save, path, prefix, ".json")
        return
    rows = rows_for(frame, name)
    if name == "csv" and not options["quote"]:
        rows, options = unquoted.lines(rows, keys, options)
    files = {"mapreduce.output.basename": f"{prefix}-r", "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"}
    writer = rows.write.mode("append").format(name).options(**options, **files)
    writer = writer.partitionBy(*keys) if keys else writer
    if aside.is_needed():
        aside.save(spark, writer.save, path, prefix)
    else:
        writer.save(path)


def is_nothing(frame: Frame) -> bool:
    """Whether neither columns nor records are there, as when a bookmark leaves nothing to read: Spark would refuse to write that."""
    closed = frame.closed
    if closed.schema.fields:
        return False
    if not closed.df.isEmpty():
        raise ValueError("The records to write have no fields: a select_fields or ApplyMapping before named none that there are")
    return True


def file_format(spec: WriteSpec) -> str:
    """The Spark format of a sink. ValueError without one, NotImplementedError for one that is not built."""
    name = (spec.format or (spec.connection_type if spec.connection_type in ("parquet", "orc") else "")).lower()
    if not name:
        raise ValueError(f"A sink of {spec.connection_type} files needs a format: {', '.join(sorted(_OPTIONS))}")
    name = "parquet" if name == "glueparquet" else name
    if name not in _OPTIONS:
        raise NotImplementedError(f"Writing the format {name} (built: {', '.join(sorted(_OPTIONS))})")
    return name


def _partition_key(frame: Frame, key: str) -> str:
    field = find_field(frame.schema, key)
    if field is None:
        raise ValueError(f"There is no field {key!r} to partition by; the frame has {[f.name for f in frame.schema]}")
    return field.name


def partitions_of(spark: Any, written: Written) -> dict[tuple[str, ...], str]:
    """The partitions that this write has files in: values and location, found by one listing."""
    found: dict[tuple[str, ...], str] = {}
    for file in files_below(spark, written.path):
        folder, _, name = file.path.rpartition("/")
        steps = folder.split("/")[-len(written.keys) :] if written.keys else []
        if name.startswith(written.prefix) and all("=" in step for step in steps):
            found[tuple(unquote(step.split("=", 1)[1]) for step in steps)] = folder + "/"
    return found


def rows_for(frame: Frame, format: str) -> DataFrame:
    """The rows of a frame whose choices are decided as the format can hold them."""
    return _PREPARE.get(format, _as_is)(frame)


def options_for(spec: WriteSpec, format: str) -> dict[str, str]:
    """A sink's options as those of Spark's writer of the format."""
    return _OPTIONS[format](spec)


# --- what each format needs ------------------------------------------------------------------------------------------


def _as_is(frame: Frame) -> DataFrame:
    return frame.df


def _text_rows(frame: Frame) -> DataFrame:
    """For CSV: a choice is its value, nested values are JSON, a column without a type is empty."""
    return frame.df.select(*[_text(column(f.name), f.dataType).alias(f.name) for f in frame.schema])


def _text(col: Column, kind: gt.DataType) -> Column:
    if isinstance(kind, (gt.StructType, gt.ArrayType, gt.SetType, gt.MapType, gt.ChoiceType, gt.NullType)):
        return convert(col, kind, gt.StringType())
    return F.base64(col) if isinstance(kind, gt.BinaryType) else col


def _json_rows(frame: Frame) -> DataFrame:
    """For JSON: a choice is written as its value."""
    return frame.df.select(*[_json(column(f.name), f.dataType).alias(f.name) for f in frame.schema])


def _json(col: Column, kind: gt.DataType) -> Column:
    if not has_choice(kind):
        return col
    if isinstance(kind, gt.ChoiceType):
        return _variant(col, kind)
    if isinstance(kind, gt.StructType):
        return F.when(col.isNotNull(), F.struct(*[_json(col.getField(f.name), f.dataType).alias(f.name) for f in kind]))
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        inner = kind.elementType
        return F.transform(col, lambda item: _json(item, inner))
    if isinstance(kind, gt.MapType):
        value = kind.valueType
        return F.transform_values(col, lambda _key, item: _json(item, value))
    return col


def _variant(col: Column, kind: gt.ChoiceType) -> Column:
    if not hasattr(st, "VariantType"):
        raise NotImplementedError("An unresolved choice in a sink of JSON that is no file, on Spark 3: resolve it with resolveChoice")
    return F.coalesce(*[_as_variant(_json(col.getField(name), choice), choice) for name, choice in kind.choices.items()])


def _as_variant(col: Column, kind: gt.DataType) -> Column:
    if isinstance(kind, (gt.StructType, gt.MapType, gt.ArrayType, gt.SetType)):
        return F.parse_json(F.to_json(col))  # without the members that are null, as other objects are written
    return col.cast("variant")


def _xml_rows(frame: Frame) -> DataFrame:
    """For XML: a choice is its value as text, a column without a type is left out."""
    return frame.df.select(*[_xml(column(f.name), f.dataType).alias(f.name) for f in frame.schema if f.dataType != gt.NullType()])


def _xml(col: Column, kind: gt.DataType) -> Column:
    if isinstance(kind, gt.ChoiceType):
        return convert(col, kind, gt.StringType())
    if isinstance(kind, gt.StructType) and has_choice(kind):
        return F.when(col.isNotNull(), F.struct(*[_xml(col.getField(f.name), f.dataType).alias(f.name) for f in kind]))
    if isinstance(kind, (gt.ArrayType, gt.SetType)) and has_choice(kind):
        inner = kind.elementType
        return F.transform(col, lambda item: _xml(item, inner))
    return col


_PREPARE: dict[str, Callable[[Frame], DataFrame]] = {"csv": _text_rows, "json": _json_rows, "xml": _xml_rows}


def _compression(spec: WriteSpec, default: str = "") -> dict[str, str]:
    given = spec.options.get("compression") or spec.format_options.get("compression") or default
    if not given:
        return {}
    return {"compression": {"uncompressed": "none", "bzip": "bzip2"}.get(str(given).lower(), str(given).lower())}


def _csv_options(spec: WriteSpec) -> dict[str, str]:
    given: Mapping[str, Any] = spec.format_options
    quote = "" if str(given.get("quoteChar", '"')) == "-1" else str(given.get("quoteChar", '"'))
    return {
        "sep": str(given.get("separator", ",")),
        "quote": quote,
        "escape": quote or "\x00",
        **({} if quote else {"emptyValue": ""}),
        "header": str(truth(given.get("writeHeader", True))).lower(),
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
        "timestampFormat": _TIME,
        "timestampNTZFormat": _TIME,
        **_compression(spec),
    }


def _json_options(spec: WriteSpec) -> dict[str, str]:
    return {"timestampFormat": _TIME, "timestampNTZFormat": _TIME, **_compression(spec)}


def _parquet_options(spec: WriteSpec) -> dict[str, str]:
    options = _compression(spec, "snappy")
    for ours, theirs in (("blockSize", "parquet.block.size"), ("pageSize", "parquet.page.size")):
        if ours in spec.format_options:
            options[theirs] = str(spec.format_options[ours])
    return options


_XML = ("rowTag", "rootTag", "attributePrefix", "valueTag", "declaration", "arrayElementName", "encoding")


def _xml_options(spec: WriteSpec) -> dict[str, str]:
    given = {name: str(spec.format_options[name]) for name in _XML if name in spec.format_options}
    return {"timestampFormat": _TIME, "timestampNTZFormat": _TIME, **given, **_compression(spec)}


_OPTIONS: dict[str, Callable[[WriteSpec], dict[str, str]]] = {
    "xml": _xml_options,
    "csv": _csv_options,
    "json": _json_options,
    "parquet": _parquet_options,
    "orc": _compression,
    "avro": _compression,
}
