"""Clusters: create, describe, modify, pause, resume, reboot, delete."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import chosen
from wheatpaste.services.redshift import redshift
from wheatpaste.services.redshift.errors import (
    ClusterAlreadyExistsFault,
    ClusterNotFoundFault,
    InvalidClusterStateFault,
)
from wheatpaste.services.redshift.schema import clusters, warehouses
from wheatpaste.services.redshift.tags import given, put_tags, remove_tags, tags_of
from wheatpaste.wire.errors import AwsError
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.redshift.shapes_generated import (
        Cluster,
        ClusterIamRole,
        ClustersMessage,
        CreateClusterMessage,
        CreateClusterResult,
        DeleteClusterMessage,
        DeleteClusterResult,
        DescribeClustersMessage,
        DescribeLoggingStatusMessage,
        LoggingStatus,
        ModifyClusterIamRolesMessage,
        ModifyClusterIamRolesResult,
        ModifyClusterMessage,
        ModifyClusterResult,
        PauseClusterMessage,
        PauseClusterResult,
        RebootClusterMessage,
        RebootClusterResult,
        ResumeClusterMessage,
        ResumeClusterResult,
    )

PORT = 5439
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED = {"memory", "temp", "system", "template0", "template1", "padb_harvest", "information_schema"}

STORED = [
    "ClusterType", "NodeType", "ClusterSecurityGroups", "VpcSecurityGroupIds", "ClusterSubnetGroupName", "AvailabilityZone",
    "PreferredMaintenanceWindow", "ClusterParameterGroupName", "AutomatedSnapshotRetentionPeriod", "ManualSnapshotRetentionPeriod",
    "ClusterVersion", "AllowVersionUpgrade", "NumberOfNodes", "PubliclyAccessible", "Encrypted", "KmsKeyId", "EnhancedVpcRouting",
    "IamRoles", "MaintenanceTrackName", "AvailabilityZoneRelocation", "AquaConfigurationStatus", "IpAddressType", "MultiAZ",
    "ExtraComputeForAutomaticOptimization",
]  # fmt: skip
REFUSED = [
    "HsmClientCertificateIdentifier", "HsmConfigurationIdentifier", "ElasticIp", "AdditionalInfo", "SnapshotScheduleIdentifier",
    "LoadSampleData", "ManageMasterPassword", "MasterPasswordSecretKmsKeyId", "RedshiftIdcApplicationArn", "CatalogName",
]  # fmt: skip


def of_kind(call: Call, name: str) -> Any:
    """The WHERE clause of a cluster's warehouse."""
    return here(call, warehouses, name=name) & (warehouses.c.kind == "cluster")


def cluster_arn(call: Call, name: str) -> str:
    """A cluster's ARN."""
    return arns.arn("redshift", call.region, call.account, f"cluster:{name}")


def resource(call: Call, req: Mapping[str, Any]) -> str:
    """The cluster that a request names."""
    return cluster_arn(call, str(req.get("ClusterIdentifier") or "*").lower())


def cluster_row(call: Call, req: Mapping[str, Any]) -> Row[Any]:
    """The row of the cluster that a request names. Raises ClusterNotFound."""
    name = str(req.get("ClusterIdentifier") or "").lower()
    row = call.db.execute(select(clusters).where(here(call, clusters, name=name))).one_or_none()
    if row is None:
        raise ClusterNotFoundFault(f"Cluster {name} not found.")
    return row


