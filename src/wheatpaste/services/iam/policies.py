"""Managed policies and their versions: kept, not evaluated yet. Policies that AWS manages can be attached by ARN; their documents are not
known here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, select, update

from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import DeleteConflictException, LimitExceededException, NoSuchEntityException
from wheatpaste.services.iam.schema import attachments, entities, policy_versions
from wheatpaste.wire.errors import NotImplementedByWheatpaste

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import (
        CreatePolicyRequest,
        CreatePolicyResponse,
        CreatePolicyVersionRequest,
        CreatePolicyVersionResponse,
        DeletePolicyRequest,
        DeletePolicyVersionRequest,
        GetPolicyRequest,
        GetPolicyResponse,
        GetPolicyVersionRequest,
        GetPolicyVersionResponse,
        ListPoliciesRequest,
        ListPoliciesResponse,
        ListPolicyVersionsRequest,
        ListPolicyVersionsResponse,
        Policy,
        PolicyVersion,
        SetDefaultPolicyVersionRequest,
    )

AWS_MANAGED = "arn:aws:iam::aws:policy/"
VERSIONS = 5


def policy_row(call: Call, arn: str) -> Row[Any]:
    """The row of a policy of this account; NoSuchEntity when there is none."""
    row = call.db.execute(
        select(entities).where(entities.c.account == call.account, entities.c.kind == "policy", entities.c.arn == arn)
    ).one_or_none()
    if row is None and arn.startswith(AWS_MANAGED):
        raise NotImplementedByWheatpaste("iam", f"the document of {arn}")
    if row is None:
        raise NoSuchEntityException(f"Policy {arn} was not found.")
    return row


def _versions(call: Call, row: Row[Any]) -> list[Row[Any]]:
    where = (policy_versions.c.account == call.account) & (policy_versions.c.name_key == row.name_key)
    return list(call.db.execute(select(policy_versions).where(where).order_by(policy_versions.c.version.desc())))


def policy_shape(call: Call, row: Row[Any]) -> Policy:
    """A policy as GetPolicy shows it."""
    default = next(v for v in _versions(call, row) if v.is_default)
    count = call.db.execute(
        select(func.count()).where(attachments.c.account == call.account, attachments.c.policy_arn == row.arn)
    ).scalar_one()
    shape: Policy = {
        "PolicyName": row.name,
        "PolicyId": row.id,
        "Arn": row.arn,
        "Path": row.path,
        "DefaultVersionId": f"v{default.version}",
        "AttachmentCount": count,
    }
    shape["CreateDate"], shape["UpdateDate"] = entity.when(row.created), entity.when(max(v.created for v in _versions(call, row)))
    return {**shape, "PermissionsBoundaryUsageCount": 0, "IsAttachable": True, **row.body, "Tags": entity.tag_list(row.tags)}


def _version_shape(version: Row[Any], *, document: bool) -> PolicyVersion:
    shape: PolicyVersion = {
        "VersionId": f"v{version.version}",
        "IsDefaultVersion": version.is_default,
        "CreateDate": entity.when(version.created),
    }
    return {**shape, "Document": entity.shown_document(version.document)} if document else shape


@iam.operation(only_stored=True)
def create_policy(call: Call, req: CreatePolicyRequest) -> CreatePolicyResponse:
    """Make a policy with its first version."""
    document = entity.checked_document(req["PolicyDocument"])
    body = {"Description": req["Description"]} if req.get("Description") else {}
    row = entity.create(call, "policy", req["PolicyName"], req.get("Path", "/"), body, req.get("Tags") or [])
    values = {"version": 1, "document": document, "is_default": True, "created": call.now.timestamp()}
    call.db.execute(insert(policy_versions).values(account=call.account, name_key=row.name_key, **values))
    return {"Policy": policy_shape(call, row)}


@iam.operation(reads=True, only_stored=True)
def get_policy(call: Call, req: GetPolicyRequest) -> GetPolicyResponse:
    """One policy."""
    return {"Policy": policy_shape(call, policy_row(call, req["PolicyArn"]))}


@iam.operation(reads=True, only_stored=True, refused=["PolicyUsageFilter"])
def list_policies(call: Call, req: ListPoliciesRequest) -> ListPoliciesResponse:
    """This account's policies; ``Scope=AWS`` is refused, since what AWS manages is not known here."""
    if req.get("Scope") == "AWS":
        raise NotImplementedByWheatpaste("iam:ListPolicies", "Scope=AWS")
    rows, token = entity.page(call, "policy", req)
    shapes = [policy_shape(call, row) for row in rows]
    return {"Policies": [s for s in shapes if s["AttachmentCount"] or not req.get("OnlyAttached")], **token}


