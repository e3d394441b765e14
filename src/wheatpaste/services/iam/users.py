"""Users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from wheatpaste.auth.schema import access_keys
from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import DeleteConflictException, ValidationError
from wheatpaste.services.iam.schema import attachments, inline_policies, members

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import (
        CreateUserRequest,
        CreateUserResponse,
        DeleteUserRequest,
        GetUserRequest,
        GetUserResponse,
        ListUsersRequest,
        ListUsersResponse,
        User,
    )


def user_shape(row: Row[Any]) -> User:
    """A user as GetUser shows it."""
    shape: User = {"Path": row.path, "UserName": row.name, "UserId": row.id, "Arn": row.arn, "CreateDate": entity.when(row.created)}
    if row.body.get("PermissionsBoundary"):
        shape["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": row.body["PermissionsBoundary"]}
    return {**shape, "Tags": entity.tag_list(row.tags)} if row.tags else shape


@iam.operation(stored=["PermissionsBoundary"])
def create_user(call: Call, req: CreateUserRequest) -> CreateUserResponse:
    """Make a user."""
    body = {"PermissionsBoundary": req["PermissionsBoundary"]} if req.get("PermissionsBoundary") else {}
    return {"User": user_shape(entity.create(call, "user", req["UserName"], req.get("Path", "/"), body, req.get("Tags") or []))}


@iam.operation(reads=True)
def get_user(call: Call, req: GetUserRequest) -> GetUserResponse:
    """One user; without a name, the caller."""
    name = req.get("UserName")
    if not name and call.principal.kind == "root":
        return {
            "User": {"Path": "/", "UserName": "root", "UserId": call.account, "Arn": call.principal.arn, "CreateDate": call.app.started}
        }
    if not name and call.principal.kind != "user":
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return {"User": user_shape(entity.find(call, "user", name or call.principal.arn.rsplit("/", 1)[-1]))}


@iam.operation(reads=True)
def list_users(call: Call, req: ListUsersRequest) -> ListUsersResponse:
    """The users under a path."""
    rows, token = entity.page(call, "user", req)
    return {"Users": [user_shape(row) for row in rows], **token}


@iam.operation()
def delete_user(call: Call, req: DeleteUserRequest) -> Empty:
    """Delete a user that has no keys, no policies and is in no group."""
    row = entity.find(call, "user", req["UserName"])
    if call.db.execute(select(access_keys).where(access_keys.c.account == call.account, access_keys.c.user_name == row.name)).first():
        raise DeleteConflictException("Cannot delete entity, must delete access keys first.")
    if call.db.execute(select(attachments).where(entity.of(call, attachments, "user", row.name))).first():
        raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
    if call.db.execute(select(inline_policies).where(entity.of(call, inline_policies, "user", row.name))).first():
        raise DeleteConflictException("Cannot delete entity, must delete policies first.")
    in_group = (members.c.account == call.account) & (members.c.kind == "group") & (members.c.member_key == row.name_key)
    if call.db.execute(select(members).where(in_group)).first():
        raise DeleteConflictException("Cannot delete entity, must remove users from group first.")
    entity.remove(call, "user", row.name)
    return {}
