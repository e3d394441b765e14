"""Numeric functions."""

from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.arithmetic import arithmetic
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, cast_to, fail, refuse_if
from wheatpaste.services.athena.dialect.functions import F, special, unexpected
from wheatpaste.services.athena.dialect.operators import unify
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import FLOATS, INTEGERS, Type

NAN, INFINITE = "CAST('NaN' AS DOUBLE)", "CAST('Infinity' AS DOUBLE)"


def domain(condition: str, otherwise: str, value: str) -> str:
    """``value`` where DuckDB would raise on ``condition`` and Trino answers ``otherwise``."""
    return f"(CASE WHEN {condition} THEN {otherwise} ELSE {value} END)"


for name in INTEGERS:
    F("abs", f"{name} -> 0", "abs({0})")
for name in (*INTEGERS, *FLOATS):
    F("ceil", f"{name} -> 0", "({0})" if name in INTEGERS else "ceil({0})")
    F("floor", f"{name} -> 0", "({0})" if name in INTEGERS else "floor({0})")
    F(
        "sign",
        f"{name} -> 0",
        lambda values, type_: cast_to(
            f"(CASE WHEN {values[0].sql} <> {values[0].sql} THEN {values[0].sql} ELSE sign({values[0].sql}) END)", type_
        ),
    )
for name in FLOATS:
    F("abs", f"{name} -> 0", "abs({0})")
    F("truncate", f"{name} -> 0", "trunc({0})")
for name in INTEGERS:
    F("round", f"{name} -> 0", "({0})")
F("abs", "decimal -> 0", "abs({0})")
F("exp", "double -> double", "exp({0})")
F("ln", "double -> double", domain("{0} = 0", f"-{INFINITE}", domain("{0} < 0", NAN, "ln({0})")))
F("log2", "double -> double", domain("{0} = 0", f"-{INFINITE}", domain("{0} < 0", NAN, "log2({0})")))
F("log10", "double -> double", domain("{0} = 0", f"-{INFINITE}", domain("{0} < 0", NAN, "log10({0})")))
F("sqrt", "double -> double", domain("{0} < 0", NAN, "sqrt({0})"))
F("pi", " -> double", "pi()")
F("e", " -> double", "CAST(2.718281828459045 AS DOUBLE)")
F("infinity", " -> double", INFINITE)
F("nan", " -> double", NAN)
F("degrees", "double -> double", "degrees({0})")
F("radians", "double -> double", "radians({0})")
F("is_nan", "double -> boolean", "isnan({0})")
F("is_finite", "double -> boolean", "isfinite({0})")
F("is_infinite", "double -> boolean", "isinf({0})")
for name in ("sin", "cos", "tan"):
    F(name, "double -> double", domain("isinf({0})", NAN, f"{name}({{0}})"))
for name in ("asin", "acos"):
    F(name, "double -> double", domain("abs({0}) > 1", NAN, f"{name}({{0}})"))
F("atan", "double -> double", "atan({0})")
F("atan2", "double;double -> double", "atan2({0}, {1})")
for name in ("power", "pow"):
    F(name, "double;double -> double", "pow({0}, {1})")
F("bitwise_and", "bigint;bigint -> bigint", "({0} & {1})")
F("bitwise_or", "bigint;bigint -> bigint", "({0} | {1})")
F("bitwise_xor", "bigint;bigint -> bigint", "xor({0}, {1})")
F("bitwise_not", "bigint -> bigint", "(~{0})")
F(
    "bitwise_right_shift_arithmetic",
    "bigint;bigint -> bigint",
    "CASE WHEN {1} > 63 THEN CASE WHEN {0} < 0 THEN -1 ELSE 0 END WHEN {1} >= 0 THEN {0} >> {1} END",
)
F("to_base", "bigint;bigint -> varchar?", lambda values, type_: _to_base(values))
F("width_bucket", "double;double;double;bigint -> bigint", lambda values, type_: _width_bucket(values))


def _to_base(values: Sequence[Expr]) -> str:
    value, radix = values
    if not isinstance(radix.value, int):
        raise Refused("to_base with a radix that is no literal")
    if not 2 <= radix.value <= 36:
        raise SqlError("INVALID_FUNCTION_ARGUMENT", "Radix must be between 2 and 36")
    return f"(CASE WHEN {value.sql} < 0 THEN '-' ELSE '' END || lower(to_base(abs({value.sql}), {radix.value})))"


def _width_bucket(values: Sequence[Expr]) -> str:
    x, low, high, count = (value.sql for value in values)
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "bucketCount must be greater than 0", t.BIGINT, count)
    same = fail("INVALID_FUNCTION_ARGUMENT", "bounds cannot equal each other", t.BIGINT, low)
    up = (
        f"CASE WHEN {x} < {low} THEN 0 WHEN {x} >= {high} THEN {count} + 1 ELSE CAST(floor({count} * ({x} - {low}) / ({high} "
        f"- {low})) AS BIGINT) + 1 END"
    )
    down = (
        f"CASE WHEN {x} > {low} THEN 0 WHEN {x} <= {high} THEN {count} + 1 ELSE CAST(floor({count} * ({low} - {x}) / "
        f"({low} - {high})) AS BIGINT) + 1 END"
    )
    return f"(CASE WHEN {count} <= 0 THEN {wrong} WHEN {low} = {high} THEN {same} WHEN {low} < {high} THEN {up} ELSE {down} END)"


