"""Tags of namespaces and workgroups, by ARN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.services.redshift_serverless import serverless
from wheatpaste.services.redshift_serverless.schema import tags

if TYPE_CHECKING:
    from wheatpaste.services.redshift_serverless.shapes_generated import (
        ListTagsForResourceRequest,
        ListTagsForResourceResponse,
        TagResourceRequest,
        TagResourceResponse,
        UntagResourceRequest,
        UntagResourceResponse,
    )


def _of(call: Call, arn: str) -> Any:
    return (tags.c.account == call.account) & (tags.c.region == call.region) & (tags.c.arn == arn)


def put_tags(call: Call, arn: str, added: Sequence[Mapping[str, Any]]) -> None:
    """Add tags, replacing those of the same key."""
    for tag in added:
        call.db.execute(delete(tags).where(_of(call, arn), tags.c.tag == tag["key"]))
        call.db.execute(insert(tags).values(account=call.account, region=call.region, arn=arn, tag=tag["key"], value=tag["value"]))


def remove_tags(call: Call, arn: str) -> None:
    """Forget a resource's tags."""
    call.db.execute(delete(tags).where(_of(call, arn)))


def resource(call: Call, req: Mapping[str, Any]) -> str:
    """The resource that a request names."""
    return str(req["resourceArn"])


@serverless.operation(resource=resource)
def tag_resource(call: Call, req: TagResourceRequest) -> TagResourceResponse:
    """Add tags."""
    put_tags(call, req["resourceArn"], req["tags"])
    return {}


@serverless.operation(resource=resource)
def untag_resource(call: Call, req: UntagResourceRequest) -> UntagResourceResponse:
    """Take tags away."""
    call.db.execute(delete(tags).where(_of(call, req["resourceArn"]), tags.c.tag.in_(req["tagKeys"])))
    return {}


@serverless.operation(resource=resource, reads=True)
def list_tags_for_resource(call: Call, req: ListTagsForResourceRequest) -> ListTagsForResourceResponse:
    """A resource's tags by key."""
    rows = call.db.execute(select(tags).where(_of(call, req["resourceArn"])).order_by(tags.c.tag))
    return {"tags": [{"key": row.tag, "value": row.value} for row in rows]}
