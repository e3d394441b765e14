"""Instance profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select

from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import DeleteConflictException, LimitExceededException, NoSuchEntityException
from wheatpaste.services.iam.roles import role_shape
from wheatpaste.services.iam.schema import entities, members

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import (
        AddRoleToInstanceProfileRequest,
        CreateInstanceProfileRequest,
        CreateInstanceProfileResponse,
        DeleteInstanceProfileRequest,
        GetInstanceProfileRequest,
        GetInstanceProfileResponse,
        InstanceProfile,
        ListInstanceProfilesForRoleRequest,
        ListInstanceProfilesForRoleResponse,
        ListInstanceProfilesRequest,
        ListInstanceProfilesResponse,
        RemoveRoleFromInstanceProfileRequest,
    )


def _shape(call: Call, row: Row[Any]) -> InstanceProfile:
    keys = select(members.c.member_key).where(entity.of(call, members, "profile", row.name))
    roles = call.db.execute(
        select(entities).where(entities.c.account == call.account, entities.c.kind == "role", entities.c.name_key.in_(keys))
    )
    return {
        "Path": row.path,
        "InstanceProfileName": row.name,
        "InstanceProfileId": row.id,
        "Arn": row.arn,
        "CreateDate": entity.when(row.created),
        "Roles": [role_shape(role, full=False) for role in roles],
        "Tags": entity.tag_list(row.tags),
    }


@iam.operation()
def create_instance_profile(call: Call, req: CreateInstanceProfileRequest) -> CreateInstanceProfileResponse:
    """Make an instance profile."""
    return {
        "InstanceProfile": _shape(
            call, entity.create(call, "profile", req["InstanceProfileName"], req.get("Path", "/"), {}, req.get("Tags") or [])
        )
    }


@iam.operation(reads=True)
def get_instance_profile(call: Call, req: GetInstanceProfileRequest) -> GetInstanceProfileResponse:
    """One instance profile."""
    return {"InstanceProfile": _shape(call, entity.find(call, "profile", req["InstanceProfileName"]))}


@iam.operation(reads=True)
def list_instance_profiles(call: Call, req: ListInstanceProfilesRequest) -> ListInstanceProfilesResponse:
    """The instance profiles under a path."""
    rows, token = entity.page(call, "profile", req)
    return {"InstanceProfiles": [_shape(call, row) for row in rows], **token}


@iam.operation(reads=True)
def list_instance_profiles_for_role(call: Call, req: ListInstanceProfilesForRoleRequest) -> ListInstanceProfilesForRoleResponse:
    """The instance profiles that hold a role."""
    role = entity.find(call, "role", req["RoleName"])
    keys = select(members.c.name_key).where(
        members.c.account == call.account, members.c.kind == "profile", members.c.member_key == role.name_key
    )
    rows, token = entity.page(call, "profile", req, entities.c.name_key.in_(keys))
    return {"InstanceProfiles": [_shape(call, row) for row in rows], **token}


@iam.operation()
def add_role_to_instance_profile(call: Call, req: AddRoleToInstanceProfileRequest) -> Empty:
    """Put a role into an instance profile, which holds one."""
    profile, role = entity.find(call, "profile", req["InstanceProfileName"]), entity.find(call, "role", req["RoleName"])
    if call.db.execute(select(members).where(entity.of(call, members, "profile", profile.name))).first():
        raise LimitExceededException("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
    call.db.execute(insert(members).values(account=call.account, kind="profile", name_key=profile.name_key, member_key=role.name_key))
    return {}


@iam.operation()
def remove_role_from_instance_profile(call: Call, req: RemoveRoleFromInstanceProfileRequest) -> Empty:
    """Take a role out of an instance profile."""
    profile, role = entity.find(call, "profile", req["InstanceProfileName"]), entity.find(call, "role", req["RoleName"])
    gone = call.db.execute(delete(members).where(entity.of(call, members, "profile", profile.name), members.c.member_key == role.name_key))
    if not gone.rowcount:
        raise NoSuchEntityException(f"Role {role.name} in instance profile {profile.name} cannot be found.")
    return {}


@iam.operation()
def delete_instance_profile(call: Call, req: DeleteInstanceProfileRequest) -> Empty:
    """Delete an instance profile that holds no role."""
    row = entity.find(call, "profile", req["InstanceProfileName"])
    if call.db.execute(select(members).where(entity.of(call, members, "profile", row.name))).first():
        raise DeleteConflictException("Cannot delete entity, must remove roles from instance profile first.")
    entity.remove(call, "profile", row.name)
    return {}
