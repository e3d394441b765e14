"""information_schema of the Data Catalog: schemata, tables, columns and views, as queries that hold the catalog's rows."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from wheatpaste.call import Aws
from wheatpaste.service import Shape
from wheatpaste.services.athena.dialect.compiler import Source
from wheatpaste.services.athena.dialect.errors import DialectError, Refused
from wheatpaste.services.athena.dialect.typenames import hive_type
from wheatpaste.services.athena.dialect.types import BIGINT, VARCHAR, Type
from wheatpaste.services.athena.tables import CATALOG, decode_view
from wheatpaste.wire.errors import AwsError

Row = tuple[str | int | None, ...]


def source(aws: Aws, name: str, node: exp.Expression) -> Source:
    """One of its tables. Raises Refused for others than there are here."""
    if name not in TABLES:
        raise Refused(f"information_schema.{name}", node)
    columns, rows_of = TABLES[name]
    rows = list(rows_of(aws, _databases(aws, _asked(node))))
    listed = ", ".join(f"CAST({column} AS {type_}) AS {column}" for column, type_ in columns)
    values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows) or f"({', '.join(['NULL'] * len(columns))})"
    names = ", ".join(column for column, _ in columns)
    query = f"SELECT {listed} FROM (VALUES {values}) AS t({names}){'' if rows else ' WHERE false'}"
    return Source(query=query, schema="information_schema", columns=columns)


def _literal(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _asked(node: exp.Expression) -> str | None:
    """The one database that the query's own WHERE names, so that the others need not be read."""
    select = node.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None else None
    if where is None:
        return None
    for condition in [where.this, *where.this.flatten()] if isinstance(where.this, exp.And) else [where.this]:
        if isinstance(condition, exp.EQ) and isinstance(condition.this, exp.Column) and condition.this.name.lower() == "table_schema":
            value = condition.expression
            if isinstance(value, exp.Literal) and value.is_string and condition.this.table in ("", node.alias_or_name):
                return str(value.this)
    return None


def _databases(aws: Aws, asked: str | None) -> list[str]:
    try:
        found = [aws.call("glue", "GetDatabase", {"Name": asked})["Database"]] if asked else _paged(aws, "GetDatabases", "DatabaseList")
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        return []
    return [each["Name"] for each in found]


def _paged(aws: Aws, operation: str, member: str, **members: Any) -> Iterator[Shape]:
    token = None
    while True:
        page = aws.call("glue", operation, {**members, **({"NextToken": token} if token else {})})
        yield from page.get(member) or []
        token = page.get("NextToken")
        if not token:
            return


def _tables(aws: Aws, databases: list[str]) -> Iterator[Shape]:
    for database in databases:
        yield from _paged(aws, "GetTables", "TableList", DatabaseName=database)


def _schemata(aws: Aws, databases: list[str]) -> Iterator[Row]:
    yield from ((CATALOG, name) for name in [*databases, "information_schema"])


def _table_rows(aws: Aws, databases: list[str]) -> Iterator[Row]:
    for table in _tables(aws, databases):
        kind = "VIEW" if table.get("TableType") == "VIRTUAL_VIEW" else "BASE TABLE"
        yield CATALOG, table["DatabaseName"], table["Name"], kind


def _column_rows(aws: Aws, databases: list[str]) -> Iterator[Row]:
    for table in _tables(aws, databases):
        view = decode_view(table) if table.get("TableType") == "VIRTUAL_VIEW" else None
        listed = [*((table.get("StorageDescriptor") or {}).get("Columns") or []), *(table.get("PartitionKeys") or [])]
        types = [(each["name"], each["type"]) for each in view["columns"]] if view else [(c["Name"].lower(), _type(c)) for c in listed]
        for place, (name, type_) in enumerate(types, 1):
            yield CATALOG, table["DatabaseName"], table["Name"], name, place, None, "YES", type_


def _type(column: Shape) -> str:
    """Trino's name of a column's type; Hive's when Trino has none for it."""
    told = str(column.get("Type") or "string")
    try:
        return str(hive_type(told))
    except DialectError:
        return told


def _view_rows(aws: Aws, databases: list[str]) -> Iterator[Row]:
    for table in _tables(aws, databases):
        view = decode_view(table) if table.get("TableType") == "VIRTUAL_VIEW" else None
        if view is not None:
            yield CATALOG, table["DatabaseName"], table["Name"], view["originalSql"]


def _texts(*names: str) -> tuple[tuple[str, Type], ...]:
    return tuple((name, BIGINT if name == "ordinal_position" else VARCHAR) for name in names)


PLACE = ("table_catalog", "table_schema", "table_name")
TABLES: dict[str, tuple[tuple[tuple[str, Type], ...], Callable[[Aws, list[str]], Iterator[Row]]]] = {
    "schemata": (_texts("catalog_name", "schema_name"), _schemata),
    "tables": (_texts(*PLACE, "table_type"), _table_rows),
    "columns": (_texts(*PLACE, "column_name", "ordinal_position", "column_default", "is_nullable", "data_type"), _column_rows),
    "views": (_texts(*PLACE, "view_definition"), _view_rows),
}
