"""Buckets: CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.service import Empty, Shape
from wheatpaste.services.s3 import garbage, s3
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.listing import successor
from wheatpaste.services.s3.names import check_bucket
from wheatpaste.services.s3.owner import owner
from wheatpaste.services.s3.schema import buckets, configurations, objects, parts, uploads
from wheatpaste.store.codec import from_millis
from wheatpaste.store.prepared import Prepared
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        Bucket,
        CreateBucketOutput,
        CreateBucketRequest,
        DeleteBucketRequest,
        GetBucketLocationOutput,
        GetBucketLocationRequest,
        HeadBucketOutput,
        HeadBucketRequest,
        ListBucketsOutput,
        ListBucketsRequest,
    )

US_EAST_1 = "us-east-1"
LEGACY = {"EU": "eu-west-1"}
PAGE = 10_000
_BY_NAME = select(buckets).where(buckets.c.name == bindparam("wanted"))
_FOUND = Prepared(_BY_NAME)
_HELD = Prepared(_BY_NAME.with_for_update(read=True))  # nobody deletes the bucket while something is put into it


def bucket_arn(call: Call, req: Mapping[str, Any]) -> list[tuple[str, str, Shape]]:
    """The resource of an operation on a bucket."""
    return [(f"s3:{call.operation.name}", arns.arn("s3", "", "", req["Bucket"]), {})]


def find(call: Call, req: Mapping[str, Any], name: str = "Bucket", expected: str = "ExpectedBucketOwner") -> Row[Any]:
    """The row of the bucket that a request names.

    Raises NoSuchBucket; AccessDenied when it is another account's (bucket policies, which could allow that, are not evaluated yet) or not
    its expected owner's. A writing call keeps the bucket from being deleted until its end.
    """
    row = (_FOUND if call.operation.reads else _HELD).one_or_none(call.db, {"wanted": req[name]})
    if row is None:
        raise s3_error("NoSuchBucket", BucketName=req[name])
    if row.account != call.account or req.get(expected) not in (None, row.account):
        raise s3_error("AccessDenied")
    return row


def mark(call: Call, name: str, **values: Any) -> None:
    """Set columns of a bucket's row."""
    call.db.execute(update(buckets).where(buckets.c.name == name).values(**values))