def shape(call: Call, row: Row[Any]) -> Cluster:
    """A cluster as AWS describes it; computed from its rows."""
    house = call.db.execute(select(warehouses).where(of_kind(call, row.name))).one()
    body = row.body
    roles: list[ClusterIamRole] = [{"IamRoleArn": role, "ApplyStatus": "in-sync"} for role in body.get("IamRoles") or ()]
    default = house.roles.get("default")
    nodes = int(body.get("NumberOfNodes") or 1)
    found: Cluster = {
        "ClusterIdentifier": row.name,
        "NodeType": body["NodeType"],
        "ClusterStatus": row.status,
        "ClusterAvailabilityStatus": {"available": "Available", "paused": "Paused"}.get(row.status, "Modifying"),
        "MasterUsername": house.admin,
        "DBName": house.database,
        "ClusterCreateTime": row.created,
        "AutomatedSnapshotRetentionPeriod": body.get("AutomatedSnapshotRetentionPeriod", 1),
        "ManualSnapshotRetentionPeriod": body.get("ManualSnapshotRetentionPeriod", -1),
        "ClusterSecurityGroups": [{"ClusterSecurityGroupName": n, "Status": "active"} for n in body.get("ClusterSecurityGroups") or ()],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": n, "Status": "active"} for n in body.get("VpcSecurityGroupIds") or ()],
        "ClusterParameterGroups": [
            {"ParameterGroupName": body.get("ClusterParameterGroupName") or "default.redshift-1.0", "ParameterApplyStatus": "in-sync"}
        ],
        "AvailabilityZone": body.get("AvailabilityZone") or f"{call.region}a",
        "PreferredMaintenanceWindow": body.get("PreferredMaintenanceWindow") or "sun:06:00-sun:06:30",
        "PendingModifiedValues": {},
        "ClusterVersion": body.get("ClusterVersion") or "1.0",
        "AllowVersionUpgrade": body.get("AllowVersionUpgrade", True),
        "NumberOfNodes": nodes,
        "PubliclyAccessible": body.get("PubliclyAccessible", False),
        "Encrypted": body.get("Encrypted", True),
        "Tags": tags_of(call, cluster_arn(call, row.name)),
        "EnhancedVpcRouting": body.get("EnhancedVpcRouting", False),
        "IamRoles": roles,
        "MaintenanceTrackName": body.get("MaintenanceTrackName") or "current",
        "ClusterNodes": [{"NodeRole": "SHARED" if nodes == 1 else "LEADER", "PrivateIPAddress": house.address or "127.0.0.1"}],
        "ClusterNamespaceArn": arns.arn("redshift", call.region, call.account, f"namespace:{row.namespace}"),
        "DefaultIamRoleArn": default or "",
        "MultiAZ": "Enabled" if body.get("MultiAZ") else "Disabled",
    }
    if body.get("ClusterSubnetGroupName"):
        found["ClusterSubnetGroupName"] = body["ClusterSubnetGroupName"]
    if body.get("KmsKeyId"):
        found["KmsKeyId"] = body["KmsKeyId"]
    if body.get("IpAddressType"):
        found["IpAddressType"] = body["IpAddressType"]
    if house.address:
        found["Endpoint"] = {"Address": house.address, "Port": house.port}
    return found


def invalid(message: str) -> AwsError:
    """InvalidParameterValue, which the model does not name."""
    return AwsError("InvalidParameterValue", message, 400)


def check_password(password: str) -> None:
    """Redshift's rules for an administrator's password."""
    if not (8 <= len(password) <= 64 and re.search("[a-z]", password) and re.search("[A-Z]", password) and re.search("[0-9]", password)):
        raise invalid(
            "The parameter MasterUserPassword is not a valid password: it needs 8 to 64 characters, with an upper-case letter,"
            " a lower-case letter and a number."
        )


@redshift.operation(resource=resource, stored=STORED, refused=REFUSED)
def create_cluster(call: Call, req: CreateClusterMessage) -> CreateClusterResult:
    """Make a cluster: its file and its listener follow in a task."""
    name, database = str(req["ClusterIdentifier"]).lower(), str(req.get("DBName") or "dev").lower()
    if not NAME.fullmatch(name) or len(name) > 63:
        raise invalid(f"The parameter ClusterIdentifier is not a valid identifier: {name}")
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", database) or database in RESERVED:
        raise invalid(f"The parameter DBName is not a valid database name: {database}")
    if not req.get("MasterUserPassword"):
        raise invalid("The parameter MasterUserPassword must be provided and must not be blank.")
    check_password(req["MasterUserPassword"])
    namespace = str(uuid.uuid4())
    row = {"account": call.account, "region": call.region, "name": name}
    body = chosen(req, STORED)
    try:
        with call.db.begin_nested():
            call.db.execute(insert(clusters).values(**row, status="creating", namespace=namespace, body=body, created=call.now))
    except IntegrityError:
        raise ClusterAlreadyExistsFault("Cluster already exists") from None
    call.db.execute(
        insert(warehouses).values(
            **row,
            kind="cluster",
            file=namespace,
            database=database,
            admin=req["MasterUsername"].lower(),
            password=call.secrets.seal(req["MasterUserPassword"]),
            port=req.get("Port") or PORT,
            address="",
            open=0,
            roles={"default": req.get("DefaultIamRoleArn") or ""},
        )
    )
    put_tags(call, cluster_arn(call, name), given(req))
    call.start("cluster", name, {"to": "available"})
    return {"Cluster": shape(call, cluster_row(call, req))}


@redshift.operation(reads=True, resource=resource)
def describe_clusters(call: Call, req: DescribeClustersMessage) -> ClustersMessage:
    """One cluster, or a page of all in order of their names."""
    if req.get("ClusterIdentifier"):
        return {"Clusters": [shape(call, cluster_row(call, req))]}
    query = select(clusters).where(here(call, clusters)).order_by(clusters.c.name)
    if req.get("Marker"):
        query = query.where(clusters.c.name > decode_token(req["Marker"], "DescribeClusters"))
    keys, values = set(req.get("TagKeys") or ()), set(req.get("TagValues") or ())
    found = [shape(call, row) for row in call.db.execute(query)]
    wanted = [
        cluster
        for cluster in found
        if (not keys or keys & {t["Key"] for t in cluster["Tags"]}) and (not values or values & {t["Value"] for t in cluster["Tags"]})
    ]
    rows, token = page(wanted, req.get("MaxRecords") or 100, lambda cluster: cluster["ClusterIdentifier"], "DescribeClusters")
    return {"Clusters": list(rows), "Marker": token}


