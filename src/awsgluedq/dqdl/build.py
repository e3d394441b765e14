"""Syntax tree → model, before anything is checked against the rule types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lark import Token, Transformer, Tree, v_args

from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.model import (
    Amount,
    Binary,
    Call,
    Condition,
    Group,
    Keyword,
    Literal,
    Now,
    Operand,
    Parameter,
    Position,
    Reference,
    Text,
)


@dataclass
class Written:
    """A rule or an analyzer as it was written."""

    type: str
    position: Position
    parameters: list[Parameter] = field(default_factory=list)
    condition: Condition | None = None
    where: str | None = None
    tags: list[tuple[str, Condition]] = field(default_factory=list)
    labels: list[tuple[str, str]] | None = None
    analyzer: bool = False


@dataclass
class Joined:
    """Rules joined by AND or OR, or one rule in parentheses (no operator)."""

    operator: str
    parts: list[AnyWritten]
    position: Position
    labels: list[tuple[str, str]] | None = None


AnyWritten = Written | Joined


@dataclass
class Document:
    metadata: list[tuple[str, Any]] | None = None
    sources: list[tuple[str, Any]] | None = None
    variables: list[tuple[str, Any, Position]] = field(default_factory=list)
    default_labels: list[tuple[str, str]] | None = None
    rules: list[AnyWritten] = field(default_factory=list)
    analyzers: list[Written] = field(default_factory=list)


def document(parsed: Tree[Token]) -> Document:
    return _Builder().transform(parsed)  # type: ignore[no-any-return]


def unquoted(token: str) -> str:
    return token[1:-1].replace('\\"', '"')


def _named(children: list[Any], name: str) -> Any:
    return next((each[1] for each in children if isinstance(each, tuple) and each[0] == name), None)


def _written(children: list[Any], meta: Any) -> Written:
    made = Written(str(children[0]), Position(meta.line, meta.column))
    for child in children[1:]:
        if isinstance(child, Parameter):
            made.parameters.append(child)
        elif isinstance(child, Condition):
            made.condition = child
        elif child[0] == "where":
            made.where = child[1]
        elif child[0] == "tag":
            made.tags.append(child[1])
        elif made.labels is not None:
            raise DqdlError("labels may be given once", made.position)
        else:
            made.labels = child[1]
    return made


class _Builder(Transformer[Token, Any]):
    """One method per rule of the grammar."""

    def start(self, children: list[Any]) -> Document:
        variables = [each[1] for each in children if each[0] == "variable"]
        found = {name: _named(children, name) for name in ("metadata", "sources", "default_labels", "rules", "analyzers")}
        return Document(
            found["metadata"], found["sources"], variables, found["default_labels"], found["rules"] or [], found["analyzers"] or []
        )

    def metadata(self, children: list[Any]) -> Any:
        return "metadata", children[0]

    def sources(self, children: list[Any]) -> Any:
        return "sources", children[0]

    def dictionary(self, children: list[Any]) -> Any:
        return children

    def pair(self, children: list[Any]) -> Any:
        value = children[1]
        return unquoted(children[0]), value if isinstance(value, list) else unquoted(value)

    def strings(self, children: list[Any]) -> list[str]:
        return [unquoted(each) for each in children]

    @v_args(meta=True)
    def variable(self, meta: Any, children: list[Any]) -> Any:
        return "variable", (str(children[0]), children[1], Position(meta.line, meta.column))

    def texts(self, children: list[Any]) -> list[Any]:
        return children

    def default_labels(self, children: list[Any]) -> Any:
        return "default_labels", children

    def labels(self, children: list[Any]) -> Any:
        return "labels", children

    def label(self, children: list[Any]) -> tuple[str, str]:
        return unquoted(children[0]), unquoted(children[1])

    def rules(self, children: list[Any]) -> Any:
        return "rules", children

    def analyzers(self, children: list[Any]) -> Any:
        return "analyzers", children

    @v_args(meta=True)
    def disjunction(self, meta: Any, children: list[Any]) -> Joined:
        return Joined("OR", [each for each in children if not isinstance(each, Token)], Position(meta.line, meta.column))

    @v_args(meta=True)
    def conjunction(self, meta: Any, children: list[Any]) -> Joined:
        return Joined("AND", [each for each in children if not isinstance(each, Token)], Position(meta.line, meta.column))

    @v_args(meta=True)
    def nested(self, meta: Any, children: list[Any]) -> Joined:
        labels = children[1][1] if len(children) > 1 else None
        return Joined("", children[:1], Position(meta.line, meta.column), labels)

    @v_args(meta=True)
    def rule(self, meta: Any, children: list[Any]) -> Written:
        return _written(children, meta)

    @v_args(meta=True)
    def analyzer(self, meta: Any, children: list[Any]) -> Written:
        made = _written(children, meta)
        made.analyzer = True
        return made

    def connector(self, children: list[Any]) -> str:
        return str(children[0])

    def parameter(self, children: list[Any]) -> Parameter:
        *connectors, value = children
        connector = connectors[0] if connectors else ""
        if isinstance(value, Reference):
            return Parameter("", True, connector, value.name)
        quoted = value.type == "STRING"
        return Parameter(unquoted(value) if quoted else str(value), quoted, connector)

    def where(self, children: list[Any]) -> Any:
        return "where", unquoted(children[0])

    def tag(self, children: list[Any]) -> Any:
        return "tag", (str(children[0]), children[1])

    def reference(self, children: list[Any]) -> Reference:
        return Reference(str(children[0]))

    def comparison(self, children: list[Any]) -> Condition:
        operator = "!=" if children[0].startswith("!") else str(children[0])
        return Condition(operator, (children[1],))

    def range(self, children: list[Any]) -> Condition:
        return self._condition("between", children)

    def choice(self, children: list[Any]) -> Condition:
        return self._condition("in", children)

    def pattern(self, children: list[Any]) -> Condition:
        *others, text = children
        return self._condition("matches", [*others, Text(unquoted(text))])

    def _condition(self, name: str, children: list[Any]) -> Condition:
        tokens = [each.type for each in children if isinstance(each, Token)]
        operands: list[Operand] = []
        for each in children:
            if not isinstance(each, Token):
                operands += each if isinstance(each, list) else [each]
        return Condition(f"not {name}" if "NOT" in tokens else name, tuple(operands))

    def operands(self, children: list[Any]) -> list[Operand]:
        return children

    def string(self, children: list[Any]) -> Text:
        return Text(unquoted(children[0]))

    def keyword(self, children: list[Any]) -> Keyword:
        return Keyword(children[0].upper())

    def moment(self, children: list[Any]) -> Now:
        return Now(str(children[1]), children[2]) if len(children) > 1 else Now()

    @v_args(meta=True)
    def amount(self, meta: Any, children: list[Any]) -> Amount:
        number, unit = map(str, children)
        if "." in number:
            raise DqdlError(f"{number} {unit}: only whole numbers have a unit", Position(meta.line, meta.column))
        return Amount(number, unit)

    def literal(self, children: list[Any]) -> Literal:
        return Literal("".join(children))

    def group(self, children: list[Any]) -> Group:
        return Group(children[0])

    def binary(self, children: list[Any]) -> Binary:
        return Binary(children[0], str(children[1]), children[2])

    def call(self, children: list[Any]) -> Call:
        return Call(str(children[0]), tuple(children[1:]))
