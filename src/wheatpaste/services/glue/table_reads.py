"""Reading tables: GetTable, GetTables, and the shape that a table is shown in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.databases import database_row
from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.services.glue.partition_rows import storage_shape
from wheatpaste.services.glue.schema import tables
from wheatpaste.services.glue.scope import database_arn, decoded, table_arn, when
from wheatpaste.services.glue.table_text import table_text, text_row
from wheatpaste.services.glue.tables import table_row
from wheatpaste.store.codec import loads
from wheatpaste.wire.paginate import page
from wheatpaste.wire.written import WrittenShape

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import GetTableRequest, GetTableResponse, GetTablesRequest, GetTablesResponse, Table

STORED = ["AuditContext", "IncludeStatusDetails"]  # for the audit record; no table here ever has a pending change
REFUSED = ["TransactionId", "QueryAsOfTime"]
CHUNK = 200


def table_shape(row: Row[Any], version: int, body: Mapping[str, Any], updated: int) -> Table:
    """A table, in one of its versions, as GetTable shows it."""
    computed = {
        "Name": row.name,
        "DatabaseName": row.database,
        "CreateTime": when(row.created),
        "UpdateTime": when(updated),
        "CreatedBy": row.created_by,
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
        "CatalogId": row.catalog,
        "VersionId": str(version),
    }
    return cast("Table", {"Retention": 0, **storage_shape(body), **computed})


def current(row: Row[Any]) -> Table:
    """A table as it is now."""
    return table_shape(row, row.version, row.body, row.updated)


def _only(req: Mapping[str, Any]) -> Callable[[Row[Any]], Table]:
    """How AttributesToGet wants tables shown."""
    wanted = req.get("AttributesToGet")
    members = {"NAME": "Name", "TABLE_TYPE": "TableType"}
    if not wanted or not set(wanted) <= members.keys():
        return current
    shown = {"Name", *(members[each] for each in wanted)}
    return lambda row: cast("Table", {k: v for k, v in current(row).items() if k in shown})


@glue.operation(point=True, resource=table_arn, stored=STORED, refused=REFUSED)
def get_table(call: Call, req: GetTableRequest) -> GetTableResponse:
    """One table, in its current version."""
    row = None if req.get("AttributesToGet") else text_row(call, req, req["DatabaseName"], req["Name"])
    if row is None:
        return {"Table": _only(req)(table_row(call, req, req["DatabaseName"], req["Name"]))}
    return {"Table": cast("Table", _written(row))}


def _written(row: Row[Any]) -> WrittenShape:
    """The table of a row whose body is text."""

    def shape() -> dict[str, Any]:
        return cast("dict[str, Any]", table_shape(row, row.version, loads(row.body), row.updated))

    return WrittenShape(shape, table_text(row))


def name_pattern(expression: str) -> Callable[[str], object]:
    """A test of names for GetTables' and GetUserDefinedFunctions' patterns.

    Glue documents a regular expression; as of 2026-11 its clients (awswrangler's ``prefix*`` and ``*part*``, Hive's ``a*|b*``) rely on
    Hive's form too, where a star stands for any text. A star after what a regular expression can repeat (``.*``, ``[a-z]*``, ``(ab)*``,
    ``\\w*``) is left to it.
    """
    translated = re.sub(r"(?<![.\])])(?<!\\[wWdDsS])\*", ".*", expression)
    try:
        return re.compile(translated, re.IGNORECASE).fullmatch
    except re.error as error:
        raise InvalidInputException(f"Invalid pattern '{expression}': {error}") from None


def _matching(call: Call, where: Any, after: str | None, accepts: Callable[[str], object], limit: int) -> list[Row[Any]]:
    """Up to ``limit`` tables whose names pass, in the order of names."""
    found: list[Row[Any]] = []
    while len(found) < limit:
        query = select(tables).where(where).order_by(tables.c.name).limit(CHUNK)
        chunk = call.db.execute(query if after is None else query.where(tables.c.name > after)).all()
        found.extend(row for row in chunk if accepts(row.name))
        if len(chunk) < CHUNK:
            break
        after = chunk[-1].name
    return found[:limit]


@glue.operation(reads=True, resource=database_arn, stored=STORED, refused=REFUSED)
def get_tables(call: Call, req: GetTablesRequest) -> GetTablesResponse:
    """The tables of a database, by name, or those whose names match a pattern."""
    database, limit = database_row(call, req, req["DatabaseName"]), req.get("MaxResults") or 100
    if req.get("ResourceShareType") == "FEDERATED":
        return {"TableList": []}
    expression = req.get("Expression") or ""
    where = here(call, tables, catalog=database.catalog, database=database.name)
    accepts = name_pattern(expression) if expression else bool
    rows, token = page(_matching(call, where, decoded(req, expression), accepts, limit + 1), limit, lambda row: row.name, expression)
    return {"TableList": [_only(req)(row) for row in rows], "NextToken": token}
