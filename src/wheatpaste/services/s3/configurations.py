"""Configurations of buckets that are kept and given back, as a table: what to call them, what AWS answers where there is none.

Three of them have an effect here: CORS (cors.py), object lock (locks.py) and ownership controls (acl.py); tags are what they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import s3
from wheatpaste.services.s3.buckets import bucket_arn, find, mark
from wheatpaste.services.s3.documents import check as check_document
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.headers import default_encryption
from wheatpaste.services.s3.rules import EMPTIES, RULES
from wheatpaste.services.s3.schema import configurations

_c = configurations.c
_BODY = ("ContentMD5", "ChecksumAlgorithm")  # about the XML, which is parsed: what does not parse is refused anyway


@dataclass(frozen=True)
class Kind:
    """One configuration. ``member`` carries it in the PUT; ``nested``: in the GET's answer too, else its members are the answer."""

    name: str
    noun: str  # of the operations' names: put_<noun>, get_<noun>, delete_<noun>
    member: str
    absent: str | Shape  # the error, or the answer, where there is none
    nested: bool = False
    effect: bool = False  # it does something here
    delete: str | None = ""  # the deleting operation, if it is not delete_<noun>; None: there is none
    more: tuple[str, ...] = field(default=())  # further members of the PUT, kept beside it
    stored: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()  # members of the GET without effect


KINDS = (
    Kind("Cors", "bucket_cors", "CORSConfiguration", "NoSuchCORSConfiguration", effect=True),
    Kind("Tagging", "bucket_tagging", "Tagging", "NoSuchTagSet", effect=True),
    Kind("OwnershipControls", "bucket_ownership_controls", "OwnershipControls", "OwnershipControlsNotFoundError", nested=True, effect=True),
    Kind("Website", "bucket_website", "WebsiteConfiguration", "NoSuchWebsiteConfiguration"),
    Kind(
        "Replication",
        "bucket_replication",
        "ReplicationConfiguration",
        "ReplicationConfigurationNotFoundError",
        nested=True,
        stored=("Token",),
    ),
    Kind("PublicAccessBlock", "public_access_block", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration", nested=True),
    Kind("Logging", "bucket_logging", "BucketLoggingStatus", {}, delete=None),
    Kind("Accelerate", "bucket_accelerate_configuration", "AccelerateConfiguration", {}, delete=None, reads=("RequestPayer",)),
    Kind("RequestPayment", "bucket_request_payment", "RequestPaymentConfiguration", {"Payer": "BucketOwner"}, delete=None),
    Kind(
        "Encryption",
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
        nested=True,
    ),
    Kind(
        "Lifecycle",
        "bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        "NoSuchLifecycleConfiguration",
        delete="delete_bucket_lifecycle",
        more=("TransitionDefaultMinimumObjectSize",),
    ),
)


def load(call: Call, bucket: str, kind: str, identity: str = "") -> Shape | None:
    """A configuration as it was put, or None."""
    found = call.db.execute(select(_c.body).where(_c.bucket == bucket, _c.kind == kind, _c.id == identity)).scalar()
    return None if found is None else dict(found)


def store(call: Call, bucket: str, kind: str, body: Mapping[str, Any], identity: str = "") -> None:
    """Put a configuration in the place of the one before."""
    drop(call, bucket, kind, identity)
    call.db.execute(insert(configurations).values(bucket=bucket, kind=kind, id=identity, body=body))


def drop(call: Call, bucket: str, kind: str, identity: str = "") -> bool:
    """Remove a configuration; False when there is none."""
    return bool(call.db.execute(delete(configurations).where(_c.bucket == bucket, _c.kind == kind, _c.id == identity)).rowcount)


def _register(kind: Kind) -> None:
    """Register the operations of one kind under their names."""

    def put(call: Call, req: Mapping[str, Any]) -> Shape:
        more = {member: req[member] for member in kind.more if req.get(member) is not None}
        bucket = find(call, req)
        check_document(call, req, kind.member)
        given = req.get(kind.member) or {}
        body = RULES[kind.name](call, bucket, given) if kind.name in RULES else given
        if body == EMPTIES.get(kind.name) and (kind.name == "Tagging" or load(call, bucket.name, kind.name) is None):
            drop(call, bucket.name, kind.name)
            return {}
        store(call, bucket.name, kind.name, {**body, **more})
        if kind.name == "Encryption":
            mark(call, bucket.name, encryption=default_encryption(body))
        return more

    def get(call: Call, req: Mapping[str, Any]) -> Shape:
        body = load(call, find(call, req).name, kind.name)
        if body is None:
            if isinstance(kind.absent, str):
                raise s3_error(kind.absent, BucketName=req["Bucket"])
            body = kind.absent
        return {kind.member: body} if kind.nested else body

    def remove(call: Call, req: Mapping[str, Any]) -> Shape:
        drop(call, find(call, req).name, kind.name)
        if kind.name == "Encryption":
            mark(call, req["Bucket"], encryption=None)
        return {}

    what = kind.noun.replace("_", " ")
    operations = {f"put_{kind.noun}": (put, False), f"get_{kind.noun}": (get, True)}
    if kind.delete is not None:
        operations[kind.delete or f"delete_{kind.noun}"] = (remove, False)
    for name, (fn, reads) in operations.items():
        fn.__name__, fn.__doc__ = name, f"{name.split('_')[0].capitalize()} the {what}."
        stored = kind.reads if reads else (*_BODY, *kind.stored) if fn is put else ()
        s3.operation(resource=bucket_arn, reads=reads, only_stored=not kind.effect and fn is put, stored=stored)(fn)


for _kind in KINDS:
    _register(_kind)
