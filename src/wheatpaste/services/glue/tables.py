"""Tables of the Data Catalog: create, update with optimistic locking, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.databases import database_row
from wheatpaste.services.glue.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
)
from wheatpaste.services.glue.index_rows import checked_index, insert_indexes
from wheatpaste.services.glue.partition_rows import recode
from wheatpaste.services.glue.purge import purge
from wheatpaste.services.glue.rows import find, insert_new
from wheatpaste.services.glue.schema import table_versions, tables
from wheatpaste.services.glue.scope import catalog_id, database_arn, fold, millis, named_table_arn, table_arn
from wheatpaste.services.glue.tags import delete_tags

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchDeleteTableRequest,
        BatchDeleteTableResponse,
        CreateTableRequest,
        CreateTableResponse,
        DeleteTableRequest,
        DeleteTableResponse,
        TableError,
        UpdateTableRequest,
        UpdateTableResponse,
    )

_KEPT = (
    "Description Owner LastAccessTime LastAnalyzedTime Retention StorageDescriptor ViewOriginalText ViewExpandedText TableType Parameters"
)
STORED = [f"TableInput.{member}" for member in _KEPT.split()]
REFUSED = ["TransactionId", "TableInput.TargetTable", "TableInput.FederatedTable", "TableInput.ViewDefinition"]


def table_row(call: Call, req: Mapping[str, Any], database: str, name: str, *, lock: bool = False) -> Row[Any]:
    """A table's row; EntityNotFoundException when the table or its database is missing.

    ``lock``: other transactions that want to change the table wait for this one (PostgreSQL; SQLite has one writer anyway).
    """
    keys = {"catalog": catalog_id(call, req), "database": fold(database), "name": fold(name)}
    if lock:
        row = call.db.execute(select(tables).where(here(call, tables, **keys)).with_for_update()).one_or_none()
    else:
        row = find(call, tables, **keys)
    if row is None:
        database_row(call, req, database)
        raise EntityNotFoundException(f"Table {fold(name)} not found.")
    return row


def partition_keys(row: Row[Any]) -> list[tuple[str, str]]:
    """Names and declared types of a table's partition keys."""
    return [(key["Name"], key.get("Type") or "string") for key in row.body.get("PartitionKeys") or []]


def database_changed(call: Call, database: str, names: Sequence[str]) -> None:
    """The event of tables that were made or deleted."""
    detail = {"databaseName": database, "typeOfChange": call.operation.name, "changedTables": list(names)}
    arns = [named_table_arn(call, database, name) for name in names]
    call.emit("Glue Data Catalog Database State Change", detail, resources=arns)


def table_changed(call: Call, row: Row[Any], values: Sequence[Sequence[str]] = ()) -> None:
    """The event of a table, or partitions of it, that changed."""
    changed = [f"[{', '.join(each)}]" for each in values]
    detail = {"databaseName": row.database, "changedPartitions": changed, "typeOfChange": call.operation.name, "tableName": row.name}
    call.emit("Glue Data Catalog Table State Change", detail, resources=[named_table_arn(call, row.database, row.name)])


def checked(wanted: Mapping[str, Any]) -> Shape:
    """A TableInput's body; InvalidInputException for one that Glue does not take."""
    keys = [key["Name"].lower() for key in wanted.get("PartitionKeys") or []]
    if len(set(keys)) < len(keys):
        raise InvalidInputException("Duplicate partition key names are not allowed.")
    return {k: v for k, v in wanted.items() if k != "Name"}


def input_of(req: Mapping[str, Any]) -> Shape:
    """The request's TableInput; it can be left out only together with an open table format's input, which is refused."""
    wanted: Shape | None = req.get("TableInput")
    if wanted is None:
        raise InvalidInputException("TableInput is required.")
    if req.get("Name") and fold(req["Name"]) != fold(wanted["Name"]):
        raise InvalidInputException("Name and TableInput.Name must be the same.")
    return wanted


