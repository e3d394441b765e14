"""What names mean: the fields of the relations in FROM, lambda arguments, and the scope outside of a subquery."""

from dataclasses import dataclass, field, replace

from sqlglot import exp

from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.services.athena.dialect.expr import Expr
from wheatpaste.services.athena.dialect.types import Type, members, quoted


@dataclass(frozen=True)
class Field:
    """One column of a relation.

    ``qualifier`` holds the names it may be qualified with (alias, or table, schema, catalog: innermost last).
    """

    name: str | None
    sql: str
    type: Type
    qualifier: tuple[str, ...] = ()
    hidden: bool = False  # reachable by name, not part of *

    def answers(self, qualifier: tuple[str, ...]) -> bool:
        """Whether ``qualifier`` (lower case) names this field's relation."""
        mine = tuple(part.lower() for part in self.qualifier)
        return not qualifier or mine[-len(qualifier) :] == qualifier


@dataclass(frozen=True)
class Named:
    """A query of the WITH clause: its name in DuckDB and its columns."""

    relation: str
    columns: tuple[tuple[str | None, Type], ...]


@dataclass(frozen=True)
class Scope:
    """Fields in order; ``parent`` is the query around; ``lambdas`` are argument names of the lambdas around."""

    fields: tuple[Field, ...] = ()
    parent: "Scope | None" = None
    lambdas: dict[str, Expr] = field(default_factory=dict)
    outputs: tuple[Field, ...] = ()  # in ORDER BY: the select list's aliases, which come first
    aggregates: bool = False  # whether aggregate and window functions may stand here
    windows: bool = False
    ctes: dict[str, "Named"] = field(default_factory=dict)
    named_windows: dict[str, exp.Window] = field(default_factory=dict)

    def with_lambdas(self, names: dict[str, Expr]) -> "Scope":
        """The same scope inside a lambda."""
        return replace(self, lambdas={**self.lambdas, **names})

    def inner(self) -> "Scope":
        """The same fields, where neither aggregates nor windows may stand (the inside of an aggregate, WHERE …)."""
        return replace(self, aggregates=False, windows=False, outputs=())

    def star(self, qualifier: tuple[str, ...] = ()) -> list[Field]:
        """The fields that ``*`` or ``t.*`` stands for."""
        return [each for each in self.fields if not each.hidden and each.answers(qualifier)]


def resolve(scope: Scope, column: exp.Column) -> Expr:
    """The expression that a (qualified) name stands for; raises SqlError when nothing or more than one answers."""
    parts = [part.name for part in column.parts]
    written = ".".join(parts)
    around: Scope | None = scope
    while around is not None:
        found = _resolve_here(around, parts, written, column)
        if found is not None:
            return found
        around = around.parent
    raise SqlError("COLUMN_NOT_FOUND", f"Column '{written.lower()}' cannot be resolved", column)


def _resolve_here(scope: Scope, parts: list[str], written: str, node: exp.Column) -> Expr | None:
    if parts[0].lower() in scope.lambdas:
        return _members(scope.lambdas[parts[0].lower()], parts[1:], node)
    for fields in (scope.outputs, scope.fields):
        for names in range(len(parts) - 1, -1, -1):  # the longest qualifier first: t.a before the member a of column t
            qualifier = tuple(part.lower() for part in parts[:names])
            matches = [each for each in fields if (each.name or "").lower() == parts[names].lower() and each.answers(qualifier)]
            if len(matches) > 1:
                raise SqlError("AMBIGUOUS_NAME", f"Column '{written.lower()}' is ambiguous", node)
            if matches:
                return _members(Expr(matches[0].sql, matches[0].type), parts[names + 1 :], node)
    return None


def _members(base: Expr, names: list[str], node: exp.Expression) -> Expr | None:
    for name in names:
        found = member(base, name)
        if found is None:
            return None
        base = found
    return base


def member(base: Expr, name: str) -> Expr | None:
    """``base.name``, or None when it is no row or has no such field."""
    if base.type.name != "row":
        return None
    folded = [(each or "").lower() for each in base.type.fields]
    if folded.count(name.lower()) != 1:
        return None
    index = folded.index(name.lower())
    return Expr(f"struct_extract({base.sql}, {member_key(base.type, index)})", base.type.items[index])


def member_key(type_: Type, index: int) -> str:
    """How ``struct_extract`` is told which member."""
    return "'" + members(type_)[index].replace("'", "''") + "'"


def alias_fields(fields: list[Field], alias: str | None, columns: list[str]) -> list[Field]:
    """The fields under a new relation name and, when given, new column names."""
    named: list[str | None] = [*columns] or [each.name for each in fields]
    qualifier = (alias,) if alias else ()
    return [replace(each, name=name, qualifier=qualifier or each.qualifier) for each, name in zip(fields, named, strict=True)]


def fresh(relation: str, number: int) -> str:
    """The SQL of the ``number``-th column of a relation that we named."""
    return f"{relation}.{quoted(f'c{number}')}"
