"""Functions of maps and rows."""

from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.arrayfunctions import comparable
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.services.athena.dialect.expr import Expr, cast_to, fail
from wheatpaste.services.athena.dialect.functions import F, call, special, unexpected
from wheatpaste.services.athena.dialect.operators import row_of
from wheatpaste.services.athena.dialect.scope import Scope, member_key
from wheatpaste.services.athena.dialect.types import Type, common

F("map_keys", "map(K,V) -> array(K)", "map_keys({0})")
F("map_values", "map(K,V) -> array(V)", "map_values({0})")


def built(keys: str, values: str, type_: Type, what: str = "Duplicate map keys ({}) are not allowed") -> str:
    """A map of two arrays, with Trino's errors for NULL and repeated keys."""
    comparable(type_.items[0], "a map's keys")
    row = f"len({keys}) + len({values})"  # either may be a constant
    null = fail("INVALID_FUNCTION_ARGUMENT", "map key cannot be null", type_, row)
    lengths = fail("INVALID_FUNCTION_ARGUMENT", "Key and value arrays must be the same length", type_, row)
    twice = fail(
        "INVALID_FUNCTION_ARGUMENT", what, type_, f"list_filter({keys}, lambda e: len(list_filter({keys}, lambda f: f = e)) > 1)[1]", row
    )
    return (
        f"(CASE WHEN {keys} IS NULL OR {values} IS NULL THEN NULL WHEN len({keys}) <> len({values}) THEN {lengths} WHEN "
        f"len({keys}) <> list_count({keys}) THEN {null} "
        f"WHEN len({keys}) <> list_unique({keys}) THEN {twice} ELSE map({keys}, {values}) END)"
    )


@special("map")
def _map(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if not arguments:
        empty = t.map_of(t.UNKNOWN, t.UNKNOWN)
        return Expr(cast_to("map([], [])", empty), empty)
    if len(arguments) != 2 or any(argument.type.name != "array" for argument in arguments):
        raise unexpected("map", arguments, node)
    keys, values = arguments
    type_ = t.map_of(keys.type.items[0], values.type.items[0])
    return Expr(built(keys.sql, values.sql, type_), type_)


@special("element_at")
def _element_at(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 2 or arguments[0].type.name != "map":
        return call(compiler, "element_at", arguments, node)
    value, key = arguments
    shared = common(value.type.items[0], key.type)
    if shared is None or shared.name != value.type.items[0].name:
        raise unexpected("element_at", arguments, node)
    return Expr(f"map_extract({value.sql}, {coerce(key, value.type.items[0]).sql})[1]", value.type.items[1])


@special("map_entries")
def _entries(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 1 or arguments[0].type.name != "map":
        raise unexpected("map_entries", arguments, node)
    row = t.row((None, None), arguments[0].type.items)
    first, second = (t.quoted(name) for name in t.members(row))
    packed = f"struct_pack({first} := e.key, {second} := e.value)"
    return Expr(
        f"(CASE WHEN {arguments[0].sql} IS NOT NULL THEN list_transform(map_entries({arguments[0].sql}), lambda e: {packed}) END)",
        t.array(row),
    )


@special("map_from_entries")
def _from_entries(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    row = arguments[0].type.items[0] if len(arguments) == 1 and arguments[0].type.name == "array" else t.UNKNOWN
    if row.name != "row" or len(row.items) != 2:
        raise unexpected("map_from_entries", arguments, node)
    keys, values = (f"list_transform({arguments[0].sql}, lambda e: struct_extract(e, {member_key(row, number)}))" for number in range(2))
    type_ = t.map_of(*row.items)
    return Expr(built(keys, values, type_), type_)


@special("map_concat")
def _concat(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    type_ = t.UNKNOWN
    for argument in arguments:
        shared = common(type_, argument.type)
        if shared is None or shared.name != "map":
            raise unexpected("map_concat", arguments, node)
        type_ = shared
    comparable(type_.items[0], "a map's keys")
    values = [coerce(argument, type_).sql for argument in arguments]
    nulls = " OR ".join(f"{value} IS NULL" for value in values)
    return Expr(f"(CASE WHEN NOT ({nulls}) THEN map_concat({', '.join(values)}) END)", type_)


@special("row")
def _row(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    if not node.expressions:
        raise SqlError("SYNTAX_ERROR", "mismatched input ')'. Expecting: <expression>", node)
    return row_of([compiler.expr(item, scope) for item in node.expressions])


@special("split_to_map")
def _split_to_map(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments: Sequence[Expr] = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 3 or any(argument.type.name not in ("varchar", "unknown") for argument in arguments):
        raise unexpected("split_to_map", arguments, node)
    value, entry, pair = (argument.sql for argument in arguments)
    pieces = f"list_filter(string_split({value}, {entry}), lambda e: e <> '')"
    keys = f"list_transform({pieces}, lambda e: left(e, strpos(e, {pair}) - 1))"
    values = f"list_transform({pieces}, lambda e: substring(e, strpos(e, {pair}) + length({pair})))"
    type_ = t.map_of(t.VARCHAR, t.VARCHAR)
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Key-value delimiter must appear exactly once in each entry. Bad input: '{}'", type_, value)
    made = built(keys, values, type_, "Duplicate keys ({}) are not allowed")
    bad = f"len(list_filter({pieces}, lambda e: len(string_split(e, {pair})) <> 2)) > 0"
    return Expr(f"(CASE WHEN {value} IS NULL THEN NULL WHEN {bad} THEN {wrong} ELSE {made} END)", type_)
