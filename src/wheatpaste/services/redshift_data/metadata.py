"""ListDatabases, ListSchemas, ListTables, DescribeTable: answered by the warehouse itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from wheatpaste.call import Call
from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.warehouses import warehouses
from wheatpaste.services.redshift_data import data
from wheatpaste.services.redshift_data.errors import DatabaseConnectionException, ResourceNotFoundException, ValidationException
from wheatpaste.services.redshift_data.target import arn_of, key_of, row_of, user_of
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.redshift_data.shapes_generated import (
        ColumnMetadata,
        DescribeTableRequest,
        DescribeTableResponse,
        ListDatabasesRequest,
        ListDatabasesResponse,
        ListSchemasRequest,
        ListSchemasResponse,
        ListTablesRequest,
        ListTablesResponse,
        TableMember,
    )

Item = TypeVar("Item")
LIMIT = 1000


def ask(call: Call, req: Mapping[str, Any], sql: str) -> list[list[str | None]]:
    """Rows of a query of our own, in a thread apart: this one's database connection is in the middle of a snapshot."""
    key = key_of(call, req)
    house = row_of(call, key)
    database, user = str(req.get("ConnectedDatabase") or req.get("Database") or house.database), user_of(call, req)

    def run() -> list[list[str | None]]:
        session = warehouses(call.app).session(key, user, database, bool(req.get("DbUser")))
        try:
            return session.rows(sql)
        finally:
            session.close()

    try:
        with ThreadPoolExecutor(1, "redshift-data") as pool:
            return pool.submit(run).result()
    except SqlError as error:
        raise DatabaseConnectionException(f"FATAL: {error}") from error


def paged(req: Mapping[str, Any], operation: str, items: list[Item], key: Callable[[Item], Any]) -> tuple[list[Item], str | None]:
    """A page of items that are in the order of ``key``, and the token that goes on after it."""
    start = decode_token(req["NextToken"], operation, ValidationException) if req.get("NextToken") else None
    left = [item for item in items if start is None or key(item) > start]
    rows, token = page(left, req.get("MaxResults") or LIMIT, key, operation)
    return list(rows), token


def like(pattern: str | None) -> str:
    """A LIKE pattern as DuckDB's string; everything when there is none."""
    return "'" + (pattern or "%").replace("'", "''") + "'"


@data.operation(reads=True, resource=arn_of, refused=["SecretArn"])
def list_databases(call: Call, req: ListDatabasesRequest) -> ListDatabasesResponse:
    """The one database of a warehouse."""
    rows = ask(call, req, "SELECT datname FROM memory.main.pg_database ORDER BY 1")
    found, token = paged(req, "ListDatabases", [str(row[0]) for row in rows], str)
    return {"Databases": found, "NextToken": token}


@data.operation(reads=True, resource=arn_of, refused=["SecretArn"])
def list_schemas(call: Call, req: ListSchemasRequest) -> ListSchemasResponse:
    """Schemas by name."""
    pattern = like(req.get("SchemaPattern"))
    own = f"SELECT schema_name FROM memory.main.svv_schemas WHERE schema_name LIKE {pattern}"
    rows = ask(call, req, f"SELECT * FROM ({own} UNION ALL SELECT 'pg_catalog' WHERE 'pg_catalog' LIKE {pattern}) ORDER BY 1")
    found, token = paged(req, "ListSchemas", [str(row[0]) for row in rows], str)
    return {"Schemas": found, "NextToken": token}


@data.operation(reads=True, resource=arn_of, refused=["SecretArn"])
def list_tables(call: Call, req: ListTablesRequest) -> ListTablesResponse:
    """Tables and views by schema and name."""
    sql = (
        "SELECT table_schema, table_name, CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END FROM memory.main.svv_tables"
        f" WHERE table_schema LIKE {like(req.get('SchemaPattern'))} AND table_name LIKE {like(req.get('TablePattern'))} ORDER BY 1, 2"
    )
    found: list[TableMember] = [{"schema": str(row[0]), "name": str(row[1]), "type": str(row[2])} for row in ask(call, req, sql)]
    shown, token = paged(req, "ListTables", found, lambda item: [item["schema"], item["name"]])
    return {"Tables": shown, "NextToken": token}


@data.operation(reads=True, resource=arn_of, refused=["SecretArn"])
def describe_table(call: Call, req: DescribeTableRequest) -> DescribeTableResponse:
    """A table's columns in their order."""
    schema, table = req.get("Schema") or "public", req.get("Table") or ""
    shown = (
        "column_name, data_type, is_nullable, character_maximum_length, numeric_precision, numeric_scale, column_default, ordinal_position"
    )
    where = f"table_schema = {like(schema)} AND table_name = {like(table)}"
    sql = f"SELECT {shown} FROM memory.main.svv_columns WHERE {where} ORDER BY ordinal_position"
    rows = ask(call, req, sql)
    if not rows:
        raise ResourceNotFoundException(f"Table {schema}.{table} does not exist")
    found = [(int(row[7] or 0), _column(schema, table, row)) for row in rows]
    columns, token = paged(req, "DescribeTable", found, lambda item: item[0])
    return {"TableName": table, "ColumnList": [column for _, column in columns], "NextToken": token}


TYPE_NAMES = {
    "character varying": "varchar",
    "character": "bpchar",
    "integer": "int4",
    "bigint": "int8",
    "smallint": "int2",
    "double precision": "float8",
    "real": "float4",
    "boolean": "bool",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}


def _column(schema: str, table: str, row: list[str | None]) -> ColumnMetadata:
    name, kind, nullable, length, precision, scale, default, _ = row
    found: ColumnMetadata = {
        "name": name or "",
        "label": name or "",
        "typeName": TYPE_NAMES.get(kind or "", kind or ""),
        "schemaName": schema,
        "tableName": table,
        "nullable": int(nullable == "YES"),
        "length": int(length or 0),
        "precision": int(length or precision or 0),
        "scale": int(scale or 0),
        "isCaseSensitive": (kind or "").startswith("character"),
        "isCurrency": False,
        "isSigned": bool(precision),
    }
    return {**found, "columnDefault": default} if default else found
