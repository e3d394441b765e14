"""What a WHERE says of a table's partition keys, as an expression for GetPartitions.

Only conjuncts that compare a key with a literal of its own kind are taken, and only such as no NULL passes: so partitions may be left
out even below an outer join. The WHERE itself is applied to the rows all the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from wheatpaste.services.athena.dialect.types import INTEGERS, Type

OPERATORS: dict[type[exp.Expression], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.GT: ">", exp.LTE: "<=", exp.GTE: ">="}
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
LONGEST = 2048


Condition = tuple[str, str, tuple[str, ...]]
"""A key, an operator (``= <> < > <= >= BETWEEN IN``), and values, as text."""


def expression(select: exp.Select, table: exp.Table, keys: Mapping[str, Type]) -> str:
    """The GetPartitions expression of a query's WHERE for one of the tables in its FROM; empty when it says nothing."""
    scope = Keys.of(select, table, keys)
    found = [text for each in _conjuncts(select) if (text := scope.text(each))]
    while found and len(" AND ".join(found)) > LONGEST:
        found.pop()
    return " AND ".join(found)


def conditions(select: exp.Select, table: exp.Table, keys: Mapping[str, Type]) -> tuple[Condition, ...]:
    """The same, one by one and without those that are joined by OR."""
    scope = Keys.of(select, table, keys)
    return tuple(found for each in _conjuncts(select) if (found := scope.condition(each)))


def _conjuncts(select: exp.Select) -> Iterator[exp.Expression]:
    where = select.args.get("where")
    if where is not None:
        yield from _sides(where.this)


def _sides(node: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(node, exp.And):
        yield from _sides(node.this)
        yield from _sides(node.expression)
    elif isinstance(node, exp.Paren):
        yield from _sides(node.this)
    else:
        yield node


@dataclass(frozen=True)
class Keys:
    """The partition keys of one table, and how the query may name them."""

    types: Mapping[str, Type]
    name: str
    alone: bool  # no other table in FROM: a name without a qualifier is this table's

    @classmethod
    def of(cls, select: exp.Select, table: exp.Table, keys: Mapping[str, Type]) -> "Keys":
        """For one of the tables in a query's FROM."""
        return cls(keys, (table.alias or table.name).lower(), not select.args.get("joins"))

    def text(self, node: exp.Expression) -> str:
        """A condition, or several joined by OR, as GetPartitions writes it; empty for any other."""
        if isinstance(node, exp.Or):
            sides = [self.text(each.unnest()) for each in node.flatten()]
            return f"({' OR '.join(sides)})" if all(sides) else ""
        found = self.condition(node)
        if found is None:
            return ""
        key, operator, values = found
        written = [value if self.types[key].name in INTEGERS else f"'{value}'" for value in values]
        if operator == "BETWEEN":
            return f"{key} BETWEEN {written[0]} AND {written[1]}"
        return f"{key} IN ({', '.join(written)})" if operator == "IN" else f"{key} {operator} {written[0]}"

    def condition(self, node: exp.Expression) -> Condition | None:
        """A comparison of a key with literals of its kind."""
        if type(node) in OPERATORS:
            return self._comparison(node, OPERATORS[type(node)])
        if isinstance(node, exp.Between):
            return self._listed(node.this, "BETWEEN", [node.args["low"], node.args["high"]])
        if isinstance(node, exp.In) and node.args.get("query") is None:
            return self._listed(node.this, "IN", node.expressions)
        return None

    def _comparison(self, node: exp.Expression, operator: str) -> Condition | None:
        return self._listed(node.this, operator, [node.expression]) or self._listed(
            node.expression, MIRRORED.get(operator, operator), [node.this]
        )

    def _listed(self, column: exp.Expression, operator: str, given: Sequence[exp.Expression]) -> Condition | None:
        key = self._key(column)
        values = [_literal(each, self.types[key]) for each in given] if key else []
        if not key or not values or any(value is None for value in values):
            return None
        return key, operator, tuple(value for value in values if value is not None)

    def _key(self, node: exp.Expression) -> str:
        if not isinstance(node, exp.Column) or len(node.parts) > 2 or node.name.lower() not in self.types:
            return ""
        mine = node.parts[0].name.lower() == self.name if len(node.parts) == 2 else self.alone
        return node.name.lower() if mine and re.fullmatch(r"[a-z_][a-z0-9_]*", node.name.lower()) else ""


def _literal(node: exp.Expression, type_: Type) -> str | None:
    """A literal's text, when it is of the key's kind."""
    if isinstance(node, exp.Literal) and node.is_string and type_.name == "varchar":
        return str(node.this) if not re.search(r"['\\]", node.this) else None
    if isinstance(node, exp.Literal) and not node.is_string and type_.name in INTEGERS and node.this.isdigit():
        return str(node.this)
    if isinstance(node, exp.Cast) and node.meta.get("literal") and node.to.this == exp.DataType.Type.DATE and type_.name == "date":
        return str(node.this.this) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.this.this) else None
    return None
