"""Operators: arithmetic, comparison, logic, LIKE, IN, BETWEEN, CASE and their kin."""

import re
from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.arithmetic import arithmetic, negate
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, boolean, cast_to, fail
from wheatpaste.services.athena.dialect.literals import number
from wheatpaste.services.athena.dialect.scope import Scope, member, member_key, resolve
from wheatpaste.services.athena.dialect.timearithmetic import time_arithmetic
from wheatpaste.services.athena.dialect.types import FLOATS, INTEGERS, TZ, Type, common, contains_float, text

ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
COMPARISON: dict[type[exp.Expression], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.GT: ">", exp.LTE: "<=", exp.GTE: ">="}


def mismatch(operator: str, left: Type, right: Type, node: exp.Expression) -> SqlError:
    """Trino's error for operands that an operator does not take."""
    return SqlError("TYPE_MISMATCH", f"Cannot apply operator: {left} {operator} {right}", node)


@compiles(*ARITHMETIC)
def _arithmetic(compiler: Compiler, node: exp.Binary, scope: Scope) -> Expr:
    left, right = compiler.expr(node.this, scope), compiler.expr(node.expression, scope)
    operator = ARITHMETIC[type(node)]
    found = time_arithmetic(operator, left, right) or arithmetic(operator, left, right)
    if found is None:
        raise mismatch(operator, left.type, right.type, node)
    return found


@compiles(exp.Neg)
def _negative(compiler: Compiler, node: exp.Neg, scope: Scope) -> Expr:
    if isinstance(node.this, exp.Literal) and not node.this.is_string:
        return number(compiler, node.this.this, node, negative=True)
    value = compiler.expr(node.this, scope)
    found = negate(value)
    if found is None:
        raise SqlError("TYPE_MISMATCH", f"Cannot negate {value.type}", node)
    return found


@compiles(exp.Paren)
def _paren(compiler: Compiler, node: exp.Paren, scope: Scope) -> Expr:
    return compiler.expr(node.this, scope)


@compiles(exp.Column)
def _column(compiler: Compiler, node: exp.Column, scope: Scope) -> Expr:
    if isinstance(node.this, exp.Star):
        raise SqlError("SYNTAX_ERROR", "mismatched input '*'. Expecting: <expression>", node)
    return resolve(scope, node)


@compiles(exp.Identifier)
def _identifier(compiler: Compiler, node: exp.Identifier, scope: Scope) -> Expr:
    return resolve(scope, exp.column(node.copy()))


@compiles(exp.Dot)
def _dot(compiler: Compiler, node: exp.Dot, scope: Scope) -> Expr:
    if not isinstance(node.expression, exp.Identifier):
        raise SqlError("FUNCTION_NOT_FOUND", f"Function '{node.sql('trino').lower()}' not registered", node)
    base = compiler.expr(node.this, scope)
    found = member(base, node.expression.name)
    if found is None:
        raise SqlError("TYPE_MISMATCH", f"Expression {node.this.sql('trino')} is not of type ROW", node)
    return found


# -- comparison


def compare(operator: str, left: Expr, right: Expr, node: exp.Expression) -> Expr:
    """``left operator right`` of two comparable values."""
    type_ = common(left.type, right.type)
    if type_ is None or (type_.name == "map" and operator not in ("=", "<>")):
        raise mismatch(operator, left.type, right.type, node)
    if type_.name in ("json", "char", "array", "row", "map"):
        return _compare_special(operator, left, right, type_, node)
    a, b = coerce(left, type_, node).sql, coerce(right, type_, node).sql
    return boolean(_float_comparison(operator, a, b) if type_.name in FLOATS else f"{a} {operator} {b}")


CONSTANT = re.compile(r"([0-9.eE+()'\s,-]|CAST|AS|DOUBLE|FLOAT|DECIMAL|INTEGER|BIGINT)+")


