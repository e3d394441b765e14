"""CSV: Glue's options on Spark's reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.cast import parse_cell
from awsglue._frame.choice import column
from awsglue._frame.edit import Value
from awsglue._frame.frame import Frame
from awsglue._frame.types import OpenChoice
from awsglue._read.csv_lines import EscapedLines, PlainLines, is_escaped
from awsglue._read.files import Files
from awsglue._read.spec import ReadSpec, empty_frame
from awsglue.utils import truth

OPTIONS = {
    "separator", "escaper", "quoteChar", "multiLine", "multiline", "withHeader", "writeHeader", "skipFirst", "optimizePerformance",
    "strictCheckForQuoting", "attachFilename", "attachTimestamp", "nullValue",
}  # fmt: skip
_PLACE = {"__file": F.input_file_name, "__start": lambda: F.expr("input_file_block_start()"), "__row": F.monotonically_increasing_id}


def spark_options(given: Mapping[str, Any]) -> dict[str, str]:
    """Glue's format options as Spark's. A quote inside a quoted cell is doubled; there is no escape character unless one is named."""
    quote = "" if str(given.get("quoteChar", '"')) == "-1" else str(given.get("quoteChar", '"'))
    return {
        "sep": str(given.get("separator", ",")),
        "quote": quote,
        "escape": str(given["escaper"]) if given.get("escaper") else quote or "\x00",
        "multiLine": str(truth(given.get("multiLine", given.get("multiline", False)))).lower(),
        "header": "false",
        "mode": "PERMISSIVE",
        "inferSchema": "false",
    }


def read_csv(spec: ReadSpec, files: Files) -> Frame:
    """Every value is text. Without a header the columns are col0, col1 …, as many as the widest line has of those that are looked at."""
    given = spec.format_options
    header, skip = truth(given.get("withHeader", False)), truth(given.get("skipFirst", False))
    options = spark_options(given)
    lines = EscapedLines(files, options) if is_escaped(options) else PlainLines(files, options)
    names = _named(lines) if header else _numbered(lines)
    if not names:
        return empty_frame(spec.spark)
    df, cells = lines.rows(names, header=header or skip, same=header)
    if header and skip:
        df = _without_first(df)
    texts = [F.coalesce(cell, F.lit("")).alias(name) for name, cell in zip(names, cells, strict=True)]
    kinds = [gt.Field(name, gt.StringType()) for name in names]
    return Frame(df.select(*texts, *files.attached_columns), gt.StructType([*kinds, *files.attached_fields]))


def _numbered(lines: PlainLines | EscapedLines) -> list[str]:
    first = lines.first_width()
    return [f"col{n}" for n in range(max(first, lines.widest()) if first else 0)]


def _named(lines: PlainLines | EscapedLines) -> list[str]:
    """The header's names. What lines have beyond them is lost: that is told."""
    names = lines.names()
    if names and (widest := lines.widest()) > len(names):
        text = f"csv lines have up to {widest} cells, and the header {len(names)} ({', '.join(names)}): those beyond it are left out. "
        _report.tell(f"{text}A separator within a value needs quotes around the value, or the escaper")
    return names


def _without_first(df: DataFrame) -> DataFrame:
    """The rows without the first of each file. That is the least of those which the file's first block has; finding it moves all rows
    of a file to one task."""
    every = df.select("*", *[place().alias(name) for name, place in _PLACE.items()])
    first = F.min(F.when(F.col("__start") == 0, F.col("__row"))).over(Window.partitionBy("__file"))
    return every.withColumn("__first", first).where(~F.col("__row").eqNullSafe(F.col("__first"))).drop("__first", *_PLACE)


def declared_options(parameters: Mapping[str, str], serde: Mapping[str, Any]) -> dict[str, str]:
    """Reader options out of a table's SerDe (LazySimpleSerDe or OpenCSVSerde) and parameters."""
    serde_parameters = serde.get("Parameters", {})
    opencsv = serde.get("SerializationLibrary", "").endswith("OpenCSVSerde")
    separator = serde_parameters.get("separatorChar" if opencsv else "field.delim") or serde_parameters.get("field.delim")
    quote = serde_parameters.get("quoteChar", '"')
    given = {
        "separator": separator or serde_parameters.get("separatorChar") or parameters.get("delimiter") or ("," if opencsv else "\x01"),
        "quoteChar": quote,
        "escaper": serde_parameters.get("escapeChar") if opencsv else serde_parameters.get("escape.delim"),
    }
    skipped = int(parameters.get("skip.header.line.count") or serde_parameters.get("skip.header.line.count") or 0)
    if skipped > 1:
        raise NotImplementedError(f"A csv table that skips {skipped} header lines; one can be skipped")
    return {**spark_options(given), "header": str(skipped == 1).lower(), "enforceSchema": "true"}


def read_declared(files: Files, columns: gt.StructType, options: Mapping[str, str]) -> tuple[Any, list[Value]]:
    """Rows of a catalog table: cells by position, typed as declared. A cell that is no such value stays text: a choice."""
    schema = st.StructType([st.StructField(field.name, st.StringType()) for field in columns])
    df = files.load("csv", schema, options)
    return df, [_cell(field.name, field.dataType) for field in columns]


def _cell(name: str, kind: gt.DataType) -> Value:
    text = column(name)
    null = text.isNull() | (text == "\\N")
    if isinstance(kind, gt.StringType):
        return name, kind, F.when(~null, text).otherwise(F.when(text.isNull(), F.lit("")))
    if not isinstance(kind, gt.AtomicType):
        raise NotImplementedError(f"The column {name!r} of a csv table has the type {kind.typeName()}: nested text is not read")
    return name, OpenChoice([kind, gt.StringType()], kind), typed_or_text(F.when(~null & (F.trim(text) != ""), text), kind)


def typed_or_text(text: Column, kind: gt.DataType) -> Column:
    """A struct of two alternatives: the value, or the text where it is no such value."""
    value = parse_cell(text, kind)
    return F.struct(value.alias(kind.typeName()), F.when(value.isNull(), text).alias("string"))
