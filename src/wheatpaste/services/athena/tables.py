"""Table names of a query in the Data Catalog: tables, views, and what each is asked of (columns, partitions)."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from wheatpaste.call import Aws
from wheatpaste.service import Shape
from wheatpaste.services.athena.dialect.compiler import Source
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.prune import Condition, conditions, expression
from wheatpaste.services.athena.dialect.typenames import hive_type, view_type
from wheatpaste.services.athena.dialect.types import VARCHAR, Type
from wheatpaste.wire.errors import AwsError

CATALOG = "awsdatacatalog"
DUPLICATES = "Table descriptor contains duplicate columns"
PREFIX, SUFFIX = "/* Presto View: ", " */"


@dataclass
class Reference:
    """One mention of a table: what the worker shows as ``relation``."""

    relation: str
    table: Shape
    columns: list[tuple[str, Type]]
    keys: list[tuple[str, Type]]
    predicate: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass
class CatalogTables:
    """The tables that a query may name, and those that it did."""

    aws: Aws
    references: dict[str, Reference] = field(default_factory=dict)
    found: dict[tuple[str, str], Shape] = field(default_factory=dict)

    def find(self, catalog: str | None, schema: str | None, name: str, node: exp.Expression) -> Source:
        """A table or view by name."""
        check_catalog(catalog, node)
        if schema is None:
            raise SqlError("MISSING_SCHEMA_NAME", "Schema must be specified when session schema is not set", node)
        if schema.lower() == "information_schema":
            from wheatpaste.services.athena import information_schema  # which uses this module

            return information_schema.source(self.aws, name.lower(), node)
        if "$" in name:
            raise Refused("metadata tables", node)
        table = self.table(schema.lower(), name.lower(), node)
        if table.get("TableType") == "VIRTUAL_VIEW":
            return view_source(table, node)
        relation = f"t{len(self.references) + 1}"
        reference = Reference(relation, table, *columns_of(table))
        self.references[relation] = reference
        return Source(relation, tuple(reference.columns + reference.keys), (("$path", VARCHAR),))

    def table(self, schema: str, name: str, node: exp.Expression | None = None) -> Shape:
        """A table of the catalog; raises SqlError when it, or its database, is not there."""
        known = self.found.get((schema, name))
        if known is None:
            known = self.found[schema, name] = get_table(self.aws, schema, name, node)
        return known

    def narrow(self, select: exp.Select) -> None:
        """Take what a WHERE says of partition keys."""
        for table in direct_tables(select):
            reference = self.references.get(str(table.meta.get("relation")))
            if reference is not None and reference.keys:
                reference.predicate = expression(select, table, dict(reference.keys))
                reference.conditions = conditions(select, table, dict(reference.keys))


def direct_tables(select: exp.Select) -> list[exp.Table]:
    """The tables that stand in a query's own FROM."""
    from_ = select.args.get("from_")
    nodes = ([from_.this] if from_ is not None else []) + [join.this for join in select.args.get("joins") or []]
    return [node for node in nodes if isinstance(node, exp.Table)]


def check_catalog(catalog: str | None, node: exp.Expression | None = None) -> None:
    """Raise SqlError unless the name is the Glue catalog's."""
    if catalog is not None and catalog.lower() != CATALOG:
        raise SqlError("CATALOG_NOT_FOUND", f"Catalog '{catalog.lower()}' not found", node)


def get_table(aws: Aws, schema: str, name: str, node: exp.Expression | None = None) -> Shape:
    """``glue:GetTable``; raises SqlError when the table or its database is not there."""
    try:
        found: Shape = aws.call("glue", "GetTable", {"DatabaseName": schema, "Name": name})["Table"]
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        if not database_exists(aws, schema):
            raise SqlError("SCHEMA_NOT_FOUND", f"Schema '{schema}' does not exist", node) from error
        raise SqlError("TABLE_NOT_FOUND", f"Table '{CATALOG}.{schema}.{name}' does not exist", node) from error
    return found


def database_exists(aws: Aws, schema: str) -> bool:
    """Whether the catalog has the database."""
    try:
        aws.call("glue", "GetDatabase", {"Name": schema})
    except AwsError as error:
        if error.code == "EntityNotFoundException":
            return False
        raise
    return True


def columns_of(table: Mapping[str, Any]) -> tuple[list[tuple[str, Type]], list[tuple[str, Type]]]:
    """A table's columns and partition keys with Trino's types; raises SqlError when no name, or no single one, says which is meant."""
    descriptor = table.get("StorageDescriptor") or {}
    columns = [(column["Name"].lower(), hive_type(column.get("Type") or "string")) for column in descriptor.get("Columns") or []]
    keys = [(column["Name"].lower(), hive_type(column.get("Type") or "string")) for column in table.get("PartitionKeys") or []]
    names = [name for name, _ in columns + keys]
    if not names:
        raise SqlError("HIVE_INVALID_METADATA", f"Hive metadata for table {table['Name']} is invalid: Table descriptor contains no columns")
    if len(set(names)) < len(names):  # crawlers make such tables of headers that name a column twice
        raise SqlError("HIVE_INVALID_METADATA", f"Hive metadata for table {table['Name']} is invalid: {DUPLICATES}")
    return columns, keys


# -- views


def view_source(table: Mapping[str, Any], node: exp.Expression | None = None) -> Source:
    """A view's query and columns; raises Refused for views that other engines made."""
    told = decode_view(table)
    if told is None:
        raise Refused(f"the view {table['Name']}, which Athena did not make", node)
    columns = tuple((column["name"], view_type(column["type"])) for column in told["columns"])
    return Source(query=told["originalSql"], schema=told.get("schema") or table["DatabaseName"], columns=columns)


def decode_view(table: Mapping[str, Any]) -> dict[str, Any] | None:
    """What Athena keeps of a view, or None when the text is not Athena's."""
    text = (table.get("ViewOriginalText") or "").strip()
    if not text.startswith(PREFIX) or not text.endswith(SUFFIX):
        return None
    try:
        told = json.loads(base64.b64decode(text[len(PREFIX) : -len(SUFFIX)]))
    except (ValueError, binascii.Error):
        return None
    return told if isinstance(told, dict) and "originalSql" in told else None


def encode_view(query: str, schema: str, columns: list[tuple[str, Type]]) -> str:
    """The text that Athena keeps of a view."""
    told = {
        "originalSql": query,
        "catalog": CATALOG,
        "schema": schema,
        "columns": [{"name": name, "type": str(type_).replace(", ", ",")} for name, type_ in columns],
    }
    return f"{PREFIX}{base64.b64encode(json.dumps(told).encode()).decode()}{SUFFIX}"
