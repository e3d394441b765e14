"""A result's values as the text that Athena puts into its CSV files."""

from dataclasses import replace

from wheatpaste.services.athena.dialect.casts import to_text
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.dialect.jsonfunctions import canonical
from wheatpaste.services.athena.dialect.scope import member_key
from wheatpaste.services.athena.dialect.times import rounded
from wheatpaste.services.athena.dialect.types import FLOATS, INTEGERS, TZ, Type


def shown(sql: str, type_: Type) -> str:
    """SQL of a value's text; NULL stays NULL (inside of arrays, maps and rows it is written ``null``)."""
    name = type_.name
    if name in FLOATS:
        return f"wp_float_shown({sql})"
    if name in ("varchar", "char"):
        return sql
    if name in INTEGERS or name in ("boolean", "unknown"):
        return f"CAST({sql} AS VARCHAR)"
    if name in ("timestamp", TZ):  # a result shows milliseconds, whatever the type's precision
        return to_text(rounded(sql, type_.args[0], 3), replace(type_, args=(3,)))
    if name == "json":
        return canonical(sql)
    if name == "varbinary":
        return f"wp_bytes_shown({sql})"
    if name == "array":
        return f"('[' || array_to_string(list_transform({sql}, lambda e: {_inner('e', type_.items[0])}), ', ') || ']')"
    if name == "map":
        pair = f"{_inner('m.key', type_.items[0])} || '=' || {_inner('m.value', type_.items[1])}"
        return f"('{{' || array_to_string(list_transform(map_entries({sql}), lambda m: {pair}), ', ') || '}}')"
    if name == "row":
        return _row(sql, type_)
    return to_text(sql, type_)


def _inner(sql: str, type_: Type) -> str:
    return f"coalesce({shown(sql, type_)}, 'null')"


def _row(sql: str, type_: Type) -> str:
    if len(set(type_.fields)) < len(type_.fields) and any(type_.fields):
        raise Refused("a row with several fields of one name in a result")
    parts = []
    for number, (field, item) in enumerate(zip(type_.fields, type_.items, strict=True)):
        label = (field or f"field{number}") + "="
        parts.append("'" + label.replace("'", "''") + "' || " + _inner(f"struct_extract({sql}, {member_key(type_, number)})", item))
    return (
        f"(CASE WHEN {sql} IS NOT NULL THEN '{{' || "
        f"{(chr(32) + '||' + chr(32) + chr(39) + ', ' + chr(39) + ' || ').join(parts)} || '}}' END)"
    )
