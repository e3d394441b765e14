"""JSON. A ``json`` value is the text it came from; what would show Trino's canonical form (sorted keys, normal numbers) is checked."""

import re

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, fail, refuse_if
from wheatpaste.services.athena.dialect.functions import special, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import text

STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[\"([^\"\\]+)\"\]")
UNUSUAL_NUMBER = r"[0-9]\.[0-9]*0([^0-9]|$)|[0-9][eE][+-]?[0-9]|[0-9]{16}|-0([^.0-9]|$)"


def path_of(value: Expr, node: exp.Expression) -> str:
    """A literal JSON path as DuckDB writes it; raises as Trino does for one that is none."""
    if not isinstance(value.value, str):
        raise Refused("a JSON path that is no literal", node)
    written = value.value
    wrong = SqlError("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON path: '{written}'")
    if not written.startswith("$") or ".." in written or "[*]" in written:
        raise wrong
    rest, path = written[1:], "$"
    while rest:
        found = STEP.match(rest)
        if found is None:
            if re.fullmatch(r"\[\"?'?|\.", rest) or "['" in rest:
                raise wrong
            raise Refused(f"the JSON path {written}", node)
        path += f"[{found[2]}]" if found[2] is not None else f'."{found[1] or found[3]}"'
        rest = rest[found.end() :]
    return path


def broken(sql: str) -> str:
    """Whether a text only begins like JSON: Trino may find a value before the place where it breaks."""
    return f"NOT json_valid({sql}) AND regexp_matches({sql}, '^\\s*[\\[{{]')"


def _document(compiler: Compiler, node: exp.Anonymous, scope: Scope, count: int) -> list[Expr]:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != count or arguments[0].type.name not in ("varchar", "json"):
        if arguments and arguments[0].type.name == "unknown" and len(arguments) == count:
            raise SqlError(
                "AMBIGUOUS_FUNCTION_CALL", "Could not choose a best candidate operator. Explicit type casts must be added.", node
            )
        raise unexpected(node.name.lower(), arguments, node)
    return arguments


@special("json_extract_scalar")
def _scalar(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, given = _document(compiler, node, scope, 2)
    path, type_ = text(path_of(given, node)), value.type if value.type.name == "varchar" else t.VARCHAR
    source = f"CASE WHEN json_valid({value.sql}) THEN {value.sql} END"
    kind = f"json_type({source}, {path})"
    found = f"(CASE WHEN {kind} NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string({source}, {path}) END)"
    unusual = f"({kind} IN ('DOUBLE', 'HUGEINT') AND regexp_matches({value.sql}, {text(UNUSUAL_NUMBER)}))"
    return Expr(refuse_if(f"{broken(value.sql)} OR coalesce({unusual}, false)", "this JSON text", found, type_), type_)


@special("json_extract")
def _extract(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, given = _document(compiler, node, scope, 2)
    path = text(path_of(given, node))
    source = f"CASE WHEN json_valid({value.sql}) THEN {value.sql} END"
    found = f"CAST(json_extract({source}, {path}) AS VARCHAR)"
    unusual = f"regexp_matches({value.sql}, {text(UNUSUAL_NUMBER)}) AND regexp_matches({found}, '[.eE]|[0-9]{{16}}')"
    return Expr(refuse_if(f"{broken(value.sql)} OR coalesce({unusual}, false)", "this JSON text", found, t.JSON), t.JSON)


@special("json_array_length")
def _array_length(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    (value,) = _document(compiler, node, scope, 1)
    source = f"CASE WHEN json_valid({value.sql}) THEN {value.sql} END"
    found = f"(CASE WHEN json_type({source}) = 'ARRAY' THEN CAST(json_array_length({source}) AS BIGINT) END)"
    return Expr(refuse_if(broken(value.sql), "this JSON text", found, t.BIGINT), t.BIGINT)


@special("json_size")
def _size(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, given = _document(compiler, node, scope, 2)
    path = text(path_of(given, node))
    source = f"CASE WHEN json_valid({value.sql}) THEN {value.sql} END"
    kind = f"json_type({source}, {path})"
    size = (
        f"CASE {kind} WHEN 'ARRAY' THEN CAST(json_array_length({source}, {path}) AS BIGINT) WHEN 'OBJECT' THEN "
        f"len(json_keys({source}, {path})) ELSE 0 END"
    )
    found = f"(CASE WHEN {kind} IS NOT NULL THEN {size} END)"
    return Expr(refuse_if(broken(value.sql), "this JSON text", found, t.BIGINT), t.BIGINT)


@special("json_parse")
def _parse(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    (value,) = _document(compiler, node, scope, 1)
    if value.type.name != "varchar":
        raise unexpected("json_parse", [value], node)
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Cannot convert value to JSON: '{}'", t.JSON, value.sql)
    return Expr(f"(CASE WHEN json_valid({value.sql}) THEN {value.sql} WHEN {value.sql} IS NOT NULL THEN {wrong} END)", t.JSON)


@compiles(exp.ParseJSON)
def _literal(compiler: Compiler, node: exp.ParseJSON, scope: Scope) -> Expr:
    value = compiler.expr(node.this, scope)
    return Expr(f"json({value.sql})", t.JSON)


@special("json_format")
def _format(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    (value,) = _document(compiler, node, scope, 1)
    if value.type.name != "json":
        raise unexpected("json_format", [value], node)
    return Expr(canonical(value.sql), t.VARCHAR)


def canonical(sql: str) -> str:
    """A json value as Trino prints it; refused where its keys would have to be sorted, or its numbers written anew."""
    minified = f"CAST(json({sql}) AS VARCHAR)"
    nested = f"regexp_matches({minified}, '\\{{.*\\{{')"
    unsorted = f"json_type({sql}) = 'OBJECT' AND json_keys({sql}) <> list_sort(list_distinct(json_keys({sql})))"
    within = f"json_type({sql}) = 'ARRAY' AND regexp_matches({minified}, '\\{{.*:.*:')"
    unusual = f"regexp_matches({sql}, {text(UNUSUAL_NUMBER)}) OR regexp_matches({sql}, '\\\\[u/]')"
    condition = f"coalesce({nested}, false) OR coalesce({unsorted}, false) OR coalesce({within}, false) OR coalesce({unusual}, false)"
    return refuse_if(condition, "this json value as text", minified, t.VARCHAR)
