"""A list of structures that may be JSON already.

An operation that answers with a thousand stored bodies would parse each, copy it by the model and write it again, though nearly all of it
leaves as it was stored. ``Written`` is that list: the json protocols send the texts, everybody else reads it as the list of shapes that it
stands for. It may only be a member of the answer itself.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Written(Sequence[Any], Generic[T]):
    """``shape(item)`` of each item, made when it is looked at; ``text(item)`` is its JSON on the wire, None where only the shape tells."""

    __slots__ = ("_items", "_shape", "_text")

    def __init__(self, items: Sequence[T], shape: Callable[[T], Any], text: Callable[[T], str | None]) -> None:
        self._items, self._shape, self._text = items, shape, text

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

    def json(self, write: Callable[[Any], str]) -> "Raw":
        """The whole list's JSON; ``write`` makes that of a shape."""
        return Raw(f"[{','.join([self._text(item) or write(self._shape(item)) for item in self._items])}]")


class Raw:
    """JSON that is text already."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
