"""The formats of files, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyspark.sql import functions as F
from pyspark.sql.utils import AnalysisException  # where every Spark since 3.0 has it

from awsglue import _report
from awsglue._frame.frame import Frame
from awsglue._frame.types import glue_schema
from awsglue._read import avro, binary, csv, grok, json, xml
from awsglue._read.files import Files
from awsglue._read.relation import java_class
from awsglue._read.spec import ReadSpec, empty_frame

Reader = Callable[[ReadSpec, Files], Frame]

_OWN = {
    "paths", "path", "recurse", "exclusions", "compressionType", "groupFiles", "groupSize", "maxBand", "maxFilesInBand", "isFailFast",
    "catalogPartitionPredicate", "excludeStorageClasses", "useS3ListImplementation", "boundedSize", "boundedFiles", "optimizePerformance",
    "minPartitions", "targetPartitions", "jobBookmarkKeys", "jobBookmarkKeysSortOrder",
}  # fmt: skip


def _plain(spec: ReadSpec, files: Files, options: dict[str, str]) -> Frame:
    """Formats whose files carry their types: Spark's own reader."""
    name = str(spec.format)
    try:
        found = files.infer(name, options)
    except AnalysisException as error:
        if "UNABLE_TO_INFER_SCHEMA" not in str(error):
            raise
        where = spec.options.get("paths") or spec.options.get("path")
        raise ValueError(f"There is no {name} file directly in {where}; `recurse` reads the folders below") from error
    if not found.fields:
        return empty_frame(spec.spark)
    df = files.load(name, found, options)
    return Frame(df, glue_schema(df.schema))


def read_columnar(spec: ReadSpec, files: Files) -> Frame:
    """Parquet and ORC: other connection options are Spark's own."""
    return _plain(spec, files, {key: str(value) for key, value in spec.options.items() if key not in _OWN})


def read_avro(spec: ReadSpec, files: Files) -> Frame:
    """Avro; the reader is a jar of its own. As on AWS logical types are read with the format option `version` of 1.8 only."""
    avro.check(spec.spark)
    return _plain(spec, files, avro.raw_schema(spec.spark, files.files[0].path, avro.avro_version(spec.format_options)))


READERS: dict[str, Reader] = {
    "csv": csv.read_csv,
    "json": json.read_json,
    "parquet": read_columnar,
    "glueparquet": read_columnar,
    "orc": read_columnar,
    "avro": read_avro,
    "xml": xml.read_xml,
    "groklog": grok.read_grok,
    "ion": binary.read_ion,
    "excel": binary.read_excel,
}
LAKES = {
    "delta": "io.delta.sql.DeltaSparkSessionExtension",
    "hudi": "org.apache.hudi.DefaultSource",
    "iceberg": "org.apache.iceberg.spark.source.IcebergSource",
}
"""Formats of libraries that --datalake-formats brings, each with a class of its own."""
_KNOWN_OPTIONS: dict[str, set[str]] = {
    "csv": csv.OPTIONS,
    "json": json.OPTIONS,
    "xml": xml.OPTIONS,
    "groklog": grok.OPTIONS,
    "ion": binary.ION_OPTIONS,
    "excel": binary.EXCEL_OPTIONS,
    "avro": {"version", "attachFilename", "attachTimestamp"},
}


def format_of(spec: ReadSpec) -> str:
    """The spec's format, a key of `READERS` or one of `LAKES`. NotImplementedError names a format that is not built."""
    name = (spec.format or "").lower()
    if not name:
        raise ValueError(f"A source of {spec.connection_type} files needs a format: {', '.join(sorted(READERS))}")
    if name not in READERS and name not in LAKES:
        raise NotImplementedError(f"The format {name} (built: {', '.join(sorted(READERS))})")
    return name


def read_lake(spec: ReadSpec, name: str, paths: Sequence[str]) -> Frame:
    """A table of a lake format at a path, as the library of --datalake-formats reads it. There are no bookmarks for such."""
    if java_class(spec.spark, LAKES[name]) is None:
        raise NotImplementedError(f"The format {name} needs its library: start the job with --datalake-formats {name}")
    if len(paths) != 1:
        raise NotImplementedError(f"The format {name} at several paths ({', '.join(paths)}); read each table on its own")
    _report.add(_report.Source(paths[0], spec.connection_type, name, spec.ctx)).locations.append(paths[0])
    given = {**spec.options, **spec.format_options}
    df = spec.spark.read.format(name).options(**{key: str(value) for key, value in given.items() if key not in _OWN}).load(paths[0])
    return Frame(df, glue_schema(df.schema))


def read_format(spec: ReadSpec, files: Files) -> Frame:
    """The frame of these files in the spec's format."""
    name = format_of(spec)
    spec.format = "parquet" if name == "glueparquet" else name
    _tell_unknown(spec)
    return _with_filename(spec, READERS[name](spec, files))


def _tell_unknown(spec: ReadSpec) -> None:
    _report.ignored(f"The format {spec.format}", spec.format_options, _KNOWN_OPTIONS.get(str(spec.format), spec.format_options))
    if READERS[str(spec.format)] is not read_columnar:
        _report.ignored("A source of files", spec.options, _OWN)


def _with_filename(spec: ReadSpec, frame: Frame) -> Frame:
    name: Any = spec.format_options.get("attachFilename")
    if not name:
        return frame
    df = frame.df.withColumn(str(name), F.input_file_name())
    added = glue_schema(df.select(F.col(f"`{name}`")).schema)
    frame.schema.add(added.fields[0])
    return frame.of(df, frame.schema)
