"""Connections: where jobs and crawlers reach a database. Passwords are sealed at rest and can be left out of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.rows import find, insert_new
from wheatpaste.services.glue.schema import connections
from wheatpaste.services.glue.scope import catalog_arn, catalog_id, connection_arn, decoded, millis, when
from wheatpaste.services.glue.tags import delete_tags, put_tags
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchDeleteConnectionRequest,
        BatchDeleteConnectionResponse,
        Connection,
        CreateConnectionRequest,
        CreateConnectionResponse,
        DeleteConnectionRequest,
        DeleteConnectionResponse,
        ErrorDetail,
        GetConnectionRequest,
        GetConnectionResponse,
        GetConnectionsRequest,
        GetConnectionsResponse,
        UpdateConnectionRequest,
        UpdateConnectionResponse,
    )

BAGS = ("ConnectionProperties", "SparkProperties", "AthenaProperties", "PythonProperties")
_KEPT = ("Description", "MatchCriteria", "PhysicalConnectionRequirements", *BAGS[1:])
_INPUT = "ConnectionInput.AuthenticationConfiguration"
STORED = [*(f"ConnectionInput.{member}" for member in _KEPT), *(f"{_INPUT}.{m}" for m in ("AuthenticationType", "SecretArn", "KmsKeyArn"))]
REFUSED = [
    f"{_INPUT}.OAuth2Properties",
    f"{_INPUT}.BasicAuthenticationCredentials",  # Glue keeps these two in Secrets Manager
    f"{_INPUT}.CustomAuthenticationCredentials",
    "ConnectionInput.ValidateCredentials",
    "ConnectionInput.ValidateForComputeEnvironments",
]


def is_secret(name: str) -> bool:
    """Whether a connection property is a secret: PASSWORD, KAFKA_SASL_SCRAM_PASSWORD, …"""
    return name.upper().endswith("PASSWORD")


def split(wanted: Mapping[str, Any]) -> tuple[Shape, dict[str, dict[str, str]]]:
    """A ConnectionInput as the body that is kept in clear, and its secrets by property bag."""
    body = {k: v for k, v in wanted.items() if k not in ("Name", "ValidateCredentials")}
    secrets: dict[str, dict[str, str]] = {}
    for bag in BAGS:
        if bag in wanted:
            body[bag] = {k: v for k, v in wanted[bag].items() if not is_secret(k)}
            secrets[bag] = {k: v for k, v in wanted[bag].items() if is_secret(k)}
    return body, secrets


def _sealed(call: Call, wanted: Mapping[str, Any]) -> dict[str, Any]:
    body, secrets = split(wanted)
    written = {"updated": millis(call), "updated_by": call.principal.arn}
    return {"body": body, "secrets": call.secrets.seal(json.dumps(secrets)), **written}


def connection_row(call: Call, req: Mapping[str, Any], name: str) -> Row[Any]:
    """A connection's row; EntityNotFoundException when there is none."""
    row = find(call, connections, catalog=catalog_id(call, req), name=name)
    if row is None:
        raise EntityNotFoundException(f"Connection {name} not found.")
    return row


def connection_shape(call: Call, row: Row[Any], *, hide: bool = False) -> Connection:
    """A connection as GetConnection shows it; with ``hide``, without its passwords."""
    shape = dict(row.body)
    if not hide:
        for bag, secrets in json.loads(call.secrets.open(row.secrets)).items():
            shape[bag] = {**shape[bag], **secrets}
    times = {"CreationTime": when(row.created), "LastUpdatedTime": when(row.updated), "LastUpdatedBy": row.updated_by}
    return cast("Connection", {**shape, "Name": row.name, **times, "Status": "READY", "ConnectionSchemaVersion": 1})


@glue.operation(resource=connection_arn, stored=STORED, refused=REFUSED)
def create_connection(call: Call, req: CreateConnectionRequest) -> CreateConnectionResponse:
    """Add a connection."""
    wanted = req["ConnectionInput"]
    keys = {"catalog": catalog_id(call, req), "name": wanted["Name"]}
    row = place(call, **keys, **_sealed(call, wanted), created=millis(call))
    if not insert_new(call, connections, [row]):
        raise AlreadyExistsException("Connection already exists.")
    put_tags(call, connection_arn(call, {"Name": wanted["Name"]}), req.get("Tags") or {})
    return {"CreateConnectionStatus": "READY"}


@glue.operation(reads=True, resource=connection_arn, refused=["ApplyOverrideForComputeEnvironment"])
def get_connection(call: Call, req: GetConnectionRequest) -> GetConnectionResponse:
    """One connection."""
    row = connection_row(call, req, req["Name"])
    return {"Connection": connection_shape(call, row, hide=bool(req.get("HidePassword")))}


def _passes(row: Row[Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a connection passes GetConnections' filter."""
    if wanted.get("ConnectionType") not in (None, row.body["ConnectionType"]):
        return False
    if wanted.get("ConnectionSchemaVersion") not in (None, 1):
        return False
    return set(wanted.get("MatchCriteria") or []) <= set(row.body.get("MatchCriteria") or [])


@glue.operation(reads=True, resource=catalog_arn)
def get_connections(call: Call, req: GetConnectionsRequest) -> GetConnectionsResponse:
    """The connections that pass a filter, by name."""
    limit, after = req.get("MaxResults") or 1000, decoded(req, "GetConnections")
    query = select(connections).where(here(call, connections, catalog=catalog_id(call, req))).order_by(connections.c.name)
    rows = call.db.execute(query if after is None else query.where(connections.c.name > after))
    wanted = [row for row in rows if _passes(row, req.get("Filter") or {})]
    shown, token = page(wanted, limit, lambda row: row.name, "GetConnections")
    shapes = [connection_shape(call, row, hide=bool(req.get("HidePassword"))) for row in shown]
    return {"ConnectionList": shapes, "NextToken": token}


@glue.operation(resource=connection_arn, stored=STORED, refused=REFUSED)
def update_connection(call: Call, req: UpdateConnectionRequest) -> UpdateConnectionResponse:
    """Replace a connection, password included."""
    row, wanted = connection_row(call, req, req["Name"]), req["ConnectionInput"]
    if wanted["Name"] != row.name:
        raise InvalidInputException(f"Connection {row.name} cannot be renamed.")
    where = here(call, connections, catalog=row.catalog, name=row.name)
    call.db.execute(update(connections).where(where).values(**_sealed(call, wanted)))
    return {}


def _delete(call: Call, req: Mapping[str, Any], name: str) -> None:
    row = connection_row(call, req, name)
    call.db.execute(delete(connections).where(here(call, connections, catalog=row.catalog, name=name)))
    delete_tags(call, connection_arn(call, {"Name": name}))


@glue.operation(resource=connection_arn)
def delete_connection(call: Call, req: DeleteConnectionRequest) -> DeleteConnectionResponse:
    """Delete a connection."""
    _delete(call, req, req["ConnectionName"])
    return {}


@glue.operation(resource=catalog_arn)
def batch_delete_connection(call: Call, req: BatchDeleteConnectionRequest) -> BatchDeleteConnectionResponse:
    """Delete connections; those that are missing are reported."""
    succeeded: list[str] = []
    errors: dict[str, ErrorDetail] = {}
    for name in req["ConnectionNameList"]:
        try:
            call.require("glue:DeleteConnection", connection_arn(call, {"Name": name}))
            _delete(call, req, name)
            succeeded.append(name)
        except EntityNotFoundException as error:
            errors[name] = {"ErrorCode": error.code, "ErrorMessage": error.message}
    return {"Succeeded": succeeded, "Errors": errors}
