"""What a WHERE says of an external table's partition keys, as an expression for GetPartitions.

Only conjuncts that compare a key with a literal of its own kind are taken; the WHERE itself is applied to the rows all the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlglot import exp

OPERATORS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.GT: ">", exp.LTE: "<=", exp.GTE: ">="}
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint")
LONGEST = 2048


def expression(table: Any, keys: Mapping[str, str]) -> str:
    """The expression for one table of a query's FROM, by its keys' Hive types; empty when the WHERE says nothing."""
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None and not _outer(table) else None
    if where is None:
        return ""
    name, alone = table.alias_or_name.lower(), not select.args.get("joins")
    found = [text for each in _conjuncts(where.this) if (text := _condition(each, keys, name, alone))]
    while found and len(" AND ".join(found)) > LONGEST:
        found.pop()
    return " AND ".join(found)


def _outer(table: Any) -> bool:
    """Whether the table hangs below something else than its SELECT's own FROM or JOIN."""
    parent = table.parent
    return not (isinstance(parent, exp.From | exp.Join) and isinstance(parent.parent, exp.Select))


def _conjuncts(node: Any) -> Iterator[Any]:
    if isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    elif isinstance(node, exp.Paren):
        yield from _conjuncts(node.this)
    else:
        yield node


def _condition(node: Any, keys: Mapping[str, str], table: str, alone: bool) -> str:
    if type(node) in OPERATORS:
        operator = OPERATORS[type(node)]
        for column, value, sign in ((node.this, node.expression, operator), (node.expression, node.this, MIRRORED.get(operator, operator))):
            key = _key(column, keys, table, alone)
            text = _literal(value, keys[key]) if key else ""
            if text:
                return f"{key} {sign} {text}"
        return ""
    key = _key(node.this, keys, table, alone) if isinstance(node, exp.Between | exp.In) else ""
    if not key or node.args.get("query") is not None:
        return ""
    given = [node.args["low"], node.args["high"]] if isinstance(node, exp.Between) else node.expressions
    texts = [_literal(value, keys[key]) for value in given]
    if not texts or not all(texts):
        return ""
    return f"{key} BETWEEN {texts[0]} AND {texts[1]}" if isinstance(node, exp.Between) else f"{key} IN ({', '.join(texts)})"


def _key(node: Any, keys: Mapping[str, str], table: str, alone: bool) -> str:
    if not isinstance(node, exp.Column) or node.name.lower() not in keys:
        return ""
    mine = node.table.lower() == table if node.table else alone
    return node.name.lower() if mine and re.fullmatch(r"[a-z_][a-z0-9_]*", node.name.lower()) else ""


def _literal(node: Any, type_: str) -> str:
    """A literal as the expression has it, when it is of the key's kind."""
    if isinstance(node, exp.Cast) and node.is_type("date") and type_ == "date":
        node = node.this
    if not isinstance(node, exp.Literal):
        return ""
    if node.is_string:
        plain = not re.search(r"['\\]", node.this) and (type_ != "date" or re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.this))
        return f"'{node.this}'" if plain and (type_ in ("string", "date") or type_.startswith("varchar")) else ""
    return str(node.this) if type_ in NUMBERS and node.this.isdigit() else ""
