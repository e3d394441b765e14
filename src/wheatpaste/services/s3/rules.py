"""What S3 asks of configurations beyond their schema, and the values it fills in: one function per kind, of the document and its bucket."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.schema import buckets
from wheatpaste.services.s3.tags import check, tag_set

CORS_RULES = 100
RULE_ID = 255  # characters
Rule = Callable[[Call, Row[Any], Mapping[str, Any]], Mapping[str, Any]]


def _tagging(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Shape:
    return {"TagSet": tag_set(check([(tag["Key"], tag["Value"]) for tag in body["TagSet"]], of_bucket=True))}


def _cors(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = body["CORSRules"]
    if not 1 <= len(rules) <= CORS_RULES:
        raise s3_error("MalformedXML")
    for rule in rules:
        for method in rule["AllowedMethods"]:
            if method not in ("GET", "PUT", "POST", "DELETE", "HEAD"):
                raise s3_error("InvalidRequest", f"Found unsupported HTTP method in CORS config. Unsupported method is {method}")
        for origin in rule["AllowedOrigins"]:
            if origin.count("*") > 1:
                raise s3_error("InvalidRequest", f'AllowedOrigin "{origin}" can not have more than one wildcard.')
    return body


def _ownership(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(body.get("Rules") or []) != 1:
        raise s3_error("MalformedXML")
    return body


def _public_access_block(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Shape:
    if not body:
        raise s3_error("InvalidRequest", "Must specify at least one configuration.")
    switches = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {switch: bool(body.get(switch)) for switch in switches}


def _encryption(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Shape:
    return {"Rules": [{"BucketKeyEnabled": False, **rule} for rule in body["Rules"]]}


def _accelerate(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    if "." in bucket.name:
        raise s3_error("InvalidRequest", "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names")
    return body


def _logging(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = body.get("LoggingEnabled")
    if wanted:
        target = call.db.execute(select(buckets).where(buckets.c.name == wanted["TargetBucket"])).one_or_none()
        if target is None or target.account != bucket.account:
            raise s3_error("InvalidTargetBucketForLogging")
        if target.region != bucket.region:
            raise s3_error("CrossLocationLoggingProhibited")
    return body


def _lifecycle(call: Call, bucket: Row[Any], body: Mapping[str, Any]) -> Shape:
    rules = body.get("Rules") or []
    names = [rule["ID"] for rule in rules if rule.get("ID")]
    if not rules or not all(map(_whole, rules)):
        raise s3_error("MalformedXML")
    if len(names) != len(set(names)):
        raise s3_error("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")
    if any(not _at_midnight(rule) for rule in rules):
        raise s3_error("InvalidArgument", "'Date' must be at midnight GMT")
    if any(len(name) > RULE_ID for name in names):
        raise s3_error("InvalidArgument", f"ID length should not exceed allowed limit of {RULE_ID}")
    return {"Rules": [{"ID": f"rule-{number}", **rule} for number, rule in enumerate(rules)]}


def _whole(rule: Mapping[str, Any]) -> bool:
    """Whether a rule says when it applies, and all of what its actions need."""
    expiration = rule.get("Expiration") or {}
    later = rule.get("NoncurrentVersionTransitions") or []
    return (
        rule.get("Status") is not None
        and (rule.get("Filter") is not None or rule.get("Prefix") is not None)
        and not ("ExpiredObjectDeleteMarker" in expiration and ("Days" in expiration or "Date" in expiration))
        and all("NoncurrentDays" in each and "StorageClass" in each for each in later)
    )


def _at_midnight(rule: Mapping[str, Any]) -> bool:
    dated = [rule.get("Expiration") or {}, *(rule.get("Transitions") or [])]
    return all(each["Date"].time() == time() for each in dated if each.get("Date"))


RULES: dict[str, Rule] = {
    "Tagging": _tagging,
    "Cors": _cors,
    "OwnershipControls": _ownership,
    "PublicAccessBlock": _public_access_block,
    "Encryption": _encryption,
    "Accelerate": _accelerate,
    "Logging": _logging,
    "Lifecycle": _lifecycle,
}
EMPTIES: dict[str, Shape] = {"Tagging": {"TagSet": []}, "Accelerate": {"Status": "Suspended"}}
"""Documents that, where nothing was put before, leave nothing behind."""
