"""`name = "…"` before the rules, `$name` in them: strings and lists of strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.model import Condition, Keyword, Operand, Parameter, Position, Reference, Text

Value = Text | Keyword | list[Text | Keyword]
NESTED = re.compile(r"\$[a-zA-Z_][a-zA-Z0-9_.]*")


@dataclass(frozen=True)
class Variables:
    values: dict[str, Value]

    @classmethod
    def of(cls, written: Sequence[tuple[str, Any, Position]]) -> Variables:
        """Raises DqdlError for a name twice, one that may not be, a value that refers to another variable."""
        found: dict[str, Value] = {}
        for name, value, position in written:
            if name.startswith((".", "_")):
                raise DqdlError(f"Variable name '{name}' cannot start with '.' or '_'", position)
            if name in found:
                raise DqdlError(f"Variable '{name}' is already defined", position)
            if any(isinstance(each, Reference) or NESTED.search(str(each)) for each in _listed(value)):
                raise DqdlError(f"Nested variables are not supported in variable '{name}'", position)
            found[name] = value
        return cls(found)

    def parameter(self, given: Parameter, position: Position) -> Parameter:
        if not given.reference:
            return given
        value = self._value(given.reference, position)
        if not isinstance(value, Text):
            raise DqdlError(f"Invalid variable type for '{given.reference}': a parameter is one string", position)
        return replace(given, value=value.value)

    def condition(self, given: Condition, position: Position) -> Condition:
        """The condition with every reference in its place."""
        operands: list[Operand] = []
        for each in given.operands:
            operands += _listed(self._value(each.name, position)) if isinstance(each, Reference) else [each]
        if given.operator.split()[-1] != "in" and len(operands) != len(given.operands):
            raise DqdlError(f"{given}: only `in` takes a list", position)
        return replace(given, operands=tuple(operands))

    def _value(self, name: str, position: Position) -> Value:
        if name not in self.values:
            raise DqdlError(f"Variable not found: {name}", position)
        return self.values[name]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
