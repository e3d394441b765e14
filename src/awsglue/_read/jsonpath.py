"""The format option jsonPath: records that lie inside documents."""

from __future__ import annotations

import re
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.frame import Errors, Frame
from awsglue._read.files import Files
from awsglue._read.spec import ReadSpec, empty_frame
from awsglue._read.texts import parse_json, unparsed
from awsglue._read.variants import has_variant
from awsglue.utils import truth

_STEP = re.compile(r"""\.(\w[\w-]*)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\s*\]""")
_ALL = "*"


def selects_all(path: Any) -> bool:
    """Whether the path means what a reader does without one: every record of a document or of its array."""
    return path in (None, "", "$", "$[*]", "$.")


_TEXT = st.StructType([st.StructField("value", st.StringType())])


def steps_of(path: str) -> list[str]:
    """The steps of `$.a[*]['b c'][0]` as Spark's variant paths, `*` for every element. ValueError for what is none of these."""
    if not path.startswith("$"):
        raise ValueError(f"jsonPath must begin with $, not {path!r}")
    steps, position = [], 1
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"jsonPath {path!r}: {path[position:]!r} is not read; there are .name, ['name'], [n] and [*]")
        name, single, double, number, every = match.groups()
        steps.append(_ALL if every else f"[{number}]" if number is not None else _member(next(filter(None, (name, single, double)), "")))
        position = match.end()
    return steps


def _member(name: str) -> str:
    if "'" in name:
        raise ValueError(f"jsonPath: the name {name!r} contains a quote")
    return f"['{name}']"


def read_path(spec: ReadSpec, files: Files, path: str, whole_files: bool, declared: gt.StructType | None) -> Frame:
    """A frame of the objects that the path selects in each line, or with multiLine in each file; arrays are taken element by element."""
    if not has_variant():
        raise NotImplementedError("jsonPath, and several documents in a file with multiLine, need VARIANT, which Spark before 4.0 lacks")
    steps = steps_of(path)
    rows = _texts(files, whole_files).where(F.trim("value") != "").withColumn("__document", F.try_parse_json("value"))
    if whole_files:  # the parser stops behind the first value; with brackets around it, what follows is no JSON
        alone = F.try_parse_json(F.concat(F.lit("["), "value", F.lit("]"))).isNotNull()
        rows = rows.withColumn("__document", F.when(alone, F.col("__document")))
    bad = F.col("__document").isNull()
    if truth(spec.options.get("isFailFast", False)) and not rows.where(bad).isEmpty():
        raise ValueError(f"A record that is no JSON, and isFailFast: {rows.where(bad).head()[0]!r}")
    errors = unparsed(rows, bad, F.col("value"), "JSON")
    chosen = _selected(rows.where(~bad), steps, files.attached_columns)
    return _records(spec, files, chosen, declared, errors, path)


def has_several(files: Files) -> bool:
    """Whether some file holds more than one document, or may: Spark with multiLine reads the first, and says nothing of the others."""
    return not _whole(files).where(F.col("value").rlike(r"\}\s*\{")).isEmpty()


def _texts(files: Files, whole_files: bool) -> DataFrame:
    """Lines, or with `whole_files` the documents of each file: those that begin on a line of their own."""
    if not whole_files:
        return files.load("text", _TEXT, {})
    # Neither a line's end within a string nor two objects without a comma are JSON: this is between two documents, nowhere else.
    return _whole(files).withColumn("value", F.explode(F.split("value", r"(?<=\})\s*\n\s*(?=\{)")))


def _whole(files: Files) -> DataFrame:
    return files.load("text", _TEXT, {"wholetext": "true"})


def _selected(rows: DataFrame, steps: list[str], others: list[Column]) -> DataFrame:
    """A row per selected object, as JSON text."""
    run = "$"
    value = F.col("__document")
    for step in [*steps, _ALL]:
        if step != _ALL:
            run += step
            continue
        found = F.try_variant_get(value, run, "variant")
        elements = F.coalesce(F.try_variant_get(found, "$", "array<variant>"), F.array(found))
        rows = rows.select(F.explode(elements).alias("__document"), *others)
        value, run = F.col("__document"), "$"
    return rows.where(value.isNotNull()).select(F.to_json(value).alias("__text"), *others)


def _records(spec: ReadSpec, files: Files, chosen: DataFrame, declared: gt.StructType | None, errors: Errors, path: str) -> Frame:
    df, kind, value, _ = parse_json(chosen, F.col("__text"), declared)
    if isinstance(kind, (gt.NullType, gt.UnknownType)):
        return empty_frame(spec.spark)
    if not isinstance(kind, gt.StructType):
        raise ValueError(f"jsonPath {path!r} selects values of type {kind.typeName()}, which are no records")
    df = df.withColumn("__record", value)
    columns = [F.col("__record").getField(f.name).alias(f.name) for f in kind]
    return Frame(df.select(*columns, *files.attached_columns), gt.StructType([*kind, *files.attached_fields]), stage=errors)
