"""Access control lists: kept and given back, no decision is made from them.

New buckets have none (bucket owner enforced), as in AWS since 2023-04.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, update

from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.s3 import configurations, s3, versions
from wheatpaste.services.s3.buckets import bucket_arn, find
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.owner import canonical_id, owner
from wheatpaste.services.s3.requests import PAYER, object_arn
from wheatpaste.services.s3.schema import objects

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        GetBucketAclOutput,
        GetBucketAclRequest,
        GetObjectAclOutput,
        GetObjectAclRequest,
        Grant,
        Grantee,
        PutBucketAclRequest,
        PutObjectAclOutput,
        PutObjectAclRequest,
    )

_GROUP = "http://acs.amazonaws.com/groups/"
ALL, AUTHENTICATED, LOGS = _GROUP + "global/AllUsers", _GROUP + "global/AuthenticatedUsers", _GROUP + "s3/LogDelivery"
CANNED: dict[str, list[tuple[str, str]]] = {
    "private": [],
    "public-read": [(ALL, "READ")],
    "public-read-write": [(ALL, "READ"), (ALL, "WRITE")],
    "authenticated-read": [(AUTHENTICATED, "READ")],
    "log-delivery-write": [(LOGS, "WRITE"), (LOGS, "READ_ACP")],
    "aws-exec-read": [("6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c", "READ")],
    "bucket-owner-read": [],
    "bucket-owner-full-control": [],
}
GRANTS = {
    "GrantFullControl": "FULL_CONTROL",
    "GrantRead": "READ",
    "GrantReadACP": "READ_ACP",
    "GrantWrite": "WRITE",
    "GrantWriteACP": "WRITE_ACP",
}


def _grant(grantee: str, permission: str) -> Grant:
    kind: Grantee = {"Type": "Group", "URI": grantee} if "://" in grantee else {"Type": "CanonicalUser", "ID": grantee}
    return {"Grantee": kind, "Permission": permission}


def _from_headers(account: str, req: Mapping[str, Any]) -> list[Grant] | None:
    """The grants that x-amz-acl or x-amz-grant-* headers ask for; None when there are none."""
    headers = {permission: req[member] for member, permission in GRANTS.items() if req.get(member)}
    canned = req.get("ACL")
    if canned and headers:
        raise s3_error("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")
    if canned:
        if canned not in CANNED:
            raise s3_error("InvalidArgument", ArgumentName="x-amz-acl", ArgumentValue=canned)
        return [_grant(canonical_id(account), "FULL_CONTROL"), *(_grant(*each) for each in CANNED[canned])]
    found = [_grant(_grantee(each), permission) for permission, header in headers.items() for each in header.split(",")]
    return found or None


def _grantee(text: str) -> str:
    """The grantee of one ``id="…"`` or ``uri="…"``."""
    kind, _, value = text.strip().partition("=")
    if kind not in ("id", "uri"):
        raise s3_error("InvalidArgument", "Argument format not recognized", ArgumentName="x-amz-grant", ArgumentValue=text.strip())
    return value.strip('"')


def _enforced(call: Call, bucket: str) -> bool:
    """Whether ACLs are switched off for the bucket."""
    controls = configurations.load(call, bucket, "OwnershipControls")
    return controls is not None and all(rule["ObjectOwnership"] == "BucketOwnerEnforced" for rule in controls["Rules"])


def asked(call: Call, req: Mapping[str, Any], bucket: Row[Any]) -> list[Grant] | None:
    """The grants that a PUT asks for its object."""
    grants = _from_headers(bucket.account, req)
    if grants is not None and req.get("ACL") != "bucket-owner-full-control" and _enforced(call, bucket.name):
        raise s3_error("AccessControlListNotSupported")
    return grants


def store_bucket_acl(call: Call, req: Mapping[str, Any]) -> None:
    """Keep the ACL that CreateBucket asks for."""
    grants = _from_headers(call.account, req)
    if grants is None or req.get("ACL") == "private":
        return
    if _enforced(call, req["Bucket"]):
        raise s3_error("InvalidBucketAclWithObjectOwnership")
    configurations.store(call, req["Bucket"], "Acl", {"Grants": grants})


def _given(req: Mapping[str, Any], account: str) -> list[Grant]:
    """The grants of a PutBucketAcl or PutObjectAcl: from its headers or its document."""
    grants = _from_headers(account, req)
    document = req.get("AccessControlPolicy")
    if grants is not None and document:
        raise s3_error("UnexpectedContent")
    if grants is not None:
        return grants
    if not document:
        raise s3_error("MissingSecurityHeader")
    if (document.get("Owner") or {}).get("ID") not in (None, canonical_id(account)):
        raise s3_error("AccessDenied")
    found: list[Grant] = document.get("Grants") or []
    if any(not grant.get("Grantee") or not grant.get("Permission") for grant in found):
        raise s3_error("MalformedACLError")
    return found


def _answer(account: str, grants: list[Grant] | None) -> GetBucketAclOutput:
    return {"Owner": owner(account), "Grants": grants if grants is not None else [_grant(canonical_id(account), "FULL_CONTROL")]}


@s3.operation(resource=bucket_arn, only_stored=True, stored=["ContentMD5", "ChecksumAlgorithm"])
def put_bucket_acl(call: Call, req: PutBucketAclRequest) -> Empty:
    """Keep a bucket's ACL."""
    bucket = find(call, req)
    if _enforced(call, bucket.name):
        raise s3_error("AccessControlListNotSupported")
    configurations.store(call, bucket.name, "Acl", {"Grants": _given(req, bucket.account)})
    return {}


@s3.operation(resource=bucket_arn, reads=True)
def get_bucket_acl(call: Call, req: GetBucketAclRequest) -> GetBucketAclOutput:
    """A bucket's ACL: its owner's full control where none was put."""
    bucket = find(call, req)
    return _answer(bucket.account, (configurations.load(call, bucket.name, "Acl") or {}).get("Grants"))


@s3.operation(resource=object_arn, only_stored=True, stored=[*PAYER, "ContentMD5", "ChecksumAlgorithm"])
def put_object_acl(call: Call, req: PutObjectAclRequest) -> PutObjectAclOutput:
    """Keep an object's ACL."""
    bucket = find(call, req)
    row = versions.find(call, req, bucket)
    if _enforced(call, bucket.name) and req.get("ACL") != "bucket-owner-full-control":
        raise s3_error("AccessControlListNotSupported")
    here = (objects.c.bucket == row.bucket) & (objects.c.key == row.key) & (objects.c.rank == row.rank)
    call.db.execute(update(objects).where(here).values(acl=_given(req, bucket.account)))
    return {}


@s3.operation(resource=object_arn, reads=True, stored=PAYER)
def get_object_acl(call: Call, req: GetObjectAclRequest) -> GetObjectAclOutput:
    """An object's ACL: its owner's full control where none was put."""
    bucket = find(call, req)
    return {**_answer(bucket.account, versions.find(call, req, bucket).acl)}
