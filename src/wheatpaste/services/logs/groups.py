"""Log groups: create, describe, delete, retention and tags."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Empty
from wheatpaste.services.logs import logs
from wheatpaste.services.logs.errors import InvalidParameterException, ResourceAlreadyExistsException, ResourceNotFoundException
from wheatpaste.services.logs.schema import chunks, groups, streams
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.logs.shapes_generated import (
        CreateLogGroupRequest,
        DeleteLogGroupRequest,
        DeleteRetentionPolicyRequest,
        DescribeLogGroupsRequest,
        DescribeLogGroupsResponse,
        ListTagsForResourceRequest,
        ListTagsForResourceResponse,
        ListTagsLogGroupRequest,
        ListTagsLogGroupResponse,
        LogGroup,
        PutRetentionPolicyRequest,
        TagLogGroupRequest,
        TagResourceRequest,
        UntagLogGroupRequest,
        UntagResourceRequest,
    )

RETENTIONS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}


def millis() -> int:
    """Now, in epoch milliseconds."""
    return int(time.time() * 1000)


def group_arn(call: Call, name: str) -> str:
    """A log group's ARN (with the ``:*`` that AWS appends where it stands for the streams)."""
    return arns.arn("logs", call.region, call.account, f"log-group:{name}")


def group_name(req: Mapping[str, Any]) -> str:
    """The group that a request names, by name or by ARN."""
    name = req.get("logGroupName") or req.get("logGroupIdentifier")
    if not name:
        raise InvalidParameterException("Either logGroupName or logGroupIdentifier must be given")
    text = str(name)
    return text.split(":log-group:", 1)[1].removesuffix(":*") if text.startswith("arn:") else text


def group_row(call: Call, name: str) -> Row[Any]:
    """The group's row; ResourceNotFoundException when there is none."""
    row = call.db.execute(select(groups).where(here(call, groups), groups.c.name == name)).one_or_none()
    if row is None:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return row


@logs.operation(stored=["kmsKeyId", "logGroupClass", "deletionProtectionEnabled"])
def create_log_group(call: Call, req: CreateLogGroupRequest) -> Empty:
    """Make a log group."""
    body = {k: req[k] for k in ("kmsKeyId", "logGroupClass", "deletionProtectionEnabled") if req.get(k) is not None}
    row = {
        "account": call.account,
        "region": call.region,
        "name": req["logGroupName"],
        "created": millis(),
        "body": body,
        "tags": req.get("tags") or {},
    }
    try:
        with call.db.begin_nested():
            call.db.execute(insert(groups).values(**row))
    except IntegrityError:
        raise ResourceAlreadyExistsException("The specified log group already exists") from None
    return {}


@logs.operation()
def delete_log_group(call: Call, req: DeleteLogGroupRequest) -> Empty:
    """Delete a group with its streams and events."""
    name = req["logGroupName"]
    group_row(call, name)
    for table in (chunks, streams):
        call.db.execute(delete(table).where(here(call, table), table.c.group_name == name))
    call.db.execute(delete(groups).where(here(call, groups), groups.c.name == name))
    return {}


def _group(call: Call, row: Row[Any]) -> LogGroup:
    stored = call.db.execute(
        select(func.coalesce(func.sum(chunks.c.bytes), 0)).where(here(call, chunks), chunks.c.group_name == row.name)
    ).scalar_one()
    shape: LogGroup = {
        "logGroupName": row.name,
        "creationTime": row.created,
        "metricFilterCount": 0,
        "storedBytes": int(stored),
        "logGroupClass": "STANDARD",
        **row.body,
    }
    shape["arn"] = group_arn(call, row.name) + ":*"
    shape["logGroupArn"] = group_arn(call, row.name)
    if row.retention:
        shape["retentionInDays"] = row.retention
    return shape


