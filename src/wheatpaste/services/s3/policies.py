"""Bucket policies: kept and given back, not evaluated yet (docs/services/iam.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wheatpaste.call import Call
from wheatpaste.service import Empty, Shape
from wheatpaste.services.s3 import s3
from wheatpaste.services.s3.buckets import bucket_arn, find
from wheatpaste.services.s3.configurations import drop, load, store
from wheatpaste.services.s3.errors import s3_error

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        DeleteBucketPolicyRequest,
        GetBucketPolicyOutput,
        GetBucketPolicyRequest,
        GetBucketPolicyStatusOutput,
        GetBucketPolicyStatusRequest,
        PutBucketPolicyRequest,
    )

BYTES = 20 * 1024


def parse(text: str) -> dict[str, Any]:
    """The policy as JSON; MalformedPolicy for what is none."""
    try:
        policy = json.loads(text)
    except ValueError:
        raise s3_error("MalformedPolicy") from None
    if not isinstance(policy, dict):
        raise s3_error("MalformedPolicy")
    statements = policy.get("Statement")
    if not statements:
        raise s3_error("MalformedPolicy", "Missing required field Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        for needed in (("Effect",), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")):
            if not isinstance(statement, dict) or not any(name in statement for name in needed):
                raise s3_error("MalformedPolicy", f"Missing required field {needed[0]}")
    return policy


def is_public(policy: dict[str, Any]) -> bool:
    """Whether a statement allows something to everybody without a condition."""
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    return any(s["Effect"] == "Allow" and _everybody(s.get("Principal")) and not s.get("Condition") for s in statements)


def _everybody(principal: Any) -> bool:
    if isinstance(principal, dict):
        principal = principal.get("AWS")
    return principal == "*" or (isinstance(principal, list) and "*" in principal)


@s3.operation(resource=bucket_arn, only_stored=True, stored=["ContentMD5", "ChecksumAlgorithm", "ConfirmRemoveSelfBucketAccess"])
def put_bucket_policy(call: Call, req: PutBucketPolicyRequest) -> Empty:
    """Keep a bucket's policy."""
    bucket, text = find(call, req), req["Policy"]
    if len(text.encode()) > BYTES:
        raise s3_error("PolicyTooLarge")
    parse(text)
    store(call, bucket.name, "Policy", {"Policy": text})
    return {}


def _policy(call: Call, req: Mapping[str, Any]) -> Shape:
    found = load(call, find(call, req).name, "Policy")
    if found is None:
        raise s3_error("NoSuchBucketPolicy", BucketName=req["Bucket"])
    return found


@s3.operation(resource=bucket_arn, reads=True)
def get_bucket_policy(call: Call, req: GetBucketPolicyRequest) -> GetBucketPolicyOutput:
    """A bucket's policy as it was put."""
    return {"Policy": _policy(call, req)["Policy"]}


@s3.operation(resource=bucket_arn, reads=True)
def get_bucket_policy_status(call: Call, req: GetBucketPolicyStatusRequest) -> GetBucketPolicyStatusOutput:
    """Whether a bucket's policy makes it public."""
    return {"PolicyStatus": {"IsPublic": is_public(parse(_policy(call, req)["Policy"]))}}


@s3.operation(resource=bucket_arn)
def delete_bucket_policy(call: Call, req: DeleteBucketPolicyRequest) -> Empty:
    """Remove a bucket's policy."""
    drop(call, find(call, req).name, "Policy")
    return {}
