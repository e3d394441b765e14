"""Configurations of which a bucket has several, each with an Id: kept, given back and listed, without effect."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import s3
from wheatpaste.services.s3.buckets import bucket_arn, find
from wheatpaste.services.s3.configurations import drop, load, store
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.schema import configurations
from wheatpaste.wire.paginate import decode_token, encode_token

KINDS = {"Analytics": "analytics", "Inventory": "inventory", "Metrics": "metrics", "IntelligentTiering": "intelligent_tiering"}
PAGE = 100
_c = configurations.c


def _register(kind: str, noun: str) -> None:
    """Register the four operations of one kind."""
    member = f"{kind}Configuration"

    def put(call: Call, req: Mapping[str, Any]) -> Shape:
        body = req[member]
        if body.get("Id") != req["Id"]:
            raise s3_error(
                "InvalidArgument", "The Id of the configuration is not that of the request", ArgumentName="Id", ArgumentValue=req["Id"]
            )
        store(call, find(call, req).name, kind, body, req["Id"])
        return {}

    def get(call: Call, req: Mapping[str, Any]) -> Shape:
        body = load(call, find(call, req).name, kind, req["Id"])
        if body is None:
            raise s3_error("NoSuchConfiguration", BucketName=req["Bucket"])
        return {member: body}

    def remove(call: Call, req: Mapping[str, Any]) -> Shape:
        if not drop(call, find(call, req).name, kind, req["Id"]):
            raise s3_error("NoSuchConfiguration", BucketName=req["Bucket"])
        return {}

    def listed(call: Call, req: Mapping[str, Any]) -> Shape:
        token = req.get("ContinuationToken")
        query = select(configurations).where(_c.bucket == find(call, req).name, _c.kind == kind).order_by(_c.id).limit(PAGE + 1)
        rows = call.db.execute(query.where(_c.id > decode_token(token)) if token else query).all()
        more = len(rows) > PAGE
        found = [row.body for row in rows[:PAGE]]
        following = encode_token(rows[PAGE - 1].id) if more else None
        return {f"{member}List": found or None, "IsTruncated": more, "ContinuationToken": token, "NextContinuationToken": following}

    name = f"bucket_{noun}_configuration"
    for fn, operation, reads in (
        (put, f"put_{name}", False),
        (get, f"get_{name}", True),
        (remove, f"delete_{name}", False),
        (listed, f"list_{name}s", True),
    ):
        fn.__name__, fn.__doc__ = operation, f"{operation.split('_')[0].capitalize()} {noun.replace('_', ' ')} configurations."
        s3.operation(resource=bucket_arn, reads=reads, only_stored=fn is put)(fn)


for _kind, _noun in KINDS.items():
    _register(_kind, _noun)
