"""Arrow arrays of Python values whose types are found on the way: what users' functions return."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from awsglue import gluetypes as gt
from awsglue._frame.arrow import arrow_type
from awsglue._frame.records import type_of

Encoded = tuple[gt.DataType, pa.Array]
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)  # noqa: UP017 - Python 3.10
_MICROSECOND = datetime.timedelta(microseconds=1)
_EXACT: set[type[Any]] = {dict, gt.DynamicRecord}
"""Dictionaries that have exactly the members that they show; another class may make some up."""
_BITS: dict[type[gt.DataType], int] = {gt.ByteType: 7, gt.ShortType: 15, gt.IntegerType: 31, gt.LongType: 63}
_ATOMS: dict[type, type[gt.DataType]] = {
    bool: gt.BooleanType, float: gt.DoubleType, str: gt.StringType, bytes: gt.BinaryType, datetime.date: gt.DateType,
    datetime.datetime: gt.TimestampType,
}  # fmt: skip


def encode(given: Sequence[Any], hint: gt.DataType | None) -> Encoded:
    """The values' type and array. `hint` is the type that the field had before: it stays where it still holds the values."""
    classes = set(map(type, given)) - {type(None)}
    if not classes:
        return gt.NullType(), pa.nulls(len(given))
    if not isinstance(hint, gt.ChoiceType):
        if all(issubclass(each, dict) for each in classes):
            return _maps(given, hint) if isinstance(hint, gt.MapType) else _structs(given, hint)
        if all(issubclass(each, (list, tuple, set)) for each in classes):
            return _lists(given, hint)
        kind = _one_kind(given, classes, hint)
        if kind is not None:
            return kind, _array(given, kind)
    return _mixed(given, hint)


def _one_kind(given: Sequence[Any], classes: set[type], hint: gt.DataType | None) -> gt.DataType | None:
    """The type of values that are all of one simple class, None if it takes a look at each of them."""
    if len(classes) > 1:
        return None
    only = next(iter(classes))
    if only is int:
        return _integer(given, hint)
    made = _ATOMS.get(only)
    if made is None:
        return None
    same = (isinstance(hint, gt.FloatType) and only is float) or (isinstance(hint, gt.TimestampNTZType) and only is datetime.datetime)
    return hint if same else made()


def _integer(given: Sequence[Any], hint: gt.DataType | None) -> gt.DataType | None:
    try:
        found = pc.min_max(pa.array(given, pa.int64())).as_py()
    except (OverflowError, pa.ArrowInvalid):
        return None
    low, high = found["min"], found["max"]
    for kind in (hint, gt.IntegerType()):
        bits = _BITS.get(type(kind)) if kind is not None else None
        if bits is not None and -(2**bits) <= low and high < 2**bits:
            return kind
    return None


def _array(given: Iterable[Any], kind: gt.DataType) -> pa.Array:
    if isinstance(kind, gt.TimestampType):
        return pa.array([None if value is None else _instant(value) for value in given], pa.int64()).cast(arrow_type(kind))
    if isinstance(kind, gt.DecimalType):
        unit = decimal.Decimal(1).scaleb(-kind.scale)
        quantized = [None if v is None else decimal.Decimal(v).quantize(unit, context=_WIDE) for v in given]
        return pa.array(quantized, arrow_type(kind))
    if isinstance(kind, gt.BinaryType):
        return pa.array([None if value is None else bytes(value) for value in given], pa.binary())
    return pa.array(given, arrow_type(kind))


_WIDE = decimal.Context(prec=76)


def _instant(value: datetime.datetime) -> int:
    """Microseconds since 1970; a time without a zone is local, as in a row of Spark's."""
    return ((value if value.tzinfo else value.astimezone()) - _EPOCH) // _MICROSECOND


def _structs(given: Sequence[Any], hint: gt.DataType | None) -> Encoded:
    known = hint.field_map if isinstance(hint, gt.StructType) else {}
    names, columns = _members(given)
    parts = []
    for name, column in zip(names, columns, strict=True):
        parts.append((name, *encode(column, known[name].dataType if name in known else None)))
    kind = gt.StructType([gt.Field(name, inner) for name, inner, _ in parts])
    return kind, struct_array([array for _, _, array in parts], kind, [value is None for value in given])


def _members(given: Sequence[Any]) -> tuple[list[str], list[list[Any]]]:
    """The names in these dictionaries, and under each of them everybody's value."""
    if set(map(type, given)) <= _EXACT and len(set(map(len, given))) == 1:
        names = list(given[0])
        columns = _same(given, names)
        if columns is not None:
            return list(map(str, names)), columns
    kinds = dict.fromkeys(map(_keys, given))
    if not all(isinstance(name, str) for keys in kinds for name in keys):
        return _members([None if value is None else {str(name): item for name, item in value.items()} for value in given])
    names = list(dict.fromkeys(name for keys in kinds for name in keys))
    return names, [[None if value is None else value.get(name) for value in given] for name in names]


