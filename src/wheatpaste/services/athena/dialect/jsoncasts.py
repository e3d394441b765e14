"""CAST from json: scalars by the value's kind, arrays, maps with text keys, rows by their fields' names or by position."""

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import RULES, Rule, cast
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.dialect.expr import Expr, fail, refuse_if, untried
from wheatpaste.services.athena.dialect.types import Type, members, quoted, text

WHOLE = "('UBIGINT', 'BIGINT')"


def _wrong(sql: str, type_: Type) -> str:
    return fail("INVALID_CAST_ARGUMENT", f"Cannot cast '{{}}' to {type_}", type_, sql)


def _scalar(sql: str, type_: Type, from_text: str, whole: str, fraction: str, boolean: str) -> str:
    kind = f"json_type({sql})"
    found = (
        f"(CASE WHEN {kind} = 'NULL' THEN NULL WHEN {kind} = 'VARCHAR' THEN {from_text} WHEN {kind} IN {WHOLE} THEN {whole} "
        f"WHEN {kind} = 'DOUBLE' THEN {fraction} WHEN {kind} = 'BOOLEAN' THEN {boolean} WHEN {sql} IS NOT NULL THEN "
        f"{_wrong(sql, type_)} END)"
    )
    beyond = f"{kind} IN ('DOUBLE', 'HUGEINT', 'UHUGEINT') AND NOT regexp_matches({sql}, '[.eE]')"
    return refuse_if(f"coalesce({beyond}, false)", "a cast of a JSON number beyond bigint", found, type_)


def _string(sql: str) -> str:
    return f"json_extract_string({sql}, '$')"


def _to_text(sql: str, source: Type, type_: Type) -> str:
    if type_.args:
        raise Refused(f"the cast from json to {type_}")
    minified = f"CAST(json({sql}) AS VARCHAR)"
    return _scalar(sql, type_, _string(sql), minified, f"wp_double_text(CAST({minified} AS DOUBLE))", minified)


def _to_number(sql: str, source: Type, type_: Type) -> str:
    minified = f"CAST(json({sql}) AS VARCHAR)"
    from_text = cast(Expr(_string(sql), t.VARCHAR), type_).sql
    whole = cast(Expr(minified, t.VARCHAR), type_).sql
    fraction = cast(Expr(f"CAST({minified} AS DOUBLE)", t.DOUBLE), type_).sql
    return _scalar(sql, type_, from_text, whole, fraction, f"CAST({minified} = 'true' AS {t.physical(type_)})")


def _to_boolean(sql: str, source: Type, type_: Type) -> str:
    minified = f"CAST(json({sql}) AS VARCHAR)"
    from_text = cast(Expr(_string(sql), t.VARCHAR), type_).sql
    return _scalar(sql, type_, from_text, f"CAST({minified} AS BIGINT) <> 0", f"CAST({minified} AS DOUBLE) <> 0", f"{minified} = 'true'")


def _inner(type_: Type) -> str:
    with untried():
        return cast(Expr("CAST(e AS VARCHAR)", t.JSON), type_).sql


def _guarded(sql: str, type_: Type, kind: str, value: str) -> str:
    return (
        f"(CASE WHEN json_type({sql}) = 'NULL' THEN NULL WHEN json_type({sql}) = '{kind}' THEN {value} "
        f"WHEN {sql} IS NOT NULL THEN {_wrong(sql, type_)} END)"
    )


def _to_array(sql: str, source: Type, type_: Type) -> str:
    items = f"list_transform(json_extract({sql}, '$[*]'), lambda e: {_inner(type_.items[0])})"
    return _guarded(sql, type_, "ARRAY", items)


def _to_map(sql: str, source: Type, type_: Type) -> str:
    key, value = type_.items
    if key.name != "varchar" or key.args:
        raise Refused(f"the cast from json to {type_}")
    entries = f"CAST(json({sql}) AS MAP(VARCHAR, JSON))"
    made = f"map(map_keys({entries}), list_transform(map_values({entries}), lambda e: {_inner(value)}))"
    return _guarded(sql, type_, "OBJECT", made)


def _to_row(sql: str, source: Type, type_: Type) -> str:
    by_name, by_place, variants = [], [], []
    for number, (name, member, item) in enumerate(zip(type_.fields, members(type_), type_.items, strict=True)):
        if name is None or '"' in name:
            raise Refused("the cast from json to a row without names")
        path = text('$."' + name + '"')
        with untried():
            named = cast(Expr(f"CAST(json_extract({sql}, {path}) AS VARCHAR)", t.JSON), item)
            placed = cast(Expr(f"CAST(json_extract({sql}, '$[{number}]') AS VARCHAR)", t.JSON), item)
        by_name.append(f"{quoted(member)} := {named.sql}")
        by_place.append(f"{quoted(member)} := {placed.sql}")
        variants.append(f"len(list_filter(json_keys({sql}), lambda k: lower(k) = {text(name.lower())} AND k <> {text(name)})) > 0")
    made = (
        f"(CASE json_type({sql}) WHEN 'OBJECT' THEN struct_pack({', '.join(by_name)}) WHEN 'ARRAY' THEN struct_pack({', '.join(by_place)}) "
        f"WHEN 'NULL' THEN NULL ELSE CASE WHEN {sql} IS NOT NULL THEN {_wrong(sql, type_)} END END)"
    )
    return refuse_if(f"coalesce({' OR '.join(variants)}, false)", "a cast to row of a JSON object whose keys differ in case", made, type_)


JSON_RULES: dict[tuple[str, str], Rule] = {
    ("json", "varchar"): _to_text,
    ("json", "integer"): _to_number,
    ("json", "float"): _to_number,
    ("json", "boolean"): _to_boolean,
    ("json", "array"): _to_array,
    ("json", "map"): _to_map,
    ("json", "row"): _to_row,
}
RULES.update(JSON_RULES)