@iam.operation(only_stored=True)
def create_policy_version(call: Call, req: CreatePolicyVersionRequest) -> CreatePolicyVersionResponse:
    """Add a version, five at most."""
    row = policy_row(call, req["PolicyArn"])
    versions = _versions(call, row)
    if len(versions) >= VERSIONS:
        raise LimitExceededException(
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."
        )
    number = versions[0].version + 1
    values = {
        "version": number,
        "document": entity.checked_document(req["PolicyDocument"]),
        "is_default": False,
        "created": call.now.timestamp(),
    }
    call.db.execute(insert(policy_versions).values(account=call.account, name_key=row.name_key, **values))
    if req.get("SetAsDefault"):
        _make_default(call, row, number)
    return {"PolicyVersion": _version_shape(next(v for v in _versions(call, row) if v.version == number), document=False)}


def _version(call: Call, row: Row[Any], version_id: str) -> Row[Any]:
    for version in _versions(call, row):
        if f"v{version.version}" == version_id:
            return version
    raise NoSuchEntityException(f"Policy {row.arn} version {version_id} does not exist or is not attachable.")


def _make_default(call: Call, row: Row[Any], number: int) -> None:
    where = (policy_versions.c.account == call.account) & (policy_versions.c.name_key == row.name_key)
    call.db.execute(update(policy_versions).where(where).values(is_default=policy_versions.c.version == number))


@iam.operation(reads=True, only_stored=True)
def get_policy_version(call: Call, req: GetPolicyVersionRequest) -> GetPolicyVersionResponse:
    """One version with its document."""
    return {"PolicyVersion": _version_shape(_version(call, policy_row(call, req["PolicyArn"]), req["VersionId"]), document=True)}


@iam.operation(reads=True, only_stored=True, stored=["Marker", "MaxItems"])
def list_policy_versions(call: Call, req: ListPolicyVersionsRequest) -> ListPolicyVersionsResponse:
    """A policy's versions (five at most: one page)."""
    return {
        "Versions": [_version_shape(v, document=False) for v in _versions(call, policy_row(call, req["PolicyArn"]))],
        "IsTruncated": False,
    }


@iam.operation(only_stored=True)
def set_default_policy_version(call: Call, req: SetDefaultPolicyVersionRequest) -> Empty:
    """Choose the version in force."""
    row = policy_row(call, req["PolicyArn"])
    _make_default(call, row, _version(call, row, req["VersionId"]).version)
    return {}


@iam.operation(only_stored=True)
def delete_policy_version(call: Call, req: DeletePolicyVersionRequest) -> Empty:
    """Delete a version that is not the default."""
    row = policy_row(call, req["PolicyArn"])
    version = _version(call, row, req["VersionId"])
    if version.is_default:
        raise DeleteConflictException("Cannot delete the default version of a policy.")
    where = (
        (policy_versions.c.account == call.account)
        & (policy_versions.c.name_key == row.name_key)
        & (policy_versions.c.version == version.version)
    )
    call.db.execute(delete(policy_versions).where(where))
    return {}


@iam.operation(only_stored=True)
def delete_policy(call: Call, req: DeletePolicyRequest) -> Empty:
    """Delete a policy that is attached to nothing and has only its default version."""
    row = policy_row(call, req["PolicyArn"])
    if call.db.execute(select(attachments).where(attachments.c.account == call.account, attachments.c.policy_arn == row.arn)).first():
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
    if len(_versions(call, row)) > 1:
        raise DeleteConflictException(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
        )
    where = (policy_versions.c.account == call.account) & (policy_versions.c.name_key == row.name_key)
    call.db.execute(delete(policy_versions).where(where))
    entity.remove(call, "policy", row.name)
    return {}
