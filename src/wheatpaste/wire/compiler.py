"""Shapes become closures once: each codec is a ``Compiler`` that makes one function per shape, so that a request never walks the model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from botocore.model import Shape


F = TypeVar("F", bound=Callable[..., Any])
_TRAITS = ("name", "flattened", "xmlAttribute", "timestampFormat", "location", "jsonvalue", "queryName", "eventpayload", "eventheader")


class Compiler(Generic[F]):
    """Makes and keeps a function per shape of one service; subclasses write ``make``."""

    def __init__(self) -> None:
        self._made: dict[Any, F] = {}
        self._lock = threading.RLock()

    def make(self, shape: Shape) -> F:
        """The function of a shape; for its members it asks ``self.of``."""
        raise NotImplementedError

    def compile(self, shape: Shape) -> F:
        """The shape's function; the only entry for callers, so that nobody sees a recursive one half made."""
        with self._lock:
            return self.of(shape)

    def of(self, shape: Shape) -> F:
        """The shape's function, made or (inside itself) promised."""
        key = (shape.name, shape.type_name, *(str(shape.serialization.get(trait)) for trait in _TRAITS))
        found = self._made.get(key)
        if found is None:
            self._made[key] = self._promise(key)
            try:
                found = self._made[key] = self.make(shape)
            except BaseException:
                del self._made[key]  # a promise that nobody keeps would call itself
                raise
        return found

    def _promise(self, key: Any) -> F:
        made = self._made

        def later(*args: Any) -> Any:
            return made[key](*args)

        return later  # type: ignore[return-value]
