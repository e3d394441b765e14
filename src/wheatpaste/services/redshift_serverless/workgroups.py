"""Workgroups: the listener in front of a namespace."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.engines.redshift.warehouses import Key, warehouses
from wheatpaste.scope import here
from wheatpaste.service import chosen
from wheatpaste.services.redshift_serverless import serverless
from wheatpaste.services.redshift_serverless.errors import ConflictException, ResourceNotFoundException
from wheatpaste.services.redshift_serverless.namespaces import namespace_row
from wheatpaste.services.redshift_serverless.schema import of_kind, workgroups
from wheatpaste.services.redshift_serverless.schema import warehouses as table
from wheatpaste.services.redshift_serverless.tags import put_tags, remove_tags
from wheatpaste.tasks.step import Done, Step
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.redshift_serverless.shapes_generated import (
        CreateWorkgroupRequest,
        CreateWorkgroupResponse,
        DeleteWorkgroupRequest,
        DeleteWorkgroupResponse,
        GetWorkgroupRequest,
        GetWorkgroupResponse,
        ListWorkgroupsRequest,
        ListWorkgroupsResponse,
        UpdateWorkgroupRequest,
        UpdateWorkgroupResponse,
        Workgroup,
    )

PORT = 5439
STORED = [
    "baseCapacity",
    "configParameters",
    "enhancedVpcRouting",
    "extraComputeForAutomaticOptimization",
    "ipAddressType",
    "maxCapacity",
    "pricePerformanceTarget",
    "publiclyAccessible",
    "securityGroupIds",
    "subnetIds",
    "trackName",
]


def workgroup_arn(call: Call, identity: str) -> str:
    """A workgroup's ARN, which has its id."""
    return arns.arn("redshift-serverless", call.region, call.account, f"workgroup/{identity}")


def resource(call: Call, req: Mapping[str, Any]) -> str:
    """The workgroup that a request names; policies name it by ARN, whose id only the row knows."""
    return workgroup_arn(call, "*")


def workgroup_row(call: Call, name: str) -> Row[Any]:
    """A workgroup's row. Raises ResourceNotFoundException."""
    row = call.db.execute(select(workgroups).where(here(call, workgroups, name=name))).one_or_none()
    if row is None:
        raise ResourceNotFoundException(f"Workgroup {name} not found")
    return row


def shape(call: Call, row: Row[Any]) -> Workgroup:
    """A workgroup as AWS describes it."""
    house = call.db.execute(select(table).where(of_kind(call, row.name))).one()
    found: Workgroup = {
        "workgroupArn": workgroup_arn(call, row.id),
        "workgroupId": row.id,
        "workgroupName": row.name,
        "namespaceName": row.namespace,
        "status": row.status,
        "creationDate": row.created,
        "baseCapacity": 128,
        "enhancedVpcRouting": False,
        "publiclyAccessible": False,
        "configParameters": [],
        "securityGroupIds": [],
        "subnetIds": [],
        "port": house.port,
        "workgroupVersion": "1.0",
        **row.body,
    }
    if house.address:
        found["endpoint"] = {"address": house.address, "port": house.port, "vpcEndpoints": []}
    return found


@serverless.operation(resource=resource, stored=STORED)
def create_workgroup(call: Call, req: CreateWorkgroupRequest) -> CreateWorkgroupResponse:
    """Make a workgroup: its listener follows in a task."""
    namespace = namespace_row(call, req["namespaceName"])
    if call.db.execute(select(workgroups.c.name).where(here(call, workgroups), workgroups.c.namespace == namespace.name)).first():
        raise ConflictException(f"Namespace {namespace.name} already has a workgroup")
    where = {"account": call.account, "region": call.region, "name": req["workgroupName"]}
    body = chosen(req, STORED)
    values = {"id": str(uuid.uuid4()), "namespace": namespace.name, "status": "CREATING", "body": body, "created": call.now}
    try:
        with call.db.begin_nested():
            call.db.execute(insert(workgroups).values(**where, **values))
    except IntegrityError:
        raise ConflictException(f"Workgroup {req['workgroupName']} already exists") from None
    call.db.execute(
        insert(table).values(
            **where,
            kind="workgroup",
            file=namespace.id,
            database=namespace.body["dbName"],
            admin=namespace.body["adminUsername"],
            password=namespace.password.encode(),
            port=req.get("port") or PORT,
            address="",
            open=0,
            roles={"default": namespace.body.get("defaultIamRoleArn") or ""},
        )
    )
    row = workgroup_row(call, req["workgroupName"])
    put_tags(call, workgroup_arn(call, row.id), req.get("tags") or [])
    call.start("workgroup", row.name, {"to": "AVAILABLE"})
    return {"workgroup": shape(call, row)}


