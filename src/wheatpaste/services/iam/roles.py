"""Roles."""

from typing import Any

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import DeleteConflictException
from wheatpaste.services.iam.schema import attachments, inline_policies, members


def role_shape(row: Row[Any], *, full: bool = True) -> Shape:
    """A role as GetRole shows it; lists leave some members out, as AWS does."""
    body = dict(row.body)
    boundary = body.pop("PermissionsBoundary", None)
    shape = {
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
def create_role(call: Call, req: Shape) -> Shape:
    """Make a role; its trust policy is checked for form and kept."""
    entity.checked_document(req["AssumeRolePolicyDocument"])
    body = {
        k: req[k]
        for k in ("AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary")
        if req.get(k) is not None
    }
    return {"Role": role_shape(entity.create(call, "role", req["RoleName"], req.get("Path", "/"), body, req.get("Tags") or []))}


@iam.operation(reads=True)
def get_role(call: Call, req: Shape) -> Shape:
    """One role."""
    return {"Role": role_shape(entity.find(call, "role", req["RoleName"]))}


@iam.operation(reads=True)
def list_roles(call: Call, req: Shape) -> Shape:
    """The roles under a path."""
    rows, token = entity.page(call, "role", req)
    return {"Roles": [role_shape(row, full=False) for row in rows], **token}


@iam.operation()
def update_role(call: Call, req: Shape) -> Shape:
    """Change description and longest session."""
    row = entity.find(call, "role", req["RoleName"])
    entity.change(call, row, body={**row.body, **{k: req[k] for k in ("Description", "MaxSessionDuration") if req.get(k) is not None}})
    return {}


@iam.operation()
def update_role_description(call: Call, req: Shape) -> Shape:
    """Change the description."""
    row = entity.find(call, "role", req["RoleName"])
    entity.change(call, row, body={**row.body, "Description": req["Description"]})
    return {"Role": role_shape(entity.find(call, "role", req["RoleName"]))}


@iam.operation(only_stored=True)
def update_assume_role_policy(call: Call, req: Shape) -> Shape:
    """Replace the trust policy."""
    row = entity.find(call, "role", req["RoleName"])
    entity.change(call, row, body={**row.body, "AssumeRolePolicyDocument": entity.checked_document(req["PolicyDocument"])})
    return {}


@iam.operation()
def delete_role(call: Call, req: Shape) -> Shape:
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