MODIFIED = [*[m for m in STORED if m not in ("IamRoles", "AquaConfigurationStatus", "ClusterSubnetGroupName")]]


@redshift.operation(
    resource=resource,
    stored=MODIFIED,
    refused=[
        "HsmClientCertificateIdentifier", "HsmConfigurationIdentifier", "NewClusterIdentifier", "ElasticIp", "Port", "ManageMasterPassword",
        "MasterPasswordSecretKmsKeyId",
    ],
)  # fmt: skip
def modify_cluster(call: Call, req: ModifyClusterMessage) -> ModifyClusterResult:
    """Change what is kept, or the administrator's password, which counts from the next connection on."""
    row = cluster_row(call, req)
    body = {**row.body, **chosen(req, MODIFIED)}
    call.db.execute(update(clusters).where(here(call, clusters, name=row.name)).values(body=body))
    if req.get("MasterUserPassword"):
        check_password(req["MasterUserPassword"])
        sealed = call.secrets.seal(req["MasterUserPassword"])
        call.db.execute(update(warehouses).where(of_kind(call, row.name)).values(password=sealed))
    return {"Cluster": shape(call, cluster_row(call, req))}


@redshift.operation(resource=resource)
def modify_cluster_iam_roles(call: Call, req: ModifyClusterIamRolesMessage) -> ModifyClusterIamRolesResult:
    """Add and take away roles, and name the default one."""
    row = cluster_row(call, req)
    removed = set(req.get("RemoveIamRoles") or ())
    roles = [r for r in row.body.get("IamRoles") or () if r not in removed]
    roles += [r for r in req.get("AddIamRoles") or () if r not in roles]
    call.db.execute(update(clusters).where(here(call, clusters, name=row.name)).values(body={**row.body, "IamRoles": roles}))
    if req.get("DefaultIamRoleArn") is not None:
        call.db.execute(update(warehouses).where(of_kind(call, row.name)).values(roles={"default": req["DefaultIamRoleArn"]}))
    return {"Cluster": shape(call, cluster_row(call, req))}


def move(call: Call, req: Mapping[str, Any], allowed: tuple[str, ...], status: str, to: str) -> PauseClusterResult:
    """Put a cluster into a passing state and start the task that ends it."""
    row = cluster_row(call, req)
    if row.status not in allowed:
        raise InvalidClusterStateFault(f"Cluster {row.name} is in state {row.status}: {call.operation.name} needs {' or '.join(allowed)}.")
    call.db.execute(update(clusters).where(here(call, clusters, name=row.name)).values(status=status))
    call.start("cluster", row.name, {"to": to})
    return {"Cluster": shape(call, cluster_row(call, req))}


@redshift.operation(resource=resource)
def pause_cluster(call: Call, req: PauseClusterMessage) -> PauseClusterResult:
    """Stop listening and end the worker; the data stays."""
    return move(call, req, ("available",), "pausing", "paused")


@redshift.operation(resource=resource)
def resume_cluster(call: Call, req: ResumeClusterMessage) -> ResumeClusterResult:
    """Listen again, on the same address."""
    return move(call, req, ("paused",), "resuming", "available")


@redshift.operation(resource=resource)
def reboot_cluster(call: Call, req: RebootClusterMessage) -> RebootClusterResult:
    """Hang up on everybody, end the worker and listen again."""
    return move(call, req, ("available",), "rebooting", "rebooted")


@redshift.operation(resource=resource, refused=["FinalClusterSnapshotIdentifier", "FinalClusterSnapshotRetentionPeriod"])
def delete_cluster(call: Call, req: DeleteClusterMessage) -> DeleteClusterResult:
    """Stop the cluster and delete its file. Snapshots are refused: SkipFinalClusterSnapshot must be true."""
    if not req.get("SkipFinalClusterSnapshot"):
        raise AwsError(
            "InvalidParameterCombination", "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.", 400
        )
    return move(call, req, ("available", "paused", "hardware-failure"), "deleting", "deleted")


@redshift.operation(reads=True, resource=resource)
def describe_logging_status(call: Call, req: DescribeLoggingStatusMessage) -> LoggingStatus:
    """Audit logging is never on: EnableLogging is refused."""
    cluster_row(call, req)
    return {"LoggingEnabled": False}


def forget(call: Call, name: str) -> None:
    """Delete a cluster's rows."""
    for table in (clusters, warehouses):
        clause = here(call, table, name=name)
        call.db.execute(delete(table).where(clause if table is clusters else of_kind(call, name)))
    remove_tags(call, cluster_arn(call, name))
