"""Tags of workgroups and data catalogs, by ARN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.athena import athena
from wheatpaste.services.athena.schema import tags
from wheatpaste.services.athena.scope import after, paged

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import (
        ListTagsForResourceInput,
        ListTagsForResourceOutput,
        TagResourceInput,
        TagResourceOutput,
        UntagResourceInput,
        UntagResourceOutput,
    )


def put_tags(call: Call, arn: str, added: Sequence[Mapping[str, Any]]) -> None:
    """Add tags (``{Key, Value}``), replacing those of the same key."""
    if not added:
        return
    values = {tag["Key"]: tag.get("Value") or "" for tag in added}
    call.db.execute(delete(tags).where(here(call, tags, arn=arn), tags.c.tag.in_(values)))
    call.db.execute(insert(tags), [place(call, arn=arn, tag=key, value=value) for key, value in values.items()])


def delete_tags(call: Call, arn: str) -> None:
    """Forget a resource's tags: it is deleted."""
    call.db.execute(delete(tags).where(here(call, tags, arn=arn)))


def resource_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The resource that a request names."""
    return str(req["ResourceARN"])


@athena.operation(resource=resource_arn)
def tag_resource(call: Call, req: TagResourceInput) -> TagResourceOutput:
    """Add tags."""
    put_tags(call, req["ResourceARN"], req["Tags"])
    return {}


@athena.operation(resource=resource_arn)
def untag_resource(call: Call, req: UntagResourceInput) -> UntagResourceOutput:
    """Take tags away."""
    call.db.execute(delete(tags).where(here(call, tags, arn=req["ResourceARN"]), tags.c.tag.in_(req["TagKeys"])))
    return {}


@athena.operation(resource=resource_arn, reads=True)
def list_tags_for_resource(call: Call, req: ListTagsForResourceInput) -> ListTagsForResourceOutput:
    """A resource's tags by key."""
    limit, start = req.get("MaxResults") or 75, after(req, "ListTagsForResource")
    query = select(tags).where(here(call, tags, arn=req["ResourceARN"])).order_by(tags.c.tag)
    if start is not None:
        query = query.where(tags.c.tag > start)
    rows, token = paged(list(call.db.execute(query.limit(limit + 1))), limit, lambda row: row.tag, "ListTagsForResource")
    return {"Tags": [{"Key": row.tag, "Value": row.value} for row in rows], "NextToken": token}