def _float_comparison(operator: str, a: str, b: str) -> str:
    """NaN is unequal to everything and neither less nor greater; in DuckDB it equals itself and is the greatest."""
    if CONSTANT.fullmatch(a) and not CONSTANT.fullmatch(b):
        a, b, operator = b, a, {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    if CONSTANT.fullmatch(b):  # no NaN on this side: plain comparisons, which Parquet's statistics can use
        return f"{a} {operator} {b} AND {a} <= 'Infinity'" if operator in (">", ">=") else f"{a} {operator} {b}"
    either = f"isnan({a}) AND {b} IS NOT NULL OR isnan({b}) AND {a} IS NOT NULL"
    return f"CASE WHEN {either} THEN {'true' if operator == '<>' else 'false'} ELSE {a} {operator} {b} END"


def _compare_special(operator: str, left: Expr, right: Expr, type_: Type, node: exp.Expression) -> Expr:
    if type_.name == "row" and operator in ("=", "<>") and not contains_float(type_):
        pairs = [compare("=", a, b, node).sql for a, b in zip(row_items(left), row_items(right), strict=True)]
        return boolean(f"{'NOT ' if operator == '<>' else ''}({' AND '.join(pairs)})")
    raise Refused(f"the comparison of {type_.name} values with {operator}", node)


def row_items(value: Expr) -> list[Expr]:
    """The members of a row."""
    return [Expr(f"struct_extract({value.sql}, {member_key(value.type, i)})", item) for i, item in enumerate(value.type.items)]


@compiles(*COMPARISON)
def _comparison(compiler: Compiler, node: exp.Binary, scope: Scope) -> Expr:
    operator = COMPARISON[type(node)]
    if isinstance(node.expression, exp.Anonymous) and node.expression.name.lower() in ("any", "all", "some"):
        raise Refused("this form of ANY or ALL", node)
    if isinstance(node.expression, (exp.Any, exp.All)):
        return _quantified(compiler, operator, node, scope)
    return compare(operator, compiler.expr(node.this, scope), compiler.expr(node.expression, scope), node)


def _quantified(compiler: Compiler, operator: str, node: exp.Binary, scope: Scope) -> Expr:
    from wheatpaste.services.athena.dialect.queries import subquery_values

    left = compiler.expr(node.this, scope)
    inner = node.expression.this
    rows, type_ = subquery_values(compiler, inner, scope)
    shared = common(left.type, type_)
    if shared is None or (shared != type_ and shared.name != "varchar") or shared.items or contains_float(shared):
        raise Refused("a comparison with ANY or ALL whose sides differ in type", node)
    return boolean(f"{coerce(left, shared, node).sql} {operator} {'ANY' if isinstance(node.expression, exp.Any) else 'ALL'} ({rows})")


@compiles(exp.NullSafeEQ, exp.NullSafeNEQ)
def _distinct_from(compiler: Compiler, node: exp.Binary, scope: Scope) -> Expr:
    left, right = compiler.expr(node.this, scope), compiler.expr(node.expression, scope)
    type_ = common(left.type, right.type)
    if type_ is None:
        raise mismatch("IS DISTINCT FROM", left.type, right.type, node)
    words = "IS NOT DISTINCT FROM" if isinstance(node, exp.NullSafeEQ) else "IS DISTINCT FROM"
    return boolean(f"{coerce(left, type_, node).sql} {words} {coerce(right, type_, node).sql}")


@compiles(exp.Is)
def _is(compiler: Compiler, node: exp.Is, scope: Scope) -> Expr:
    if not isinstance(node.expression, exp.Null):
        raise SqlError("SYNTAX_ERROR", f"mismatched input '{node.expression.sql('trino')}'. Expecting: 'DISTINCT', 'NOT', 'NULL'", node)
    value = compiler.expr(node.this, scope)
    return boolean(f"{value.sql} IS NULL")


@compiles(exp.Between)
def _between(compiler: Compiler, node: exp.Between, scope: Scope) -> Expr:
    only(node, "this", "low", "high")
    value, low, high = (compiler.expr(node.args[name], scope) for name in ("this", "low", "high"))
    return boolean(f"{compare('>=', value, low, node).sql} AND {compare('<=', value, high, node).sql}")


@compiles(exp.In)
def _in(compiler: Compiler, node: exp.In, scope: Scope) -> Expr:
    only(node, "this", "expressions", "query")
    value = compiler.expr(node.this, scope)
    if node.args.get("query") is not None:
        from wheatpaste.services.athena.dialect.queries import subquery_values

        rows, type_ = subquery_values(compiler, node.args["query"], scope)
        shared = common(value.type, type_)
        if shared is None:
            raise SqlError(
                "TYPE_MISMATCH", f"value and result of subquery must be of the same type for IN expression: {value.type} vs {type_}", node
            )
        if contains_float(shared) or shared.items or shared.name in ("char", "json"):
            raise Refused(f"IN over a subquery of {shared.name}", node)
        return boolean(f"{coerce(value, shared, node).sql} IN (SELECT {coerce(Expr('v', type_), shared, node).sql} FROM ({rows}) AS v(v))")
    return boolean(" OR ".join(_in_item(value, compiler.expr(item, scope), node) for item in node.expressions))


def _in_item(value: Expr, item: Expr, node: exp.Expression) -> str:
    if common(value.type, item.type) is None:
        raise SqlError(
            "TYPE_MISMATCH",
            "IN value and list items must be the same type or coercible to a common type. Cannot find common type between "
            f"{value.type} and {item.type}, all types (without duplicates): [{value.type}, {item.type}]",
            node,
        )
    return compare("=", value, item, node).sql


# -- logic


@compiles(exp.And, exp.Or)
def _logic(compiler: Compiler, node: exp.Connector, scope: Scope) -> Expr:
    word = "AND" if isinstance(node, exp.And) else "OR"
    message = "Logical expression term must evaluate to a boolean (actual: {})"
    # flatten() keeps a WHERE of a thousand conditions from nesting a thousand deep
    return boolean(f" {word} ".join(compiler.boolean(side, scope, message).sql for side in node.flatten()))


@compiles(exp.Not)
def _not(compiler: Compiler, node: exp.Not, scope: Scope) -> Expr:
    return boolean(
        f"NOT {compiler.boolean(node.this, scope, 'Value of logical NOT expression must evaluate to a boolean (actual: {})').sql}"
    )


def unify(values: Sequence[Expr], message: str, node: exp.Expression) -> list[Expr]:
    """The values as the type they have in common; ``message`` gets two types that have none."""
    type_ = t.UNKNOWN
    for value in values:
        found = common(type_, value.type)
        if found is None:
            raise SqlError("TYPE_MISMATCH", message.format(type_, value.type), node)
        type_ = found
    if type_.name == TZ and type_.zone is None:
        raise Refused("timestamps of several time zones in one column", node)
    return [coerce(value, type_, node) for value in values]


@compiles(exp.If)
def _if(compiler: Compiler, node: exp.If, scope: Scope) -> Expr:
    only(node, "this", "true", "false")
    condition = compiler.boolean(node.this, scope, "IF condition must evaluate to a boolean (actual: {})")
    branches = [compiler.expr(node.args["true"], scope)]
    branches.append(compiler.expr(node.args["false"], scope) if node.args.get("false") is not None else Expr("NULL", t.UNKNOWN))
    yes, no = unify(branches, "Result types for IF must be the same: {} vs {}", node)
    return Expr(f"(CASE WHEN {condition.sql} THEN {yes.sql} ELSE {no.sql} END)", yes.type)


@compiles(exp.Case)
def _case(compiler: Compiler, node: exp.Case, scope: Scope) -> Expr:
    only(node, "this", "ifs", "default")
    operand = compiler.expr(node.this, scope) if node.this is not None else None
    conditions, results = [], []
    for branch in node.args["ifs"]:
        if operand is None:
            conditions.append(compiler.boolean(branch.this, scope, "CASE WHEN clause must evaluate to a boolean (actual: {})").sql)
        else:
            conditions.append(compare("=", operand, compiler.expr(branch.this, scope), node).sql)
        results.append(compiler.expr(branch.args["true"], scope))
    default = node.args.get("default")
    results.append(compiler.expr(default, scope) if default is not None else Expr("NULL", t.UNKNOWN))
    *results, other = unify(
        results, "All CASE results must be the same type or coercible to a common type. Cannot find common type between {} and {}", node
    )
    arms = " ".join(f"WHEN {condition} THEN {result.sql}" for condition, result in zip(conditions, results, strict=True))
    return Expr(f"(CASE {arms} ELSE {other.sql} END)", other.type)


@compiles(exp.Coalesce)
def _coalesce(compiler: Compiler, node: exp.Coalesce, scope: Scope) -> Expr:
    return coalesce([compiler.expr(each, scope) for each in (node.this, *node.expressions)], node)


def coalesce(values: Sequence[Expr], node: exp.Expression) -> Expr:
    """The first that is not NULL."""
    if len(values) < 2:
        raise SqlError("SYNTAX_ERROR", "The 'coalesce' function must have at least two arguments", node)
    same = unify(
        values, "All COALESCE operands must be the same type or coercible to a common type. Cannot find common type between {} and {}", node
    )
    return Expr(f"coalesce({', '.join(value.sql for value in same)})", same[0].type)


# -- text


@compiles(exp.Like)
def _like(compiler: Compiler, node: exp.Like, scope: Scope) -> Expr:
    return like(compiler, node, scope, None)


def like(compiler: Compiler, node: exp.Like, scope: Scope, escape: str | None) -> Expr:
    """``LIKE``, with its escape character if it has one."""
    only(node, "this", "expression", "negate")
    value, pattern = compiler.expr(node.this, scope), compiler.expr(node.expression, scope)
    if value.type.name not in ("varchar", "unknown") or pattern.type.name not in ("varchar", "unknown"):
        if "char" in (value.type.name, pattern.type.name):
            raise Refused("LIKE on char values", node)
        raise SqlError("TYPE_MISMATCH", f"Left side of LIKE expression must evaluate to a varchar (actual: {value.type})", node)
    if (
        escape is not None
        and isinstance(pattern.value, str)
        and re.search(re.escape(escape) + "(?![%_" + re.escape(escape) + "])", pattern.value)
    ):
        raise SqlError(
            "INVALID_FUNCTION_ARGUMENT",
            f"Escape character must be followed by '%', '_' or the escape character itself: {pattern.value}",
            node,
        )
    if escape is not None and not isinstance(pattern.value, str):
        raise Refused("LIKE with ESCAPE and a pattern that is no literal", node)
    words = f"{value.sql} {'NOT ' if node.args.get('negate') else ''}LIKE {pattern.sql}"
    return boolean(words + (f" ESCAPE {text(escape)}" if escape is not None else ""))


@compiles(exp.Escape)
def _escape(compiler: Compiler, node: exp.Escape, scope: Scope) -> Expr:
    mark = node.expression.this if isinstance(node.expression, exp.Literal) else ""
    if len(mark) != 1:
        raise SqlError("INVALID_FUNCTION_ARGUMENT", "Escape string must be a single character", node)
    if isinstance(node.this, exp.Not):
        return boolean(f"NOT {like(compiler, node.this.this, scope, mark).sql}")
    if not isinstance(node.this, exp.Like):
        raise Refused("ESCAPE here", node)
    return like(compiler, node.this, scope, mark)


@compiles(exp.DPipe)
def _concatenate(compiler: Compiler, node: exp.DPipe, scope: Scope) -> Expr:
    from wheatpaste.services.athena.dialect.stringfunctions import concat

    return concat([compiler.expr(node.this, scope), compiler.expr(node.expression, scope)], node)


# -- arrays, maps, rows


@compiles(exp.Array)
def _array(compiler: Compiler, node: exp.Array, scope: Scope) -> Expr:
    items = [compiler.expr(item, scope) for item in node.expressions]
    same = unify(items, "All ARRAY elements must be the same type. Cannot find common type between {} and {}", node)
    type_ = t.array(same[0].type if same else t.UNKNOWN)
    return Expr(cast_to(f"[{', '.join(item.sql for item in same)}]", type_), type_)


@compiles(exp.Tuple)
def _tuple(compiler: Compiler, node: exp.Tuple, scope: Scope) -> Expr:
    return row_of([compiler.expr(item, scope) for item in node.expressions])


def row_of(items: Sequence[Expr]) -> Expr:
    """``ROW(…)``: its members have no names."""
    type_ = t.row((None,) * len(items), tuple(item.type for item in items))
    return Expr(
        f"struct_pack({', '.join(f'{t.quoted(name)} := {item.sql}' for name, item in zip(t.members(type_), items, strict=True))})", type_
    )


@compiles(exp.Bracket)
def _subscript(compiler: Compiler, node: exp.Bracket, scope: Scope) -> Expr:
    if len(node.expressions) != 1 or isinstance(node.expressions[0], exp.Slice):
        raise SqlError("SYNTAX_ERROR", "mismatched input ':'", node)
    return subscript(compiler.expr(node.this, scope), compiler.expr(node.expressions[0], scope), node)


def subscript(base: Expr, index: Expr, node: exp.Expression) -> Expr:
    """``base[index]``: outside of the array, or no such key, is an error."""
    if base.type.name == "row" and isinstance(index.value, int) and 1 <= index.value <= len(base.type.items):
        return row_items(base)[index.value - 1]
    if base.type.name == "array" and index.type.name in INTEGERS:
        item, size = base.type.items[0], f"len({base.sql})"
        zero = fail("INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1", item, index.sql, size)
        negative = fail("INVALID_FUNCTION_ARGUMENT", "Array subscript is negative: {}", item, index.sql, size)
        beyond = fail(
            "INVALID_FUNCTION_ARGUMENT", "Array subscript must be less than or equal to array length: {} > {}", item, index.sql, size
        )
        arms = f"WHEN {index.sql} = 0 THEN {zero} WHEN {index.sql} < 0 THEN {negative} WHEN {index.sql} > {size} THEN {beyond}"
        return Expr(f"(CASE WHEN {base.sql} IS NOT NULL THEN CASE {arms} ELSE {base.sql}[{index.sql}] END END)", item)
    if (
        base.type.name == "map"
        and (key_type := common(base.type.items[0], index.type)) is not None
        and key_type.name == base.type.items[0].name
    ):
        key, value = coerce(index, base.type.items[0], node), base.type.items[1]
        missing = fail("INVALID_FUNCTION_ARGUMENT", "Key not present in map: {}", value, key.sql, f"cardinality({base.sql})")
        found = f"map_extract({base.sql}, {key.sql})"
        return Expr(
            f"(CASE WHEN {base.sql} IS NULL OR {key.sql} IS NULL THEN NULL WHEN len({found}) = 0 THEN {missing} ELSE {found}[1] END)", value
        )
    raise SqlError("TYPE_MISMATCH", f"Cannot use {index.type} for subscript of {base.type}", node)
