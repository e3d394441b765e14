"""Databases of the Data Catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.purge import purge
from wheatpaste.services.glue.rows import find, insert_new
from wheatpaste.services.glue.schema import databases, functions, tables
from wheatpaste.services.glue.scope import catalog_arn, catalog_id, database_arn, decoded, fold, millis, when
from wheatpaste.services.glue.tags import delete_tags, put_tags
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CreateDatabaseRequest,
        CreateDatabaseResponse,
        Database,
        DeleteDatabaseRequest,
        DeleteDatabaseResponse,
        GetDatabaseRequest,
        GetDatabaseResponse,
        GetDatabasesRequest,
        GetDatabasesResponse,
        PrincipalPermissions,
        UpdateDatabaseRequest,
        UpdateDatabaseResponse,
    )

STORED = [f"DatabaseInput.{member}" for member in ("Description", "LocationUri", "Parameters", "CreateTableDefaultPermissions")]
REFUSED = ["DatabaseInput.TargetDatabase", "DatabaseInput.FederatedDatabase"]
DEFAULT_PERMISSIONS: list[PrincipalPermissions] = [
    {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
]


def database_row(call: Call, req: Mapping[str, Any], name: str) -> Row[Any]:
    """A database's row; EntityNotFoundException when there is none."""
    row = find(call, databases, catalog=catalog_id(call, req), name=fold(name))
    if row is None:
        raise EntityNotFoundException(f"Database {fold(name)} not found.")
    return row


def database_shape(row: Row[Any]) -> Database:
    """A database as GetDatabase shows it."""
    return {
        "CreateTableDefaultPermissions": DEFAULT_PERMISSIONS,
        **row.body,
        "Name": row.name,
        "CreateTime": when(row.created),
        "CatalogId": row.catalog,
    }


def _changed(call: Call, name: str) -> None:
    detail = {"databaseName": name, "typeOfChange": call.operation.name, "changedTables": []}
    call.emit("Glue Data Catalog Database State Change", detail, resources=[database_arn(call, {"Name": name})])


@glue.operation(resource=database_arn, stored=STORED, refused=REFUSED)
def create_database(call: Call, req: CreateDatabaseRequest) -> CreateDatabaseResponse:
    """Add a database; Glue folds its name to lower case."""
    name, catalog = fold(req["DatabaseInput"]["Name"]), catalog_id(call, req)
    body = {k: v for k, v in req["DatabaseInput"].items() if k != "Name"}
    if not insert_new(call, databases, [place(call, catalog=catalog, name=name, body=body, created=millis(call))]):
        raise AlreadyExistsException("Database already exists.")
    put_tags(call, database_arn(call, {"Name": name}), req.get("Tags") or {})
    _changed(call, name)
    return {}


@glue.operation(point=True, resource=database_arn)
def get_database(call: Call, req: GetDatabaseRequest) -> GetDatabaseResponse:
    """One database."""
    return {"Database": database_shape(database_row(call, req, req["Name"]))}


@glue.operation(reads=True, resource=catalog_arn)
def get_databases(call: Call, req: GetDatabasesRequest) -> GetDatabasesResponse:
    """All databases, by name; an account has none that are shared with it or federated."""
    if req.get("ResourceShareType") in ("FOREIGN", "FEDERATED"):
        return {"DatabaseList": []}
    catalog, limit = catalog_id(call, req), req.get("MaxResults") or 100
    query = select(databases).where(here(call, databases, catalog=catalog)).order_by(databases.c.name).limit(limit + 1)
    if (after := decoded(req, "GetDatabases")) is not None:
        query = query.where(databases.c.name > after)
    rows, token = page(call.db.execute(query).all(), limit, lambda row: row.name, "GetDatabases")
    only = req.get("AttributesToGet")
    shapes: list[Database] = [{"Name": row.name} if only == ["NAME"] else database_shape(row) for row in rows]
    return {"DatabaseList": shapes, "NextToken": token}


@glue.operation(resource=database_arn, stored=STORED, refused=REFUSED)
def update_database(call: Call, req: UpdateDatabaseRequest) -> UpdateDatabaseResponse:
    """Replace a database's description; what the input does not give is gone, as in Glue."""
    row, wanted = database_row(call, req, req["Name"]), req["DatabaseInput"]
    if fold(wanted["Name"]) != row.name:
        raise InvalidInputException(f"Database {row.name} cannot be renamed to {fold(wanted['Name'])}.")
    body = {k: v for k, v in wanted.items() if k != "Name"}
    call.db.execute(update(databases).where(here(call, databases, catalog=row.catalog, name=row.name)).values(body=body))
    _changed(call, row.name)
    return {}


@glue.operation(resource=database_arn)
def delete_database(call: Call, req: DeleteDatabaseRequest) -> DeleteDatabaseResponse:
    """Delete a database with its tables and functions; what hangs on the tables follows in the background, unseen."""
    row = database_row(call, req, req["Name"])
    inside = {"catalog": row.catalog, "database": row.name}
    found = call.db.execute(select(tables.c.id, tables.c.name).where(here(call, tables, **inside))).all()
    call.db.execute(delete(tables).where(here(call, tables, **inside)))
    call.db.execute(delete(functions).where(here(call, functions, **inside)))
    call.db.execute(delete(databases).where(here(call, databases, catalog=row.catalog, name=row.name)))
    purge(call, [each.id for each in found])
    delete_tags(call, database_arn(call, {"Name": row.name}))
    _changed(call, row.name)
    return {}
