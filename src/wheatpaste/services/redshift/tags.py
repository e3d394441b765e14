"""Tags of clusters and groups, by ARN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.service import Empty, Shape
from wheatpaste.services.redshift import redshift
from wheatpaste.services.redshift.schema import tags

if TYPE_CHECKING:
    from wheatpaste.services.redshift.shapes_generated import (
        CreateTagsMessage,
        DeleteTagsMessage,
        DescribeTagsMessage,
        Tag,
        TaggedResource,
        TaggedResourceListMessage,
    )


def given(req: Mapping[str, Any]) -> list[Shape]:
    """The tags that a request brings."""
    return list(req.get("Tags") or ())


def _of(call: Call, arn: str) -> Any:
    return (tags.c.account == call.account) & (tags.c.region == call.region) & (tags.c.arn == arn)


def put_tags(call: Call, arn: str, added: Sequence[Mapping[str, Any]]) -> None:
    """Add tags, replacing those of the same key."""
    for tag in added:
        key = tag.get("Key") or ""
        call.db.execute(delete(tags).where(_of(call, arn), tags.c.tag == key))
        call.db.execute(insert(tags).values(account=call.account, region=call.region, arn=arn, tag=key, value=tag.get("Value") or ""))


def remove_tags(call: Call, arn: str) -> None:
    """Forget a resource's tags."""
    call.db.execute(delete(tags).where(_of(call, arn)))


def tags_of(call: Call, arn: str) -> list[Tag]:
    """A resource's tags by key."""
    rows = call.db.execute(select(tags).where(_of(call, arn)).order_by(tags.c.tag))
    return [{"Key": row.tag, "Value": row.value} for row in rows]


def resource(call: Call, req: Mapping[str, Any]) -> str:
    """The resource that a request names."""
    return str(req.get("ResourceName") or "*")


@redshift.operation(resource=resource)
def create_tags(call: Call, req: CreateTagsMessage) -> Empty:
    """Add tags."""
    put_tags(call, req["ResourceName"], given(req))
    return {}


@redshift.operation(resource=resource)
def delete_tags(call: Call, req: DeleteTagsMessage) -> Empty:
    """Take tags away."""
    call.db.execute(delete(tags).where(_of(call, req["ResourceName"]), tags.c.tag.in_(req["TagKeys"])))
    return {}


@redshift.operation(resource=resource, reads=True, stored=["MaxRecords", "Marker"])
def describe_tags(call: Call, req: DescribeTagsMessage) -> TaggedResourceListMessage:
    """Tags of one resource, or of all, filtered."""
    query = select(tags).where(tags.c.account == call.account, tags.c.region == call.region).order_by(tags.c.arn, tags.c.tag)
    if req.get("ResourceName"):
        query = query.where(tags.c.arn == req["ResourceName"])
    keys, values, kind = req.get("TagKeys"), req.get("TagValues"), req.get("ResourceType")
    found: list[TaggedResource] = []
    for row in call.db.execute(query):
        of_type = row.arn.split(":", 5)[-1].split(":")[0]
        if (not keys or row.tag in keys) and (not values or row.value in values) and (not kind or kind == of_type):
            found.append({"Tag": {"Key": row.tag, "Value": row.value}, "ResourceName": row.arn, "ResourceType": of_type})
    return {"TaggedResources": found}
