"""XML: one record per row tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.edit import Value
from awsglue._frame.frame import Errors, Frame
from awsglue._frame.types import OpenChoice, glue_schema, spark_type
from awsglue._read import older_xml
from awsglue._read.csv import typed_or_text
from awsglue._read.files import Files
from awsglue._read.spec import ReadSpec, declared_schema, empty_frame
from awsglue._read.texts import always, known_unparsed, unparsed
from awsglue.utils import truth

_NAMES = ("rowTag", "encoding", "excludeAttribute", "attributePrefix", "valueTag", "ignoreSurroundingSpaces")
OPTIONS = {*_NAMES, "treatEmptyValuesAsNulls", "withSchema", "attachFilename", "attachTimestamp"}
_BAD = "_corrupt_record"
Unparsed = Callable[[DataFrame, Column, Column, str], Errors]


def spark_options(given: Mapping[str, Any]) -> dict[str, str]:
    """Glue's format options as Spark's; Spark spells them alike."""
    options = {name: str(given[name]).lower() if isinstance(given[name], bool) else str(given[name]) for name in _NAMES if name in given}
    options.setdefault("ignoreSurroundingSpaces", "false")
    options["useLegacyXMLParser"] = "true"  # that of 4.1 reads nothing behind a record that is no XML, and UTF-8 only
    if truth(given.get("treatEmptyValuesAsNulls", False)):
        options["nullValue"] = ""
    return options


def read_xml(spec: ReadSpec, files: Files) -> Frame:
    """One record per `rowTag`; types are found in the data, unless withSchema tells them. What is no XML becomes an error record."""
    older_xml.check(spec.spark)
    given = spec.format_options
    if not given.get("rowTag"):
        raise ValueError("The format xml needs the format option rowTag")
    declared = declared_schema(given)
    if declared is None:
        return _read_inferred(spec, files, spark_options(given))
    df, values, errors = declared_rows(files, declared, spark_options(given))
    schema = gt.StructType([*[gt.Field(name, kind) for name, kind, _ in values], *files.attached_fields])
    return Frame(df.select(*[col.alias(name) for name, _, col in values], *files.attached_columns), schema, stage=errors)


def declared_rows(files: Files, declared: gt.StructType, options: dict[str, str]) -> tuple[DataFrame, list[Value], Errors]:
    """The rows, the values of the declared fields in them (choices where a text is no value of its type), and the error records."""
    read = st.StructType([st.StructField(f.name, _as_text(f.dataType)) for f in declared])
    df, errors = _load(files, read, options, unparsed)
    return df, [(f.name, *_typed(column(f.name), f.dataType)) for f in declared], errors


def _read_inferred(spec: ReadSpec, files: Files, options: dict[str, str]) -> Frame:
    found = files.infer("xml", options)
    fields = [field for field in found.fields if field.name != _BAD]
    if not fields:
        return empty_frame(spec.spark)
    df, errors = _load(files, st.StructType(fields), options, known_unparsed if _BAD in found.names else None)
    return Frame(df, glue_schema(df.schema), stage=errors)


def _load(files: Files, schema: st.StructType, options: dict[str, str], wrong: Unparsed | None) -> tuple[DataFrame, Errors]:
    """The rows, and error records by `wrong`; without it there are none."""
    if wrong is None:
        return files.load("xml", schema, options), ()
    df = files.load("xml", st.StructType([*schema.fields, st.StructField(_BAD, st.StringType())]), options)
    there = always(column(schema.names[0]))
    return df.where(column(_BAD).isNull() & there).drop(_BAD), wrong(df, column(_BAD).isNotNull() & there, column(_BAD), "XML")


def _as_text(kind: gt.DataType) -> st.DataType:
    """The declared nesting with text at its leaves: what a leaf holds is tried as its type afterwards, so that nothing is lost."""
    if isinstance(kind, gt.StructType):
        return st.StructType([st.StructField(f.name, _as_text(f.dataType)) for f in kind])
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return st.ArrayType(_as_text(kind.elementType))
    return spark_type(kind) if isinstance(kind, gt.MapType) else st.StringType()


def _typed(col: Column, kind: gt.DataType) -> tuple[gt.DataType, Column]:
    if isinstance(kind, gt.StructType):
        parts = [(f.name, *_typed(col.getField(f.name), f.dataType)) for f in kind]
        made = gt.StructType([gt.Field(name, inner) for name, inner, _ in parts])
        return made, F.when(col.isNotNull(), F.struct(*[part.alias(name) for name, _, part in parts]))
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        inner = kind.elementType
        return gt.ArrayType(_typed(F.lit(None), inner)[0]), F.transform(col, lambda item: _typed(item, inner)[1])
    if isinstance(kind, gt.ChoiceType):
        return _typed_choice(col, kind)
    if isinstance(kind, (gt.StringType, gt.MapType)):
        return kind, col
    return OpenChoice([kind, gt.StringType()], kind), typed_or_text(col, kind)


def _typed_choice(col: Column, kind: gt.ChoiceType) -> tuple[gt.DataType, Column]:
    """The first alternative of a declared choice that the text is a value of; what is none of them is text."""
    parts: list[tuple[gt.DataType, Column]] = []
    left = col
    for choice in kind.choices.values():
        if isinstance(choice, (gt.StructType, gt.ArrayType, gt.SetType, gt.MapType)):
            raise NotImplementedError(f"withSchema of an xml source: a choice with {choice.typeName()}")
        if not isinstance(choice, gt.StringType):
            both = typed_or_text(left, choice)
            parts.append((choice, both.getField(choice.typeName())))
            left = both.getField("string")
    parts.append((gt.StringType(), left))
    return OpenChoice([choice for choice, _ in parts], gt.NullType()), F.struct(*[part.alias(choice.typeName()) for choice, part in parts])
