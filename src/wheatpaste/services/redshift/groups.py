"""Parameter groups and subnet groups: kept, without effect on a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Empty, Shape
from wheatpaste.services.redshift import redshift
from wheatpaste.services.redshift.errors import (
    ClusterParameterGroupAlreadyExistsFault,
    ClusterParameterGroupNotFoundFault,
    ClusterSubnetGroupAlreadyExistsFault,
    ClusterSubnetGroupNotFoundFault,
)
from wheatpaste.services.redshift.schema import groups
from wheatpaste.services.redshift.tags import given, put_tags, remove_tags, tags_of
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.services.redshift.shapes_generated import (
        ClusterParameterGroup,
        ClusterParameterGroupDetails,
        ClusterParameterGroupNameMessage,
        ClusterParameterGroupsMessage,
        ClusterSubnetGroup,
        ClusterSubnetGroupMessage,
        CreateClusterParameterGroupMessage,
        CreateClusterParameterGroupResult,
        CreateClusterSubnetGroupMessage,
        CreateClusterSubnetGroupResult,
        DeleteClusterParameterGroupMessage,
        DeleteClusterSubnetGroupMessage,
        DescribeClusterParameterGroupsMessage,
        DescribeClusterParametersMessage,
        DescribeClusterSubnetGroupsMessage,
        ModifyClusterParameterGroupMessage,
        Parameter,
    )

MEMBER = {"parametergroup": "ParameterGroupName", "subnetgroup": "ClusterSubnetGroupName"}
EXISTS = {"parametergroup": ClusterParameterGroupAlreadyExistsFault, "subnetgroup": ClusterSubnetGroupAlreadyExistsFault}
MISSING = {"parametergroup": ClusterParameterGroupNotFoundFault, "subnetgroup": ClusterSubnetGroupNotFoundFault}


def _arn(call: Call, kind: str, name: str) -> str:
    return arns.arn("redshift", call.region, call.account, f"{kind}:{name}")


def _where(call: Call, kind: str, name: str | None = None) -> Any:
    return here(call, groups, kind=kind) if name is None else here(call, groups, kind=kind, name=name)


def _row(call: Call, kind: str, name: str) -> Row[Any]:
    row = call.db.execute(select(groups).where(_where(call, kind, name))).one_or_none()
    if row is None:
        raise MISSING[kind](f"{MEMBER[kind]} {name} not found.")
    return row


def _make(call: Call, kind: str, req: Mapping[str, Any], body: Mapping[str, Any]) -> Shape:
    name = str(req[MEMBER[kind]]).lower()
    try:
        with call.db.begin_nested():
            call.db.execute(insert(groups).values(account=call.account, region=call.region, kind=kind, name=name, body=body))
    except IntegrityError:
        raise EXISTS[kind](f"{MEMBER[kind]} {name} already exists.") from None
    put_tags(call, _arn(call, kind, name), given(req))
    return _shape(call, _row(call, kind, name))


def _shape(call: Call, row: Row[Any]) -> Shape:
    body = {k: v for k, v in row.body.items() if k != "Parameters"}
    return {MEMBER[row.kind]: row.name, **body, "Tags": tags_of(call, _arn(call, row.kind, row.name))}


def _list(call: Call, kind: str, req: Mapping[str, Any]) -> list[Any]:
    name = req.get(MEMBER[kind])
    if name:
        return [_shape(call, _row(call, kind, name.lower()))]
    rows = call.db.execute(select(groups).where(_where(call, kind)).order_by(groups.c.name))
    return [_shape(call, row) for row in rows]


def _delete(call: Call, kind: str, name: str) -> Empty:
    _row(call, kind, name)
    call.db.execute(delete(groups).where(_where(call, kind, name)))
    remove_tags(call, _arn(call, kind, name))
    return {}


@redshift.operation()
def create_cluster_parameter_group(call: Call, req: CreateClusterParameterGroupMessage) -> CreateClusterParameterGroupResult:
    """Make a parameter group."""
    body = {"ParameterGroupFamily": req["ParameterGroupFamily"], "Description": req["Description"]}
    return {"ClusterParameterGroup": cast("ClusterParameterGroup", _make(call, "parametergroup", req, body))}


@redshift.operation(reads=True, stored=["MaxRecords", "Marker", "TagKeys", "TagValues"])
def describe_cluster_parameter_groups(call: Call, req: DescribeClusterParameterGroupsMessage) -> ClusterParameterGroupsMessage:
    """Parameter groups."""
    return {"ParameterGroups": _list(call, "parametergroup", req)}


@redshift.operation()
def delete_cluster_parameter_group(call: Call, req: DeleteClusterParameterGroupMessage) -> Empty:
    """Delete a parameter group."""
    return _delete(call, "parametergroup", str(req["ParameterGroupName"]).lower())


@redshift.operation(only_stored=True)
def modify_cluster_parameter_group(call: Call, req: ModifyClusterParameterGroupMessage) -> ClusterParameterGroupNameMessage:
    """Keep parameters: no warehouse reads them."""
    row = _row(call, "parametergroup", str(req["ParameterGroupName"]).lower())
    kept = {p["ParameterName"]: p for p in row.body.get("Parameters") or ()}
    kept |= {p["ParameterName"]: p for p in req["Parameters"]}
    body = {**row.body, "Parameters": list(kept.values())}
    call.db.execute(update(groups).where(_where(call, "parametergroup", row.name)).values(body=body))
    return {"ParameterGroupName": row.name, "ParameterGroupStatus": "Your parameter group has been updated."}


@redshift.operation(reads=True, stored=["MaxRecords", "Marker"])
def describe_cluster_parameters(call: Call, req: DescribeClusterParametersMessage) -> ClusterParameterGroupDetails:
    """The parameters that were set, which are all of source ``user``."""
    row = _row(call, "parametergroup", str(req["ParameterGroupName"]).lower())
    found: list[Parameter] = [{"Source": "user", **p} for p in row.body.get("Parameters") or ()]
    return {"Parameters": found if req.get("Source") in (None, "user") else []}


@redshift.operation()
def create_cluster_subnet_group(call: Call, req: CreateClusterSubnetGroupMessage) -> CreateClusterSubnetGroupResult:
    """Make a subnet group."""
    if not req["SubnetIds"]:
        raise AwsError("InvalidSubnet", "Subnet ids are required.", 400)
    subnets = [{"SubnetIdentifier": subnet, "SubnetStatus": "Active"} for subnet in req["SubnetIds"]]
    body = {"Description": req["Description"], "SubnetGroupStatus": "Complete", "Subnets": subnets}
    return {"ClusterSubnetGroup": cast("ClusterSubnetGroup", _make(call, "subnetgroup", req, body))}


@redshift.operation(reads=True, stored=["MaxRecords", "Marker", "TagKeys", "TagValues"])
def describe_cluster_subnet_groups(call: Call, req: DescribeClusterSubnetGroupsMessage) -> ClusterSubnetGroupMessage:
    """Subnet groups."""
    return {"ClusterSubnetGroups": _list(call, "subnetgroup", req)}


@redshift.operation()
def delete_cluster_subnet_group(call: Call, req: DeleteClusterSubnetGroupMessage) -> Empty:
    """Delete a subnet group."""
    return _delete(call, "subnetgroup", str(req["ClusterSubnetGroupName"]).lower())
