"""Functions of arrays. Items that need Trino's own equality (floats, rows, json) are refused where DuckDB would compare them."""

from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import coerce, to_text
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, cast_to, fail
from wheatpaste.services.athena.dialect.functions import F, special, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import DAYS, MONTHS, Type, common

COMPARED = (
    "boolean",
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "decimal",
    "varchar",
    "date",
    "timestamp",
    "varbinary",
    "time",
    "unknown",
)


def comparable(type_: Type, what: str) -> None:
    """Raise Refused unless DuckDB's equality and order of the type are Trino's."""
    if type_.name not in COMPARED:
        raise Refused(f"{what} of {type_.name} items")


def _compared(template: str, what: str):  # type: ignore[no-untyped-def]
    def sql(values: Sequence[Expr], type_: Type) -> str:
        comparable(values[0].type.items[0], what)
        return template.format(*(value.sql for value in values))

    return sql


F("cardinality", "array(T) -> bigint", "CAST(len({0}) AS BIGINT)")
F("cardinality", "map(K,V) -> bigint", "CAST(cardinality({0}) AS BIGINT)")
F(
    "array_distinct",
    "array(T) -> array(T)",
    _compared(
        "list_transform(list_filter(list_zip({0}, range(1, len({0}) + 1)), lambda z: coalesce(list_position({0}, z[1]), 0) = "
        "z[2]), lambda z: z[1])",
        "array_distinct",
    ),
)
F("array_sort", "array(T) -> array(T)", _compared("list_sort({0}, 'ASC', 'NULLS LAST')", "array_sort"))
F(
    "array_max",
    "array(T) -> T",
    _compared("CASE WHEN list_bool_or(list_transform({0}, lambda e: e IS NULL)) THEN NULL ELSE list_max({0}) END", "array_max"),
)
F(
    "array_min",
    "array(T) -> T",
    _compared("CASE WHEN list_bool_or(list_transform({0}, lambda e: e IS NULL)) THEN NULL ELSE list_min({0}) END", "array_min"),
)
F(
    "array_position",
    "array(T);T -> bigint",
    _compared("CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE coalesce(list_position({0}, {1}), 0) END", "array_position"),
)
F(
    "array_remove",
    "array(T);T -> array(T)",
    _compared("CASE WHEN {1} IS NOT NULL THEN list_filter({0}, lambda e: e IS NULL OR e <> {1}) END", "array_remove"),
)
F(
    "contains",
    "array(T);T -> boolean",
    _compared(
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN list_contains({0}, {1}) THEN true WHEN "
        "list_bool_or(list_transform({0}, lambda e: e IS NULL)) THEN NULL ELSE false END",
        "contains",
    ),
)
F(
    "arrays_overlap",
    "array(T);array(T) -> boolean",
    _compared(
        "CASE WHEN list_has_any({0}, {1}) THEN true WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN len({0}) = 0 OR len({1}) = "
        "0 THEN false WHEN list_bool_or(list_transform(list_concat({0}, {1}), lambda e: e IS NULL)) THEN NULL ELSE false END",
        "arrays_overlap",
    ),
)
F("flatten", "array(array(T)) -> array(T)", "CASE WHEN {0} IS NOT NULL THEN flatten({0}) END")
F("reverse", "array(T) -> array(T)", "list_reverse({0})")
F("slice", "array(T);bigint;bigint -> array(T)", lambda values, type_: _slice(values, type_))
F("element_at", "array(T);bigint -> T", lambda values, type_: _element_at(values, type_))
F("sequence", "bigint;bigint -> array(bigint)", lambda values, type_: _sequence([*values, None]))
F("sequence", "bigint;bigint;bigint -> array(bigint)", lambda values, type_: _sequence(values))
F("repeat", "T;bigint -> array(T)", lambda values, type_: _repeat(values, type_))
F("array_first", "array(T) -> T", "{0}[1]")
F("array_last", "array(T) -> T", "{0}[-1]")


