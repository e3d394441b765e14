"""Timestamps: gs_now, gs_to_timestamp, gs_format_timestamp."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.cast import try_cast
from awsglue._frame.older import sql_function
from awsglue._gs.frame import field, with_columns

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame

_PYTHON_CODES = {
    "Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "H": "HH", "I": "hh", "M": "mm", "S": "ss", "f": "SSSSSS", "b": "MMM", "B": "MMMM",
    "a": "E", "A": "EEEE", "p": "a", "j": "DDD", "Z": "z", "z": "xx", "%": "'%'",
}  # fmt: skip
_UNITS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}


def spark_pattern(given: str) -> str:
    """A date pattern in Spark's letters; Python's codes (%Y-%m-%d) are translated. ValueError names a code that has no counterpart."""
    if "%" not in given:
        return given
    made = ""
    for code, text in re.findall(r"%(.)|([^%]+)", given):
        if code and code not in _PYTHON_CODES:
            raise ValueError(f"The date code %{code} in {given!r} has no counterpart in Spark")
        made += _PYTHON_CODES[code] if code else re.sub(r"[A-Za-z]+", lambda found: f"'{found[0]}'", text)
    return made


def gs_now(self: DynamicFrame, colName: str = "timestamp", dateFormat: str | None = None) -> DynamicFrame:
    """Adds the time of the run: a timestamp, or text when a format is given."""
    now = F.current_timestamp()
    return with_columns(self, {colName: F.date_format(now, spark_pattern(dateFormat)) if dateFormat else now})


def gs_to_timestamp(self: DynamicFrame, colName: str, colType: str = "autodetect", newColName: str | None = None) -> DynamicFrame:
    """A number (seconds, milliseconds, microseconds), ISO text, or any of them (autodetect) as a timestamp; null where it is none."""
    name, kind, value = field(self._jdf.closed, colName)
    if isinstance(kind, gt.ChoiceType):
        raise ValueError(f"gs_to_timestamp: {colName!r} has several types; resolve them first")
    if colType not in (*_UNITS, "iso", "autodetect"):
        raise ValueError(f"gs_to_timestamp: {colType!r} is no type: {', '.join(_UNITS)}, iso or autodetect")
    if isinstance(kind, (gt.TimestampType, gt.DateType, gt.TimestampNTZType)):
        made = value.cast("timestamp")
    elif colType in _UNITS:
        made = _of_number(try_cast(value, gt.DecimalType(38, 6)), colType)
    else:
        made = _of_text(value, detect=colType == "autodetect")
    return with_columns(self, {newColName or name: made})


def _of_number(value: Column, unit: str) -> Column:
    micros = try_cast(value * F.lit(_UNITS[unit]), gt.LongType())
    return F.when(micros.isNotNull(), sql_function("timestamp_micros", micros))


def _of_text(value: Column, detect: bool) -> Column:
    """ISO 8601 (a year alone is one too); a longer number is by its size seconds, milliseconds or microseconds."""
    text = F.trim(value.cast("string"))
    digits = text.rlike(r"^[+-]?\d{5,}(\.\d+)?$")
    iso = F.when(~digits, try_cast(text, gt.TimestampType()))
    if not detect:
        return iso
    number = F.when(digits, try_cast(text, gt.DecimalType(38, 6)))
    size = F.abs(number)
    detected = F.when(size < 10**11, _of_number(number, "seconds")).when(size < 10**14, _of_number(number, "milliseconds"))
    return F.coalesce(iso, detected.otherwise(_of_number(number, "microseconds")))


def gs_format_timestamp(self: DynamicFrame, colName: str, dateFormat: str, newColName: str | None = None) -> DynamicFrame:
    """A timestamp as text, in Spark's letters or Python's date codes."""
    name, kind, value = field(self._jdf.closed, colName)
    if not isinstance(kind, (gt.TimestampType, gt.DateType, gt.TimestampNTZType)):
        value = _of_text(value, detect=True)
    return with_columns(self, {newColName or name: F.date_format(value, spark_pattern(dateFormat))})
