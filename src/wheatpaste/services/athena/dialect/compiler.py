"""The dispatch: one handler per kind of tree node. What has no handler is refused; what it does not read of its node is refused too."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlglot import exp

from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import Type

Handler = Callable[["Compiler", Any, Scope], Expr]
HANDLERS: dict[type[exp.Expression], Handler] = {}


@dataclass(frozen=True)
class Source:
    """What a table name turned out to be: a table that the worker will show as a view named ``relation``, or a view's query."""

    relation: str = ""
    columns: tuple[tuple[str, Type], ...] = ()
    hidden: tuple[tuple[str, Type], ...] = ()
    query: str = ""
    schema: str = ""  # the database that a view's unqualified names are in


class Tables(Protocol):
    """Where table names are looked up."""

    def find(self, catalog: str | None, schema: str | None, name: str, node: exp.Expression) -> Source: ...

    def narrow(self, select: exp.Select) -> None: ...


@dataclass
class Compiler:
    """One statement's compilation."""

    tables: Tables
    now: datetime
    parameters: list[str] = field(default_factory=list)  # EXECUTE's or ExecutionParameters' values: SQL literals, for each ? in order
    database: str | None = None
    decimals: bool = False  # whether 1.5 is a decimal, as in Trino, or a double, as in Athena
    names: int = 0

    def name(self, prefix: str) -> str:
        """A name that no other has."""
        self.names += 1
        return f"{prefix}{self.names}"

    def expr(self, node: exp.Expression, scope: Scope) -> Expr:
        """One expression."""
        handler = HANDLERS.get(type(node))
        if handler is None:
            raise Refused(f"the syntax {node.key.upper()}", node)
        return handler(self, node, scope)

    def boolean(self, node: exp.Expression, scope: Scope, message: str) -> Expr:
        """A condition; ``message`` is Trino's, to which the actual type is added."""
        found = self.expr(node, scope)
        if found.type.name not in ("boolean", "unknown"):
            raise SqlError("TYPE_MISMATCH", message.format(found.type), node)
        return found


def compiles(*kinds: type[exp.Expression]) -> Callable[[Handler], Handler]:
    """Register the handler of some kinds of nodes."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            HANDLERS[kind] = handler
        return handler

    return register


def only(node: exp.Expression, *known: str) -> None:
    """Raise Refused when the node carries anything besides ``known``."""
    for name, value in node.args.items():
        if value not in (None, False, []) and name not in known:
            raise Refused(f"{name.strip('_').upper().replace('_', ' ')} here", node)
