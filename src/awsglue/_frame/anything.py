"""Values of any JSON type in one column: VARIANTs, or where Spark has none (3.x) marked texts.

Spark reads any JSON value as a text, but strings without their quotes, so that `1` and `"1"` would be one. Before it reads, every string
in the document, names too, is given a first letter `s`: `{"a": "1", "b": 1}` becomes `{"sa": "s1", "sb": 1}`, and no other value begins
with that letter.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as st

_MARK = "s"
_NULL = "null"  # where JSON has one: Spark's own null is what is missing
# A string with its quotes; possessive, so that Java's matcher needs no stack for long ones.
_WITHIN = r'((?:[^"\\]++|\\[\s\S])*+)'
_STRING, _MARKED = f'"{_WITHIN}"', f'"{_MARK}{_WITHIN}"'
_REST = (1 << 31) - 1


def has_variant() -> bool:
    """Whether this Spark has VARIANT: 4.0 and later."""
    return hasattr(st, "VariantType")


def any_type() -> st.DataType:
    """The type of a column of such values."""
    return st.VariantType() if has_variant() else st.StringType()


def parsed(text: Column, kind: st.DataType, options: Mapping[str, str] | None = None, renamed: st.DataType | None = None) -> Column:
    """JSON texts as `kind`, in which `any_type` stands where values of any type may be; null where a text is none. `renamed` is the same
    type with the names that its fields get."""
    if has_variant():
        found = F.from_json(text, kind, dict(options or {}))
        return found if renamed is None else found.cast(renamed)
    marked = F.regexp_replace(text, _STRING, f'"{_MARK}$1"')
    named = kind if renamed is None else renamed
    found = F.from_json(marked, _marked(kind), dict(options or {})).cast(_with_marks_in_maps(named))
    return _maps_unmarked(found, named) if _has_map(named) else found


def documents_in(text: Column) -> Column:
    """Every JSON value that a text spells, an array of them; null where it is no JSON."""
    # The parser stops behind the first value; in brackets, what follows it is a further element or no JSON.
    array = F.concat(F.lit("["), text, F.lit("]"))
    if has_variant():
        return F.try_variant_get(F.try_parse_json(array), "$", "array<variant>")
    return _items(F.regexp_replace(array, _STRING, f'"{_MARK}$1"'))


def member(value: Column, step: str) -> Column:
    """What lies in a value at `['name']` or `[n]`; null where nothing does."""
    if has_variant():
        return F.try_variant_get(value, f"${step}", "variant")
    first = F.substring(value, 1, 1)
    if not step.startswith("['"):
        items, position = _items(F.when(first == "[", value)), int(step[1:-1])
        return F.when(F.size(items) > position, items.getItem(position))
    # A map and no struct: a struct would not tell null from what is missing.
    found, name = F.from_json(F.when(first == "{", value), "map<string,string>"), _MARK + step[2:-2]
    return F.when(F.array_contains(F.map_keys(found), name), F.coalesce(found.getItem(name), F.lit(_NULL)))


def elements(value: Column) -> Column:
    """The elements of an array; of any other value an array of that."""
    if has_variant():
        return F.coalesce(F.try_variant_get(value, "$", "array<variant>"), F.array(value))
    return F.coalesce(_items(F.when(F.substring(value, 1, 1) == "[", value)), F.array(value))


def spelt(value: Column) -> Column:
    """A value's JSON."""
    if has_variant():
        return F.to_json(value)
    in_brackets = F.to_json(F.array(_text(value)))
    return F.when(F.substring(value, 1, 1) == _MARK, F.regexp_replace(in_brackets, r"^\[|\]$", "")).otherwise(_text(value))


def _items(marked: Column) -> Column:
    return F.transform(F.from_json(marked, "array<string>"), lambda item: F.coalesce(item, F.lit(_NULL)))


