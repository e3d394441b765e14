"""Roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import DeleteConflictException
from wheatpaste.services.iam.schema import attachments, inline_policies, members

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import (
        CreateRoleRequest,
        CreateRoleResponse,
        DeleteRoleRequest,
        GetRoleRequest,
        GetRoleResponse,
        ListRolesRequest,
        ListRolesResponse,
        Role,
        UpdateAssumeRolePolicyRequest,
        UpdateRoleDescriptionRequest,
        UpdateRoleDescriptionResponse,
        UpdateRoleRequest,
        UpdateRoleResponse,
    )


def role_shape(row: Row[Any], *, full: bool = True) -> Role:
    """A role as GetRole shows it; lists leave some members out, as AWS does."""
    body = dict(row.body)
    boundary = body.pop("PermissionsBoundary", None)
    shape: Role = {
        "Path": row.path,
        "RoleName": row.name,
        "RoleId": row.id,
        "Arn": row.arn,
        "CreateDate": entity.when(row.created),
        "MaxSessionDuration": 3600,
        **body,
    }
    shape["AssumeRolePolicyDocument"] = entity.shown_document(shape["AssumeRolePolicyDocument"])
    if full:
        shape["RoleLastUsed"] = {}
        if row.tags:
            shape["Tags"] = entity.tag_list(row.tags)
        if boundary:
            shape["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    return shape


@iam.operation(stored=["AssumeRolePolicyDocument", "PermissionsBoundary", "MaxSessionDuration"])
def create_role(call: Call, req: CreateRoleRequest) -> CreateRoleResponse:
    """Make a role; its trust policy is checked for form and kept."""
    entity.checked_document(req["AssumeRolePolicyDocument"])
    body = {
        k: req[k]
        for k in ("AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary")
        if req.get(k) is not None
    }
    return {"Role": role_shape(entity.create(call, "role", req["RoleName"], req.get("Path", "/"), body, req.get("Tags") or []))}


@iam.operation(reads=True)
def get_role(call: Call, req: GetRoleRequest) -> GetRoleResponse:
    """One role."""
    return {"Role": role_shape(entity.find(call, "role", req["RoleName"]))}


@iam.operation(reads=True)
def list_roles(call: Call, req: ListRolesRequest) -> ListRolesResponse:
    """The roles under a path."""
    rows, token = entity.page(call, "role", req)
    return {"Roles": [role_shape(row, full=False) for row in rows], **token}


@iam.operation()
def update_role(call: Call, req: UpdateRoleRequest) -> UpdateRoleResponse:
    """Change description and longest session."""
    row = entity.find(call, "role", req["RoleName"])
    entity.change(call, row, body={**row.body, **{k: req[k] for k in ("Description", "MaxSessionDuration") if req.get(k) is not None}})
    return {}


@iam.operation()
def update_role_description(call: Call, req: UpdateRoleDescriptionRequest) -> UpdateRoleDescriptionResponse:
    """Change the description."""
    row = entity.find(call, "role", req["RoleName"])
    entity.change(call, row, body={**row.body, "Description": req["Description"]})
    return {"Role": role_shape(entity.find(call, "role", req["RoleName"]))}


@iam.operation(only_stored=True)
def update_assume_role_policy(call: Call, req: UpdateAssumeRolePolicyRequest) -> Empty:
    """Replace the trust policy."""
    row = entity.find(call, "role", req["RoleName"])
    entity.change(call, row, body={**row.body, "AssumeRolePolicyDocument": entity.checked_document(req["PolicyDocument"])})
    return {}


@iam.operation()
def delete_role(call: Call, req: DeleteRoleRequest) -> Empty:
    """Delete a role that has no policies and is in no instance profile."""
    row = entity.find(call, "role", req["RoleName"])
    if call.db.execute(select(attachments).where(entity.of(call, attachments, "role", row.name))).first():
        raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
    if call.db.execute(select(inline_policies).where(entity.of(call, inline_policies, "role", row.name))).first():
        raise DeleteConflictException("Cannot delete entity, must delete policies first.")
    in_profile = (members.c.account == call.account) & (members.c.kind == "profile") & (members.c.member_key == row.name_key)
    if call.db.execute(select(members).where(in_profile)).first():
        raise DeleteConflictException("Cannot delete entity, must remove roles from instance profile first.")
    entity.remove(call, "role", row.name)
    return {}
