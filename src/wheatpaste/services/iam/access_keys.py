"""Access keys: made here, they sign requests that are verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, select, update

from wheatpaste import ids
from wheatpaste.auth.schema import access_keys
from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import LimitExceededException, NoSuchEntityException, ValidationError

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import (
        AccessKeyMetadata,
        CreateAccessKeyRequest,
        CreateAccessKeyResponse,
        DeleteAccessKeyRequest,
        ListAccessKeysRequest,
        ListAccessKeysResponse,
        UpdateAccessKeyRequest,
    )


def _user(call: Call, req: Mapping[str, Any]) -> Row[Any]:
    name = req.get("UserName")
    if not name and call.principal.kind != "user":
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return entity.find(call, "user", name or call.principal.arn.rsplit("/", 1)[-1])


def _where(call: Call, req: Mapping[str, Any]) -> Any:
    row = _user(call, req)
    clause = (
        (access_keys.c.account == call.account) & (access_keys.c.user_name == row.name) & (access_keys.c.access_key == req["AccessKeyId"])
    )
    if call.db.execute(select(access_keys).where(clause)).first() is None:
        raise NoSuchEntityException(f"The Access Key with id {req['AccessKeyId']} cannot be found.")
    return clause


@iam.operation()
def create_access_key(call: Call, req: CreateAccessKeyRequest) -> CreateAccessKeyResponse:
    """A key of a user, with the secret that only this answer shows."""
    row = _user(call, req)
    held = call.db.execute(
        select(func.count()).where(access_keys.c.account == call.account, access_keys.c.user_name == row.name)
    ).scalar_one()
    if held >= 2:
        raise LimitExceededException("Cannot exceed quota for AccessKeysPerUser: 2")
    key, secret = ids.iam_id("AKIA"), ids.secret_key()
    values = {"access_key": key, "account": call.account, "user_name": row.name, "user_arn": row.arn, "user_id": row.id, "status": "Active"}
    call.db.execute(insert(access_keys).values(**values, secret=call.secrets.seal(secret), created=call.now.timestamp()))
    call.app.keyring.forget()
    return {"AccessKey": {"UserName": row.name, "AccessKeyId": key, "Status": "Active", "SecretAccessKey": secret, "CreateDate": call.now}}


@iam.operation(reads=True, stored=["Marker", "MaxItems"])
def list_access_keys(call: Call, req: ListAccessKeysRequest) -> ListAccessKeysResponse:
    """A user's keys (two at most, so always one page)."""
    row = _user(call, req)
    found = call.db.execute(
        select(access_keys)
        .where(access_keys.c.account == call.account, access_keys.c.user_name == row.name)
        .order_by(access_keys.c.created)
    )
    keys: list[AccessKeyMetadata] = [
        {"UserName": row.name, "AccessKeyId": k.access_key, "Status": k.status, "CreateDate": entity.when(k.created)} for k in found
    ]
    return {"AccessKeyMetadata": keys, "IsTruncated": False}


@iam.operation()
def update_access_key(call: Call, req: UpdateAccessKeyRequest) -> Empty:
    """Activate or deactivate a key."""
    call.db.execute(update(access_keys).where(_where(call, req)).values(status=req["Status"]))
    call.app.keyring.forget()
    return {}


@iam.operation()
def delete_access_key(call: Call, req: DeleteAccessKeyRequest) -> Empty:
    """Delete a key."""
    call.db.execute(delete(access_keys).where(_where(call, req)))
    call.app.keyring.forget()
    return {}
