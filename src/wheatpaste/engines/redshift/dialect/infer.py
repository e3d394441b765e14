"""Types where Redshift's result depends on them and DuckDB's differs: SUM, AVG, division and TRUNC.

sqlglot's annotator tells the operands' types from the tables' columns. Redshift's rules (SUM and AVG functions; Computations with numeric
values, "Numeric types" in AWS's documentation): SUM of integers is bigint and of bigint numeric(38,0); AVG of integers is a bigint, cut;
AVG of numeric keeps the scale; a division of numerics has scale max(4, s1 + p2 - s2 + 1).
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.calls import final, is_final

Columns = Callable[[list[str]], Mapping[str, str]]
"""The columns of a table with their DuckDB types, by the parts of its name; empty when they are not known."""

KINDS = (exp.Sum, exp.Avg, exp.Div)
MARK = "rs_typed"
INTEGERS = {"TINYINT": 5, "SMALLINT": 5, "INT": 10, "BIGINT": 19, "INT128": 38}  # with the digits they count as in a division
FLOATS = {"FLOAT", "DOUBLE"}
MOMENTS = {"TIMESTAMP", "TIMESTAMPTZ", "DATE", "TIMESTAMPNTZ"}

# What functions give that sqlglot does not know under their own names.
RETURNS = {
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
    "dexp": "double",
    "dsqrt": "double",
    "dlog10": "double",
    "dlog1": "double",
}


def wanted(tree: Any) -> list[Any]:
    """The nodes whose operands' types matter."""
    return [
        node for node in tree.walk() if isinstance(node, KINDS) or (isinstance(node, exp.Anonymous) and str(node.this).lower() == "trunc")
    ]


def infer(tree: Any, columns: Columns) -> None:
    """Note the operands' types in the tree's nodes, where they can be known."""
    nodes = wanted(tree)
    if not nodes:
        return
    for number, node in enumerate(nodes):
        node.meta[MARK] = number
    copy = tree.copy()
    try:
        schema = _schema(copy, columns)
        for call in list(copy.find_all(exp.Anonymous)):
            kind = RETURNS.get(str(call.this).lower())
            if kind and call.parent is not None:
                call.replace(exp.cast(call.copy(), kind))
        qualified = qualify(copy, schema=schema, dialect="redshift", validate_qualify_columns=False, quote_identifiers=False)
        annotated = annotate_types(qualified, schema=schema, dialect="redshift")
    except SqlglotError:
        return  # what DuckDB says of the statement is better: it is shown as it is
    for node in annotated.walk():
        if MARK in node.meta:
            operands = node.expressions[:1] if isinstance(node, exp.Anonymous) else [node.this, node.args.get("expression")]
            nodes[node.meta[MARK]].meta["types"] = [_kind(operand) for operand in operands if operand is not None]


def _schema(tree: Any, columns: Columns) -> MappingSchema:
    common = {cte.alias for cte in tree.find_all(exp.CTE)}
    schema = MappingSchema(dialect="duckdb")
    for table in tree.find_all(exp.Table):
        parts = [part.name for part in table.parts]
        if len(parts) == 1 and parts[0] in common:
            continue
        known = columns(parts[-2:])
        table.set("catalog", None)
        table.set("db", exp.to_identifier(parts[-2] if len(parts) > 1 else "rs_path"))
        schema.add_table(table.copy(), dict(known), dialect="duckdb")
    return schema


def _kind(node: Any) -> tuple[str, list[int]] | None:
    while isinstance(node, exp.Distinct) and node.expressions:
        node = node.expressions[0]
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this and "e" not in node.this.lower():
        whole, _, part = node.this.partition(".")
        return "DECIMAL", [len(whole.lstrip("0")) + len(part), len(part)]
    kind = node.type
    if kind is None or kind.this in (exp.DType.UNKNOWN, exp.DType.NULL):
        return None
    return kind.this.name, [int(e.name) for e in kind.expressions if e.name.isdigit()]


def types_of(node: Any) -> list[tuple[str, list[int]] | None]:
    """What ``infer`` noted; empty when it could not."""
    found: list[tuple[str, list[int]] | None] = node.meta.get("types") or []
    return found


def decimal(kind: tuple[str, list[int]]) -> tuple[int, int] | None:
    """Precision and scale of a type as Redshift counts it in a division; None for one that is no exact number."""
    name, sizes = kind
    if name in INTEGERS:
        return INTEGERS[name], 0
    if name == "DECIMAL":
        return (sizes[0], sizes[1] if len(sizes) > 1 else 0) if sizes else (18, 0)
    return None


def aggregate(node: Any, whole: Any) -> Any:
    """SUM or AVG with Redshift's type; ``whole`` is the node with its OVER and FILTER."""
    kinds = types_of(node)
    kind = kinds[0] if kinds else None
    if isinstance(node, exp.Sum):
        if kind is None or kind[0] not in INTEGERS:
            return whole
        return exp.cast(whole, "decimal(38,0)" if kind[0] in ("BIGINT", "INT128") else "bigint")
    if kind is None:
        raise SqlError("0A000", "the type of AVG's argument is not known: add a cast, its result depends on it")
    if kind[0] in INTEGERS:
        return exp.cast(final("trunc", whole), "bigint")
    if kind[0] == "DECIMAL":
        return exp.cast(whole, f"decimal(38,{(decimal(kind) or (18, 0))[1]})")
    return whole


def division(node: Any, divided: Any) -> Any:
    """A division with Redshift's type: of exact numbers that are not both integers, an exact one."""
    kinds = types_of(node)
    if len(kinds) != 2 or kinds[0] is None or kinds[1] is None:
        return divided
    left, right = decimal(kinds[0]), decimal(kinds[1])
    if left is None or right is None or (kinds[0][0] in INTEGERS and kinds[1][0] in INTEGERS):
        return divided
    scale = max(4, left[1] + right[0] - right[1] + 1)
    precision = left[0] - left[1] + right[1] + scale
    if precision > 38:
        scale, precision = max(4, scale - (precision - 38)), 38
    return exp.cast(exp.paren(divided), f"decimal({precision},{scale})")


def is_moment(node: Any) -> bool:
    """Whether the one argument of a TRUNC is a moment."""
    kinds = types_of(node)
    return not is_final(node) and bool(kinds) and kinds[0] is not None and kinds[0][0] in MOMENTS
