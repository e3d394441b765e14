"""Arithmetic, SUM and AVG as Redshift computes them, in DuckDB's SQL: exact numbers stay exact.

DuckDB divides and averages decimals in double precision. Here both are done on unscaled 128-bit integers (``rs_…`` macros) and rounded
half away from zero: AWS documents the types, not the last digit. When the types cannot be inferred, DuckDB's binder judges: the
``rs_inexact_…`` macros compute what needs no types, and refuse decimals by name.
"""

from decimal import Decimal
from typing import Any

from sqlglot import exp

from wheatpaste.engines.redshift.dialect import infer, numbers
from wheatpaste.engines.redshift.dialect.annotate import OPERATORS
from wheatpaste.engines.redshift.dialect.calls import final
from wheatpaste.engines.redshift.dialect.numbers import Kind

NARROW = 18  # digits that DuckDB keeps in 64 bits


def _number(value: int) -> Any:
    return exp.Literal.number(value)


def _cast(value: Any, kind: Kind) -> Any:
    return exp.cast(value, kind.sql, copy=False)


def operation(node: Any) -> Any:
    """``+ - * / %`` with Redshift's type."""
    kinds = infer.operands(node)
    left, right = kinds if len(kinds) == 2 else (None, None)
    if isinstance(node, exp.Div):
        return _division(node, left, right)
    if isinstance(node, exp.Mod):
        node.set("expression", _divisor(node.expression))
    if left is None or right is None:
        return node
    result = numbers.computed(OPERATORS[type(node)], left, right)
    return _widened(node, left, right, result) if result else node


def _widened(node: Any, left: Kind, right: Kind, result: Kind) -> Any:
    """The operands cast so that DuckDB computes in the result's type."""
    if result.is_float:
        for name, kind in (("this", left), ("expression", right)):
            if kind != result:
                node.set(name, _cast(exp.paren(node.args[name], copy=False), result))
        return node
    if result.is_integer:
        if result.name == "INT" and "SMALLINT" in (left.name, right.name):  # DuckDB takes a literal for the other's type
            node.set("this", _cast(exp.paren(node.this, copy=False), result))
        return node
    first = left.as_decimal()
    node.set("this", _cast(exp.paren(node.this, copy=False), Kind("DECIMAL", numbers.MOST, first.scale)))
    return _cast(exp.paren(node, copy=False), result)


def _divisor(node: Any) -> Any:
    safe = isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0
    return node if safe else final("rs_divisor", node)


def _division(node: Any, left: Kind | None, right: Kind | None) -> Any:
    dividend, divisor = exp.paren(node.this, copy=False), _divisor(exp.paren(node.expression, copy=False))
    if left is None or right is None or (left.is_integer and right.is_integer):
        return final("rs_inexact_quotient", dividend, divisor)
    result = numbers.computed("/", left, right)
    if result is None or result.is_float:
        return exp.Div(this=_cast(dividend, result or numbers.DOUBLE), expression=divisor)
    lifted = exp.Mul(this=_unscaled(dividend, left), expression=_power(result.scale - left.scale + right.scale))
    once = result.precision < numbers.MOST - 1  # twice the dividend still fits into 128 bits: one division instead of three
    return _scaled(final("rs_quotient_once" if once else "rs_quotient", lifted, _unscaled(divisor, right)), result)


def _power(exponent: int) -> Any:
    return exp.cast(_number(10**exponent), "int128")


def _scaled(unscaled: Any, kind: Kind) -> Any:
    """An integer of so many units of the last place as the decimal it is."""
    unit = exp.cast(exp.Literal.string(f"{Decimal(1).scaleb(-kind.scale):f}"), f"decimal({max(1, kind.scale)},{kind.scale})")
    product = exp.Mul(this=exp.cast(unscaled, "decimal(38,0)", copy=False), expression=unit)
    return _cast(exp.paren(product, copy=False), kind)


def _unscaled(value: Any, kind: Kind) -> Any:
    """A number as the integer of its last place's units; DuckDB's own type is compared with the one that was inferred."""
    exact = final("rs_of_scale", value, _number(kind.scale))
    if not kind.scale:
        return exp.cast(exact, "int128", copy=False)
    if kind.precision + kind.scale > numbers.MOST:
        return final("rs_digits", exact)
    width = NARROW if kind.precision + kind.scale <= NARROW else numbers.MOST
    return final(
        "rs_times",
        exp.cast(exact, f"decimal({width},{kind.scale})", copy=False),
        exp.cast(_number(10**kind.scale), f"decimal({kind.scale + 1},0)"),
    )


def aggregate(node: Any, whole: Any) -> Any:
    """SUM or AVG with Redshift's type; ``whole`` is the node with its OVER and FILTER."""
    kinds = infer.operands(node)
    kind = kinds[0] if kinds else None
    if isinstance(node, exp.Sum):
        return _cast(whole, numbers.total(kind)) if kind else whole
    if kind is not None and kind.is_float:
        return whole
    total = _instead(whole, exp.Sum(this=node.this.copy()))
    if kind is None:
        return final("rs_inexact_average", total, whole)
    count = _instead(whole, exp.Count(this=node.this.copy(), big_int=True))
    if kind.is_integer:
        return exp.cast(final("rs_whole_average", total, count), "bigint", copy=False)
    units = _unscaled(total, numbers.total(kind))
    return _scaled(final("rs_quotient", units, count), numbers.average(kind))


def _instead(whole: Any, aggregate: Any) -> Any:
    """``whole`` with another aggregate inside its OVER and FILTER."""
    if not isinstance(whole, exp.Window | exp.Filter):
        return aggregate
    copy = whole.copy()
    inner = copy
    while isinstance(inner.this, exp.Filter):
        inner = inner.this
    inner.set("this", aggregate)
    return copy
