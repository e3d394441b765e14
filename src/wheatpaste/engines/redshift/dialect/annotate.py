"""sqlglot's type annotator with Redshift's rules for numbers: precision and scale are kept through every computation."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.optimizer.annotate_types import TypeAnnotator
from sqlglot.schema import Schema

from wheatpaste.engines.redshift.dialect import numbers
from wheatpaste.engines.redshift.dialect.numbers import Kind

OPERATORS = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}

# What functions give that sqlglot does not know under their own names.
RETURNS = {
    "date_part": "double",
    "date_part_year": "int",
    "datediff": "bigint",
    "date_diff": "bigint",
    "octet_length": "int",
    "bit_length": "int",
    "strtol": "bigint",
    "json_array_length": "int",
    "regexp_count": "int",
    "regexp_instr": "int",
    "get_array_length": "bigint",
    "months_between": "double",
    "dateadd": "timestamp",
    "date_add": "timestamp",
    "add_months": "timestamp",
    "date_trunc": "timestamp",
    "getdate": "timestamp",
    "convert_timezone": "timestamp",
    "to_date": "date",
    "last_day": "date",
    "next_day": "date",
    "to_timestamp": "timestamptz",
    "to_char": "text",
    "ratio_to_report": "double",
    "dexp": "double",
    "dsqrt": "double",
    "dlog10": "double",
    "dlog1": "double",
}


def kind_of(kind: Any) -> Kind | None:
    """A number's type of sqlglot's; None for what is no number, or not known."""
    if not isinstance(kind, exp.DataType):
        return Kind("DECIMAL", 18, 0) if kind == exp.DType.DECIMAL else Kind(kind.name) if _is_number(kind) else None
    if not isinstance(kind.this, exp.DType) or not _is_number(kind.this):
        return None
    if kind.this != exp.DType.DECIMAL:
        return Kind(kind.this.name)
    sizes = [int(e.name) for e in kind.expressions if e.name.isdigit()]
    return Kind("DECIMAL", sizes[0], sizes[1] if len(sizes) > 1 else 0) if sizes else Kind("DECIMAL", 18, 0)


def _is_number(kind: Any) -> bool:
    return kind.name in numbers.INTEGERS or kind.name in numbers.FLOATS or kind.name == "DECIMAL"


def literal_kind(text: str) -> Kind:
    """The type of a number as it is written: 7 is an integer, 7.50 a DECIMAL(3,2), 1e3 a double."""
    if "e" in text.lower():
        return numbers.DOUBLE
    if "." in text:
        whole, _, part = text.partition(".")
        return Kind("DECIMAL", max(1, len(whole.lstrip("0")) + len(part)), len(part))
    number = int(text)
    return Kind("INT" if number < 2**31 else "BIGINT" if number < 2**63 else "INT128")


class Annotator(TypeAnnotator):  # type: ignore[misc]
    """Where sqlglot would take the first of two sized types, the one that holds both."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema, expression_metadata=METADATA)

    def _maybe_coerce(self, type1: Any, type2: Any) -> Any:
        left, right = kind_of(type1), kind_of(type2)
        if left is None or right is None:
            return super()._maybe_coerce(type1, type2)
        return _data_type(numbers.common([left, right]))

    def put(self, node: Any, kind: Kind | None) -> Any:
        """Note a node's type; None: unknown."""
        return self._set_type(node, _data_type(kind) if kind else exp.DType.UNKNOWN)

    def put_named(self, node: Any, name: str) -> Any:
        """Note a type by its name."""
        return self._set_type(node, exp.DataType.build(name))


def _data_type(kind: Kind | None) -> Any:
    if kind is None:
        return exp.DType.UNKNOWN
    return exp.DataType.build("int128" if kind.name == "INT128" else kind.sql)


def _binary(self: Any, node: Any) -> Any:
    left, right = kind_of(node.left.type), kind_of(node.right.type)
    if left and right:
        return self.put(node, numbers.computed(OPERATORS[type(node)], left, right))
    if isinstance(node, exp.Add | exp.Sub) and node.left.type and not node.left.is_type("unknown"):
        return self._annotate_binary(node)  # moments
    return self.put(node, None)