def tag(value: Column) -> Column:
    """Of which type a value is: BIGINT, DECIMAL(…,0) for whole numbers beyond that, DOUBLE, BOOLEAN, STRING, OBJECT… or ARRAY…"""
    if has_variant():
        return F.schema_of_variant(value)
    first = F.substring(value, 1, 1)
    whole = F.when(value.cast("bigint").isNotNull(), "BIGINT").otherwise("DECIMAL(38,0)")
    kinds = F.when(first == _MARK, "STRING").when(first == "{", "OBJECT").when(first == "[", "ARRAY").when(first.isin("t", "f"), "BOOLEAN")
    return kinds.when(value.rlike(r"^-?\d++$"), whole).when(value.isNotNull(), "DOUBLE")


def taken(value: Column, type_name: str) -> Column:
    """A value as a `bigint`, `double`, `decimal(38,0)`, `boolean` or `string`; null where it is none."""
    if has_variant():
        return F.try_variant_get(value, "$", type_name)
    return _text(value) if type_name == "string" else number(value).cast(type_name)


def number(text: Column) -> Column:
    """A number as it is written: Spark 3.x gives NaN and Infinity in quotes."""
    return text if has_variant() else F.translate(text, '"', "")


def _text(value: Column) -> Column:
    """A string's own text; of other values their JSON."""
    first = F.substring(value, 1, 1)
    unmarked = F.regexp_replace(value, _MARKED, '"$1"')
    return F.when(first == _MARK, F.substring(value, 2, _REST)).when(first.isin("{", "["), unmarked).otherwise(value)


def _marked(kind: st.DataType) -> st.DataType:
    """The type under which Spark finds the values in marked text."""
    if isinstance(kind, st.StructType):
        return st.StructType([st.StructField(_MARK + field.name, _marked(field.dataType)) for field in kind])
    if isinstance(kind, st.ArrayType):
        return st.ArrayType(_marked(kind.elementType))
    if isinstance(kind, st.MapType):
        return st.MapType(st.StringType(), _marked(kind.valueType))
    return kind if isinstance(kind, (st.LongType, st.BooleanType)) else st.StringType()


def _with_marks_in_maps(kind: st.DataType) -> st.DataType:
    """`kind` with the names it is to have, and texts for what lies in its maps."""
    if isinstance(kind, st.StructType):
        return st.StructType([st.StructField(field.name, _with_marks_in_maps(field.dataType)) for field in kind])
    if isinstance(kind, st.ArrayType):
        return st.ArrayType(_with_marks_in_maps(kind.elementType))
    return _marked(kind) if isinstance(kind, st.MapType) else kind


def _has_map(kind: st.DataType) -> bool:
    if isinstance(kind, st.StructType):
        return any(_has_map(field.dataType) for field in kind)
    return isinstance(kind, st.MapType) or (isinstance(kind, st.ArrayType) and _has_map(kind.elementType))


def _maps_unmarked(col: Column, kind: st.DataType) -> Column:
    if isinstance(kind, st.StructType) and _has_map(kind):
        parts = [_maps_unmarked(col.getField(field.name), field.dataType).alias(field.name) for field in kind]
        return F.when(col.isNotNull(), F.struct(*parts))
    if isinstance(kind, st.ArrayType) and _has_map(kind):
        return F.transform(col, lambda item: _maps_unmarked(item, kind.elementType))
    return _unmarked(col, kind) if isinstance(kind, st.MapType) else col


def _unmarked(col: Column, kind: st.DataType) -> Column:
    """What lies in a map, of the types that are declared for it."""
    if isinstance(kind, st.MapType):
        keys = F.transform_keys(col, lambda key, _: F.substring(key, 2, _REST))
        return F.transform_values(keys, lambda _, value: _unmarked(value, kind.valueType))
    if isinstance(kind, st.StructType):
        parts = [_unmarked(col.getField(_MARK + field.name), field.dataType).alias(field.name) for field in kind]
        return F.when(col.isNotNull(), F.struct(*parts))
    if isinstance(kind, st.ArrayType):
        return F.transform(col, lambda item: _unmarked(item, kind.elementType))
    return _text(col) if isinstance(kind, st.StringType) else _text(col.cast("string")).cast(kind)
