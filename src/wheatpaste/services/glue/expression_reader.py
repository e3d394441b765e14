"""From the text of a partition expression to its tree: sqlglot parses, and only the nodes in ``_READERS`` are let through."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, SqlglotError

from wheatpaste.services.glue.expression import MIRRORED, All, ExpressionError, KeyType, Some, Test, Tree, check_cast, negate
from wheatpaste.services.glue.partition_keys import base_type, is_string

COMPARISONS: dict[type[exp.Expression], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
CASTABLE = {"date", "timestamp", "int", "bigint", "smallint", "tinyint", "varchar", "text", "decimal", "double", "char"}


class _Dialect(Trino):  # type: ignore[misc]
    """Trino's expressions, with Hive's backticks for names as well."""

    class Tokenizer(Trino.Tokenizer):  # type: ignore[misc]
        IDENTIFIERS = ['"', "`"]


class Reader:
    """Reads one expression over the partition keys of one table."""

    def __init__(self, expression: str, keys: Sequence[KeyType]) -> None:
        self.expression = expression
        self.keys = keys
        self.names = {name.lower(): i for i, (name, _) in enumerate(keys)}

    def tree(self) -> Tree:
        """The expression's tree; ExpressionError for what Glue refuses."""
        try:
            parsed = sqlglot.parse(self.expression, read=_Dialect)
        except ParseError as error:
            first = error.errors[0] if error.errors else {}
            raise self.unsupported(f"at character {first.get('col', '?')}, near {first.get('highlight', '')!r}") from None
        except SqlglotError as error:
            raise self.unsupported(str(error)) from None
        if len(parsed) != 1 or parsed[0] is None:
            raise self.unsupported("one condition is expected")
        return self.condition(parsed[0])

    def unsupported(self, why: str) -> ExpressionError:
        """The error for a place in the expression."""
        return ExpressionError(f"Unsupported expression '{self.expression}' ({why})")

    def condition(self, node: Any) -> Tree:
        """The tree of one node; NOT is pushed down to the tests."""
        read = _READERS.get(type(node))
        if read is None:
            raise self.unsupported(f"{node.sql(dialect=_Dialect)!r} is not a condition on a partition key")
        tree = read(self, node)
        return negate(tree) if node.args.get("negate") else tree

    def key(self, node: Any) -> tuple[int, str]:
        """Position and type of the partition key that a node names."""
        node = node.unnest()
        if not isinstance(node, exp.Column):
            raise self.unsupported(f"{node.sql(dialect=_Dialect)!r} stands where a partition key is expected")
        name = ".".join(part.name for part in node.parts)
        if name.lower() not in self.names:
            known = ", ".join(key for key, _ in self.keys) or "none"
            raise ExpressionError(f"Invalid partition expression! '{name}' is not a partition key (keys: {known})")
        position = self.names[name.lower()]
        return position, self.keys[position][1]

    def literal(self, node: Any) -> str:
        """The text of a literal: a string, a number with or without a sign, or DATE '…' and CAST('…' AS …) of one."""
        node = node.unnest()
        if isinstance(node, exp.Literal):
            return str(node.this)
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
            return f"-{node.this.this}"
        if isinstance(node, exp.Cast) and node.to.this.value.lower() in CASTABLE:
            return self.literal(node.this)
        raise self.unsupported(f"{node.sql(dialect=_Dialect)!r} stands where a literal is expected")

    def test(self, key: Any, op: str, literals: Sequence[Any]) -> Tree:
        """A test of a key against literals, each cast to the key's type."""
        position, declared = self.key(key)
        values = tuple(check_cast(declared, self.literal(each)) for each in literals)
        return Test(position, op, values, is_string(declared))

    def comparison(self, node: Any) -> Tree:
        """``key op literal``, or the other way round."""
        op = COMPARISONS[type(node)]
        if isinstance(node.this.unnest(), exp.Column):
            return self.test(node.this, op, [node.expression])
        return self.test(node.expression, MIRRORED[op], [node.this])

    def member(self, node: Any) -> Tree:
        """``key IN (…)``."""
        if not node.expressions:
            raise self.unsupported("IN takes a list of literals")
        return self.test(node.this, "in", node.expressions)

    def between(self, node: Any) -> Tree:
        """``key BETWEEN low AND high``, both included."""
        return self.test(node.this, "between", [node.args["low"], node.args["high"]])

    def like(self, node: Any) -> Tree:
        """``key LIKE 'pattern'``, for strings only."""
        position, declared = self.key(node.this)
        if not is_string(declared):
            kind = base_type(declared)
            name = kind.capitalize() if kind in ("date", "decimal", "timestamp") else "Integral"
            raise ExpressionError(f"{name} data type doesn't support operation 'LIKE'")
        return Test(position, "like", (self.literal(node.expression),), True)

    def null(self, node: Any) -> Tree:
        """``key IS NULL``."""
        if not isinstance(node.expression, exp.Null):
            raise self.unsupported("IS is followed by NULL or NOT NULL")
        position, declared = self.key(node.this)
        return Test(position, "null", (), is_string(declared))


_READERS: dict[type[exp.Expression], Callable[[Reader, Any], Tree]] = {
    exp.Paren: lambda r, n: r.condition(n.this),
    exp.Not: lambda r, n: negate(r.condition(n.this)),
    exp.And: lambda r, n: All(tuple(r.condition(part) for part in n.flatten())),
    exp.Or: lambda r, n: Some(tuple(r.condition(part) for part in n.flatten())),
    **dict.fromkeys(COMPARISONS, Reader.comparison),
    exp.In: Reader.member,
    exp.Between: Reader.between,
    exp.Like: Reader.like,
    exp.Is: Reader.null,
}
