"""Texts that hold several JSON documents: Spark's parser stops behind a text's first value, and says nothing of what follows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._read.files import Files
from awsglue._read.names import AT_LINES, BOM, LINES

_TEXT = st.StructType([st.StructField("value", st.StringType())])
_MEET = r"\}\s*\{"
# What `AT_LINES` is within a line, where it may lie in a string; possessive, so that Java's matcher needs no stack for long texts.
_BETWEEN = r"""\G((?:[^"}]++|"(?:[^"\\]++|\\[\s\S])*+"|\}(?!\s*\{))*+\})\s*(?=\{)"""
_CUT = "\x1e"
_DECODER = json.JSONDecoder()


def has_several(files: Files, beginnings: Sequence[str], whole_files: bool) -> bool:
    """Whether some text holds more than one document, or may: of whole files each is looked at, of lines those where some files begin.

    AWS's own writers of such lines (Firehose) write all of them alike.
    """
    if whole_files:
        return not texts(files, True).where(F.col("value").rlike(_MEET)).isEmpty()
    return any(_goes_on(line) for text in beginnings for line in re.split(LINES, text))


def _goes_on(line: str) -> bool:
    """Whether another document follows the first one. A comma between them is no reason to lose it."""
    line = line.strip(f"{BOM} \t")
    try:
        end = _DECODER.raw_decode(line)[1]
    except (ValueError, RecursionError):  # no JSON, or cut off
        return re.search(_MEET, line) is not None
    return line[end:].lstrip(" \t,").startswith(("{", "["))


def documents(files: Files, whole_files: bool) -> DataFrame:
    """The lines, or the texts of whole files, split where an object ends and another begins."""
    rows = texts(files, whole_files)
    if whole_files:
        rows = rows.withColumn("value", F.explode(F.split("value", AT_LINES)))
    parts = F.split(F.regexp_replace("value", _BETWEEN, f"$1{_CUT}"), _CUT)
    return rows.withColumn("value", F.explode(F.when(F.col("value").rlike(_MEET), parts).otherwise(F.array("value"))))


def texts(files: Files, whole_files: bool) -> DataFrame:
    """The lines, or the texts of whole files, in a column `value`."""
    return files.load("text", _TEXT, {"wholetext": "true"} if whole_files else {})
