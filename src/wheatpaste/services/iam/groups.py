"""Groups of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import DeleteConflictException
from wheatpaste.services.iam.schema import attachments, entities, inline_policies, members
from wheatpaste.services.iam.users import user_shape

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import (
        AddUserToGroupRequest,
        CreateGroupRequest,
        CreateGroupResponse,
        DeleteGroupRequest,
        GetGroupRequest,
        GetGroupResponse,
        Group,
        ListGroupsForUserRequest,
        ListGroupsForUserResponse,
        ListGroupsRequest,
        ListGroupsResponse,
        RemoveUserFromGroupRequest,
    )


def group_shape(row: Row[Any]) -> Group:
    """A group as GetGroup shows it."""
    return {"Path": row.path, "GroupName": row.name, "GroupId": row.id, "Arn": row.arn, "CreateDate": entity.when(row.created)}


@iam.operation()
def create_group(call: Call, req: CreateGroupRequest) -> CreateGroupResponse:
    """Make a group."""
    return {"Group": group_shape(entity.create(call, "group", req["GroupName"], req.get("Path", "/"), {}, []))}


@iam.operation(reads=True)
def get_group(call: Call, req: GetGroupRequest) -> GetGroupResponse:
    """A group and its users."""
    row = entity.find(call, "group", req["GroupName"])
    keys = select(members.c.member_key).where(entity.of(call, members, "group", row.name))
    rows, token = entity.page(call, "user", req, entities.c.name_key.in_(keys))
    return {"Group": group_shape(row), "Users": [user_shape(user) for user in rows], **token}


@iam.operation(reads=True)
def list_groups(call: Call, req: ListGroupsRequest) -> ListGroupsResponse:
    """The groups under a path."""
    rows, token = entity.page(call, "group", req)
    return {"Groups": [group_shape(row) for row in rows], **token}


@iam.operation(reads=True)
def list_groups_for_user(call: Call, req: ListGroupsForUserRequest) -> ListGroupsForUserResponse:
    """The groups that a user is in."""
    user = entity.find(call, "user", req["UserName"])
    keys = select(members.c.name_key).where(
        members.c.account == call.account, members.c.kind == "group", members.c.member_key == user.name_key
    )
    rows, token = entity.page(call, "group", req, entities.c.name_key.in_(keys))
    return {"Groups": [group_shape(row) for row in rows], **token}


@iam.operation()
def add_user_to_group(call: Call, req: AddUserToGroupRequest) -> Empty:
    """Put a user into a group; once in, again is no error."""
    group, user = entity.find(call, "group", req["GroupName"]), entity.find(call, "user", req["UserName"])
    try:
        with call.db.begin_nested():
            call.db.execute(insert(members).values(account=call.account, kind="group", name_key=group.name_key, member_key=user.name_key))
    except IntegrityError:
        return {}  # AWS answers success for a member, too
    return {}


@iam.operation()
def remove_user_from_group(call: Call, req: RemoveUserFromGroupRequest) -> Empty:
    """Take a user out of a group."""
    group, user = entity.find(call, "group", req["GroupName"]), entity.find(call, "user", req["UserName"])
    call.db.execute(delete(members).where(entity.of(call, members, "group", group.name), members.c.member_key == user.name_key))
    return {}


@iam.operation()
def delete_group(call: Call, req: DeleteGroupRequest) -> Empty:
    """Delete a group without users and policies."""
    row = entity.find(call, "group", req["GroupName"])
    for table, what in ((members, "remove users from group"), (attachments, "detach all policies"), (inline_policies, "delete policies")):
        if call.db.execute(select(table).where(entity.of(call, table, "group", row.name))).first():
            raise DeleteConflictException(f"Cannot delete entity, must {what} first.")
    entity.remove(call, "group", row.name)
    return {}