def _slice(values: Sequence[Expr], type_: Type) -> str:
    items, start, size = (value.sql for value in values)
    zero = fail("INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1", type_, start)
    negative = fail("INVALID_FUNCTION_ARGUMENT", "length must be greater than or equal to 0", type_, size)
    first = f"(CASE WHEN {start} < 0 THEN len({items}) + {start} + 1 ELSE {start} END)"
    cut = f"CASE WHEN {first} < 1 THEN {cast_to('[]', type_)} ELSE {items}[{first}:{first} + {size} - 1] END"
    empty = f"WHEN {items} IS NOT NULL AND {size} = 0 THEN {cast_to('[]', type_)}"
    return (
        f"(CASE WHEN {start} = 0 THEN {zero} WHEN {size} < 0 THEN {negative} {empty} WHEN {items} IS NOT NULL AND {size} "
        f"IS NOT NULL THEN {cut} END)"
    )


def _element_at(values: Sequence[Expr], type_: Type) -> str:
    items, index = (value.sql for value in values)
    zero = fail("INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1", type_, index)
    return f"(CASE WHEN {index} = 0 AND {items} IS NOT NULL THEN {zero} ELSE {items}[{index}] END)"


def _sequence(values: Sequence[Expr | None]) -> str:
    start, end = (value.sql for value in values[:2] if value)
    step = values[2].sql if values[2] else f"(CASE WHEN {end} >= {start} THEN 1 ELSE -1 END)"
    type_ = t.array(t.BIGINT)
    zero = fail("INVALID_FUNCTION_ARGUMENT", "step must not be zero", type_, step)
    wrong = fail(
        "INVALID_FUNCTION_ARGUMENT",
        "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop "
        "should be less than or equal to start",
        type_,
        start,
    )
    much = fail("INVALID_FUNCTION_ARGUMENT", "result of sequence function must not have more than 10000 entries", type_, start)
    nulls = f"{start} IS NULL OR {end} IS NULL OR {step} IS NULL"
    return (
        f"(CASE WHEN {nulls} THEN NULL WHEN {step} = 0 THEN {zero} WHEN ({end} - {start}) * sign({step}) < 0 THEN {wrong} "
        f"WHEN ({end} - {start}) // {step} >= 10000 THEN {much} ELSE generate_series({start}, {end}, {step}) END)"
    )


def _repeat(values: Sequence[Expr], type_: Type) -> str:
    item, count = (value.sql for value in values)
    negative = fail("INVALID_FUNCTION_ARGUMENT", "count argument of repeat function must be greater than or equal to 0", type_, count)
    much = fail("INVALID_FUNCTION_ARGUMENT", "count argument of repeat function must be less than or equal to 10000", type_, count)
    return (
        f"(CASE WHEN {count} < 0 THEN {negative} WHEN {count} > 10000 THEN {much} "
        f"WHEN {count} IS NOT NULL THEN list_transform(range(0, {count}), lambda i: {cast_to(item, type_.items[0])}) END)"
    )


DISTINCT = (
    "list_transform(list_filter(list_zip({0}, range(1, len({0}) + 1)), lambda z: coalesce(list_position({0}, z[1]), 0) "
    "= z[2]), lambda z: z[1])"
)
F("array_union", "array(T);array(T) -> array(T)", lambda values, type_: _sets("union", values))
F("array_intersect", "array(T);array(T) -> array(T)", lambda values, type_: _sets("intersect", values))
F("array_except", "array(T);array(T) -> array(T)", lambda values, type_: _sets("except", values))


