"""The format option jsonPath: records that lie inside documents."""

from __future__ import annotations

import re
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.anything import documents_in, elements, member, spelt
from awsglue._frame.choice import column
from awsglue._frame.frame import Errors, Frame
from awsglue._read.documents import documents
from awsglue._read.files import Files
from awsglue._read.names import BYTES, FILES, names_in
from awsglue._read.spec import ReadSpec, empty_frame
from awsglue._read.texts import parse_json, unparsed
from awsglue.utils import truth

_STEP = re.compile(r"""\.(\w[\w-]*)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\s*\]""")
_ALL = "*"


def selects_all(path: Any) -> bool:
    """Whether the path means what a reader does without one: every record of a document or of its array."""
    return path in (None, "", "$", "$[*]", "$.")


def steps_of(path: str) -> list[str]:
    """The steps of `$.a[*]['b c'][0]` as `member` takes them, `*` for every element. ValueError for what is none of these."""
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
    chosen, errors = objects(files, path, whole_files, truth(spec.options.get("isFailFast", False)))
    names = {} if declared is not None else names_in(files.beginnings(FILES, BYTES), whole_files)
    for step in steps_of(path):
        names = names.get(step[2:-2], {}) if step.startswith("['") else names  # elements of an array are as it is
    df, kind, value, _ = parse_json(chosen, F.col("__text"), declared, names)
    if isinstance(kind, (gt.NullType, gt.UnknownType)):
        return empty_frame(spec.spark)
    if not isinstance(kind, gt.StructType):
        raise ValueError(f"jsonPath {path!r} selects values of type {kind.typeName()}, which are no records")
    df = df.withColumn("__record", value)
    columns = [F.col("__record").getField(f.name).alias(f.name) for f in kind]
    return Frame(df.select(*columns, *files.attached_columns), gt.StructType([*kind, *files.attached_fields]), stage=errors)


def objects(files: Files, path: str, whole_files: bool, fail_fast: bool) -> tuple[DataFrame, Errors]:
    """The JSON text of each object that the path selects, in a column `__text` beside those of its file, and the error records."""
    steps = steps_of(path)
    rows = documents(files, whole_files).where(F.trim("value") != "")
    rows = rows.withColumn("__documents", documents_in(F.col("value")))
    bad = F.col("__documents").isNull()
    if fail_fast and not rows.where(bad).isEmpty():
        raise ValueError(f"A record that is no JSON, and isFailFast: {rows.where(bad).head()['value']!r}")  # type: ignore[index]
    errors = unparsed(rows, bad, F.col("value"), "JSON")
    others = [*map(column, files.partition_columns), *files.attached_columns]
    each = rows.where(~bad).select(F.explode("__documents").alias("__document"), *others)
    return _selected(each, steps, others), errors


def _selected(rows: DataFrame, steps: list[str], others: list[Column]) -> DataFrame:
    """A row per selected object, as JSON text."""
    value = F.col("__document")
    for step in [*steps, _ALL]:
        if step != _ALL:
            value = member(value, step)
            continue
        rows = rows.select(F.explode(elements(value)).alias("__document"), *others)
        value = F.col("__document")
    return rows.where(value.isNotNull()).select(spelt(value).alias("__text"), *others)
