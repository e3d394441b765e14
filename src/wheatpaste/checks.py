"""Refused members: a request that gives one is answered by an error that names it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from wheatpaste.service import Operation, Shape
from wheatpaste.wire.errors import NotImplementedByWheatpaste


@cache
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


def refuse(operation: Operation, shape: Shape) -> None:
    """Raise NotImplementedByWheatpaste for the first refused member that ``shape`` gives (an empty or false value asks for nothing)."""
    for member in operation.refused:
        if any(value not in (False, "", [], {}) for value in _found(shape, _path(member))):
            raise NotImplementedByWheatpaste(f"{operation.service}:{operation.name}", member)
