"""Which rows of a database are new: those whose keys lie beyond the last run's, over plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ORDERS = ("asc", "desc")


@dataclass(frozen=True)
class Keys:
    """How far a table was read: for each key column its name, its Spark type and its value as text."""

    order: str  # asc: the largest value; desc: the smallest
    values: tuple[tuple[str, str, str], ...]

    @property
    def names(self) -> list[str]:
        """The key columns, in their order."""
        return [name for name, _, _ in self.values]


def extreme_query(table: str, names: Sequence[str], order: str, quoted: Callable[[str], str] = str) -> str:
    """SQL for the last key of a table, in one statement and in words that every vendor has.

    Of a compound key: the extreme of the first column, of the second among the rows that have it, and so on.
    """
    largest = "max" if order == "asc" else "min"
    columns = [quoted(name) for name in names]
    conditions: list[str] = []
    for column in columns[:-1]:
        where = f" where {' and '.join(conditions)}" if conditions else ""
        conditions.append(f"{column} = (select {largest}({column}) from {table}{where})")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    grouped = f" group by {', '.join(columns[:-1])}" if conditions else ""
    chosen = ", ".join([*columns[:-1], f"{largest}({columns[-1]}) as {columns[-1]}"])
    return f"select {chosen} from {table}{where}{grouped}"


def order_of(given: object) -> str:
    """jobBookmarkKeysSortOrder: asc (also when it is not given) or desc, in any case. Raises ValueError."""
    order = str(given or "asc").lower()
    if order not in ORDERS:
        raise ValueError(f"jobBookmarkKeysSortOrder is asc or desc, not {given!r}")
    return order