def _sets(operation: str, values: Sequence[Expr]) -> str:
    """In the order of the first appearance; NULL is a value like others."""
    comparable(values[0].type.items[0], f"array_{operation}")
    a, b = (value.sql for value in values)
    if operation == "union":
        found = DISTINCT.replace("{0}", f"list_concat({a}, {b})")
    elif operation == "intersect":
        found = f"list_filter({DISTINCT.replace('{0}', a)}, lambda y: coalesce(list_position({b}, y), 0) > 0)"
    else:  # with nothing to take away Trino gives the array back, repetitions included
        found = (
            f"CASE WHEN len({b}) = 0 THEN {a} ELSE list_filter({DISTINCT.replace('{0}', a)}, lambda y: "
            f"coalesce(list_position({b}, y), 0) = 0) END"
        )
    return f"(CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN {found} END)"


@special("array_join")
def _array_join(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    texts = all(argument.type.name in ("varchar", "unknown") for argument in arguments[1:])
    if not 2 <= len(arguments) <= 3 or arguments[0].type.name != "array" or not texts:
        raise unexpected("array_join", arguments, node)
    items, separator = arguments[0], arguments[1].sql
    item = items.type.items[0]
    if item.items or item.name in ("json", "varbinary", "char"):
        raise Refused(f"array_join of {item.name} items", node)
    as_text = to_text("e", item) if item.name != "unknown" else "CAST(e AS VARCHAR)"
    if len(arguments) == 3:
        as_text = f"coalesce({as_text}, {arguments[2].sql})"
    return Expr(f"array_to_string(list_transform({items.sql}, lambda e: {as_text}), {separator})", t.VARCHAR)


@special("sequence")
def _sequence_call(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    from wheatpaste.services.athena.dialect.functions import call

    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if not arguments or arguments[0].type.name not in ("date", "timestamp"):
        return call(compiler, "sequence", arguments, node)
    return _sequence_of_times(arguments, node)


def _sequence_of_times(arguments: Sequence[Expr], node: exp.Expression) -> Expr:
    start = arguments[0]
    if len(arguments) == 2 and start.type.name == "date" == arguments[1].type.name:
        step, kind = "CAST(86400000 AS BIGINT)", DAYS
    elif len(arguments) == 3 and arguments[2].type.name in (DAYS, MONTHS):
        step, kind = arguments[2].sql, arguments[2].type.name
    else:
        raise unexpected("sequence", arguments, node)
    if kind == MONTHS:
        raise Refused("sequence with a step of months", node)
    type_ = common(start.type, arguments[1].type)
    if type_ is None:
        raise unexpected("sequence", arguments, node)
    first, last = (f"epoch_ms({coerce(each, type_).sql})" for each in arguments[:2])
    numbers = _sequence([Expr(first, t.BIGINT), Expr(last, t.BIGINT), Expr(step, t.BIGINT)])
    as_time = "CAST(make_timestamp(e * 1000) AS DATE)" if type_.name == "date" else "make_timestamp(e * 1000)"
    if type_.name == "timestamp" and type_.args[0] > 3:
        raise Refused("sequence of timestamps finer than milliseconds", node)
    return Expr(f"list_transform({numbers}, lambda e: {as_time})", t.array(type_))


@special("zip")
def _zip(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) < 2 or any(argument.type.name != "array" for argument in arguments):
        raise unexpected("zip", arguments, node)
    row = t.row((None,) * len(arguments), tuple(argument.type.items[0] for argument in arguments))
    packed = ", ".join(f"{t.quoted(name)} := {argument.sql}[i]" for name, argument in zip(t.members(row), arguments, strict=True))
    longest = f"greatest({', '.join(f'len({argument.sql})' for argument in arguments)})"
    nulls = " OR ".join(f"{argument.sql} IS NULL" for argument in arguments)
    return Expr(
        f"(CASE WHEN NOT ({nulls}) THEN list_transform(range(1, {longest} + 1), lambda i: struct_pack({packed})) END)", t.array(row)
    )


def wrong_lambda(expected: int, given: int, node: exp.Expression) -> SqlError:
    """Trino's error for a lambda with another number of arguments."""
    return SqlError("INVALID_PARAMETER_USAGE", f"Expected a lambda that takes {expected} argument(s) but got {given}", node)
