"""The types of a lake table's columns, as the server sends them to the worker."""

from dataclasses import dataclass
from typing import Any

from wheatpaste.engines.duckdb.settings import quoted

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
SIMPLE = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class LakeType:
    """A type: Trino's name of it, its numbers, the types inside, and the names of a row's members in DuckDB."""

    name: str
    args: tuple[int, ...] = ()
    items: tuple["LakeType", ...] = ()
    members: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: dict[str, Any]) -> "LakeType":
        """From JSON: ``{name, args, items, members}``."""
        items = tuple(cls.read(item) for item in told.get("items") or [])
        return cls(told["name"], tuple(told.get("args") or ()), items, tuple(told.get("members") or ()))

    @property
    def sql(self) -> str:
        """The DuckDB type."""
        if self.name == "decimal":
            return f"DECIMAL({self.args[0]},{self.args[1]})"
        if self.name == "array":
            return f"{self.items[0].sql}[]"
        if self.name == "map":
            return f"MAP({self.items[0].sql}, {self.items[1].sql})"
        if self.name == "row":
            return "STRUCT(" + ", ".join(f"{quoted(name)} {item.sql}" for name, item in zip(self.members, self.items, strict=True)) + ")"
        return SIMPLE[self.name]

    def __str__(self) -> str:
        if self.name == "row":
            return f"row({', '.join(f'{name} {item}' for name, item in zip(self.members, self.items, strict=True))})"
        inner = ", ".join([*map(str, self.args), *map(str, self.items)])
        return f"{self.name}({inner})" if inner and self.name != "timestamp" else self.name
