"""Tags of namespaces and workgroups, by ARN."""

from typing import Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.redshift_serverless import serverless
from wheatpaste.services.redshift_serverless.schema import tags


def _of(call: Call, arn: str) -> Any:
    return (tags.c.account == call.account) & (tags.c.region == call.region) & (tags.c.arn == arn)


def put_tags(call: Call, arn: str, added: list[Shape]) -> None:
    """Add tags, replacing those of the same key."""
    for tag in added:
        call.db.execute(delete(tags).where(_of(call, arn), tags.c.tag == tag["key"]))
        call.db.execute(insert(tags).values(account=call.account, region=call.region, arn=arn, tag=tag["key"], value=tag["value"]))


def remove_tags(call: Call, arn: str) -> None:
    """Forget a resource's tags."""
    call.db.execute(delete(tags).where(_of(call, arn)))


def resource(call: Call, req: Shape) -> str:
    """The resource that a request names."""
    return str(req["resourceArn"])


@serverless.operation(resource=resource)
def tag_resource(call: Call, req: Shape) -> Shape:
    """Add tags."""
    put_tags(call, req["resourceArn"], req["tags"])
    return {}


@serverless.operation(resource=resource)
def untag_resource(call: Call, req: Shape) -> Shape:
    """Take tags away."""
    call.db.execute(delete(tags).where(_of(call, req["resourceArn"]), tags.c.tag.in_(req["tagKeys"])))
    return {}


@serverless.operation(resource=resource, reads=True)
def list_tags_for_resource(call: Call, req: Shape) -> Shape:
    """A resource's tags by key."""
    rows = call.db.execute(select(tags).where(_of(call, req["resourceArn"])).order_by(tags.c.tag))
    return {"tags": [{"key": row.tag, "value": row.value} for row in rows]}
