"""The functions of Redshift that this warehouse has, and what each is in DuckDB. What is in none of these tables is an error 42883.

``KEPT`` are sqlglot's nodes whose DuckDB rendering means the same; ``REWRITTEN`` are nodes that need more; ``NAMED`` are functions
that sqlglot does not know, or is not let know (parser.RAW). ``rs_…`` are macros (warehouse/macros.py).
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect import catalog_functions, dates, formats, json_functions, regexps
from wheatpaste.engines.redshift.dialect.calls import arguments, final, is_final, some

Rewrite = Callable[[Any], Any]


KEPT = (
    exp.Abs, exp.Acos, exp.And, exp.AnyValue, exp.Ascii, exp.Asin, exp.Atan, exp.Atan2, exp.Avg, exp.BitwiseAndAgg,
    exp.BitwiseOrAgg, exp.Case, exp.Cast, exp.Cbrt, exp.Ceil, exp.Chr, exp.Coalesce, exp.Cos, exp.Cot, exp.Count,
    exp.CumeDist, exp.CurrentDate, exp.DecodeCase, exp.Degrees, exp.DenseRank, exp.Exists, exp.Exp, exp.FirstValue,
    exp.Floor, exp.Greatest, exp.Grouping, exp.If, exp.Interval, exp.Lag, exp.LastValue, exp.Lead, exp.Least, exp.Left, exp.Length, exp.Ln,
    exp.Log, exp.LogicalAnd, exp.LogicalOr, exp.Lower, exp.MD5, exp.Max, exp.Median, exp.Min, exp.NthValue, exp.Ntile,
    exp.Nullif, exp.Nvl2, exp.Or, exp.Pad, exp.PercentRank, exp.PercentileCont, exp.PercentileDisc, exp.Pi, exp.Pow,
    exp.Radians, exp.Rand, exp.Rank, exp.Repeat, exp.Replace, exp.Reverse, exp.Right, exp.Round, exp.RowNumber, exp.SHA,
    exp.Sign, exp.Sin, exp.Sqrt, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.StrPosition, exp.Sum, exp.Tan, exp.Translate,
    exp.Trim, exp.Upper, exp.Variance, exp.VariancePop, exp.Xor,
)  # fmt: skip


def concat(node: Any) -> Any:
    """CONCAT and adjacent literals: NULL when any part is NULL, where DuckDB's CONCAT skips it."""
    first, *others = node.expressions
    joined = first if first.is_string else exp.cast(first, "text")
    for other in others:
        joined = exp.DPipe(this=joined, expression=exp.paren(other))
    return exp.paren(joined)


def sha2(node: Any) -> Any:
    """SHA2 with 0 or 256 bits."""
    text, bits = arguments(node, 2, 2)
    if bits.name not in ("256", "0"):
        raise SqlError("0A000", f"SHA2 with {bits.name} bits is not supported by wheatpaste")
    return final("sha256", text)


def approximate(node: Any) -> Any:
    """APPROXIMATE COUNT(DISTINCT): the exact count is within its error."""
    return exp.Count(this=exp.Distinct(expressions=[node.this]), big_int=True)


def listagg(node: Any, order: Any = None) -> Any:
    """LISTAGG([DISTINCT] value [, separator]) WITHIN GROUP (ORDER BY …); the separator is '' by default."""
    first, *others = node.expressions
    distinct = isinstance(first, exp.Distinct)
    value, *separator = first.expressions if distinct else [first, *others]
    separator = separator or others or [exp.Literal.string("")]
    shown = exp.Distinct(expressions=[value]) if distinct else value
    return final("string_agg", shown, exp.Order(this=separator[0], expressions=order.expressions) if order is not None else separator[0])


REWRITTEN: dict[type, Rewrite] = {
    exp.Concat: concat,
    exp.Initcap: lambda node: final("rs_initcap", node.this),
    exp.Substring: lambda node: final("rs_substring", node.this, node.args["start"], node.args.get("length")),
    exp.RegexpLike: lambda node: final("regexp_matches", node.this, node.expression),
    exp.RegexpILike: lambda node: final("regexp_matches", node.this, node.expression, exp.Literal.string("i")),
    exp.ApproxDistinct: approximate,
    exp.ArrayToString: lambda node: final("array_to_string", node.this, node.expression),
    **dates.REWRITTEN,
    **json_functions.REWRITTEN,
}

NAMED: dict[str, Rewrite] = {
    "isnull": some("coalesce", 2, 2),
    "octet_length": some("strlen", 1, 1),
    "replicate": some("repeat", 2, 2),
    "dlog10": some("log10", 1, 1),
    "dlog1": some("ln", 1, 1),
    "dexp": some("exp", 1, 1),
    "dsqrt": some("sqrt", 1, 1),
    "bit_length": lambda node: exp.Mul(this=final("strlen", *arguments(node, 1, 1)), expression=exp.Literal.number(8)),
    "func_sha1": some("sha1", 1, 1),
    "quote_ident": some("rs_quote_ident", 1, 1),
    "quote_literal": some("rs_quote_literal", 1, 1),
    "concat": lambda node: concat(exp.Concat(expressions=arguments(node, 2, 2))),
    "initcap": some("rs_initcap", 1, 1),
    "substr": some("rs_substring", 2, 3),
    "substring": some("rs_substring", 2, 3),
    "split_part": some("rs_split_part", 3, 3),
    "strtol": some("rs_strtol", 2, 2),
    "to_hex": some("to_hex", 1, 1),
    "sha2": sha2,
    "to_varbyte": lambda node: final("rs_to_varbyte", node.expressions[0], final("lower", *arguments(node, 2, 2)[1:])),
    "from_varbyte": lambda node: final("rs_from_varbyte", node.expressions[0], final("lower", *arguments(node, 2, 2)[1:])),
    "from_hex": some("from_hex", 1, 1),
    "octetindex": lambda node: final("rs_octetindex", *arguments(node, 2, 2)),
    "to_char": formats.to_char,
    "to_number": formats.to_number,
    **regexps.NAMED,
    "listagg": listagg,
    # What catalog queries of drivers and psql call.
    **catalog_functions.NAMED,
    **dates.NAMED,
    **json_functions.NAMED,
}


def _as_written(name: str, node: Any) -> Any:
    """A call that sqlglot knows, as a plain call: its arguments in their order."""
    found = []
    for value in node.args.values():
        found += value if isinstance(value, list) else [value]
    return exp.Anonymous(this=name, expressions=[v for v in found if isinstance(v, exp.Expression)])


def rewrite(node: Any) -> Any:
    """What a function's node is in DuckDB. Raises SqlError 42883 for one that is in no table."""
    if is_final(node):
        return node
    if type(node) in REWRITTEN:
        return REWRITTEN[type(node)](node)
    if isinstance(node, KEPT):
        return node
    name = str(node.this).lower() if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else type(node).sql_names()[0].lower()
    if name in NAMED:
        return NAMED[name](node if isinstance(node, exp.Anonymous) else _as_written(name, node))
    written = str(node.meta.get("name") or name).lower()
    raise SqlError(
        "42883", f"function {written}() does not exist", hint="No such function in Redshift, or not one that wheatpaste has yet."
    )
