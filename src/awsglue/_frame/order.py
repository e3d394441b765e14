"""The order of fields: Glue keeps the one in which records first have them, where Spark sorts names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

Names = dict[str, "Names"]
"""Of objects the names of their fields, and under each those of the objects within it, be they in lists or not."""


class Named(Protocol):
    @property
    def name(self) -> str: ...


Field = TypeVar("Field", bound=Named)


def in_order(fields: Iterable[Field], names: Names) -> list[Field]:
    """The fields as `names` has them; those that it has not stay as they are, behind the others."""
    place = {name: n for n, name in enumerate(names)}
    return sorted(fields, key=lambda field: place.get(field.name, len(place)))
