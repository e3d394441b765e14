"""Text functions. Lengths and positions count code points in both engines; where DuckDB counts bytes or graphemes, the rest is refused."""

from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, fail, refuse_if
from wheatpaste.services.athena.dialect.functions import F, call, special
from wheatpaste.services.athena.dialect.operators import unify
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import Type, text

# what Java's Character.isWhitespace says, which is what Trino's trim removes
SPACES = " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"

F("lower", "varchar -> 0", "lower({0})")
F(
    "upper",
    "varchar -> 0",
    lambda values, type_: refuse_if(f"contains({values[0].sql}, 'ß')", "upper of ß", f"upper({values[0].sql})", type_),
)
F("length", "varchar -> bigint", "length({0})")
F("length", "varbinary -> bigint", "octet_length({0})")
F(
    "reverse",
    "varchar -> 0",
    lambda values, type_: refuse_if(
        f"length_grapheme({values[0].sql}) <> length({values[0].sql})", "reverse of composed characters", f"reverse({values[0].sql})", type_
    ),
)
F("chr", "bigint -> varchar(1)", lambda values, type_: _chr(values[0].sql))
F("codepoint", "varchar -> integer", lambda values, type_: _one_character(values[0].sql))
F("starts_with", "varchar;varchar -> boolean", "starts_with({0}, {1})")
F("strpos", "varchar;varchar -> bigint", "strpos({0}, {1})")
F("replace", "varchar;varchar -> varchar?", lambda values, type_: _replace(values[0].sql, values[1], "''"))
F("replace", "varchar;varchar;varchar -> varchar?", lambda values, type_: _replace(values[0].sql, values[1], values[2].sql))
F("translate", "varchar;varchar;varchar -> varchar?", "translate({0}, {1}, {2})")
F("substr", "varchar;bigint -> 0", lambda values, type_: _substring(values))
F("substr", "varchar;bigint;bigint -> 0", lambda values, type_: _substring(values))
F("substring", "varchar;bigint -> 0", lambda values, type_: _substring(values))
F("substring", "varchar;bigint;bigint -> 0", lambda values, type_: _substring(values))
F("split", "varchar;varchar -> array(varchar?)", lambda values, type_: _split(values, type_))
F("split", "varchar;varchar;bigint -> array(varchar?)", lambda values, type_: _split_limited(values, type_))
F("split_part", "varchar;varchar;bigint -> 0", lambda values, type_: _split_part(values, type_))
F("levenshtein_distance", "varchar;varchar -> bigint", lambda values, type_: _bytewise("levenshtein", values, type_))
F("hamming_distance", "varchar;varchar -> bigint", lambda values, type_: _hamming(values, type_))
F("lpad", "varchar;bigint;varchar -> varchar", lambda values, type_: _pad("lpad", values, type_))
F("rpad", "varchar;bigint;varchar -> varchar", lambda values, type_: _pad("rpad", values, type_))
F("concat_ws", "varchar;array(varchar) -> varchar", "array_to_string({1}, {0})")
F("concat_ws", "varchar;varchar* -> varchar", lambda values, type_: f"concat_ws({', '.join(value.sql for value in values)})")
for name in ("trim", "ltrim", "rtrim"):
    F(name, "varchar -> 0", f"{name}({{0}}, {text(SPACES)})")
    F(name, "varchar;varchar -> 0", f"{name}({{0}}, {{1}})")


def ascii_only(sql: str) -> str:
    """Whether a text has only ASCII characters."""
    return f"strlen({sql}) = length({sql})"


def _chr(sql: str) -> str:
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Not a valid Unicode code point: {}", t.varchar(1), sql)
    return f"(CASE WHEN {sql} < 0 OR {sql} > 1114111 OR {sql} BETWEEN 55296 AND 57343 THEN {wrong} ELSE chr(CAST({sql} AS INTEGER)) END)"


def _one_character(sql: str) -> str:
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Input string must be a single character string", t.INTEGER, sql)
    return f"(CASE WHEN length({sql}) <> 1 THEN {wrong} ELSE unicode({sql}) END)"


def _replace(value: str, search: Expr, by: str) -> str:
    if search.value:
        return f"replace({value}, {search.sql}, {by})"
    return refuse_if(
        f"{search.sql} = '' AND {value} IS NOT NULL", "replace of the empty string", f"replace({value}, {search.sql}, {by})", t.VARCHAR
    )


def _substring(values: Sequence[Expr]) -> str:
    value, start = values[0].sql, values[1]
    rest = f", {values[2].sql}" if len(values) > 2 else ""
    found = f"substring({value}, {start.sql}{rest})"
    positive = len(values) == 2 or (isinstance(values[2].value, int) and values[2].value >= 0)
    if isinstance(start.value, int) and start.value > 0 and positive:
        return found
    nulls = " OR ".join(f"{each.sql} IS NULL" for each in values)
    short = f" OR {values[2].sql} <= 0" if len(values) > 2 else ""
    return f"(CASE WHEN {nulls} THEN NULL WHEN {start.sql} = 0 OR abs({start.sql}) > length({value}){short} THEN '' ELSE {found} END)"


def _delimiter(values: Sequence[Expr], type_: Type, sql: str) -> str:
    if values[1].value:
        return sql
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "The delimiter may not be the empty string", type_, values[0].sql)
    return f"(CASE WHEN {values[1].sql} = '' THEN {wrong} ELSE {sql} END)"


