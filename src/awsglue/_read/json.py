"""JSON: records describe themselves, so that a field may have several types. Which do occur is found when someone must know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.anything import has_variant, parsed
from awsglue._frame.choice import column
from awsglue._frame.edit import Value
from awsglue._frame.frame import Absent, Errors, Frame, SourceFrame
from awsglue._frame.order import Names, in_order
from awsglue._frame.paths import find_field
from awsglue._frame.variants import open_type, opened
from awsglue._read.documents import has_several, texts
from awsglue._read.files import Files
from awsglue._read.jsonpath import objects, read_path, selects_all
from awsglue._read.maps import as_declared, with_maps
from awsglue._read.names import BOM, BYTES, FILES, names_in
from awsglue._read.spec import ReadSpec, declared_schema, empty_frame
from awsglue._read.spellings import Shape, shape_of
from awsglue._read.texts import always, inferred, known_unparsed, loosest, unparsed
from awsglue.utils import first_of, truth

OPTIONS = {"jsonPath", "multiline", "multiLine", "optimizePerformance", "withSchema", "attachFilename", "attachTimestamp"}
_BAD = "_corrupt_record"
_BAD_FIELD = st.StructField(_BAD, st.StringType())
_NO_FIELD = "__no_field"


def spark_options(given: Mapping[str, Any]) -> dict[str, str]:
    """Glue's format options as Spark's; both spellings of multiline are in use."""
    return {"multiLine": str(truth(first_of(given, ("multiLine", "multiline"), False))).lower(), "prefersDecimal": "false"}


def read_json(spec: ReadSpec, files: Files) -> Frame:
    """Lines (or documents) of JSON. What is no JSON becomes an error record, or fails the job with isFailFast."""
    options = spark_options(spec.format_options)
    declared = declared_schema(spec.format_options)
    if not selects_all(spec.format_options.get("jsonPath")):
        return read_path(spec, files, str(spec.format_options["jsonPath"]), options["multiLine"] == "true", declared)
    if truth(spec.options.get("isFailFast", False)):
        options["mode"] = "FAILFAST"
    rows = read_records(files, options, declared or gt.StructType(), whole=declared is not None)
    if rows is None:
        return empty_frame(spec.spark)
    df, values, errors = rows
    attached = zip(files.attached_fields, files.attached_columns, strict=True)
    frame = SourceFrame(df, [*values, *[(field.name, field.dataType, col) for field, col in attached]], errors)
    return frame.lacking(absent_fields(files, [name for name, _, _ in values]))


def read_records(
    files: Files, options: Mapping[str, str], declared: gt.StructType, whole: bool = False
) -> tuple[DataFrame, list[Value], Errors] | None:
    """The rows, the columns to take from them, and the error records; None when there is no data at all.

    `declared` types come from a catalog or a script: they are tried first, in the fields of the same name. Other fields are found
    by a pass, unless `declared` is the `whole` schema.
    """
    whole_files = options.get("multiLine") == "true"
    begun = [] if whole and whole_files else list(files.beginnings(FILES, BYTES))
    several, names = has_several(files, begun, whole_files), {} if whole else names_in(begun, whole_files)
    if several:
        return _split_records(files, options, declared, whole, names)
    found = st.StructType([*loosest(declared).fields, _BAD_FIELD]) if whole else files.infer("json", options)
    own = [f for f in found.fields if f.name != _BAD]
    if not own and _BAD not in found.names:
        return None
    own = own or [st.StructField(_NO_FIELD, st.StringType())]  # nothing but malformed lines: they are error records all the same
    shape = shape_of(files.spark, with_maps(st.StructType(own), declared), names)
    fields = _fields(shape, names)
    read = st.StructType([st.StructField(f.name, open_type(f.dataType)) for f in fields])
    wrong = unparsed if whole else known_unparsed
    if shape.has_twins or not has_variant():
        df, errors = _text_records(files, options, shape, wrong)
    elif _BAD not in found.names or options.get("mode") == "FAILFAST":
        df, errors = files.load("json", read, options), ()
    else:
        with_bad = files.load("json", st.StructType([*read.fields, _BAD_FIELD]), options)
        there = always(column(fields[0].name))
        df, errors = with_bad.where(F.col(_BAD).isNull() & there), wrong(with_bad, F.col(_BAD).isNotNull() & there, F.col(_BAD), "JSON")
    return df, [_value(f, declared, names) for f in fields if f.name != _NO_FIELD], errors


def _fields(shape: Shape, names: Names) -> list[st.StructField]:
    return in_order(shape.kind.fields, names) if isinstance(shape.kind, st.StructType) else []


def _text_records(files: Files, options: Mapping[str, str], shape: Shape, wrong: Callable[..., Errors]) -> tuple[DataFrame, Errors]:
    """The records of texts: for a Spark whose own reader cannot keep the types of values apart (3.x), and for names that no reader can."""
    whole_files = options.get("multiLine") == "true"
    rows = texts(files, whole_files).where(~F.trim("value").isin("", "null"))
    mode = {"mode": options["mode"]} if "mode" in options else {}
    text = F.regexp_replace("value", f"^{BOM}", "")
    written, renamed = shape.types(open_type)
    found = parsed(text, written, mode, renamed)  # one object is a list of one
    others = [*map(column, files.partition_columns), *files.attached_columns]
    records = rows.select(F.explode(found).alias("__record"), *others).where(F.col("__record").isNotNull())
    df = records.select(*[col.alias(name) for name, col in shape.columns(F.col("__record")).items()], *others)
    return df, wrong(rows, found.isNull(), F.col("value"), "JSON")


def _split_records(
    files: Files, options: Mapping[str, str], declared: gt.StructType, whole: bool, names: Names
) -> tuple[DataFrame, list[Value], Errors]:
    """`read_records` for texts that hold several documents."""
    rows, errors = objects(files, "$", options.get("multiLine") == "true", options.get("mode") == "FAILFAST")
    text = F.col("__text")
    sound, others = text.startswith("{"), unparsed(rows, ~text.startswith("{"), text, "JSON")
    found = loosest(declared) if whole else inferred(rows.where(sound), text)
    shape = shape_of(files.spark, with_maps(found, declared), names)
    fields = _fields(shape, names)  # without any record the error records are told all the same
    written, renamed = shape.types(open_type)
    df = rows.where(sound).withColumn("__record", parsed(text, written, renamed=renamed).getItem(0))
    columns = [col.alias(name) for name, col in shape.columns(F.col("__record")).items()]
    df = df.select(*columns, *map(column, files.partition_columns), *files.attached_columns)
    return df, [_value(f, declared, names) for f in fields], (*errors, *others)


def absent_fields(files: Files, names: Sequence[str]) -> Absent:
    """The fields that nowhere in the files are written as `null`: where they are null, their record has no such field.

    A DataFrame cannot tell the two apart, and Glue's records do: a filter on `record["x"]` drops those that lack it. Who writes a
    field as `null` in one record and leaves it out in another gets null in both. It is a pass over the text, when someone must know.
    """

    @cache
    def found() -> frozenset[str]:
        return frozenset(names) - _written_as_null(texts(files, False).where(F.col("value").contains("null")), names)

    return found


def _written_as_null(text: DataFrame, names: Sequence[str]) -> set[str]:
    """Those of `names` that some of these lines have as `"name": null`, and those that JSON may write in several ways.

    One regular expression takes the names out of the lines: asking every line for every name took ten times as long as reading the
    records did.
    """
    nulls = F.expr("""regexp_extract_all(value, '"([^"]*+)"[ \t\r]*+:[ \t\r]*+null', 1)""")  # Spark 3.3's Python has no name for it
    written = {row.name.lower() for row in text.select(F.explode(nulls).alias("name")).distinct().collect()}
    plain = re.compile(r'[^"\\]*' if not any("\\" in name for name in written) else r"[ !#-\[\]-~]*")  # no escapes, or ASCII without them
    return {name for name in names if name.lower() in written or not plain.fullmatch(name)}


def _value(f: st.StructField, declared: gt.StructType, names: Names) -> Value:
    wanted = find_field(declared, f.name)
    name = f.name if wanted is None else wanted.name
    kind, col = opened(column(f.name), f.dataType, None if wanted is None else wanted.dataType, names.get(f.name, {}))
    return name, *as_declared(name, col, kind, None if wanted is None else wanted.dataType)
