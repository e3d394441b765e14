"""A query's tables as the lake's worker is told of them."""

from typing import Any

from wheatpaste.call import Aws
from wheatpaste.engines.scan import Scan, scan
from wheatpaste.services.athena.dialect.types import Type, members, quoted
from wheatpaste.services.athena.tables import CatalogTables, Reference


def told_type(type_: Type) -> dict[str, Any]:
    """A type as the worker is told it."""
    told: dict[str, Any] = {"name": type_.name, "args": list(type_.args), "items": [told_type(item) for item in type_.items]}
    return {**told, "members": members(type_)} if type_.name == "row" else told


def told_table(reference: Reference, found: Scan, sql: str) -> dict[str, Any]:
    """A table as the worker is told it; columns that the SQL does not name are not read."""
    groups = [
        {
            "format": format_.name,
            "parameters": dict(format_.parameters),
            "files": [(file.path, file.url, list(file.values)) for file in files],
        }
        for format_, files in found.groups
    ]
    return {
        "relation": reference.relation,
        "columns": [(name, told_type(type_)) for name, type_ in reference.columns],
        "keys": [(name, told_type(type_)) for name, type_ in reference.keys],
        "groups": groups,
        "used": [name for name, _ in reference.columns if f".{quoted(name)}" in sql],
        "path": '."$path"' in sql,
    }


def scans(aws: Aws, tables: CatalogTables) -> dict[str, Scan]:
    """What each mentioned table reads; raises Unreadable."""
    return {name: scan(aws, reference.table, reference.predicate, reference.conditions) for name, reference in tables.references.items()}
