"""grokLog: lines of a log, taken apart by a pattern `%{NAME:field:type}` that becomes one regular expression of Spark's engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.edit import Value
from awsglue._frame.frame import Frame
from awsglue._frame.types import OpenChoice
from awsglue._read.csv import typed_or_text
from awsglue._read.files import Files
from awsglue._read.grok_patterns import PATTERNS
from awsglue._read.spec import ReadSpec
from awsglue._read.texts import unparsed
from awsglue.utils import first_of, truth

OPTIONS = {
    "logFormat", "customPatterns", "MISSING", "missing", "LineCount", "lineCount", "StrictMode", "strictMode", "attachFilename",
    "attachTimestamp",
}  # fmt: skip
_KINDS: dict[str, type[gt.DataType]] = {
    "byte": gt.ByteType, "boolean": gt.BooleanType, "double": gt.DoubleType, "short": gt.ShortType, "int": gt.IntegerType,
    "long": gt.LongType, "float": gt.FloatType, "string": gt.StringType,
}  # fmt: skip
_REFERENCE = re.compile(r"%\{(\w+)(?::([^:}]*))?(?::([^}]*))?\}")
_DEEPEST = 50


@dataclass(frozen=True)
class Pattern:
    """A regular expression in which every group is a field; the fields' names and types in the order of their groups."""

    regex: str
    fields: tuple[tuple[str, gt.DataType], ...]


def custom_patterns(text: str) -> dict[str, str]:
    """A name, white space and an expression on each line."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, expression = line.partition(" ")
        if not re.fullmatch(r"\w+", name) or not expression.strip():
            raise ValueError(f"customPatterns: the line {line!r} is no name and expression")
        found[name] = expression.strip()
    return found


def compile_pattern(text: str, custom: str = "") -> Pattern:
    """A grok pattern as one expression. ValueError for names that are not defined and types that are none."""
    library = {**PATTERNS, **custom_patterns(custom)}
    fields: list[tuple[str, gt.DataType]] = []

    def group(name: str, kind: str) -> str:
        if kind not in _KINDS:
            raise ValueError(f"logFormat {text!r}: {kind!r} is none of {', '.join(_KINDS)}")
        fields.append((name, _KINDS[kind]()))
        return "("

    def expand(body: str, depth: int) -> str:
        if depth > _DEEPEST:
            raise ValueError(f"logFormat {text!r}: a pattern refers to itself")
        return "".join(part(token, depth) for token in _tokens(body))

    def part(token: re.Match[str], depth: int) -> str:
        reference, named, capturing, other = token.groups()
        if named:
            return group(named, "string")
        if capturing:
            return "(?:"
        if not reference:
            return other
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(f"logFormat {text!r}: {reference!r} is no %{{NAME:field:type}}")
        name, field, kind = found[1], (found[2] or "").strip(), (found[3] or "string").strip()
        if name not in library:
            raise ValueError(f"logFormat {text!r} names {name}, which is not defined")
        opening = group(field, kind) if field else "(?:"
        return f"{opening}{expand(library[name], depth + 1)})"

    regex = expand(text, 0)
    if not fields:
        raise ValueError(f"logFormat {text!r} names no field")
    return Pattern(regex, tuple(fields))


_TOKEN = re.compile(r"(%\{[^}]*\})|\(\?P?<([A-Za-z]\w*)>|(\((?!\?))|(\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)", re.DOTALL)
"""A reference, a named group, a plain group, or something else: an escape, a set of characters, one character."""


def _tokens(body: str) -> list[re.Match[str]]:
    return list(_TOKEN.finditer(body))


def read_grok(spec: ReadSpec, files: Files) -> Frame:
    """A record per line that the pattern matches from end to end; other lines are error records. Values that are MISSING are null."""
    given = spec.format_options
    if not given.get("logFormat"):
        raise ValueError("The format grokLog needs the format option logFormat: a grok pattern")
    if str(first_of(given, ("LineCount", "lineCount"), "1")) != "1":
        raise NotImplementedError("LineCount of a grokLog source: only records of one line are supported, as in Glue")
    pattern = compile_pattern(str(given["logFormat"]), str(given.get("customPatterns") or ""))
    lines = files.load("text", st.StructType([st.StructField("value", st.StringType())]), {}).where(F.trim("value") != "")
    values = _values(pattern, given)
    matching = F.col("value").rlike(f"^(?:{pattern.regex})$")
    df = lines.where(matching).select(*[col.alias(name) for name, _, col in values], *files.attached_columns)
    schema = gt.StructType([*[gt.Field(name, kind) for name, kind, _ in values], *files.attached_fields])
    return Frame(df, schema, stage=unparsed(lines, ~matching, F.col("value"), "grokLog"))


def _values(pattern: Pattern, given: Mapping[str, object]) -> list[Value]:
    """One column per name: where a name comes twice, its first value that is there."""
    missing = str(first_of(given, ("MISSING", "missing"), "-"))
    strict = truth(first_of(given, ("StrictMode", "strictMode"), False))
    texts: dict[str, list[Column]] = {}
    kinds: dict[str, gt.DataType] = {}
    for at, (name, kind) in enumerate(pattern.fields, start=1):
        found = F.regexp_extract(column("value"), f"^(?:{pattern.regex})$", at)
        texts.setdefault(name, []).append(F.when((found != "") & (found != missing), found))
        kinds.setdefault(name, gt.StringType() if strict else kind)
    return [_typed(name, kinds[name], F.coalesce(*columns)) for name, columns in texts.items()]


def _typed(name: str, kind: gt.DataType, text: Column) -> Value:
    if isinstance(kind, gt.StringType):
        return name, kind, text
    return name, OpenChoice([kind, gt.StringType()], kind), typed_or_text(text, kind)
