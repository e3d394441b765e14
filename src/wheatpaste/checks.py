"""Refused members: a request that gives one is answered by an error that names it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from wheatpaste.service import Operation, Shape
from wheatpaste.wire.errors import NotImplementedByWheatpaste


def _path(text: str) -> tuple[str, ...]:
    """``A[].B`` as its steps: ``("A", "[]", "B")``."""
    return tuple(text.replace("[]", ".[]").split("."))


def _found(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if value is None:
        return
    if not path:
        yield value
    elif path[0] == "[]":
        for item in value:
            yield from _found(item, path[1:])
    elif isinstance(value, dict):
        yield from _found(value.get(path[0]), path[1:])


@cache
def _by_first(refused: tuple[str, ...]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """The refused members by the member of the request that they are, or are in: most requests give none of those."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for member in refused:
        first, *rest = _path(member)
        found.setdefault(first, []).append((member, tuple(rest)))
    return found


def refuse(operation: Operation, shape: Shape) -> None:
    """Raise NotImplementedByWheatpaste for the first refused member that ``shape`` gives (an empty or false value asks for nothing)."""
    refused = _by_first(operation.refused)
    for name, value in shape.items():
        for member, path in refused.get(name, ()):
            if _asks(value, path):
                raise NotImplementedByWheatpaste(f"{operation.service}:{operation.name}", member)


def _asks(value: Any, path: tuple[str, ...]) -> bool:
    if len(path) == 1 and type(value) is dict and path[0] not in value:
        return False
    return any(found not in (False, "", [], {}) for found in _found(value, path))