# -- decimals: the result's precision depends on the argument's


for name in FLOATS:
    F("round", f"{name} -> 0", lambda values, type_: _round_float(values, type_))
    F("round", f"{name};integer -> 0", lambda values, type_: _round_float(values, type_))
for name in INTEGERS:
    F("round", f"{name};integer -> 0", lambda values, type_: _round_integer(values, type_))


def _round_float(values: Sequence[Expr], type_: Type) -> str:
    """``Math.round(x * 10^n) / 10^n`` on doubles, as Trino has it: 1.005 becomes 1.0, since 1.005 * 100 is below 100.5."""
    digits = values[1].value if len(values) > 1 else 0
    if not isinstance(digits, int) or not -15 <= digits <= 15:
        raise Refused("round of a double to this number of digits")
    value, factor = f"CAST({values[0].sql} AS DOUBLE)", f"CAST('1e{digits}' AS DOUBLE)"
    found = f"(CASE WHEN isfinite({value}) THEN sign({value}) * (round(abs({value}) * {factor}) / {factor}) ELSE {value} END)"
    beyond = f"isfinite({value}) AND abs({value}) * {factor} >= 9.2e18"  # Math.round gives the largest long from there on
    return cast_to(refuse_if(beyond, "round of a number this large", found, t.DOUBLE), type_)


def _round_integer(values: Sequence[Expr], type_: Type) -> str:
    value, digits = values
    if not isinstance(digits.value, int):
        raise Refused("round to a number of digits that is no literal")
    if digits.value >= 0:
        return f"({value.sql})"
    unit = 10**-digits.value
    return cast_to(f"(sign({value.sql}) * ((abs(CAST({value.sql} AS HUGEINT)) + {unit // 2}) // {unit}) * {unit})", type_)


@special("ceil", "ceiling", "floor", "round", "truncate", "sign")
def _rounding(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    from wheatpaste.services.athena.dialect.functions import call

    name = {"ceiling": "ceil"}.get(node.name.lower(), node.name.lower())
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if not arguments or arguments[0].type.name != "decimal":
        return call(compiler, name, arguments, node)
    if len(arguments) == 2 and name in ("round", "truncate"):
        return _decimal_digits(name, arguments, node)
    if len(arguments) != 1:
        raise unexpected(name, arguments, node)
    value = arguments[0]
    precision, scale = value.type.args
    grows = 1 if scale > 0 else 0
    type_ = {"sign": t.decimal(1, 0), "truncate": t.decimal(max(1, precision - scale), 0)}.get(
        name, t.decimal(max(1, min(38, precision - scale + grows)), 0)
    )
    return Expr(cast_to(f"{'trunc' if name == 'truncate' else name}({value.sql})", type_), type_)


def _decimal_digits(name: str, arguments: Sequence[Expr], node: exp.Expression) -> Expr:
    value, digits = arguments
    precision, scale = value.type.args
    if not isinstance(digits.value, int) or digits.value < 0 or digits.value > scale:
        raise Refused(f"{name} of a decimal to this number of digits", node)
    cut = f"round({value.sql}, {digits.value})"
    if name == "truncate":
        unit = 10 ** (scale - digits.value)
        if precision > 18:
            raise Refused("truncate of a long decimal", node)
        from wheatpaste.services.athena.dialect.arithmetic import from_unscaled, unscaled

        whole = unscaled(value.sql, value.type)
        return Expr(from_unscaled(f"(({whole}) // {unit} * {unit})", value.type), value.type)
    type_ = t.decimal(min(38, precision + 1), scale)
    return Expr(cast_to(cut, type_), type_)


@special("mod")
def _mod(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    found = arithmetic("%", *arguments) if len(arguments) == 2 else None
    if found is None:
        raise unexpected("mod", arguments, node)
    return found


@special("greatest", "least")
def _extreme(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    name = node.name.lower()
    values = unify([compiler.expr(argument, scope) for argument in node.expressions], "{} and {} have no common type", node)
    if len(values) < 1 or values[0].type.items or values[0].type.name in ("json", "char"):
        raise unexpected(name, values, node)
    type_ = values[0].type
    nulls = " OR ".join(f"{value.sql} IS NULL" for value in values)  # DuckDB skips NULLs
    if type_.name in FLOATS:
        if name == "least":
            return Expr(f"(CASE WHEN {nulls} THEN NULL ELSE least({', '.join(value.sql for value in values)}) END)", type_)
        numbers = ", ".join(f"CASE WHEN NOT isnan({value.sql}) THEN {value.sql} END" for value in values)
        return Expr(f"(CASE WHEN {nulls} THEN NULL ELSE coalesce(greatest({numbers}), CAST('NaN' AS {t.physical(type_)})) END)", type_)
    return Expr(f"(CASE WHEN {nulls} THEN NULL ELSE {name}({', '.join(value.sql for value in values)}) END)", type_)
