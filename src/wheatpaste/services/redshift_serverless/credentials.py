"""GetCredentials: a temporary database user for the caller's identity."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.redshift_serverless import serverless
from wheatpaste.services.redshift_serverless.errors import ValidationException
from wheatpaste.services.redshift_serverless.schema import temporary
from wheatpaste.services.redshift_serverless.workgroups import resource, workgroup_row

if TYPE_CHECKING:
    from wheatpaste.services.redshift_serverless.shapes_generated import GetCredentialsRequest, GetCredentialsResponse


def user_of(call: Call) -> str:
    """The database user of an identity: ``IAM:name`` of a user, ``IAMR:name`` of a role's session."""
    parts = call.principal.arn.rsplit(":", 1)[-1].split("/")
    if call.principal.kind == "role":
        return f"IAMR:{parts[1] if len(parts) > 1 else parts[-1]}"
    return f"IAM:{parts[-1]}"


@serverless.operation(resource=resource, refused=["customDomainName"], stored=["dbName"])
def get_credentials(call: Call, req: GetCredentialsRequest) -> GetCredentialsResponse:
    """A password for the caller, by default for 15 minutes."""
    if not req.get("workgroupName"):
        raise ValidationException("workgroupName is required")
    row = workgroup_row(call, req["workgroupName"])
    user, password = user_of(call), ids.alphanumeric(64)
    expires = call.now + timedelta(seconds=req.get("durationSeconds") or 900)
    clause = here(call, temporary, name=row.name) & (temporary.c.kind == "workgroup") & (temporary.c.user == user)
    call.db.execute(delete(temporary).where(clause))
    where = {"account": call.account, "region": call.region, "kind": "workgroup", "name": row.name, "user": user}
    call.db.execute(insert(temporary).values(**where, password=call.secrets.seal(password), expires=expires.timestamp()))
    return {"dbUser": user, "dbPassword": password, "expiration": expires, "nextRefreshTime": expires}
