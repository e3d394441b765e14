"""A DQDL document as plain data, and its canonical text: what `Rule` shows in the outcomes.

Nothing here knows Spark. Numbers, moments, durations and sizes keep how they were written, since the outcome repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

UNITS_OF_SIZE = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}  # bytes


@dataclass(frozen=True)
class Literal:
    """A number as it was written."""

    text: str

    @property
    def value(self) -> float:
        return float(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Group:
    inner: Numeric

    def __str__(self) -> str:
        return f"({self.inner})"


@dataclass(frozen=True)
class Binary:
    left: Numeric
    operator: str  # + - * /
    right: Numeric

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True)
class Call:
    """`avg(last(10))`: a function of earlier results."""

    name: str
    arguments: tuple[Numeric, ...]

    def __str__(self) -> str:
        return f"{self.name}({','.join(map(str, self.arguments))})"


Numeric = Literal | Group | Binary | Call


@dataclass(frozen=True)
class Text:
    """A quoted string, without its quotes; `\\"` is a quote, every other backslash stays."""

    value: str

    def __str__(self) -> str:
        return quoted(self.value)


@dataclass(frozen=True)
class Keyword:
    """NULL, EMPTY or WHITESPACES_ONLY."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Now:
    """`now()`, or `(now() - 3 days)`."""

    sign: str = ""
    offset: Amount | None = None

    @property
    def delta(self) -> timedelta:
        if self.offset is None:
            return timedelta()
        return self.offset.delta if self.sign == "+" else -self.offset.delta

    def __str__(self) -> str:
        return f"(now() {self.sign} {self.offset})" if self.offset else "now()"


@dataclass(frozen=True)
class Amount:
    """`3 days`, `5 MB`."""

    number: str
    unit: str

    @property
    def is_size(self) -> bool:
        return self.unit in UNITS_OF_SIZE

    @property
    def bytes(self) -> int:
        return int(self.number) * UNITS_OF_SIZE[self.unit]

    @property
    def delta(self) -> timedelta:
        return timedelta(**{self.unit: float(self.number)})

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


@dataclass(frozen=True)
class Reference:
    """`$name`."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


Operand = Numeric | Text | Keyword | Now | Amount | Reference


def is_dynamic(operand: Operand) -> bool:
    """Whether it is a function of earlier results."""
    if isinstance(operand, Group):
        return is_dynamic(operand.inner)
    return isinstance(operand, Call) or (isinstance(operand, Binary) and (is_dynamic(operand.left) or is_dynamic(operand.right)))


@dataclass(frozen=True)
class Condition:
    """`operator` is one of = != > >= < <= between in matches and the last three's negations, `not …`."""

    operator: str
    operands: tuple[Operand, ...]
    kind: str = ""  # number, string, date, duration or size: what its rule type makes of it

    @property
    def is_dynamic(self) -> bool:
        """Whether it looks at earlier results."""
        return any(map(is_dynamic, self.operands))

    def __str__(self) -> str:
        if self.operator.endswith("between"):
            return f"{self.operator} {self.operands[0]} and {self.operands[1]}"
        if self.operator.split()[-1] == "in":
            return f"{self.operator} [{','.join(map(str, self.operands))}]"
        return f"{self.operator} {self.operands[0]}"


@dataclass(frozen=True)
class Parameter:
    value: str
    quoted: bool = True
    connector: str = ""  # of, and
    reference: str = ""  # the variable it came from

    def __str__(self) -> str:
        shown = f"${self.reference}" if self.reference else quoted(self.value) if self.quoted else self.value
        return f"{self.connector} {shown}".strip()


@dataclass(frozen=True)
class Position:
    line: int
    column: int


@dataclass(frozen=True)
class Rule:
    type: str
    parameters: tuple[Parameter, ...] = ()
    condition: Condition | None = None
    where: str | None = None
    threshold: Condition | None = None
    tags: Mapping[str, Operand] = field(default_factory=dict, hash=False)
    own_labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)  # its own over the document's
    position: Position | None = field(default=None, compare=False)

    @property
    def values(self) -> list[str]:
        """The parameters' values."""
        return [parameter.value for parameter in self.parameters]

    def tag(self, name: str) -> str | None:
        """A tag's value as text."""
        found = self.tags.get(name)
        return found.value if isinstance(found, Text) else None if found is None else str(found)

    def with_condition(self, condition: Condition) -> Rule:
        return replace(self, condition=condition)

    def __str__(self) -> str:
        parts = [self.type, *map(str, self.parameters)]
        if self.condition:
            parts.append(str(self.condition))
        if self.where is not None:
            parts.append(f"where {quoted(self.where)}")
        if self.threshold:
            parts.append(f"with threshold {self.threshold}")
        parts += [f"with {name} = {value}" for name, value in self.tags.items()]
        return " ".join(parts) + labels_text(self.own_labels)


@dataclass(frozen=True)
class Composite:
    operator: str  # AND, OR
    rules: tuple[AnyRule, ...]
    own_labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    position: Position | None = field(default=None, compare=False)

    def leaves(self) -> Iterator[Rule]:
        for rule in self.rules:
            yield from leaves(rule)

    def __str__(self) -> str:
        return f" {self.operator} ".join(f"({rule})" for rule in self.rules) + labels_text(self.own_labels)


AnyRule = Rule | Composite


@dataclass(frozen=True)
class Analyzer:
    type: str
    parameters: tuple[Parameter, ...] = ()
    tags: Mapping[str, Operand] = field(default_factory=dict, hash=False)
    position: Position | None = field(default=None, compare=False)

    @property
    def values(self) -> list[str]:
        return [parameter.value for parameter in self.parameters]

    def __str__(self) -> str:
        tags = [f"with {name} = {value}" for name, value in self.tags.items()]
        return " ".join([self.type, *map(str, self.parameters), *tags])


@dataclass(frozen=True)
class Ruleset:
    rules: tuple[AnyRule, ...] = ()
    analyzers: tuple[Analyzer, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    primary: str | None = None
    additional: tuple[str, ...] = ()
    default_labels: Mapping[str, str] = field(default_factory=dict)


def leaves(rule: AnyRule) -> Iterator[Rule]:
    """The simple rules of a rule."""
    if isinstance(rule, Composite):
        yield from rule.leaves()
    else:
        yield rule


def quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def labels_text(labels: Mapping[str, str]) -> str:
    return f" labels=[{', '.join(f'{quoted(k)}={quoted(v)}' for k, v in labels.items())}]" if labels else ""
