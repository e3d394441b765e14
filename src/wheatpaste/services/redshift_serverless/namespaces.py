"""Namespaces: the database and its administrator."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import chosen
from wheatpaste.services.redshift_serverless import serverless
from wheatpaste.services.redshift_serverless.errors import ConflictException, ResourceNotFoundException, ValidationException
from wheatpaste.services.redshift_serverless.schema import namespaces, warehouses, workgroups
from wheatpaste.services.redshift_serverless.tags import put_tags, remove_tags
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.redshift_serverless.shapes_generated import (
        CreateNamespaceRequest,
        CreateNamespaceResponse,
        DeleteNamespaceRequest,
        DeleteNamespaceResponse,
        GetNamespaceRequest,
        GetNamespaceResponse,
        ListNamespacesRequest,
        ListNamespacesResponse,
        Namespace,
        UpdateNamespaceRequest,
        UpdateNamespaceResponse,
    )

STORED = ["iamRoles", "kmsKeyId", "logExports"]
KEPT = ["adminUsername", "dbName", "defaultIamRoleArn", *STORED]


def namespace_arn(call: Call, identity: str) -> str:
    """A namespace's ARN, which has its id."""
    return arns.arn("redshift-serverless", call.region, call.account, f"namespace/{identity}")


def resource(call: Call, req: Mapping[str, Any]) -> str:
    """The namespace that a request names; policies name it by ARN, whose id only the row knows."""
    return namespace_arn(call, "*")


def namespace_row(call: Call, name: str) -> Row[Any]:
    """A namespace's row. Raises ResourceNotFoundException."""
    row = call.db.execute(select(namespaces).where(here(call, namespaces, name=name))).one_or_none()
    if row is None:
        raise ResourceNotFoundException(f"Namespace {name} not found")
    return row


def shape(call: Call, row: Row[Any], status: str = "AVAILABLE") -> Namespace:
    """A namespace as AWS describes it."""
    return {
        "namespaceArn": namespace_arn(call, row.id),
        "namespaceId": row.id,
        "namespaceName": row.name,
        "status": status,
        "creationDate": row.created,
        "kmsKeyId": "AWS_OWNED_KMS_KEY",
        "iamRoles": [],
        "logExports": [],
        **row.body,
    }


def check_password(password: str) -> None:
    """Redshift's rules for an administrator's password."""
    if not (8 <= len(password) <= 64 and re.search("[a-z]", password) and re.search("[A-Z]", password) and re.search("[0-9]", password)):
        raise ValidationException("adminUserPassword needs 8 to 64 characters with an upper-case letter, a lower-case letter and a number")


@serverless.operation(
    resource=resource, stored=STORED, refused=["manageAdminPassword", "adminPasswordSecretKmsKeyId", "redshiftIdcApplicationArn"]
)
def create_namespace(call: Call, req: CreateNamespaceRequest) -> CreateNamespaceResponse:
    """Make a namespace. Without a password its administrator cannot come in; GetCredentials can."""
    if req.get("adminUserPassword"):
        check_password(req["adminUserPassword"])
    password = req.get("adminUserPassword") or ids.alphanumeric(64)
    body = chosen(req, KEPT)
    body = {"adminUsername": "admin", "dbName": "dev", **body}
    body |= {"adminUsername": body["adminUsername"].lower(), "dbName": body["dbName"].lower()}
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", body["dbName"]) or body["dbName"] in ("memory", "temp", "system"):
        raise ValidationException(f"dbName {body['dbName']} is not valid")
    values = {"account": call.account, "region": call.region, "name": req["namespaceName"], "id": str(uuid.uuid4()), "created": call.now}
    try:
        with call.db.begin_nested():
            call.db.execute(insert(namespaces).values(**values, password=call.secrets.seal(password).decode(), body=body))
    except IntegrityError:
        raise ConflictException(f"Namespace {req['namespaceName']} already exists") from None
    row = namespace_row(call, req["namespaceName"])
    put_tags(call, namespace_arn(call, row.id), req.get("tags") or [])
    return {"namespace": shape(call, row)}


@serverless.operation(resource=resource, reads=True)
def get_namespace(call: Call, req: GetNamespaceRequest) -> GetNamespaceResponse:
    """One namespace."""
    return {"namespace": shape(call, namespace_row(call, req["namespaceName"]))}


@serverless.operation(reads=True)
def list_namespaces(call: Call, req: ListNamespacesRequest) -> ListNamespacesResponse:
    """Namespaces in order of their names."""
    limit = req.get("maxResults") or 100
    query = select(namespaces).where(here(call, namespaces)).order_by(namespaces.c.name).limit(limit + 1)
    if req.get("nextToken"):
        query = query.where(namespaces.c.name > decode_token(req["nextToken"], "ListNamespaces"))
    rows, token = page(call.db.execute(query).all(), limit, lambda row: row.name, "ListNamespaces")
    return {"namespaces": [shape(call, row) for row in rows], "nextToken": token}


@serverless.operation(
    resource=resource,
    stored=STORED,
    refused=[
        "manageAdminPassword",
        "adminPasswordSecretKmsKeyId",
        "logDestinationType",
        "s3TableAction",
        "s3TableGranularity",
        "s3TableKmsKeyId",
        "s3TableNames",
    ],
)
def update_namespace(call: Call, req: UpdateNamespaceRequest) -> UpdateNamespaceResponse:
    """Change the administrator or the roles; counts from the next connection on."""
    row = namespace_row(call, req["namespaceName"])
    body = {**row.body, **chosen(req, ("adminUsername", "defaultIamRoleArn", *STORED))}
    sealed = row.password.encode()
    if req.get("adminUserPassword"):
        check_password(req["adminUserPassword"])
        sealed = call.secrets.seal(req["adminUserPassword"])
    call.db.execute(update(namespaces).where(here(call, namespaces, name=row.name)).values(body=body, password=sealed.decode()))
    changed = {"admin": body["adminUsername"].lower(), "password": sealed, "roles": {"default": body.get("defaultIamRoleArn") or ""}}
    call.db.execute(update(warehouses).where(here(call, warehouses), warehouses.c.file == row.id).values(**changed))
    return {"namespace": shape(call, namespace_row(call, row.name))}


@serverless.operation(resource=resource, refused=["finalSnapshotName", "finalSnapshotRetentionPeriod"])
def delete_namespace(call: Call, req: DeleteNamespaceRequest) -> DeleteNamespaceResponse:
    """Delete a namespace that no workgroup uses, with its data."""
    row = namespace_row(call, req["namespaceName"])
    if call.db.execute(select(workgroups.c.name).where(here(call, workgroups), workgroups.c.namespace == row.name)).first():
        raise ConflictException(f"There is an operation running or a workgroup on namespace {row.name}: delete the workgroup first")
    call.db.execute(delete(namespaces).where(here(call, namespaces, name=row.name)))
    remove_tags(call, namespace_arn(call, row.id))
    call.start("data", row.id)
    return {"namespace": shape(call, row, "DELETING")}
