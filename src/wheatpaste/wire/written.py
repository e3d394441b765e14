"""Structures, and lists of them, that may be text already.

An operation that answers with a thousand stored bodies would parse each, copy it by the model and write it again, though nearly all of it
leaves as it was stored. ``Written`` is that list: the json protocols send the texts, everybody else reads it as the list of shapes that it
stands for. ``Elements`` is the same for XML, ``WrittenShape`` for a single structure; callers inside the server get its shape
(``App.perform``). All may only be members of the answer itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Shapes(Sequence[Any], Generic[T]):
    """``shape(item)`` of each item, made when it is looked at."""

    __slots__ = ("_items", "_shape")

    def __init__(self, items: Sequence[T], shape: Callable[[T], Any]) -> None:
        self._items, self._shape = items, shape

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "list[Any]": ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._shape(item) for item in self._items[index]]
        return self._shape(self._items[index])


class Written(Shapes[T]):
    """Shapes; ``text(item)`` is an item's JSON on the wire, None where only the shape tells."""

    __slots__ = ("_text",)

    def __init__(self, items: Sequence[T], shape: Callable[[T], Any], text: Callable[[T], str | None]) -> None:
        super().__init__(items, shape)
        self._text = text

    def json(self, write: Callable[[Any], str]) -> "Raw":
        """The whole list's JSON; ``write`` makes that of a shape."""
        return Raw(f"[{','.join([self._text(item) or write(self._shape(item)) for item in self._items])}]")


class Elements(Shapes[T]):
    """Shapes of a flattened list; ``text(items)`` is the XML of all of them, each in its tags."""

    __slots__ = ("_text",)

    def __init__(self, items: Sequence[T], shape: Callable[[T], Any], text: Callable[[Sequence[T]], str]) -> None:
        super().__init__(items, shape)
        self._text = text

    def xml(self) -> str:
        """The whole list's XML."""
        return self._text(self._items)


class WrittenShape(Mapping[str, Any]):
    """The structure ``shape()``, made when it is looked at; ``text`` is its JSON on the wire, None where only the shape tells."""

    __slots__ = ("_made", "_shape", "_text")

    def __init__(self, shape: Callable[[], dict[str, Any]], text: str | None) -> None:
        self._shape, self._text = shape, text
        self._made: dict[str, Any] | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """The structure."""
        if self._made is None:
            self._made = self._shape()
        return self._made

    def __getitem__(self, name: str) -> Any:
        return self.plain[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)

    def json(self, write: Callable[[Any], str]) -> "Raw":
        """Its JSON; ``write`` makes that of a shape."""
        return Raw(self._text or write(self.plain))


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer whose structures are dicts, as callers inside the server expect them."""
    if WrittenShape not in map(type, answer.values()):
        return answer
    return {name: value.plain if type(value) is WrittenShape else value for name, value in answer.items()}


class Raw:
    """JSON that is text already."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
