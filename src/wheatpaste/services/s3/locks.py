"""Object lock: retention periods and legal holds, which keep a version from being deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, update

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import configurations, documents, s3, versions
from wheatpaste.services.s3.buckets import bucket_arn, find, mark
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.requests import PAYER, object_arn
from wheatpaste.services.s3.schema import objects

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        GetObjectLegalHoldOutput,
        GetObjectLegalHoldRequest,
        GetObjectLockConfigurationOutput,
        GetObjectLockConfigurationRequest,
        GetObjectRetentionOutput,
        GetObjectRetentionRequest,
        ObjectLockConfiguration,
        PutObjectLegalHoldOutput,
        PutObjectLegalHoldRequest,
        PutObjectLockConfigurationOutput,
        PutObjectLockConfigurationRequest,
        PutObjectRetentionOutput,
        PutObjectRetentionRequest,
    )

MODES = ("GOVERNANCE", "COMPLIANCE")
NOT_LOCKING = "Bucket is missing Object Lock Configuration"


@s3.operation(resource=bucket_arn, stored=["ContentMD5", "ChecksumAlgorithm", "RequestPayer", "Token"])
def put_object_lock_configuration(call: Call, req: PutObjectLockConfigurationRequest) -> PutObjectLockConfigurationOutput:
    """Set a bucket's default retention; the bucket must have versioning."""
    bucket = find(call, req)
    documents.check(call, req, "ObjectLockConfiguration")
    body = req.get("ObjectLockConfiguration") or {}
    if bucket.versioning != "Enabled":
        raise s3_error("InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    if body.get("ObjectLockEnabled") != "Enabled":
        raise s3_error("MalformedXML")
    if retention := (body.get("Rule") or {}).get("DefaultRetention"):
        _check_period(retention)
    mark(call, bucket.name, locks=1)
    configurations.store(call, bucket.name, "ObjectLock", body)
    return {}


def _check_period(retention: Mapping[str, Any]) -> None:
    """Raise for a default retention that is not one positive number of days or of years, with a mode."""
    periods = [retention[unit] for unit in ("Days", "Years") if retention.get(unit) is not None]
    if len(periods) != 1 or not retention.get("Mode"):
        raise s3_error("MalformedXML")
    if periods[0] <= 0:
        raise s3_error("InvalidRetentionPeriod")


@s3.operation(resource=bucket_arn, reads=True)
def get_object_lock_configuration(call: Call, req: GetObjectLockConfigurationRequest) -> GetObjectLockConfigurationOutput:
    """A bucket's default retention."""
    body = configurations.load(call, find(call, req).name, "ObjectLock")
    if body is None:
        raise s3_error("ObjectLockConfigurationNotFoundError", BucketName=req["Bucket"])
    return {"ObjectLockConfiguration": cast("ObjectLockConfiguration", body)}


def asked(call: Call, req: Mapping[str, Any], bucket: Row[Any]) -> Shape | None:
    """The lock of a new version: what the request asks for, else the bucket's default retention."""
    mode, until, hold = req.get("ObjectLockMode"), req.get("ObjectLockRetainUntilDate"), req.get("ObjectLockLegalHoldStatus")
    if not bucket.locks:
        if mode or until or hold:
            raise s3_error("InvalidRequest", NOT_LOCKING)
        return None
    if mode not in (None, *MODES):
        raise s3_error("InvalidArgument", "Unknown wormMode directive.", ArgumentName="x-amz-object-lock-mode", ArgumentValue=mode)
    if hold not in (None, "ON", "OFF"):
        name = "x-amz-object-lock-legal-hold"
        raise s3_error("InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'", ArgumentName=name, ArgumentValue=hold)
    if bool(mode) != bool(until):
        raise s3_error("InvalidArgument", "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
    if until is not None:
        _check_future(call, until)
    else:
        mode, until = _default(call, bucket.name)
    found = {"Mode": mode, "RetainUntilDate": until, "LegalHold": hold}
    return {name: value for name, value in found.items() if value is not None} or None


def _check_future(call: Call, until: datetime) -> None:
    if until <= call.now:
        raise s3_error(
            "InvalidArgument",
            "The retain until date must be in the future!",
            ArgumentName="RetainUntilDate",
            ArgumentValue=until.isoformat(),
        )


def _default(call: Call, bucket: str) -> tuple[str | None, datetime | None]:
    rule = ((configurations.load(call, bucket, "ObjectLock") or {}).get("Rule") or {}).get("DefaultRetention")
    if not rule:
        return None, None
    years = rule.get("Years")
    return rule["Mode"], call.now + timedelta(days=rule.get("Days") or 365 * years)


def shown(row: Row[Any]) -> Shape:
    """The lock as GetObject and HeadObject answer it."""
    lock = row.lock or {}
    return {
        "ObjectLockMode": lock.get("Mode"),
        "ObjectLockRetainUntilDate": lock.get("RetainUntilDate"),
        "ObjectLockLegalHoldStatus": lock.get("LegalHold"),
    }


def check_delete(row: Row[Any], bypass: bool, now: datetime) -> None:
    """Raise AccessDenied for a version that is locked."""
    lock = row.lock or {}
    message = "Access Denied because object protected by object lock."
    if lock.get("LegalHold") == "ON":
        raise s3_error("AccessDenied", message)
    if lock.get("RetainUntilDate", datetime.min.replace(tzinfo=UTC)) > now and not (bypass and lock.get("Mode") == "GOVERNANCE"):
        raise s3_error("AccessDenied", message)


def _locked(call: Call, req: Mapping[str, Any]) -> Row[Any]:
    bucket = find(call, req)
    if not bucket.locks:
        raise s3_error("InvalidRequest", NOT_LOCKING)
    return versions.find(call, req, bucket)


def _store(call: Call, row: Row[Any], lock: Mapping[str, Any]) -> None:
    here = (objects.c.bucket == row.bucket) & (objects.c.key == row.key) & (objects.c.rank == row.rank)
    call.db.execute(update(objects).where(here).values(lock=lock or None))


@s3.operation(resource=object_arn, stored=[*PAYER, "ContentMD5", "ChecksumAlgorithm"])
def put_object_retention(call: Call, req: PutObjectRetentionRequest) -> PutObjectRetentionOutput:
    """Set, lengthen or (governance mode, with the bypass) shorten a version's retention."""
    row = _locked(call, req)
    wanted = req.get("Retention") or {}
    mode, until = wanted.get("Mode"), wanted.get("RetainUntilDate")
    documents.check(call, req, "Retention")
    if bool(mode) != bool(until):
        raise s3_error("MalformedXML")
    if until is not None:
        _check_future(call, until)
    held = row.lock or {}
    present = held.get("RetainUntilDate")
    weaker = present is not None and present > call.now and (until is None or until < present or mode != held["Mode"])
    if weaker and not (held["Mode"] == "GOVERNANCE" and req.get("BypassGovernanceRetention")):
        raise s3_error("AccessDenied", "Access Denied because object protected by object lock.")
    kept = {"LegalHold": held["LegalHold"]} if "LegalHold" in held else {}
    _store(call, row, {**kept, "Mode": mode, "RetainUntilDate": until} if mode else kept)
    return {}


@s3.operation(resource=object_arn, reads=True, stored=PAYER)
def get_object_retention(call: Call, req: GetObjectRetentionRequest) -> GetObjectRetentionOutput:
    """A version's retention."""
    lock = _locked(call, req).lock or {}
    if "Mode" not in lock:
        raise s3_error("NoSuchObjectLockConfiguration")
    return {"Retention": {"Mode": lock["Mode"], "RetainUntilDate": lock["RetainUntilDate"]}}


@s3.operation(resource=object_arn, stored=[*PAYER, "ContentMD5", "ChecksumAlgorithm"])
def put_object_legal_hold(call: Call, req: PutObjectLegalHoldRequest) -> PutObjectLegalHoldOutput:
    """Put or lift a version's legal hold."""
    row = _locked(call, req)
    status = (req.get("LegalHold") or {}).get("Status")
    if status not in ("ON", "OFF"):
        raise s3_error("MalformedXML")
    _store(call, row, {**(row.lock or {}), "LegalHold": status})
    return {}


@s3.operation(resource=object_arn, reads=True, stored=PAYER)
def get_object_legal_hold(call: Call, req: GetObjectLegalHoldRequest) -> GetObjectLegalHoldOutput:
    """A version's legal hold."""
    lock = _locked(call, req).lock or {}
    if "LegalHold" not in lock:
        raise s3_error("NoSuchObjectLockConfiguration")
    return {"LegalHold": {"Status": lock["LegalHold"]}}
