"""Table versions: what UpdateTable archived, and the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.rows import find
from wheatpaste.services.glue.schema import table_versions
from wheatpaste.services.glue.scope import decoded, table_arn
from wheatpaste.services.glue.table_reads import current, table_shape
from wheatpaste.services.glue.tables import table_row
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchDeleteTableVersionRequest,
        BatchDeleteTableVersionResponse,
        DeleteTableVersionRequest,
        DeleteTableVersionResponse,
        ErrorDetail,
        GetTableVersionRequest,
        GetTableVersionResponse,
        GetTableVersionsRequest,
        GetTableVersionsResponse,
        TableVersion,
        TableVersionError,
    )


def _number(version_id: str) -> int:
    if not version_id.isdigit():
        raise InvalidInputException(f"Version id {version_id} is not a valid number.")
    return int(version_id)


def _shape(table: Row[Any], archived: Row[Any]) -> TableVersion:
    return {"Table": table_shape(table, archived.version, archived.body, archived.updated), "VersionId": str(archived.version)}


def _current(table: Row[Any]) -> TableVersion:
    return {"Table": current(table), "VersionId": str(table.version)}


@glue.operation(reads=True, resource=table_arn, stored=["AuditContext"])
def get_table_version(call: Call, req: GetTableVersionRequest) -> GetTableVersionResponse:
    """One version; the current one when none is named."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    version = _number(req.get("VersionId") or str(table.version))
    if version == table.version:
        return {"TableVersion": _current(table)}
    archived = find(call, table_versions, table_id=table.id, version=version)
    if archived is None:
        raise EntityNotFoundException("Version not found.")
    return {"TableVersion": _shape(table, archived)}


@glue.operation(reads=True, resource=table_arn, stored=["AuditContext"])
def get_table_versions(call: Call, req: GetTableVersionsRequest) -> GetTableVersionsResponse:
    """All versions, the newest first."""
    table, limit = table_row(call, req, req["DatabaseName"], req["TableName"]), req.get("MaxResults") or 100
    before = decoded(req, "GetTableVersions")
    where = here(call, table_versions, table_id=table.id)
    query = select(table_versions).where(where).order_by(table_versions.c.version.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(table_versions.c.version < before)
    shapes = [_shape(table, row) for row in call.db.execute(query)]
    if before is None:
        shapes.insert(0, _current(table))
    shown, token = page(shapes, limit, lambda shape: int(shape["VersionId"]), "GetTableVersions")
    return {"TableVersions": list(shown), "NextToken": token}


def _delete(call: Call, table: Row[Any], version_id: str) -> None:
    """Delete an archived version; EntityNotFoundException for one that is missing, InvalidInputException for the current one."""
    version = _number(version_id)
    if version == table.version:
        raise InvalidInputException("Cannot delete the current version of a table.")
    if call.db.execute(delete(table_versions).where(here(call, table_versions, table_id=table.id, version=version))).rowcount == 0:
        raise EntityNotFoundException("Version not found.")


@glue.operation(resource=table_arn)
def delete_table_version(call: Call, req: DeleteTableVersionRequest) -> DeleteTableVersionResponse:
    """Delete an archived version."""
    _delete(call, table_row(call, req, req["DatabaseName"], req["TableName"]), req["VersionId"])
    return {}


@glue.operation(resource=table_arn)
def batch_delete_table_version(call: Call, req: BatchDeleteTableVersionRequest) -> BatchDeleteTableVersionResponse:
    """Delete archived versions; those that cannot go are reported."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    errors: list[TableVersionError] = []
    for version_id in req["VersionIds"]:
        try:
            _delete(call, table, version_id)
        except (EntityNotFoundException, InvalidInputException) as error:
            detail: ErrorDetail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({"TableName": table.name, "VersionId": version_id, "ErrorDetail": detail})
    return {"Errors": errors}