def _split(values: Sequence[Expr], type_: Type) -> str:
    return _delimiter(values, type_, f"string_split({values[0].sql}, {values[1].sql})")


def _split_limited(values: Sequence[Expr], type_: Type) -> str:
    """At most ``limit`` pieces: the last one has all the rest."""
    limit, whole = values[2].sql, _split(values, type_)
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Limit must be positive", type_, values[0].sql, limit)
    rest = f"list_append({whole}[1:{limit} - 1], array_to_string({whole}[{limit}:], {values[1].sql}))"
    return f"(CASE WHEN {limit} <= 0 THEN {wrong} WHEN len({whole}) <= {limit} THEN {whole} WHEN {limit} IS NOT NULL THEN {rest} END)"


def _split_part(values: Sequence[Expr], type_: Type) -> str:
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Index must be greater than zero", type_, values[0].sql, values[2].sql)
    found = f"string_split({values[0].sql}, {values[1].sql})[{values[2].sql}]"
    if not (isinstance(values[2].value, int) and values[2].value > 0):
        found = f"(CASE WHEN {values[2].sql} <= 0 THEN {wrong} ELSE {found} END)"
    if values[1].value:
        return found
    return refuse_if(f"{values[1].sql} = '' AND {values[0].sql} IS NOT NULL", "split_part with an empty delimiter", found, type_)


def _bytewise(function: str, values: Sequence[Expr], type_: Type) -> str:
    a, b = values[0].sql, values[1].sql
    return refuse_if(f"NOT ({ascii_only(a)} AND {ascii_only(b)})", f"{function} of text beyond ASCII", f"{function}({a}, {b})", type_)


def _hamming(values: Sequence[Expr], type_: Type) -> str:
    a, b = values[0].sql, values[1].sql
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "The input strings to hamming_distance function must have the same length", type_, a)
    empty = f"CASE WHEN {a} = '' THEN 0 ELSE {_bytewise('hamming', values, type_)} END"
    return f"(CASE WHEN length({a}) <> length({b}) THEN {wrong} ELSE {empty} END)"


def _pad(function: str, values: Sequence[Expr], type_: Type) -> str:
    value, size, by = (each.sql for each in values)
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Target length must be in the range [0..2147483647]", type_, value, size)
    empty = fail("INVALID_FUNCTION_ARGUMENT", "Padding string must not be empty", type_, value)
    found = f"{function}({value}, CAST({size} AS INTEGER), {by})"
    return f"(CASE WHEN {size} < 0 OR {size} > 2147483647 THEN {wrong} WHEN {by} = '' THEN {empty} ELSE {found} END)"


@special("concat")
def _concat(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    return concat([compiler.expr(argument, scope) for argument in node.expressions], node)


def concat(values: Sequence[Expr], node: exp.Expression) -> Expr:
    """``||``: of texts, or of arrays and their elements; NULL if one is NULL."""
    if len(values) < 2:
        raise SqlError("INVALID_FUNCTION_ARGUMENT", "There must be two or more concatenation arguments", node)
    if all(value.type.name in ("varchar", "unknown") for value in values):
        return Expr(f"({' || '.join(value.sql for value in values)})", t.VARCHAR)
    if all(value.type.name == "varbinary" for value in values):
        return Expr(f"({' || '.join(value.sql for value in values)})", t.VARBINARY)
    if any(value.type.name == "array" for value in values):
        return _concat_arrays(values, node)
    if any(value.type.name == "char" for value in values):
        raise Refused("the concatenation of char values", node)
    raise SqlError(
        "FUNCTION_NOT_FOUND", f"Unexpected parameters ({', '.join(str(value.type) for value in values)}) for function concat.", node
    )


def _concat_arrays(values: Sequence[Expr], node: exp.Expression) -> Expr:
    if not all(value.type.name == "array" for value in values):
        raise Refused("the concatenation of an array and an element", node)
    same = unify(values, "Unexpected parameters ({}, {}) for function concat", node)
    nulls = " OR ".join(f"{value.sql} IS NULL" for value in same)
    joined = same[0].sql
    for value in same[1:]:
        joined = f"list_concat({joined}, {value.sql})"
    return Expr(f"(CASE WHEN {nulls} THEN NULL ELSE {joined} END)", same[0].type)


@compiles(exp.StrPosition)
def _position(compiler: Compiler, node: exp.StrPosition, scope: Scope) -> Expr:
    only(node, "this", "substr")
    return call(compiler, "strpos", [compiler.expr(node.this, scope), compiler.expr(node.args["substr"], scope)], node)


@compiles(exp.Substring)
def _substring_syntax(compiler: Compiler, node: exp.Substring, scope: Scope) -> Expr:
    only(node, "this", "start", "length")
    parts = [node.args[name] for name in ("this", "start", "length") if node.args.get(name) is not None]
    return call(compiler, "substring", [compiler.expr(part, scope) for part in parts], node)


@compiles(exp.Trim)
def _trim(compiler: Compiler, node: exp.Trim, scope: Scope) -> Expr:
    only(node, "this", "expression", "position")
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "BOTH").upper(), "trim")
    parts = [node.this] + ([node.expression] if node.args.get("expression") is not None else [])
    return call(compiler, name, [compiler.expr(part, scope) for part in parts], node)
