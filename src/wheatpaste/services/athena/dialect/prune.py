"""What a WHERE says of a table's partition keys, as an expression for GetPartitions.

Only conjuncts that compare a key with a literal of its own kind are taken, and only such as no NULL passes: so partitions may be left
out even below an outer join. The WHERE itself is applied to the rows all the same.
"""

import re
from collections.abc import Iterator, Mapping

from sqlglot import exp

from wheatpaste.services.athena.dialect.types import INTEGERS, Type

OPERATORS: dict[type[exp.Expression], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.GT: ">", exp.LTE: "<=", exp.GTE: ">="}
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
LONGEST = 2048


def expression(select: exp.Select, table: exp.Table, keys: Mapping[str, Type]) -> str:
    """The GetPartitions expression of a query's WHERE for one of the tables in its FROM; empty when it says nothing."""
    where = select.args.get("where")
    if where is None:
        return ""
    alone = len(select.args.get("joins") or []) == 0
    names = {table.alias.lower()} if table.alias else {table.name.lower()}
    found = [text for each in _conjuncts(where.this) if (text := _condition(each, keys, names, alone))]
    while found and len(" AND ".join(found)) > LONGEST:
        found.pop()
    return " AND ".join(found)


def _conjuncts(node: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    elif isinstance(node, exp.Paren):
        yield from _conjuncts(node.this)
    else:
        yield node


def _condition(node: exp.Expression, keys: Mapping[str, Type], names: set[str], alone: bool) -> str:
    if type(node) in OPERATORS:
        return _comparison(node, OPERATORS[type(node)], keys, names, alone)
    if isinstance(node, exp.Between):
        key, low, high = _key(node.this, keys, names, alone), node.args["low"], node.args["high"]
        values = [_literal(value, keys[key]) for value in (low, high)] if key else []
        return f"{key} BETWEEN {values[0]} AND {values[1]}" if key and all(values) else ""
    if isinstance(node, exp.In) and node.args.get("query") is None:
        key = _key(node.this, keys, names, alone)
        values = [_literal(value, keys[key]) for value in node.expressions] if key else []
        return f"{key} IN ({', '.join(values)})" if key and values and all(values) else ""
    if isinstance(node, exp.Or):
        sides = [_condition(each.unnest(), keys, names, alone) for each in node.flatten()]
        return f"({' OR '.join(sides)})" if all(sides) else ""
    return ""


def _comparison(node: exp.Expression, operator: str, keys: Mapping[str, Type], names: set[str], alone: bool) -> str:
    left, right = node.this, node.expression
    key = _key(left, keys, names, alone)
    if not key:
        left, right, operator = right, left, MIRRORED.get(operator, operator)
        key = _key(left, keys, names, alone)
    value = _literal(right, keys[key]) if key else ""
    return f"{key} {operator} {value}" if value else ""


def _key(node: exp.Expression, keys: Mapping[str, Type], names: set[str], alone: bool) -> str:
    if not isinstance(node, exp.Column) or len(node.parts) > 2 or node.name.lower() not in keys:
        return ""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", node.name.lower()):
        return ""
    if len(node.parts) == 2:
        return node.name.lower() if node.parts[0].name.lower() in names else ""
    return node.name.lower() if alone else ""


def _literal(node: exp.Expression, type_: Type) -> str:
    """A literal as the expression writes it, when it is of the key's kind."""
    if isinstance(node, exp.Literal) and node.is_string and type_.name == "varchar":
        return f"'{node.this}'" if not re.search(r"['\\]", node.this) else ""
    if isinstance(node, exp.Literal) and not node.is_string and type_.name in INTEGERS and node.this.isdigit():
        return str(node.this)
    if isinstance(node, exp.Cast) and node.meta.get("literal") and node.to.this == exp.DataType.Type.DATE and type_.name == "date":
        return f"'{node.this.this}'" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.this.this) else ""
    return ""
