"""CAST to json: numbers as they are printed, text quoted, maps by their keys' order, rows by their fields' names ("" without one)."""

from wheatpaste.services.athena.dialect.casts import RULES, to_text
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.dialect.expr import refuse_if, untried
from wheatpaste.services.athena.dialect.scope import member_key
from wheatpaste.services.athena.dialect.types import FLOATS, INTEGERS, JSON, VARCHAR, Type, text

CONTROL = "[\\x00-\\x07\\x0b\\x0e-\\x1f]"  # escaped as \\uXXXX, in capitals or not
KEYS = (*INTEGERS, "varchar", "boolean")


def made(sql: str, type_: Type) -> str:
    """SQL of a value's JSON text; NULL stays NULL."""
    name = type_.name
    if name in INTEGERS or name == "boolean":
        return f"CAST({sql} AS VARCHAR)"
    if name in FLOATS:
        unusual = f"coalesce(NOT isfinite({sql}), false)"
        return refuse_if(unusual, "NaN and Infinity as json", f"wp_float_shown({sql})", VARCHAR)
    if name == "decimal":
        return to_text(sql, type_)
    if name == "varchar":
        return _string(sql)
    if name in ("date", "timestamp"):
        return f"('\"' || {to_text(sql, type_)} || '\"')"
    if name == "array":
        return f"('[' || array_to_string(list_transform({sql}, lambda e: {_inner('e', type_.items[0])}), ',') || ']')"
    if name == "map":
        return _map(sql, type_)
    if name == "row":
        return _row(sql, type_)
    if name == "json":
        return sql
    if name == "unknown":
        return "CAST(NULL AS VARCHAR)"
    raise Refused(f"the cast from {type_} to json")


def _inner(sql: str, type_: Type) -> str:
    with untried():  # a refusal's condition cannot leave the lambda that it depends on
        return f"coalesce({made(sql, type_)}, 'null')"


def _string(sql: str) -> str:
    unusual = f"coalesce(regexp_matches({sql}, {text(CONTROL)}), false)"
    return refuse_if(unusual, "control characters as json", f"CAST(to_json({sql}) AS VARCHAR)", VARCHAR)


def _map(sql: str, type_: Type) -> str:
    key, value = type_.items
    if key.name not in KEYS:
        raise Refused(f"the cast from {type_} to json")
    pair = f"struct_pack(k := CAST(m.key AS VARCHAR), v := {_inner('m.value', value)})"
    with untried():
        name = _string("p.k")
    sorted_ = f"list_sort(list_transform(map_entries({sql}), lambda m: {pair}))"
    return f"('{{' || array_to_string(list_transform({sorted_}, lambda p: {name} || ':' || p.v), ',') || '}}')"


def _row(sql: str, type_: Type) -> str:
    parts = []
    for number, (field, item) in enumerate(zip(type_.fields, type_.items, strict=True)):
        name = (field or "").replace("\\", "\\\\").replace('"', '\\"')
        label = text(f'{"," if number else ""}"{name}":')
        parts.append(f"{label} || {_inner(f'struct_extract({sql}, {member_key(type_, number)})', item)}")
    return f"(CASE WHEN {sql} IS NOT NULL THEN '{{' || {' || '.join(parts)} || '}}' END)"


for family in ("integer", "float", "decimal", "boolean", "varchar", "date", "timestamp", "array", "map", "row"):
    RULES[family, JSON.name] = lambda sql, source, type_: made(sql, source)
