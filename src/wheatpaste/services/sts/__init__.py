"""AWS STS: temporary credentials that work, and who the caller is."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

from wheatpaste import arn as arns
from wheatpaste.auth import sessions
from wheatpaste.auth.principals import Principal, assumed_role
from wheatpaste.call import Call
from wheatpaste.service import Service
from wheatpaste.store.db import metadata
from wheatpaste.wire.errors import AccessDenied, aws_error

if TYPE_CHECKING:
    from wheatpaste.services.sts.shapes_generated import (
        AssumedRoleUser,
        AssumeRoleRequest,
        AssumeRoleResponse,
        Credentials,
        GetAccessKeyInfoRequest,
        GetAccessKeyInfoResponse,
        GetCallerIdentityRequest,
        GetCallerIdentityResponse,
        GetSessionTokenRequest,
        GetSessionTokenResponse,
    )

sts = Service("sts", scope="global")

ValidationError = aws_error("sts", "ValidationError", status=400)
MalformedPolicyDocument = aws_error("sts", "MalformedPolicyDocument", status=400)


def _credentials(made: sessions.Credentials) -> Credentials:
    return {"AccessKeyId": made.access_key, "SecretAccessKey": made.secret_key, "SessionToken": made.token, "Expiration": made.expiration}


@sts.operation(point=True)
def get_caller_identity(call: Call, req: GetCallerIdentityRequest) -> GetCallerIdentityResponse:
    """Who signs: account, ARN and unique id."""
    return {"UserId": call.principal.user_id, "Account": call.principal.account, "Arn": call.principal.arn}


@sts.operation(reads=True)
def get_access_key_info(call: Call, req: GetAccessKeyInfoRequest) -> GetAccessKeyInfoResponse:
    """The account that an access key belongs to."""
    return {"Account": call.app.keyring.find(req["AccessKeyId"]).principal.account}


@sts.operation(
    stored=["PolicyArns", "Policy", "Tags", "TransitiveTagKeys", "SourceIdentity", "ExternalId"],
    refused=["SerialNumber", "TokenCode", "ProvidedContexts", "MinimumSessionTokenSize"],
)
def assume_role(call: Call, req: AssumeRoleRequest) -> AssumeRoleResponse:
    """Credentials of a role's session; in ``--auth open`` a role that nobody made can be assumed, as an unknown key can sign."""
    try:
        parsed = arns.parse(req["RoleArn"])
    except ValueError:
        raise ValidationError(f"{req['RoleArn']} is invalid") from None
    role_id = _role_id(call, parsed)
    principal = assumed_role(parsed.account, req["RoleArn"], req["RoleSessionName"], role_id)
    policies = [req["Policy"]] if req.get("Policy") else []
    for policy in policies:
        _check_json(policy)
    made = sessions.mint(
        call.db, call.secrets, principal, req["RoleSessionName"], seconds=req.get("DurationSeconds") or sessions.HOUR, policies=policies
    )
    user: AssumedRoleUser = {"AssumedRoleId": principal.user_id, "Arn": principal.arn}
    return {
        "Credentials": _credentials(made),
        "AssumedRoleUser": user,
        "PackedPolicySize": 0,
        **({"SourceIdentity": req["SourceIdentity"]} if req.get("SourceIdentity") else {}),
    }


def _check_json(policy: str) -> None:
    try:
        json.loads(policy)
    except ValueError as error:
        raise MalformedPolicyDocument(f"The policy is not in the valid JSON format: {error}") from None


def _role_id(call: Call, parsed: arns.Arn) -> str:
    """The role's unique id; AccessDenied for a role that nobody made, where that matters."""
    name = parsed.resource.rsplit("/", 1)[-1]
    table: Table | None = metadata.tables.get("iam_entities")
    row: Any = None
    if table is not None:
        where = (table.c.account == parsed.account) & (table.c.kind == "role") & (table.c.name_key == name.lower())
        row = call.db.execute(table.select().where(where)).one_or_none()
    if row is None and call.app.config.auth == "signed":
        raise AccessDenied(f"User: {call.principal.arn} is not authorized to perform: sts:AssumeRole on resource: {parsed}")
    return str(row.id) if row is not None else "AROA" + hashlib.sha256(str(parsed).encode()).hexdigest()[:16].upper()


@sts.operation(refused=["SerialNumber", "TokenCode", "MinimumSessionTokenSize"])
def get_session_token(call: Call, req: GetSessionTokenRequest) -> GetSessionTokenResponse:
    """Temporary credentials of the caller itself."""
    caller = call.principal
    principal = Principal(caller.kind, caller.account, caller.arn, caller.user_id, "", caller.role_arn)
    made = sessions.mint(
        call.db, call.secrets, principal, f"session-{int(time.time())}", seconds=req.get("DurationSeconds") or 12 * sessions.HOUR
    )
    return {"Credentials": _credentials(made)}
