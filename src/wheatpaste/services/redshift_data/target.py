"""Which warehouse and which database user a request means."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.engines.redshift.schema import warehouses
from wheatpaste.engines.redshift.warehouses import Key
from wheatpaste.services.redshift_data.errors import ResourceNotFoundException, ValidationException


def arn_of(call: Call, req: Mapping[str, Any]) -> str:
    """The resource of a request, for permissions."""
    if req.get("WorkgroupName"):
        return arns.arn("redshift-serverless", call.region, call.account, "workgroup/*")
    return arns.arn("redshift", call.region, call.account, f"cluster:{req.get('ClusterIdentifier') or '*'}")


def key_of(call: Call, req: Mapping[str, Any]) -> Key:
    """The warehouse. Raises ValidationException when the request names none, or two."""
    cluster, workgroup = req.get("ClusterIdentifier"), req.get("WorkgroupName")
    if bool(cluster) == bool(workgroup):
        raise ValidationException("Exactly one of ClusterIdentifier and WorkgroupName must be given")
    name = str(cluster).lower() if cluster else str(workgroup).rsplit("/", 1)[-1]
    return Key(call.account, call.region, "cluster" if cluster else "workgroup", name)


def row_of(call: Call, key: Key) -> Row[Any]:
    """The warehouse's row. Raises ResourceNotFoundException."""
    row = call.db.execute(select(warehouses).where(key.where(warehouses))).one_or_none()
    if row is None:
        raise ResourceNotFoundException(f"Redshift endpoint doesn't exist in this region: {key.name}")
    return row


def user_of(call: Call, req: Mapping[str, Any]) -> str:
    """The database user: DbUser of a cluster, else the caller's identity."""
    if req.get("DbUser"):
        return str(req["DbUser"])
    parts = call.principal.arn.rsplit(":", 1)[-1].split("/")
    if call.principal.kind == "role":
        return f"IAMR:{parts[1] if len(parts) > 1 else parts[-1]}"
    return f"IAM:{parts[-1]}"