def _same(given: Sequence[Any], names: list[Any]) -> list[list[Any]] | None:
    """Everybody's values under these names; None when somebody has others."""
    try:
        return [list(map(itemgetter(name), given)) for name in names]
    except KeyError:
        return None


def _keys(value: Any) -> tuple[Any, ...]:
    return () if value is None else tuple(value)


def struct_array(parts: list[pa.Array], kind: gt.StructType | gt.ChoiceType, missing: list[bool]) -> pa.Array:
    """A struct of these columns, null where `missing`."""
    fields = list(arrow_type(kind))
    if not fields:
        return pa.array([None if gone else {} for gone in missing], pa.struct([]))
    return pa.StructArray.from_arrays(parts, fields=fields, mask=pa.array(missing) if any(missing) else None)


def _lists(given: Sequence[Any], hint: gt.DataType | None) -> Encoded:
    inner = hint.elementType if isinstance(hint, (gt.ArrayType, gt.SetType)) else None
    items = [item for value in given if value is not None for item in value]
    element, array = encode(items, inner)
    kind = gt.ArrayType(element)
    ends = list(accumulate((0 if value is None else len(value) for value in given), initial=0))
    offsets = [None if value is None else start for value, start in zip(given, ends, strict=False)]
    return kind, pa.ListArray.from_arrays(pa.array([*offsets, ends[-1]], pa.int32()), array).cast(arrow_type(kind))


def _maps(given: Sequence[Any], hint: gt.MapType) -> Encoded:
    """Maps stay maps; their values get one type together, a struct or a choice if need be."""
    items = [item for value in given if value is not None for item in value.values()]
    inner, _ = encode(items, hint.valueType)
    if isinstance(inner, (gt.ChoiceType, gt.StructType, gt.ArrayType)):
        return _structs(given, None)
    kind = gt.MapType(inner)
    return kind, pa.array([None if value is None else [(str(k), v) for k, v in value.items()] for value in given], arrow_type(kind))


def _mixed(given: Sequence[Any], hint: gt.DataType | None) -> Encoded:
    """Values of several types: each value is looked at; alternatives of a choice have a column each."""
    merged: gt.DataType = gt.NullType()
    kinds = [type_of(value, hint) for value in given]
    for kind in kinds:
        merged = gt.mergeDataTypes(merged, kind)
    if not isinstance(merged, gt.ChoiceType):
        if isinstance(merged, (gt.StructType, gt.ArrayType, gt.MapType)):
            return encode(given, merged)
        return merged, _array(given, merged)
    parts = []
    for name, choice in merged.choices.items():
        own = [value if kind.typeName() == name else None for value, kind in zip(given, kinds, strict=True)]
        parts.append(encode(own, choice) if isinstance(choice, (gt.StructType, gt.ArrayType)) else (choice, _array(own, choice)))
    made = gt.ChoiceType([kind for kind, _ in parts])
    return made, struct_array([array for _, array in parts], made, [value is None for value in given])


# --- widening --------------------------------------------------------------------------------------------------------


def widened(array: pa.Array, source: gt.DataType, target: gt.DataType) -> pa.Array:
    """The same values in a type that contains theirs."""
    if source == target:
        return array
    if isinstance(source, (gt.NullType, gt.UnknownType)):
        return pa.nulls(len(array), arrow_type(target))
    if isinstance(target, gt.ChoiceType):
        return _alternatives(array, source, target)
    if isinstance(source, gt.StructType) and isinstance(target, gt.StructType):
        there = {f.name: (f.dataType, part) for f, part in zip(source, array.flatten(), strict=True)}
        parts = [
            widened(there[f.name][1], there[f.name][0], f.dataType) if f.name in there else pa.nulls(len(array), arrow_type(f.dataType))
            for f in target
        ]
        return struct_array(parts, target, array.is_null().to_pylist())
    if isinstance(source, (gt.ArrayType, gt.SetType)) and isinstance(target, (gt.ArrayType, gt.SetType)):
        items = widened(array.values, source.elementType, target.elementType)
        return pa.ListArray.from_arrays(array.offsets, items, mask=array.is_null()).cast(arrow_type(target))
    return array.cast(arrow_type(target))


def _alternatives(array: pa.Array, source: gt.DataType, target: gt.ChoiceType) -> pa.Array:
    if isinstance(source, gt.ChoiceType):
        given = {name: (kind, part) for (name, kind), part in zip(source.choices.items(), array.flatten(), strict=True)}
    else:
        given = {source.typeName(): (source, array)}
    parts = [
        widened(given[name][1], given[name][0], choice) if name in given else pa.nulls(len(array), arrow_type(choice))
        for name, choice in target.choices.items()
    ]
    return struct_array(parts, target, array.is_null().to_pylist())
