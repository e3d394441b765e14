"""A shape against its model, with AWS's messages; one compiled check per shape.

``1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1``
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from wheatpaste.wire.compiler import Compiler
from wheatpaste.wire.errors import AwsError, MalformedXML, ValidationError, aws_error
from wheatpaste.wire.patterns import Untranslatable, compile_pattern
from wheatpaste.wire.protocols.base import Shape, quirks

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from botocore.model import Shape as Model

log = logging.getLogger(__name__)
Path: TypeAlias = "tuple[Any, str] | None"  # (path of the parent, step); made into text only for a message
NOT_NULL = "Member must not be null"
SHOWN = 1024  # characters of a value in a message


class Violation(NamedTuple):
    """One broken constraint."""

    path: Path
    value: Any
    constraint: str
    shape: Model


Check: TypeAlias = Callable[[Any, Path, list[Violation]], None]
Test: TypeAlias = tuple[Callable[[Any], object], str]  # whether a value is fine, and the constraint's name


def validate(op: OperationModel, shape: Shape) -> None:
    """Raise the AWS error that the service documents for a shape that breaks its model."""
    found = violations(op, shape)
    if found:
        raise _error(op, found)


def violations(op: OperationModel, shape: Shape) -> list[Violation]:
    """What is broken, in the model's order."""
    found: list[Violation] = []
    check = _check_of(op)
    if check is not None:
        check(shape, None, found)
    return found


@cache
def _check_of(op: OperationModel) -> Check | None:
    return _checks_of(op.service_model).compile(op.input_shape) if op.input_shape is not None else None


@cache
def _checks_of(service: ServiceModel) -> Checks:
    return Checks(lenient_enums=bool(quirks(service.service_name).get("lenient_enums")))


