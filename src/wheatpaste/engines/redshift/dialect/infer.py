"""The types that Redshift's arithmetic depends on, inferred from the tables' columns and noted in a statement's tree."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from wheatpaste.engines.redshift.dialect.annotate import OPERATORS, Annotator, kind_of
from wheatpaste.engines.redshift.dialect.calls import is_final
from wheatpaste.engines.redshift.dialect.numbers import Kind

Columns = Callable[[list[str]], Mapping[str, str]]
"""The columns of a table with their DuckDB types, by the parts of its name; empty when they are not known."""

KINDS = (exp.Sum, exp.Avg, *OPERATORS)
MARK = "rs_typed"
MOMENTS = {"TIMESTAMP", "TIMESTAMPTZ", "DATE", "TIMESTAMPNTZ"}


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
        qualified = qualify(copy, schema=schema, dialect="redshift", validate_qualify_columns=False, quote_identifiers=False)
        annotated = Annotator(schema).annotate(qualified)
    except SqlglotError:
        return  # what DuckDB says of the statement is better: it is shown as it is
    for node in annotated.walk():
        if MARK in node.meta:
            operands = node.expressions[:1] if isinstance(node, exp.Anonymous) else [node.this, node.args.get("expression")]
            nodes[node.meta[MARK]].meta["types"] = [_type(operand) for operand in operands if operand is not None]


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


def _type(node: Any) -> Any:
    while isinstance(node, exp.Distinct) and node.expressions:
        node = node.expressions[0]
    return node.type


def operands(node: Any) -> list[Kind | None]:
    """The numbers' types that ``infer`` noted of a node's operands; None for what is no number or not known, empty when nothing is."""
    return [kind_of(kind) if kind is not None else None for kind in node.meta.get("types") or []]


def is_moment(node: Any) -> bool:
    """Whether the one argument of a TRUNC is a moment."""
    kinds = node.meta.get("types") or []
    return not is_final(node) and bool(kinds) and kinds[0] is not None and kinds[0].this.name in MOMENTS
