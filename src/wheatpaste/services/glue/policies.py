"""Resource policies of the catalog and of its resources: kept and given back; permissions are not decided by them yet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import ConditionCheckFailureException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.rows import find
from wheatpaste.services.glue.schema import policies
from wheatpaste.services.glue.scope import catalog_arn, decoded, millis, when
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        DeleteResourcePolicyRequest,
        DeleteResourcePolicyResponse,
        GetResourcePoliciesRequest,
        GetResourcePoliciesResponse,
        GetResourcePolicyRequest,
        GetResourcePolicyResponse,
        GluePolicy,
        PutResourcePolicyRequest,
        PutResourcePolicyResponse,
    )


def _arn(call: Call, req: Mapping[str, Any]) -> str:
    """The resource a policy is for: the account's catalog unless another is named."""
    given = req.get("ResourceArn") or catalog_arn(call)
    try:
        arns.parse(given)
    except ValueError:
        raise InvalidInputException(f"{given} is not a valid ARN.") from None
    return str(given)


def _row(call: Call, arn: str) -> Row[Any] | None:
    return find(call, policies, arn=arn)


def _shape(row: Row[Any]) -> GluePolicy:
    return {"PolicyInJson": row.policy, "PolicyHash": row.hash, "CreateTime": when(row.created), "UpdateTime": when(row.updated)}


def _check(req: Mapping[str, Any], row: Row[Any] | None) -> None:
    """ConditionCheckFailureException when the request's conditions on the present policy do not hold."""
    exists = req.get("PolicyExistsCondition") or "NONE"
    if exists == "MUST_EXIST" and row is None:
        raise ConditionCheckFailureException("ResourcePolicy does not exist.")
    if exists == "NOT_EXIST" and row is not None:
        raise ConditionCheckFailureException("ResourcePolicy already exists.")
    if req.get("PolicyHashCondition") and (row is None or row.hash != req["PolicyHashCondition"]):
        raise ConditionCheckFailureException("The current policy's hash is not the one of PolicyHashCondition.")


@glue.operation(only_stored=True, resource=_arn)
def put_resource_policy(call: Call, req: PutResourcePolicyRequest) -> PutResourcePolicyResponse:
    """Set a policy; the hash of its text identifies it in conditions."""
    arn, text = _arn(call, req), req["PolicyInJson"]
    try:
        json.loads(text)
    except ValueError:
        raise InvalidInputException("The policy is not valid JSON.") from None
    row, now = _row(call, arn), millis(call)
    _check(req, row)
    digest = hashlib.sha256(text.encode()).hexdigest()
    call.db.execute(delete(policies).where(here(call, policies, arn=arn)))
    written = {
        "policy": text,
        "hash": digest,
        "hybrid": req.get("EnableHybrid") or "",
        "updated": now,
        "created": row.created if row else now,
    }
    call.db.execute(insert(policies), place(call, arn=arn, **written))
    return {"PolicyHash": digest}


@glue.operation(reads=True, only_stored=True, resource=_arn)
def get_resource_policy(call: Call, req: GetResourcePolicyRequest) -> GetResourcePolicyResponse:
    """A resource's policy."""
    row = _row(call, _arn(call, req))
    if row is None:
        raise EntityNotFoundException("Policy not found")
    return {**_shape(row)}


@glue.operation(reads=True, only_stored=True, resource=catalog_arn)
def get_resource_policies(call: Call, req: GetResourcePoliciesRequest) -> GetResourcePoliciesResponse:
    """The policies of all resources, by ARN."""
    limit, after = req.get("MaxResults") or 1000, decoded(req, "GetResourcePolicies")
    query = select(policies).where(here(call, policies)).order_by(policies.c.arn).limit(limit + 1)
    rows = call.db.execute(query if after is None else query.where(policies.c.arn > after)).all()
    shown, token = page(rows, limit, lambda row: row.arn, "GetResourcePolicies")
    return {"GetResourcePoliciesResponseList": [_shape(row) for row in shown], "NextToken": token}


@glue.operation(only_stored=True, resource=_arn)
def delete_resource_policy(call: Call, req: DeleteResourcePolicyRequest) -> DeleteResourcePolicyResponse:
    """Delete a resource's policy."""
    arn = _arn(call, req)
    row = _row(call, arn)
    if row is None:
        raise EntityNotFoundException("Policy not found")
    _check(req, row)
    call.db.execute(delete(policies).where(here(call, policies, arn=arn)))
    return {}