class Checks(Compiler[Check]):
    """Shape → check."""

    def __init__(self, *, lenient_enums: bool = False) -> None:
        super().__init__()
        self._lenient_enums = lenient_enums

    def make(self, shape: Model) -> Check:
        """The check of a shape."""
        if shape.type_name == "structure":
            return _nothing if getattr(shape, "is_document_type", False) else self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        if shape.type_name == "map":
            return self._map(shape)
        tests = self.tests(shape)
        return _string(tests, shape) if shape.type_name == "string" and len(tests) > 1 else _all(tests, shape)

    def tests(self, shape: Model) -> list[Test]:
        """The constraints of a scalar, or of the size of a list or map."""
        kind, made = shape.type_name, []
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if kind in ("integer", "long", "float", "double"):
            made += _range(low, high)
        elif kind in ("string", "list", "map", "blob"):
            made += _length(low, high, sized=kind != "blob")
        if getattr(shape, "enum", None) and not self._lenient_enums:
            members = frozenset(shape.enum)
            made.append((members.__contains__, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"))
        pattern = shape.metadata.get("pattern")
        if pattern and kind == "string":
            made += _pattern(pattern)
        return made

    def _structure(self, shape: Model) -> Check:
        required = tuple((name, _step(name), shape.members[name]) for name in shape.required_members)
        pairs = {name: (_step(name), self.of(member)) for name, member in shape.members.items()}
        members = {name: pair for name, pair in pairs.items() if pair[1] is not _nothing}

        find = members.get

        def check(value: Any, path: Path, found: list[Violation]) -> None:
            for name, step, member in required:
                if value.get(name) is None:
                    found.append(Violation((path, step), None, NOT_NULL, member))
            for name, item in value.items():
                if item is not None and (pair := find(name)) is not None:
                    pair[1](item, (path, pair[0]), found)

        return check

    def _list(self, shape: Model) -> Check:
        size = _all(self.tests(shape), shape)
        sparse = bool(shape.metadata.get("sparse"))
        if shape.member.type_name not in ("structure", "list", "map"):
            return _both(size, _items(self.tests(shape.member), "Member", shape, list))
        item = self.of(shape.member)

        def check(value: Any, path: Path, found: list[Violation]) -> None:
            for at, one in enumerate(value, 1):
                where = ((path, str(at)), "member")
                if one is None:
                    if not sparse:
                        found.append(Violation(where, None, NOT_NULL, shape.member))
                else:
                    item(one, where, found)

        return _both(size, check)

    def _map(self, shape: Model) -> Check:
        size = _both(_all(self.tests(shape), shape), _items(self.tests(shape.key), "Map keys", shape, list))
        if shape.value.type_name not in ("structure", "list", "map"):
            return _both(size, _items(self.tests(shape.value), "Map value", shape, lambda value: value.values()))
        item = self.of(shape.value)

        def check(value: Any, path: Path, found: list[Violation]) -> None:
            for key, one in value.items():
                if one is not None:
                    item(one, ((path, key), "member"), found)

        return _both(size, check)


def _nothing(value: Any, path: Path, found: list[Violation]) -> None:
    """The check of what has no constraint."""


def _both(first: Check, second: Check) -> Check:
    if first is _nothing or second is _nothing:
        return second if first is _nothing else first

    def check(value: Any, path: Path, found: list[Violation]) -> None:
        first(value, path, found)
        second(value, path, found)

    return check


def _all(tests: list[Test], shape: Model) -> Check:
    if not tests:
        return _nothing

    def check(value: Any, path: Path, found: list[Violation]) -> None:
        for fine, constraint in tests:
            if not fine(value):
                found.append(Violation(path, value, constraint, shape))

    return check


def _string(tests: list[Test], shape: Model) -> Check:
    """The check of a string: nearly every one is fine, and one look at both its lengths and its pattern says so."""
    low, high = shape.metadata.get("min") or 0, shape.metadata.get("max", sys.maxsize)
    others = [fine for fine, constraint in tests if "length" not in constraint]
    matches = others[0] if others else bool
    if len(others) > 1 or not (others or low):
        return _all(tests, shape)
    explain = _all(tests, shape)

    def check(value: Any, path: Path, found: list[Violation]) -> None:
        if not (low <= len(value) <= high and matches(value)):
            explain(value, path, found)

    return check


def _items(tests: list[Test], what: str, shape: Model, items: Callable[[Any], Any]) -> Check:
    """The constraints of a collection's scalars: AWS reports them once, at the collection, all together."""
    if what == "Map keys" and not tests:
        return _nothing
    sparse = bool(shape.metadata.get("sparse")) and what != "Map keys"
    constraint = f"{what} must satisfy constraint: [{', '.join(text for _, text in tests)}]"

    def check(value: Any, path: Path, found: list[Violation]) -> None:
        for one in items(value):
            if one is None:
                if not sparse:
                    found.append(Violation(path, value, f"{what} must satisfy constraint: [{NOT_NULL}]", shape))
                    return
            elif not all(fine(one) for fine, _ in tests):
                found.append(Violation(path, value, constraint, shape))
                return

    return check


def _range(low: Any, high: Any) -> list[Test]:
    made: list[Test] = []
    if high is not None:
        made.append((lambda value: value <= high, f"Member must have value less than or equal to {high}"))
    if low is not None:
        made.append((lambda value: value >= low, f"Member must have value greater than or equal to {low}"))
    return made


def _length(low: Any, high: Any, *, sized: bool) -> list[Test]:
    """Bounds of a length; a blob that is staged on disk has none here."""
    made: list[Test] = []
    if high is not None:
        most = (lambda value: len(value) <= high) if sized else (lambda value: _length_of_bytes(value, high) <= high)
        made.append((most, f"Member must have length less than or equal to {high}"))
    if low:
        least = (lambda value: len(value) >= low) if sized else (lambda value: _length_of_bytes(value, low) >= low)
        made.append((least, f"Member must have length greater than or equal to {low}"))
    return made


def _length_of_bytes(value: Any, fine: int) -> int:
    return len(value) if hasattr(value, "__len__") else fine


def _pattern(pattern: str) -> list[Test]:
    try:
        matches = compile_pattern(pattern).fullmatch
    except Untranslatable:
        return []
    return [(matches, f"Member must satisfy regular expression pattern: {pattern}")]


def _step(member: str) -> str:
    """A member in a message's path: Java's decapitalized name."""
    return member[:1].lower() + member[1:]


def _text(path: Path) -> str:
    steps = []
    while path is not None:
        path, step = path
        steps.append(step)
    return ".".join(reversed(steps))


def _shown(shape: Model, value: Any) -> str:
    """A value as AWS's Java prints it: ``PartitionValueList(values=[2016, 5])``."""
    if value is None or shape.metadata.get("sensitive"):
        return "null" if value is None else "***Sensitive Data Redacted***"
    if shape.type_name == "structure" and isinstance(value, dict):
        given = [(name, member) for name, member in shape.members.items() if value.get(name) is not None]
        return f"{shape.name}({', '.join(f'{_step(name)}={_shown(member, value[name])}' for name, member in given)})"
    if shape.type_name == "list":
        return f"[{', '.join(_shown(shape.member, item) for item in value)}]"
    if shape.type_name == "map":
        return "{" + ", ".join(f"{key}={_shown(shape.value, item)}" for key, item in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def describe(violation: Violation) -> str:
    """AWS's sentence for a violation."""
    path, value, constraint, shape = violation
    shown = "Value null" if value is None else f"Value '{_shown(shape, value)[:SHOWN]}'"
    shown = "Value" if value is not None and shape.metadata.get("sensitive") else shown
    return f"{shown} at '{_text(path)}' failed to satisfy constraint: {constraint}"


def _error(op: OperationModel, found: list[Violation]) -> AwsError:
    count = len(found)
    message = f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(map(describe, found))}"
    service = op.service_model.service_name
    own = quirks(service)
    missing = next((violation for violation in found if violation.value is None), None)
    if own.get("missing_parameter") and missing is not None:
        name = _text(missing.path)
        return aws_error(service, "MissingParameter", status=400)(f"The request must contain the parameter {name[:1].upper()}{name[1:]}")
    if own.get("malformed_body") and any(_in_body(op, violation) for violation in found):
        return MalformedXML("The XML you provided was not well-formed or did not validate against our published schema")
    code = own.get("validation_error")
    return aws_error(service, code, status=400)(message) if code else ValidationError(message)


def _in_body(op: OperationModel, violation: Violation) -> bool:
    """Whether the value travels in the body."""
    top = _text(violation.path).partition(".")[0]
    shape = op.input_shape
    return any(_step(name) == top and "location" not in member.serialization for name, member in shape.members.items())