@glue.operation(resource=table_arn, stored=STORED, refused=[*REFUSED, "OpenTableFormatInput"])
def create_table(call: Call, req: CreateTableRequest) -> CreateTableResponse:
    """Add a table; its first version is 0."""
    wanted = input_of(req)
    database, name, body = database_row(call, req, req["DatabaseName"]), fold(wanted["Name"]), checked(wanted)
    now, table_id = millis(call), ids.hexadecimal(32)
    keys = {"catalog": database.catalog, "database": database.name, "name": name}
    row = place(call, **keys, id=table_id, version=0, body=body, created=now, updated=now, created_by=call.principal.arn)
    if not insert_new(call, tables, [row]):
        raise AlreadyExistsException("Table already exists.")
    indexes = [checked_index(index, body.get("PartitionKeys") or []) for index in req.get("PartitionIndexes") or []]
    if indexes:
        insert_indexes(call, table_id, indexes)
    database_changed(call, database.name, [name])
    return {}


@glue.operation(resource=table_arn, stored=STORED, refused=[*REFUSED, "UpdateOpenTableFormatInput", "ViewUpdateAction", "Force"])
def update_table(call: Call, req: UpdateTableRequest) -> UpdateTableResponse:
    """Replace a table's definition.

    With VersionId it happens only if that is still the current version (what Iceberg's commits rely on); the old version is archived
    unless SkipArchive.
    """
    wanted = input_of(req)
    row, body = table_row(call, req, req["DatabaseName"], wanted["Name"], lock=True), checked(wanted)
    if req.get("VersionId") not in (None, str(row.version)):
        raise ConcurrentModificationException("Update table failed due to concurrent modifications.")
    if not req.get("SkipArchive"):
        archived = place(call, table_id=row.id, version=row.version, body=row.body, updated=row.updated)
        call.db.execute(insert(table_versions), archived)
    changed = {"body": body, "version": row.version + 1, "updated": millis(call)}
    where = here(call, tables, catalog=row.catalog, database=row.database, name=row.name)
    call.db.execute(update(tables).where(where).values(**changed))
    _recode(call, row, body)
    table_changed(call, row)
    return {}


def _recode(call: Call, row: Row[Any], body: Mapping[str, Any]) -> None:
    """Partition values compare by their key's type: encode them again when the types changed."""
    types = [key.get("Type") or "string" for key in body.get("PartitionKeys") or []]
    if types != [declared for _, declared in partition_keys(row)]:
        recode(call, row.id, types)


def _delete(call: Call, row: Row[Any]) -> None:
    call.db.execute(delete(tables).where(here(call, tables, catalog=row.catalog, database=row.database, name=row.name)))
    purge(call, [row.id])
    delete_tags(call, named_table_arn(call, row.database, row.name))


@glue.operation(resource=table_arn, refused=["TransactionId"])
def delete_table(call: Call, req: DeleteTableRequest) -> DeleteTableResponse:
    """Delete a table; what hangs on it follows in the background, unseen."""
    row = table_row(call, req, req["DatabaseName"], req["Name"])
    _delete(call, row)
    database_changed(call, row.database, [row.name])
    return {}


@glue.operation(resource=database_arn, refused=["TransactionId"])
def batch_delete_table(call: Call, req: BatchDeleteTableRequest) -> BatchDeleteTableResponse:
    """Delete tables of one database; those that are missing are reported, the others go."""
    database = database_row(call, req, req["DatabaseName"])
    errors: list[TableError] = []
    gone: list[str] = []
    for name in req["TablesToDelete"]:
        try:
            row = table_row(call, req, database.name, name)
        except EntityNotFoundException as error:
            errors.append({"TableName": name, "ErrorDetail": {"ErrorCode": error.code, "ErrorMessage": error.message}})
            continue
        call.require("glue:DeleteTable", named_table_arn(call, row.database, row.name))
        _delete(call, row)
        gone.append(row.name)
    if gone:
        database_changed(call, database.name, gone)
    return {"Errors": errors}