def _region(call: Call, req: Mapping[str, Any]) -> str:
    """The region a new bucket goes to."""
    wanted = (req.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
    if wanted is None and call.region == US_EAST_1:
        return US_EAST_1
    if wanted == US_EAST_1 == call.region:
        raise s3_error("InvalidLocationConstraint", LocationConstraint=wanted)
    region = LEGACY.get(wanted or "", wanted)
    if region is None or (call.region != US_EAST_1 and region != call.region):
        message = (
            f"The {wanted or 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to."
        )
        raise s3_error("IllegalLocationConstraintException", message)
    return region


@s3.operation(
    resource=bucket_arn,
    refused=["BucketNamespace", "CreateBucketConfiguration.Location", "CreateBucketConfiguration.Bucket"],
)
def create_bucket(call: Call, req: CreateBucketRequest) -> CreateBucketOutput:
    """Add a bucket. Making one's own again succeeds in us-east-1 only, as in AWS."""
    name = req["Bucket"]
    check_bucket(name)
    region = _region(call, req)
    locks = int(bool(req.get("ObjectLockEnabledForBucket")))
    row = {"account": call.account, "region": region, "name": name, "created": _millis(call), "events": 0, "locks": locks}
    try:
        with call.db.begin_nested():
            call.db.execute(insert(buckets).values(**row, versioning="Enabled" if locks else ""))
    except IntegrityError:
        _refuse_again(call, name)
        return {"Location": f"/{name}"}
    _store_settings(call, req)
    return {
        "Location": f"/{name}" if region == US_EAST_1 else f"http://{name}.s3.amazonaws.com/",
        "BucketArn": arns.arn("s3", "", "", name),
    }


def _refuse_again(call: Call, name: str) -> None:
    """Raise for a name that is taken, unless it is the caller's own in us-east-1."""
    taken = call.db.execute(select(buckets).where(buckets.c.name == name)).one()
    if taken.account != call.account:
        raise s3_error("BucketAlreadyExists", BucketName=name) from None
    if call.region != US_EAST_1 or taken.region != US_EAST_1:
        raise s3_error("BucketAlreadyOwnedByYou", BucketName=name) from None


def _store_settings(call: Call, req: Mapping[str, Any]) -> None:
    from wheatpaste.services.s3 import collector  # they import this module
    from wheatpaste.services.s3.acl import store_bucket_acl
    from wheatpaste.services.s3.configurations import store

    collector.start(call)

    store(call, req["Bucket"], "OwnershipControls", {"Rules": [{"ObjectOwnership": req.get("ObjectOwnership") or "BucketOwnerEnforced"}]})
    if req.get("ObjectLockEnabledForBucket"):
        store(call, req["Bucket"], "ObjectLock", {"ObjectLockEnabled": "Enabled"})
    if tags := (req.get("CreateBucketConfiguration") or {}).get("Tags"):
        store(call, req["Bucket"], "Tagging", {"TagSet": tags})
    store_bucket_acl(call, req)


def _millis(call: Call) -> int:
    return round(call.now.timestamp() * 1000)


@s3.operation(resource=bucket_arn, point=True)
def head_bucket(call: Call, req: HeadBucketRequest) -> HeadBucketOutput:
    """Whether the bucket is there, and in which region."""
    row = find(call, req)
    return {"BucketRegion": row.region, "BucketArn": arns.arn("s3", "", "", row.name)}


@s3.operation(resource=bucket_arn, point=True)
def get_bucket_location(call: Call, req: GetBucketLocationRequest) -> GetBucketLocationOutput:
    """The bucket's region; null for us-east-1."""
    region = find(call, req).region
    return {"LocationConstraint": None if region == US_EAST_1 else region}


@s3.operation(resource=bucket_arn)
def delete_bucket(call: Call, req: DeleteBucketRequest) -> Empty:
    """Remove an empty bucket with its configurations and unfinished uploads; versions and delete markers count as content."""
    name = find(call, req).name
    if call.db.execute(select(objects.c.key).where(objects.c.bucket == name).limit(1)).first() is not None:
        message = (
            None
            if call.db.execute(select(objects.c.key).where(objects.c.bucket == name, objects.c.version_id == "null").limit(1)).first()
            else ("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
        )
        raise s3_error("BucketNotEmpty", message or "", BucketName=name)
    unfinished = select(uploads.c.upload_id).where(uploads.c.bucket == name)
    garbage.add(call, call.db.execute(select(parts.c.blob).where(parts.c.upload_id.in_(unfinished))).scalars())
    call.db.execute(delete(parts).where(parts.c.upload_id.in_(unfinished)))
    for table, column in ((uploads, uploads.c.bucket), (configurations, configurations.c.bucket), (buckets, buckets.c.name)):
        call.db.execute(delete(table).where(column == name))
    return {}


@s3.operation(reads=True)
def list_buckets(call: Call, req: ListBucketsRequest) -> ListBucketsOutput:
    """The account's buckets in the order of their names."""
    c = buckets.c
    limit = req.get("MaxBuckets") or PAGE
    query = select(buckets).where(c.account == call.account).order_by(c.name).limit(limit + 1)
    if prefix := req.get("Prefix"):
        end = successor(prefix)
        query = query.where(c.name >= prefix) if end is None else query.where(c.name >= prefix, c.name < end)
    if region := req.get("BucketRegion"):
        query = query.where(c.region == region)
    if token := req.get("ContinuationToken"):
        query = query.where(c.name > decode_token(token)["after"])
    rows = call.db.execute(query).all()
    shown: list[Bucket] = [
        {"Name": r.name, "CreationDate": from_millis(r.created), "BucketRegion": r.region, "BucketArn": arns.arn("s3", "", "", r.name)}
        for r in rows
    ]
    more = encode_token({"after": rows[limit - 1].name}) if len(rows) > limit else None
    return {"Buckets": shown[:limit], "Owner": owner(call.account), "ContinuationToken": more, "Prefix": prefix or None}
