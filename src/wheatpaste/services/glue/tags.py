"""Tags of every Glue resource, by its ARN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.schema import tags
from wheatpaste.store.db import metadata

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        GetTagsRequest,
        GetTagsResponse,
        TagResourceRequest,
        TagResourceResponse,
        UntagResourceRequest,
        UntagResourceResponse,
    )

LIMIT = 50  # tags of one resource
TAGGED = {
    "database": ("glue_databases", ("name",)),
    "table": ("glue_tables", ("database", "name")),
    "userDefinedFunction": ("glue_functions", ("database", "name")),
    "connection": ("glue_connections", ("name",)),
    "crawler": ("glue_crawlers", ("name",)),
    "job": ("glue_jobs", ("name",)),
    "session": ("glue_sessions", ("id",)),
    "dataQualityRuleset": ("glue_quality_rulesets", ("name",)),
}
"""How an ARN's resource begins: the table of such resources, and its columns that the rest of the ARN names."""


def tags_of(call: Call, arn: str) -> dict[str, str]:
    """The tags of a resource."""
    rows = call.db.execute(select(tags.c.tag, tags.c.value).where(here(call, tags, arn=arn)).order_by(tags.c.tag))
    return {row.tag: row.value for row in rows}


def put_tags(call: Call, arn: str, added: dict[str, str]) -> None:
    """Add tags to a resource, replacing those of the same key."""
    for key in added:
        if key.lower().startswith("aws:"):
            raise InvalidInputException(f"Tag key {key} is invalid: the prefix aws: is reserved.")
    if not added:
        return
    if len({*tags_of(call, arn), *added}) > LIMIT:
        raise InvalidInputException(f"A resource can have {LIMIT} tags at most.")
    call.db.execute(delete(tags).where(here(call, tags, arn=arn), tags.c.tag.in_(added)))
    call.db.execute(insert(tags), [place(call, arn=arn, tag=key, value=value) for key, value in added.items()])


def delete_tags(call: Call, arn: str) -> None:
    """Forget a resource's tags: it is deleted."""
    call.db.execute(delete(tags).where(here(call, tags, arn=arn)))


def resource_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The resource that a request names; an ARN without an account (Terraform's skip_requesting_account_id) is the caller's."""
    text = str(req["ResourceArn"])
    try:
        parsed = arns.parse(text)
    except ValueError:
        return text
    return str(parsed if parsed.account else parsed._replace(account=call.account))


def existing(call: Call, req: Mapping[str, Any]) -> str:
    """`resource_arn`, of a resource that is there; EntityNotFoundException."""
    text = resource_arn(call, req)
    kind, _, name = text.removeprefix(arns.arn("glue", call.region, call.account, "")).partition("/")
    if kind == "catalog" and not name:
        return text
    table, columns = TAGGED.get(kind, ("", ()))
    names = name.split("/", 1) if len(columns) == 2 else [name]  # a job's name may contain slashes
    if table and len(names) == len(columns):
        found = metadata.tables[table]
        keys = dict(zip(columns, names, strict=True))
        if call.db.execute(select(found.c.account).where(here(call, found, **keys))).first() is not None:
            return text
    raise EntityNotFoundException(f"Resource {text} not found.")


@glue.operation(resource=resource_arn)
def tag_resource(call: Call, req: TagResourceRequest) -> TagResourceResponse:
    """Add tags."""
    put_tags(call, existing(call, req), req["TagsToAdd"])
    return {}


@glue.operation(resource=resource_arn)
def untag_resource(call: Call, req: UntagResourceRequest) -> UntagResourceResponse:
    """Take tags away; keys that the resource does not have are no error."""
    call.db.execute(delete(tags).where(here(call, tags, arn=existing(call, req)), tags.c.tag.in_(req["TagsToRemove"])))
    return {}


@glue.operation(reads=True, resource=resource_arn)
def get_tags(call: Call, req: GetTagsRequest) -> GetTagsResponse:
    """A resource's tags."""
    return {"Tags": tags_of(call, existing(call, req))}
