"""Temporary database users: GetClusterCredentials and GetClusterCredentialsWithIAM."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.redshift import redshift
from wheatpaste.services.redshift.clusters import cluster_row, resource
from wheatpaste.services.redshift.schema import temporary

if TYPE_CHECKING:
    from wheatpaste.services.redshift.shapes_generated import (
        ClusterCredentials,
        ClusterExtendedCredentials,
        GetClusterCredentialsMessage,
        GetClusterCredentialsWithIAMMessage,
    )


def iam_user(call: Call) -> str:
    """The database user of an identity: ``IAM:name`` of a user, ``IAMR:name`` of a role's session."""
    parts = call.principal.arn.rsplit(":", 1)[-1].split("/")
    if call.principal.kind == "role":
        return f"IAMR:{parts[1] if len(parts) > 1 else parts[-1]}"
    return f"IAM:{parts[-1]}"


def issue(call: Call, name: str, user: str, seconds: int) -> tuple[str, Any]:
    """A password for a user, good for so many seconds."""
    password = ids.alphanumeric(64)
    expires = call.now + timedelta(seconds=seconds)
    clause = here(call, temporary, name=name) & (temporary.c.kind == "cluster") & (temporary.c.user == user)
    call.db.execute(delete(temporary).where(clause))
    call.db.execute(
        insert(temporary).values(
            account=call.account,
            region=call.region,
            kind="cluster",
            name=name,
            user=user,
            password=call.secrets.seal(password),
            expires=expires.timestamp(),
        )
    )
    return password, expires


@redshift.operation(resource=resource, refused=["CustomDomainName"], stored=["DbGroups", "DbName"])
def get_cluster_credentials(call: Call, req: GetClusterCredentialsMessage) -> ClusterCredentials:
    """A password for ``IAM:<DbUser>`` (``IAMA:`` with AutoCreate), by default for 15 minutes."""
    row = cluster_row(call, req)
    user = f"{'IAMA' if req.get('AutoCreate') else 'IAM'}:{req['DbUser']}"
    password, expires = issue(call, row.name, user, req.get("DurationSeconds") or 900)
    return {"DbUser": user, "DbPassword": password, "Expiration": expires}


@redshift.operation(resource=resource, refused=["CustomDomainName"], stored=["DbName"])
def get_cluster_credentials_with_iam(call: Call, req: GetClusterCredentialsWithIAMMessage) -> ClusterExtendedCredentials:
    """A password for the caller's own identity."""
    row = cluster_row(call, req)
    user = iam_user(call)
    password, expires = issue(call, row.name, user, req.get("DurationSeconds") or 900)
    return {"DbUser": user, "DbPassword": password, "Expiration": expires, "NextRefreshTime": expires}