@serverless.operation(resource=resource, reads=True)
def get_workgroup(call: Call, req: GetWorkgroupRequest) -> GetWorkgroupResponse:
    """One workgroup."""
    return {"workgroup": shape(call, workgroup_row(call, req["workgroupName"]))}


@serverless.operation(reads=True, refused=["ownerAccount"])
def list_workgroups(call: Call, req: ListWorkgroupsRequest) -> ListWorkgroupsResponse:
    """Workgroups in order of their names."""
    limit = req.get("maxResults") or 100
    query = select(workgroups).where(here(call, workgroups)).order_by(workgroups.c.name).limit(limit + 1)
    if req.get("nextToken"):
        query = query.where(workgroups.c.name > decode_token(req["nextToken"], "ListWorkgroups"))
    rows, token = page(call.db.execute(query).all(), limit, lambda row: row.name, "ListWorkgroups")
    return {"workgroups": [shape(call, row) for row in rows], "nextToken": token}


@serverless.operation(resource=resource, stored=STORED, refused=["port"])
def update_workgroup(call: Call, req: UpdateWorkgroupRequest) -> UpdateWorkgroupResponse:
    """Change what is kept."""
    row = workgroup_row(call, req["workgroupName"])
    body = {**row.body, **chosen(req, STORED)}
    call.db.execute(update(workgroups).where(here(call, workgroups, name=row.name)).values(body=body))
    return {"workgroup": shape(call, workgroup_row(call, row.name))}


@serverless.operation(resource=resource)
def delete_workgroup(call: Call, req: DeleteWorkgroupRequest) -> DeleteWorkgroupResponse:
    """Stop listening; the namespace keeps the data."""
    row = workgroup_row(call, req["workgroupName"])
    if row.status != "AVAILABLE":
        raise ConflictException(f"Workgroup {row.name} is {row.status}")
    call.db.execute(update(workgroups).where(here(call, workgroups, name=row.name)).values(status="DELETING"))
    call.start("workgroup", row.name, {"to": "DELETED"})
    return {"workgroup": shape(call, workgroup_row(call, row.name))}


def _forget(call: Call, name: str) -> None:
    row = workgroup_row(call, name)
    call.db.execute(delete(workgroups).where(here(call, workgroups, name=name)))
    call.db.execute(delete(table).where(of_kind(call, name)))
    remove_tags(call, workgroup_arn(call, row.id))


def _arrive(call: Call, name: str) -> None:
    call.db.execute(update(workgroups).where(here(call, workgroups, name=name)).values(status="AVAILABLE"))
    call.db.execute(update(table).where(of_kind(call, name)).values(open=1))


@serverless.task("workgroup", again=True)
def settle(step: Step) -> Done:
    """Listen, or stop listening; both may be done twice."""
    key = Key(step.account, step.region, "workgroup", step.key)
    houses = warehouses(step.app)
    if houses.row(key) is None:
        return Done()
    if step.data["to"] == "DELETED":
        houses.shut(key)
        return Done(commit=lambda call: _forget(call, step.key))
    houses.open(key)
    return Done(commit=lambda call: _arrive(call, step.key))


@serverless.task("data", again=True)
def remove(step: Step) -> Done:
    """Delete the file of a namespace that is gone; the key is its id."""
    warehouses(step.app).remove(Key(step.account, step.region, "workgroup", ""), step.key)
    return Done()
