"""Comparing a field with a value of the script's: what SplitRows asks of each row."""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import reduce
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.cast import NUMBERS, convert, try_cast
from awsglue._frame.fields import value_at
from awsglue._frame.frame import Frame
from awsglue._frame.paths import ELEMENT, resolve

Compare = Callable[[Any, Any], Any]
_OPERATORS: dict[str, Compare] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TEXTS = (gt.StringType, gt.EnumType)
_TIMES = (gt.DateType, gt.TimestampType, gt.TimestampNTZType)
_NESTED = (gt.StructType, gt.ArrayType, gt.SetType, gt.MapType)


def holds(frame: Frame, path: str, name: str, value: Any) -> Column:
    """Whether the comparison called `name` holds between a field and a value: null where the field's value cannot be compared with it."""
    if name not in _OPERATORS:
        raise ValueError(f"SplitRows: {name!r} is no operator; there are {', '.join(_OPERATORS)}")
    place = resolve(frame.schema, path)
    if place is None or ELEMENT in place[0]:
        raise ValueError(f"SplitRows: there is no field {path!r} to compare; the frame has {[f.name for f in frame.schema]}")
    kind = place[1]
    if isinstance(kind, _NESTED):
        raise ValueError(f"SplitRows: {path!r} is {kind.typeName()}, which is not compared with a value; name a field inside it")
    tests = [test for one, col in _alternatives(kind, value_at(place[0])) for test in _tests(_OPERATORS[name], one, col, value)]
    if not tests:
        _tell(path, kind, value)
    return reduce(Column.__or__, tests, F.lit(None).cast("boolean")) if len(tests) != 1 else tests[0]


def _tell(path: str, kind: gt.DataType, value: Any) -> None:
    """Nothing else would say why the first frame is empty."""
    _report.tell(f"SplitRows: {path} ({kind.typeName()}) cannot be compared with {value!r}, so all rows are in the second frame")


def _alternatives(kind: gt.DataType, col: Column) -> list[tuple[gt.DataType, Column]]:
    return [(one, col.getField(name)) for name, one in kind.choices.items()] if isinstance(kind, gt.ChoiceType) else [(kind, col)]


def _tests(compare: Compare, kind: gt.DataType, col: Column, value: Any) -> Iterator[Column]:
    """The comparison with values of this type, by the type of the script's; none if there is no way between them."""
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    if isinstance(kind, NUMBERS) and number:
        yield compare(col, F.lit(value))
    elif isinstance(kind, _TEXTS) and number:
        yield _numeric(compare, col, F.lit(value), col)
    elif isinstance(kind, NUMBERS) and isinstance(value, str) and _spells_number(value):
        yield _numeric(compare, col, F.lit(value), F.lit(value))
    elif isinstance(kind, _TEXTS) and isinstance(value, bool):
        yield compare(convert(col, gt.StringType(), gt.BooleanType()), F.lit(value))
    elif isinstance(kind, _TEXTS) and isinstance(value, datetime.date):
        moment = gt.TimestampType() if isinstance(value, datetime.datetime) else gt.DateType()
        yield compare(convert(col, gt.StringType(), moment), F.lit(value))
    elif isinstance(kind, (gt.BooleanType, *_TIMES)) and isinstance(value, str):
        yield compare(col, try_cast(F.lit(value), kind))
    elif _alike(kind, value):
        yield compare(col, F.lit(value))


def _spells_number(text: str) -> bool:
    try:
        return not math.isnan(float(text))
    except ValueError:
        return False


def _alike(kind: gt.DataType, value: Any) -> bool:
    if isinstance(kind, gt.BooleanType):
        return isinstance(value, bool)
    if isinstance(kind, _TIMES):
        return isinstance(value, datetime.date)
    if isinstance(kind, gt.BinaryType):
        return isinstance(value, (bytes, bytearray, str))
    return isinstance(kind, _TEXTS) and isinstance(value, str)


def _numeric(compare: Compare, one: Column, other: Column, text: Column) -> Column:
    """A comparison of which one side, `text`, is text: as whole numbers, exact to the last digit, else as doubles."""
    tests = []
    for kind in (gt.LongType(), gt.DoubleType()):
        number = convert(text, gt.StringType(), kind)
        number = F.when(~F.isnan(number), number) if isinstance(kind, gt.DoubleType) else number
        tests.append(compare(number, other) if text is one else compare(one, number))
    return F.coalesce(*tests)