def _literal(self: Any, node: Any) -> Any:
    return self.put_named(node, "varchar") if node.is_string else self.put(node, literal_kind(node.this))


def _aggregate(rule: Callable[[Kind], Kind]) -> Callable[[Any, Any], Any]:
    def annotate(self: Any, node: Any) -> Any:
        kind = kind_of(_argument(node).type)
        return self.put(node, rule(kind) if kind else None)

    return annotate


def _argument(node: Any) -> Any:
    inner = node.this
    while isinstance(inner, exp.Distinct) and inner.expressions:
        inner = inner.expressions[0]
    return inner


def _decode(self: Any, node: Any) -> Any:
    """DECODE(value, search, result, … [, default])."""
    _, *rest = node.expressions
    results = [rest[i + 1] for i in range(0, len(rest) - 1, 2)] + ([rest[-1]] if len(rest) % 2 else [])
    return _one_of(self, node, [value.type for value in results])


def _choice(*names: str) -> Callable[[Any, Any], Any]:
    """A node whose value is one of its arguments'."""

    def annotate(self: Any, node: Any) -> Any:
        found = [value for name in names for value in _listed(node.args.get(name))]
        types = [value.args["true"].type if isinstance(value, exp.If) else value.type for value in found]
        return _one_of(self, node, types)

    return annotate


def _one_of(self: Any, node: Any, types: Sequence[Any]) -> Any:
    known = [kind for kind in types if kind is not None and kind.this != exp.DType.NULL]
    kinds = [kind_of(kind) for kind in known]
    if known and all(kinds):
        return self.put(node, numbers.common([kind for kind in kinds if kind]))
    return self._set_type(node, known[0] if known and all(kind.this == known[0].this for kind in known) else exp.DType.UNKNOWN)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _rounded(self: Any, node: Any) -> Any:
    """ROUND, CEIL, FLOOR and TRUNC of a decimal keep its digits before the point."""
    kind, digits = kind_of(node.this.type), node.args.get("decimals")
    if kind is None or not kind.is_decimal:
        return self.put(node, kind if kind and isinstance(node, exp.Round) else numbers.DOUBLE if kind else None)
    if digits is not None and not (isinstance(digits, exp.Literal) and digits.is_int):
        return self.put(node, None)
    return self.put(node, numbers.decimal(kind.precision, min(kind.scale, int(digits.name) if digits is not None else 0)))


def _anonymous(self: Any, node: Any) -> Any:
    name = str(node.this).lower()
    if name == "trunc" and node.expressions:
        kind = kind_of(node.expressions[0].type)
        digits = node.expressions[1] if len(node.expressions) > 1 else exp.Literal.number(0)
        if kind and kind.is_decimal and isinstance(digits, exp.Literal) and digits.is_int:
            return self.put(node, numbers.decimal(kind.precision, min(kind.scale, int(digits.name))))
        return self.put(node, None)
    return self.put_named(node, RETURNS[name]) if name in RETURNS else self.put(node, None)


METADATA = {
    **Redshift.EXPRESSION_METADATA,
    **{kind: {"annotator": _binary} for kind in OPERATORS},
    exp.Literal: {"annotator": _literal},
    exp.Sum: {"annotator": _aggregate(numbers.total)},
    exp.Avg: {"annotator": _aggregate(numbers.average)},
    exp.Coalesce: {"annotator": _choice("this", "expressions")},
    exp.Greatest: {"annotator": _choice("this", "expressions")},
    exp.Least: {"annotator": _choice("this", "expressions")},
    exp.Case: {"annotator": _choice("ifs", "default")},
    exp.If: {"annotator": _choice("true", "false")},
    exp.Nvl2: {"annotator": _choice("true", "false")},
    exp.Nullif: {"annotator": _choice("this")},
    exp.DecodeCase: {"annotator": _decode},
    exp.Extract: {"annotator": lambda self, node: self.put(node, Kind("BIGINT" if node.name.lower() == "epoch" else "INT"))},
    exp.Median: {"annotator": lambda self, node: self.put(node, None)},
    **{kind: {"annotator": _rounded} for kind in (exp.Round, exp.Ceil, exp.Floor)},
    exp.Anonymous: {"annotator": _anonymous},
}
