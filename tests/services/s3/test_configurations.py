"""What a bucket can be configured with: given back as it was put, and the exact code where there is none (Terraform depends on them)."""

import json
from typing import Any

import pytest
from tests.services.s3.s3_client import body, refused

from wheatpaste.services.s3 import cors
from wheatpaste.services.s3.policies import is_public

ABSENT = {
    "get_bucket_cors": "NoSuchCORSConfiguration",
    "get_bucket_tagging": "NoSuchTagSet",
    "get_bucket_website": "NoSuchWebsiteConfiguration",
    "get_bucket_replication": "ReplicationConfigurationNotFoundError",
    "get_public_access_block": "NoSuchPublicAccessBlockConfiguration",
    "get_bucket_encryption": "ServerSideEncryptionConfigurationNotFoundError",
    "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
    "get_bucket_policy": "NoSuchBucketPolicy",
    "get_bucket_policy_status": "NoSuchBucketPolicy",
    "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError",
}


@pytest.mark.parametrize(("operation", "code"), ABSENT.items())
def test_absent(s3: Any, bucket: str, operation: str, code: str) -> None:
    assert refused(getattr(s3, operation), Bucket=bucket) == (code, 404)


def test_absent_but_no_error(s3: Any, bucket: str) -> None:
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=bucket)
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    controls = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


ROUND_TRIPS: list[tuple[str, str, dict[str, Any], bool]] = [
    ("bucket_cors", "CORSConfiguration", {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 5}]}, False),
    ("bucket_tagging", "Tagging", {"TagSet": [{"Key": "a", "Value": "b"}]}, False),
    ("bucket_website", "WebsiteConfiguration", {"IndexDocument": {"Suffix": "index.html"}}, False),
    (
        "public_access_block",
        "PublicAccessBlockConfiguration",
        {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True, "RestrictPublicBuckets": False},
        True,
    ),
    (
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]},
        True,
    ),
    ("bucket_ownership_controls", "OwnershipControls", {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}, True),
    (
        "bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        {"Rules": [{"ID": "old", "Filter": {"Prefix": "tmp/"}, "Status": "Enabled", "Expiration": {"Days": 3}}]},
        False,
    ),
    ("bucket_request_payment", "RequestPaymentConfiguration", {"Payer": "Requester"}, False),
    ("bucket_accelerate_configuration", "AccelerateConfiguration", {"Status": "Enabled"}, False),
]
DELETES = {"bucket_lifecycle_configuration": "delete_bucket_lifecycle"}


@pytest.mark.parametrize(("noun", "member", "given", "nested"), ROUND_TRIPS)
def test_what_was_put_comes_back(s3: Any, bucket: str, noun: str, member: str, given: dict[str, Any], nested: bool) -> None:
    getattr(s3, f"put_{noun}")(Bucket=bucket, **{member: given})
    answer = getattr(s3, f"get_{noun}")(Bucket=bucket)
    answer.pop("ResponseMetadata")
    assert (answer[member] if nested else answer) == given
    delete = getattr(s3, DELETES.get(noun, f"delete_{noun}"), None)
    if delete is not None:
        delete(Bucket=bucket)
        assert refused(getattr(s3, f"get_{noun}"), Bucket=bucket)[1] == 404


@pytest.mark.parametrize(
    ("noun", "body"),
    [
        ("analytics", {"StorageClassAnalysis": {}}),
        ("metrics", {"Filter": {"Prefix": "a"}}),
        ("intelligent_tiering", {"Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}),
    ],
)
def test_configurations_with_an_id(s3: Any, bucket: str, noun: str, body: dict[str, Any]) -> None:
    member = "".join(each.capitalize() for each in noun.split("_")) + "Configuration"
    name = f"bucket_{noun}_configuration"
    for identity in ("b", "a"):
        getattr(s3, f"put_{name}")(Bucket=bucket, Id=identity, **{member: {"Id": identity, **body}})
    assert getattr(s3, f"get_{name}")(Bucket=bucket, Id="a")[member]["Id"] == "a"
    assert [each["Id"] for each in getattr(s3, f"list_{name}s")(Bucket=bucket)[f"{member}List"]] == ["a", "b"]
    getattr(s3, f"delete_{name}")(Bucket=bucket, Id="a")
    assert refused(getattr(s3, f"get_{name}"), Bucket=bucket, Id="a") == ("NoSuchConfiguration", 404)


def test_logging_needs_a_bucket_to_log_to(s3: Any, bucket: str) -> None:
    given = {"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "p/"}}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=given)
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"] == given["LoggingEnabled"]
    nowhere = {"LoggingEnabled": {"TargetBucket": f"{bucket}-none", "TargetPrefix": ""}}
    assert refused(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=nowhere)[0] == "InvalidTargetBucketForLogging"


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("bucket_cors", "CORSConfiguration", {"CORSRules": []}, "MalformedXML"),
    ("bucket_cors", "CORSConfiguration", {"CORSRules": [{"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]}]}, "InvalidRequest"),
    ("bucket_request_payment", "RequestPaymentConfiguration", {"Payer": "Nobody"}, "MalformedXML"),
    ("bucket_ownership_controls", "OwnershipControls", {"Rules": [{"ObjectOwnership": "Everybody"}]}, "MalformedXML"),
    ("bucket_lifecycle_configuration", "LifecycleConfiguration", {"Rules": [{"Status": "Enabled"}]}, "MalformedXML"),
    ("bucket_tagging", "Tagging", {"TagSet": [{"Key": "aws:a", "Value": ""}]}, "InvalidTag"),
    (
        "bucket_notification_configuration",
        "NotificationConfiguration",
        {"QueueConfigurations": [{"QueueArn": "queue", "Events": ["s3:ObjectCreated:*"]}]},
        "InvalidArgument",
    ),
]


@pytest.mark.parametrize(("noun", "member", "given", "code"), REFUSED)
def test_what_s3_refuses_is_refused(s3: Any, bucket: str, noun: str, member: str, given: dict[str, Any], code: str) -> None:
    assert refused(getattr(s3, f"put_{noun}"), Bucket=bucket, **{member: given}) == (code, 400)


def test_an_empty_tag_set_is_none(s3: Any, bucket: str) -> None:
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": []})
    assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)


def test_default_encryption_is_told_of_new_objects(s3: Any, bucket: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/mine"}, "BucketKeyEnabled": True}
    s3.put_object(Bucket=bucket, Key="before", Body=b"")
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    put = s3.put_object(Bucket=bucket, Key="after", Body=b"")
    head = s3.head_object(Bucket=bucket, Key="after")
    for answer in (put, head):
        assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"], answer["BucketKeyEnabled"]) == ("aws:kms", "alias/mine", True)
    assert "ServerSideEncryption" not in s3.head_object(Bucket=bucket, Key="before")
    assert s3.put_object(Bucket=bucket, Key="own", Body=b"", ServerSideEncryption="AES256")["ServerSideEncryption"] == "AES256"
    s3.delete_bucket_encryption(Bucket=bucket)
    assert "ServerSideEncryption" not in s3.put_object(Bucket=bucket, Key="k", Body=b"")


def policy(**statement: Any) -> str:
    whole = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


def test_a_policy(s3: Any, bucket: str) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=policy())
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == policy()
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": True}
    for bad in ("nonsense", "[]", "{}", '{"Statement": [{"Effect": "Allow"}]}'):
        assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=bad)[0] == "MalformedPolicy"
    s3.delete_bucket_policy(Bucket=bucket)
    assert refused(s3.get_bucket_policy, Bucket=bucket)[0] == "NoSuchBucketPolicy"


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"aws:SourceVpc": "v"}}}, False),
    ],
)
def test_which_policies_are_public(statement: dict[str, Any], public: bool) -> None:
    assert is_public(json.loads(policy(**statement))) is public


