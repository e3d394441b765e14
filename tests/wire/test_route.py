"""Where requests go."""

import pytest
from multidict import CIMultiDict
from tests.wire.clients import scope

from wheatpaste.wire import errors
from wheatpaste.wire.http import Request
from wheatpaste.wire.models import operation_model, service_model
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.route import Route, protocol_of, route

S3 = scope("s3")


def request(line: str, body: bytes = b"", host: str = "localhost:4566", auth: str = S3, **headers: str) -> Request:
    """A request of its first line and headers (``_`` stands for ``-``)."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, path, query, CIMultiDict({"Host": host, **({"Authorization": auth} if auth else {}), **named}), body)


def went(found: Route) -> str:
    return f"{found.service} {found.protocol} {found.operation}"


@pytest.mark.parametrize(
    ("line", "operation"),
    [
        ("GET /", "ListBuckets"),
        ("PUT /b", "CreateBucket"),
        ("PUT /b/", "CreateBucket"),
        ("GET /b", "ListObjects"),
        ("GET /b/?prefix=a", "ListObjects"),
        ("GET /b?list-type=2", "ListObjectsV2"),
        ("GET /b?list-type=2&prefix=a%2Fb", "ListObjectsV2"),
        ("GET /b?versions", "ListObjectVersions"),
        ("GET /b?versions=", "ListObjectVersions"),
        ("GET /b?uploads", "ListMultipartUploads"),
        ("GET /b?location", "GetBucketLocation"),
        ("GET /b?acl", "GetBucketAcl"),
        ("GET /b?lifecycle", "GetBucketLifecycleConfiguration"),
        ("GET /b?notification", "GetBucketNotificationConfiguration"),
        ("GET /b?analytics", "ListBucketAnalyticsConfigurations"),
        ("GET /b?analytics&id=x", "GetBucketAnalyticsConfiguration"),
        ("POST /b?delete", "DeleteObjects"),
        ("DELETE /b?policy", "DeleteBucketPolicy"),
        ("HEAD /b", "HeadBucket"),
        ("GET /b/k", "GetObject"),
        ("GET /b/k?partNumber=1", "GetObject"),
        ("GET /b/k?versionId=1", "GetObject"),
        ("GET /b/k?acl", "GetObjectAcl"),
        ("GET /b/k?tagging&versionId=1", "GetObjectTagging"),
        ("GET /b/k?attributes", "GetObjectAttributes"),
        ("GET /b/k?uploadId=1", "ListParts"),
        ("PUT /b/k", "PutObject"),
        ("PUT /b/k?partNumber=1&uploadId=2", "UploadPart"),
        ("POST /b/k?uploads", "CreateMultipartUpload"),
        ("POST /b/k?uploadId=2", "CompleteMultipartUpload"),
        ("DELETE /b/k?uploadId=2", "AbortMultipartUpload"),
        ("DELETE /b/k", "DeleteObject"),
        ("POST /b/k?select&select-type=2", "SelectObjectContent"),
        ("POST /b/k?restore", "RestoreObject"),
        ("PUT /b/k?retention", "PutObjectRetention"),
        ("GET /b/k?x-id=GetObject", "GetObject"),
        ("GET /b/uploads?x-id=GetObject&response-content-type=a", "GetObject"),
    ],
)
def test_s3(line: str, operation: str) -> None:
    assert went(route(request(line))) == f"s3 rest-xml {operation}"


@pytest.mark.parametrize(("line", "operation"), [("PUT /b/k", "CopyObject"), ("PUT /b/k?partNumber=1&uploadId=2", "UploadPartCopy")])
def test_a_copy_is_told_by_its_header(line: str, operation: str) -> None:
    assert route(request(line, x_amz_copy_source="/a/b")).operation == operation


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/b/k", "k"),
        ("/b/a%2Fb", "a/b"),
        ("/b/a+b", "a+b"),
        ("/b/a%20b", "a b"),
        ("/b//a//", "/a//"),
        ("/b//", "/"),
        ("/b/../c", "../c"),
        ("/b/a/", "a/"),
        ("/b/%E2%82%AC", "€"),
        ("/b/a%0Ab", "a\nb"),
        ("/b/%3Facl", "?acl"),
    ],
)
def test_keys_come_from_the_raw_path(path: str, key: str) -> None:
    found = route(request(f"GET {path}"))
    assert (found.operation, found.labels) == ("GetObject", {"Bucket": "b", "Key": key})


@pytest.mark.parametrize(
    "host",
    [
        "my.bucket.s3.localhost:4566",
        "my.bucket.s3.amazonaws.com",
        "my.bucket.s3.us-west-2.amazonaws.com",
        "my.bucket.s3.dualstack.us-west-2.amazonaws.com",
        "my.bucket.s3-eu-west-1.amazonaws.com",
        "my.bucket.localhost:4566",
        "my.bucket.s3.eu-west-1.localhost",
    ],
)
def test_virtual_hosts(host: str) -> None:
    found = route(request("GET /a%2Fb/", host=host))
    assert (found.operation, found.labels) == ("GetObject", {"Bucket": "my.bucket", "Key": "a/b/"})
    assert route(request("GET /?list-type=2", host=host)).operation == "ListObjectsV2"
    assert route(request("PUT /", host=host)).operation == "CreateBucket"


@pytest.mark.parametrize(
    "host", ["localhost:4566", "127.0.0.1:4566", "[::1]:4566", "s3.amazonaws.com", "s3.us-west-2.amazonaws.com", "s3.localhost"]
)
def test_path_style_hosts(host: str) -> None:
    assert route(request("GET /b/k", host=host)).labels == {"Bucket": "b", "Key": "k"}


def test_another_hostname_of_ours() -> None:
    assert route(request("GET /k", host="b.data.example"), ("localhost", "data.example")).labels == {"Bucket": "b", "Key": "k"}
    assert route(request("GET /b/k", host="data.example"), ("localhost", "data.example")).labels == {"Bucket": "b", "Key": "k"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("AWSGlue.GetTable", "glue json GetTable"),
        ("Logs_20140328.PutLogEvents", "logs json PutLogEvents"),
        ("Logs.PutLogEvents", "logs json PutLogEvents"),
        ("AmazonAthena.StartQueryExecution", "athena json StartQueryExecution"),
        ("DynamoDB_20120810.GetItem", "dynamodb json GetItem"),
        ("AmazonSQS.SendMessage", "sqs json SendMessage"),
        ("GraniteServiceVersion20100801.PutMetricData", "cloudwatch json PutMetricData"),
        ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", "cloudtrail json LookupEvents"),
    ],
)
def test_targets(target: str, expected: str) -> None:
    assert went(route(request("POST /", b"{}", X_Amz_Target=target))) == expected


FORM = "application/x-www-form-urlencoded; charset=utf-8"


def test_the_protocol_is_the_requests() -> None:
    monitoring = scope("cloudwatch")
    line = "POST /service/GraniteServiceVersion20100801/operation/ListMetrics"
    assert went(route(request(line, auth=monitoring, smithy_protocol="rpc-v2-cbor"))) == "cloudwatch smithy-rpc-v2-cbor ListMetrics"
    body = b"Action=ListMetrics&Version=2010-08-01&Namespace=a+b"
    found = route(request("POST /", body, auth=monitoring, Content_Type=FORM))
    assert went(found) == "cloudwatch query ListMetrics"
    assert ("Namespace", "a b") in found.form


def test_actions() -> None:
    assert (
        went(route(request("POST /", b"Action=GetCallerIdentity&Version=2011-06-15", auth=scope("sts"), Content_Type=FORM)))
        == "sts query GetCallerIdentity"
    )
    assert went(route(request("GET /?Action=GetCallerIdentity&Version=2011-06-15", auth=scope("sts")))) == "sts query GetCallerIdentity"
    unsigned = b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
    assert went(route(request("POST /", unsigned, auth="", Content_Type=FORM))) == "sts query AssumeRoleWithWebIdentity"
    assert (
        went(route(request("POST /", b"Action=DescribeVpcs&Version=2016-11-15", auth=scope("ec2"), Content_Type=FORM)))
        == "ec2 ec2 DescribeVpcs"
    )


def test_the_region_is_the_scopes() -> None:
    assert route(request("GET /b")).region == "eu-west-3"
    assert route(request("GET /b", auth="")).region == "us-east-1"
    assert route(request("GET /b", auth="", host="s3.eu-north-1.amazonaws.com")).region == "eu-north-1"
    assert route(request("GET /b?X-Amz-Credential=A%2F20260101%2Fap-south-1%2Fs3%2Faws4_request", auth="")).region == "ap-south-1"


def test_rest_services_by_scope_and_by_host() -> None:
    assert went(route(request("POST /2015-03-31/functions/f/invocations", auth=scope("lambda")))) == "lambda rest-json Invoke"
    assert went(route(request("GET /2015-03-31/functions/", auth=scope("lambda")))) == "lambda rest-json ListFunctions"
    assert went(route(request("POST /endpoints/e/invocations", auth=scope("sagemaker")))) == "sagemaker-runtime rest-json InvokeEndpoint"
    assert (
        went(route(request("GET /2015-03-31/functions/", auth="", host="lambda.us-east-1.amazonaws.com")))
        == "lambda rest-json ListFunctions"
    )
    control = request("GET /v20180820/configuration/publicAccessBlock", x_amz_account_id="123456789012")
    assert went(route(control)) == "s3control rest-xml GetPublicAccessBlock"


def test_unsigned_is_s3() -> None:
    assert went(route(request("GET /b/k", auth=""))) == "s3 rest-xml GetObject"


def test_labels_of_other_services_are_decoded() -> None:
    found = route(request("GET /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af", auth=scope("lambda")))
    assert (found.operation, found.labels) == ("GetFunction", {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f"})


@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        (request("POST /", b"{}", X_Amz_Target="AWSGlue.NoSuch"), "UnknownOperationException", 400),
        (request("POST /", b"Action=NoSuch&Version=2010-05-08", auth=scope("iam"), Content_Type=FORM), "InvalidAction", 400),
        (request("PATCH /b/k"), "MethodNotAllowed", 405),
        (request("POST /b/k"), "CompleteMultipartUpload", 0),
        (request("GET /no/such/path", auth=scope("lambda")), "UnknownOperationException", 404),
    ],
)
def test_unknown_operations_answer_in_their_protocol(asked: Request, code: str, status: int) -> None:
    found = route(asked)
    if not status:
        assert found.operation == code  # its required uploadId is missing: validation says so
        return
    with pytest.raises(errors.AwsError) as caught:
        operation_model(found.service, found.operation)
    response = PROTOCOLS[found.protocol].render_error(service_model(found.service), None, caught.value, "rid", asked)
    assert response.status == status
    assert code in response.body.decode() + str(response.headers)


@pytest.mark.parametrize(
    "asked",
    [
        request("POST /", b"Action=SendMessage&Version=2012-11-05", auth=scope("sqs"), Content_Type=FORM),
        request("POST /b", b"", Content_Type="multipart/form-data; boundary=x"),
        request("POST /", b"", auth=scope("kinesis"), X_Amz_Target="Kinesis_20131202.PutRecord", Content_Type="application/x-amz-cbor-1.1"),
    ],
)
def test_protocols_that_are_not_spoken_are_refused_by_name(asked: Request) -> None:
    with pytest.raises(errors.NotImplementedByWheatpaste, match=r"sqs:SendMessage in the query|s3:PostObject|kinesis:PutRecord in .*cbor"):
        route(asked)


def test_the_protocol_of_an_error_before_any_route() -> None:
    assert protocol_of(request("POST /", b"{}", X_Amz_Target="Nobody.Does")) == "json"
    assert protocol_of(request("POST /service/X/operation/Y", smithy_protocol="rpc-v2-cbor")) == "smithy-rpc-v2-cbor"
    assert protocol_of(request("POST /", b"Action=X", Content_Type=FORM)) == "query"
    assert protocol_of(request("GET /b/%ff")) == "rest-xml"


@pytest.mark.parametrize(
    "asked",
    [
        request("POST /", b"{}", X_Amz_Target="Nobody.Does"),
        request("GET /", auth=S3.replace("/s3/", "/translate/")),
    ],
)
def test_unknown_services_are_refused_by_name(asked: Request) -> None:
    with pytest.raises(errors.UnknownService, match=r"Nobody|translate"):
        route(asked)