@logs.operation(reads=True, refused=["includeLinkedAccounts", "accountIdentifiers"])
def describe_log_groups(call: Call, req: DescribeLogGroupsRequest) -> DescribeLogGroupsResponse:
    """The groups by prefix, pattern or name, in order of their names."""
    query = select(groups).where(here(call, groups))
    if req.get("logGroupNamePrefix"):
        query = query.where(groups.c.name.startswith(req["logGroupNamePrefix"], autoescape=True))
    if req.get("logGroupNamePattern"):
        query = query.where(func.lower(groups.c.name).contains(req["logGroupNamePattern"].lower(), autoescape=True))
    if req.get("logGroupIdentifiers"):
        query = query.where(groups.c.name.in_([group_name({"logGroupName": i}) for i in req["logGroupIdentifiers"]]))
    rows = list(call.db.execute(_after(query, groups, req).order_by(groups.c.name).limit((req.get("limit") or 50) + 1)))
    kept, token = cut(rows, req.get("limit") or 50)
    kept = [row for row in kept if not req.get("logGroupClass") or row.body.get("logGroupClass", "STANDARD") == req["logGroupClass"]]
    return {"logGroups": [_group(call, row) for row in kept], **token}


def _after(query: Any, table: Any, req: Mapping[str, Any]) -> Any:
    return query.where(table.c.name > token_name(req["nextToken"])) if req.get("nextToken") else query


def token_name(token: str) -> str:
    """The name that a page token holds."""
    return str(decode_token(token, "logs:name", InvalidParameterException))


class NextToken(TypedDict, total=False):
    """What goes on after a page."""

    nextToken: str


def cut(rows: list[Row[Any]], limit: int) -> tuple[list[Row[Any]], NextToken]:
    """The page and, when rows are left, its ``nextToken``."""
    if len(rows) <= limit:
        return rows, {}
    return rows[:limit], {"nextToken": encode_token(rows[limit - 1].name, "logs:name")}


@logs.operation()
def put_retention_policy(call: Call, req: PutRetentionPolicyRequest) -> Empty:
    """Keep events so many days; what is older disappears from answers at once and from the disk with the next write to the group."""
    if req["retentionInDays"] not in RETENTIONS:
        raise InvalidParameterException(
            f"1 validation error detected: Value '{req['retentionInDays']}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must be one of {sorted(RETENTIONS)}"
        )
    group_row(call, req["logGroupName"])
    call.db.execute(update(groups).where(here(call, groups), groups.c.name == req["logGroupName"]).values(retention=req["retentionInDays"]))
    return {}


@logs.operation()
def delete_retention_policy(call: Call, req: DeleteRetentionPolicyRequest) -> Empty:
    """Keep events for ever."""
    group_row(call, req["logGroupName"])
    call.db.execute(update(groups).where(here(call, groups), groups.c.name == req["logGroupName"]).values(retention=None))
    return {}


def _change_tags(call: Call, name: str, add: Mapping[str, Any], remove: list[str]) -> None:
    row = group_row(call, name)
    tags = {k: v for k, v in {**row.tags, **add}.items() if k not in remove}
    call.db.execute(update(groups).where(here(call, groups), groups.c.name == name).values(tags=tags))


@logs.operation()
def tag_log_group(call: Call, req: TagLogGroupRequest) -> Empty:
    """Add tags to a group."""
    _change_tags(call, req["logGroupName"], req["tags"], [])
    return {}


@logs.operation()
def untag_log_group(call: Call, req: UntagLogGroupRequest) -> Empty:
    """Remove tags from a group."""
    _change_tags(call, req["logGroupName"], {}, req["tags"])
    return {}


@logs.operation(reads=True)
def list_tags_log_group(call: Call, req: ListTagsLogGroupRequest) -> ListTagsLogGroupResponse:
    """A group's tags."""
    return {"tags": group_row(call, req["logGroupName"]).tags}


@logs.operation()
def tag_resource(call: Call, req: TagResourceRequest) -> Empty:
    """Add tags to the group of an ARN."""
    _change_tags(call, group_name({"logGroupName": req["resourceArn"]}), req["tags"], [])
    return {}


@logs.operation()
def untag_resource(call: Call, req: UntagResourceRequest) -> Empty:
    """Remove tags from the group of an ARN."""
    _change_tags(call, group_name({"logGroupName": req["resourceArn"]}), {}, req["tagKeys"])
    return {}


@logs.operation(reads=True)
def list_tags_for_resource(call: Call, req: ListTagsForResourceRequest) -> ListTagsForResourceResponse:
    """The tags of the group of an ARN."""
    return {"tags": group_row(call, group_name({"logGroupName": req["resourceArn"]})).tags}