def test_notifications(s3: Any, bucket: str) -> None:
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket=bucket)
    queue = {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:ObjectCreated:*"]}
    given = {"QueueConfigurations": [queue], "EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=given)
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert found["EventBridgeConfiguration"] == {}
    assert found["QueueConfigurations"][0]["Id"]
    assert {**found["QueueConfigurations"][0], "Id": 0} == {**queue, "Id": 0}


def test_acls_are_off_unless_ownership_says_otherwise(s3: Any, bucket: str) -> None:
    grants = s3.get_bucket_acl(Bucket=bucket)["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL"]
    assert refused(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == ("AccessControlListNotSupported", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read") == ("AccessControlListNotSupported", 400)
    s3.put_object(Bucket=bucket, Key="k", Body=b"", ACL="bucket-owner-full-control")
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert [grant["Permission"] for grant in s3.get_bucket_acl(Bucket=bucket)["Grants"]] == ["FULL_CONTROL", "READ"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"", ACL="authenticated-read")
    assert s3.get_object_acl(Bucket=bucket, Key="k")["Grants"][1]["Grantee"]["URI"].endswith("AuthenticatedUsers")


def test_object_lock(s3: Any, unique: str) -> None:
    from datetime import UTC, datetime, timedelta

    s3.create_bucket(Bucket=unique, ObjectLockEnabledForBucket=True)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    version = s3.put_object(Bucket=unique, Key="k", Body=b"x", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)["VersionId"]
    at = {"Bucket": unique, "Key": "k", "VersionId": version}
    assert s3.head_object(**at)["ObjectLockRetainUntilDate"] == until
    assert refused(s3.delete_object, **at) == ("AccessDenied", 403)
    s3.put_object_legal_hold(**at, LegalHold={"Status": "ON"})
    assert refused(s3.delete_object, **at, BypassGovernanceRetention=True) == ("AccessDenied", 403)
    s3.put_object_legal_hold(**at, LegalHold={"Status": "OFF"})
    s3.delete_object(**at, BypassGovernanceRetention=True)
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
    s3.put_object_lock_configuration(Bucket=unique, ObjectLockConfiguration=rule)
    assert s3.get_object_lock_configuration(Bucket=unique)["ObjectLockConfiguration"] == rule
    version = s3.put_object(Bucket=unique, Key="d", Body=b"x")["VersionId"]
    assert s3.get_object_retention(Bucket=unique, Key="d")["Retention"]["Mode"] == "COMPLIANCE"
    assert refused(s3.delete_object, Bucket=unique, Key="d", VersionId=version, BypassGovernanceRetention=True)[0] == "AccessDenied"
    assert body(s3.get_object(Bucket=unique, Key="d")) == b"x"


RULES = [
    {
        "AllowedOrigins": ["https://*.example.com"],
        "AllowedMethods": ["GET", "PUT"],
        "AllowedHeaders": ["x-amz-*"],
        "ExposeHeaders": ["ETag"],
    },
    {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "MaxAgeSeconds": 9},
]


@pytest.mark.parametrize(
    ("origin", "method", "headers", "allowed"),
    [
        ("https://a.example.com", "PUT", ["X-Amz-Date"], "https://a.example.com"),
        ("https://a.example.com", "PUT", ["content-type"], None),
        ("https://example.org", "GET", [], "*"),
        ("https://example.org", "PUT", [], None),
        ("http://a.example.com", "PUT", [], None),
    ],
)
def test_cors_is_decided_by_the_first_rule_that_fits(origin: str, method: str, headers: list[str], allowed: str | None) -> None:
    found = cors.evaluate(RULES, origin, method, headers)
    assert (found or {}).get("Access-Control-Allow-Origin") == allowed
