"""TRY, typeof, NULLIF, IF and COALESCE as calls; binary functions."""

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, attempt, fail, trying
from wheatpaste.services.athena.dialect.functions import F, special, unexpected
from wheatpaste.services.athena.dialect.operators import coalesce, compare
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import Type, text


@special("try")
def _try(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    if len(node.expressions) != 1:
        raise SqlError("SYNTAX_ERROR", "The 'try' function must have exactly one argument", node)
    if scope.aggregates and any(node.find_all(exp.Window, exp.Filter)):
        raise Refused("TRY around an aggregation", node)
    with trying() as conditions:
        value = compiler.expr(node.expressions[0], scope)
    return Expr(attempt(value.sql, value.type, conditions), value.type)


@special("typeof")
def _typeof(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    if len(node.expressions) != 1:
        raise unexpected("typeof", [], node)
    value = compiler.expr(node.expressions[0], scope)
    if _vague(value.type):
        raise Refused("typeof of text whose declared length it does not know", node)
    name = _compact(value.type)
    # the argument is still evaluated: an aggregate in it makes the query one, an error in it is one
    return Expr(text(name), t.VARCHAR) if not value.type.items and not any(node.find_all(exp.Anonymous)) - 1 else _constant(name, value)


def _constant(name: str, value: Expr) -> Expr:
    return Expr(f"(CASE WHEN {value.sql} IS NULL THEN {text(name)} ELSE {text(name)} END)", t.VARCHAR)


def _vague(type_: Type) -> bool:
    return type_.vague or any(_vague(item) for item in type_.items)


def _compact(type_: Type) -> str:
    return str(type_)


@special("coalesce")
def _coalesce(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    return coalesce([compiler.expr(argument, scope) for argument in node.expressions], node)


@special("nullif")
def _nullif(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    values = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(values) != 2:
        raise SqlError("SYNTAX_ERROR", "Invalid number of arguments for 'nullif' function", node)
    first, second = values
    equal = compare("=", first, second, node)
    return Expr(f"(CASE WHEN {equal.sql} THEN NULL ELSE {first.sql} END)", first.type)


@special("random", "rand", "uuid", "shuffle")
def _random(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    if node.expressions or node.name.lower() not in ("random", "rand"):
        raise Refused(f"the function {node.name.lower()} here", node)
    return Expr("random()", t.DOUBLE)


def _from_hex(sql: str) -> str:
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "invalid input length {}", t.VARBINARY, f"length({sql})")
    bad = fail("INVALID_FUNCTION_ARGUMENT", "invalid hex character: {}", t.VARBINARY, sql)
    right = f"regexp_full_match({sql}, '([0-9A-Fa-f]{{2}})*')"
    return f"(CASE WHEN length({sql}) % 2 = 1 THEN {wrong} WHEN {right} THEN unhex({sql}) WHEN {sql} IS NOT NULL THEN {bad} END)"


def _from_utf8(sql: str) -> str:
    bad = fail("NOT_SUPPORTED", "wheatpaste refuses from_utf8 of bytes that are not UTF-8", t.VARCHAR, f"octet_length({sql})")
    return f"(CASE WHEN TRY(decode({sql})) IS NULL AND {sql} IS NOT NULL THEN {bad} ELSE TRY(decode({sql})) END)"


F("to_utf8", "varchar -> varbinary", "encode({0})")
F("from_utf8", "varbinary -> varchar", lambda values, type_: _from_utf8(values[0].sql))
F("to_hex", "varbinary -> varchar", "hex({0})")
F("from_hex", "varchar -> varbinary", lambda values, type_: _from_hex(values[0].sql))
F("to_base64", "varbinary -> varchar", "to_base64({0})")
F("to_base64url", "varbinary -> varchar", "replace(replace(to_base64({0}), '+', '-'), '/', '_')")
F("from_base64", "varchar -> varbinary", "from_base64({0})")
F("md5", "varbinary -> varbinary", "unhex(md5({0}))")
F("sha1", "varbinary -> varbinary", "unhex(sha1({0}))")
F("sha256", "varbinary -> varbinary", "unhex(sha256({0}))")


@special("url_extract_host", "url_extract_path", "url_extract_query", "url_extract_protocol", "url_extract_fragment")
def _url(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    from wheatpaste.services.athena.dialect.expr import refuse_if

    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 1 or arguments[0].type.name not in ("varchar", "unknown"):
        raise unexpected(node.name.lower(), arguments, node)
    sql = arguments[0].sql
    plain = r"([A-Za-z][A-Za-z0-9+.-]*)://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::[0-9]*)?(/[A-Za-z0-9._~!$&()*+,;=:@/-]*)?(?:\?([A-Za-z0-9._~!$&()*+,;=:@/?-]*))?(?:#([A-Za-z0-9._~-]*))?"
    group = {"protocol": 1, "host": 2, "path": 3, "query": 4, "fragment": 5}[node.name.lower().rpartition("_")[2]]
    found = f"regexp_extract({sql}, {text('^' + plain + '$')}, {group})"
    return Expr(
        refuse_if(
            f"NOT regexp_full_match({sql}, {text(plain)})", f"{node.name.lower()} of a text that is no plain URL", found, t.SOME_VARCHAR
        ),
        t.SOME_VARCHAR,
    )
