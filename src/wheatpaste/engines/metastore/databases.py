"""The metastore's calls on databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pymetastore.hive_metastore import ttypes as hive

from wheatpaste.engines.metastore.catalog import Catalog, Shape, pages
from wheatpaste.engines.metastore.errors import Refused
from wheatpaste.engines.metastore.shapes import without_empty
from wheatpaste.wire.errors import AwsError

NOWHERE = "database-has-no-LocationUri"
DEFAULT = "default"  # Spark cannot start a session without it; Glue's catalog need not have it


class Databases:
    catalog: Catalog

    def get_database(self, name: str) -> Any:
        return self._database(self._found(name))

    def get_all_databases(self) -> list[str]:
        return sorted({item["Name"] for item in pages(self.catalog.glue.get_databases, "DatabaseList")} | {DEFAULT})

    def get_databases(self, pattern: str) -> list[str]:
        wanted = glob(pattern)
        return [name for name in self.get_all_databases() if wanted.fullmatch(name)]

    def create_database(self, database: Any) -> None:
        self.catalog.glue.create_database(DatabaseInput=self._input(database))

    def alter_database(self, name: str, database: Any) -> None:
        self.catalog.glue.update_database(Name=name, DatabaseInput=self._input(database))

    def drop_database(self, name: str, delete_data: bool, cascade: bool) -> None:
        if not cascade and next(pages(self.catalog.glue.get_tables, "TableList", DatabaseName=name), None):
            raise Refused(f"Database {name} is not empty. One or more tables exist.")
        self.catalog.glue.delete_database(Name=name)

    def _found(self, name: str) -> Shape:
        try:
            found: Shape = self.catalog.glue.get_database(Name=name)["Database"]
        except AwsError as error:
            if name != DEFAULT or error.code != "EntityNotFoundException":
                raise
            return {"Name": DEFAULT}
        return found

    def _database(self, shape: Shape) -> Any:
        return hive.Database(
            name=shape["Name"],
            description=shape.get("Description"),
            locationUri=shape.get("LocationUri") or self._placeless(shape["Name"]),
            parameters=shape.get("Parameters") or {},
            ownerName="",
            ownerType=hive.PrincipalType.ROLE,
        )

    def _placeless(self, name: str) -> str:
        """What Spark is told of a database without a location, since it cannot do with none.

        Without a warehouse a scheme that Spark, writing there, refuses with words that name the reason.
        """
        if not self.catalog.warehouse:
            return f"{NOWHERE}:/{name}.db"
        return self.catalog.warehouse.rstrip("/") + ("" if name == DEFAULT else f"/{name}.db")

    def _input(self, database: Any) -> Shape:
        location = database.locationUri if database.locationUri != self._placeless(database.name) else None
        members = {"Name": database.name, "Description": database.description or None, "LocationUri": location or None}
        return without_empty({**members, "Parameters": database.parameters or None})


def in_database(name: str, items: Iterator[Shape]) -> Iterator[Shape]:
    """The items of a database; none where it is the default one, which need not exist."""
    try:
        yield from items
    except AwsError as error:
        if name != DEFAULT or error.code != "EntityNotFoundException":
            raise


def glob(pattern: str | None) -> re.Pattern[str]:
    """Hive's patterns: `*` and alternatives by `|`, in any case."""
    alternatives = (pattern or "*").replace(".*", "*").split("|")
    return re.compile("|".join(".*".join(map(re.escape, each.strip().split("*"))) for each in alternatives), re.IGNORECASE)
