"""Errors: what we render botocore reads to the same code, message and members."""

from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from multidict import CIMultiDict
from tests.wire.values import Values

from wheatpaste.wire import errors
from wheatpaste.wire.errors import AwsError, aws_error
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.models import modelled_error, service_model
from wheatpaste.wire.protocols import PROTOCOLS

CASES = [(name, protocol) for name, entry in SERVICES.items() for protocol in entry.protocols]


def read(response: Response, protocol: str, shape: Any = None) -> dict[str, Any]:
    """What botocore reads; with the error's ``shape`` its members."""
    headers = HeadersDict()
    for name, value in response.headers:
        headers[name.lower()] = value
    raw = {"status_code": response.status, "headers": headers, "body": response.body, "context": {"operation_name": "X"}}
    return dict(create_parser(protocol).parse(raw, shape))


def render(service: str, protocol: str, error: AwsError, method: str = "POST", path: str = "/") -> Response:
    return PROTOCOLS[protocol].render_error(service_model(service), None, error, "rid-1", Request(method, path, "", CIMultiDict()))


@pytest.mark.parametrize(("service", "protocol"), CASES)
def test_every_modelled_error(service: str, protocol: str) -> None:
    model = service_model(service)
    for shape in model.error_shapes:
        found = modelled_error(service, shape.name)
        assert found is not None
        fields = {k: v for k, v in Values(shape.name, empty=False).of(shape).items() if k.lower() not in ("message", "code")}
        error = aws_error(service, shape.name)("The message: <é> & more", **fields)
        response = render(service, protocol, error)
        got = read(response, protocol)
        by_code = protocol in ("query", "ec2", "rest-xml") or "awsQueryCompatible" in model.metadata
        assert got["Error"]["Code"] == (found.code if by_code else shape.name)
        assert got["Error"]["Message"] == "The message: <é> & more"
        assert got["ResponseMetadata"]["HTTPStatusCode"] == response.status == found.status
        assert got["ResponseMetadata"]["RequestId"] == "rid-1"
        members = read(response, protocol, shape)
        if protocol != "rest-xml":  # S3 models no members in its errors; botocore looks for them elsewhere
            assert {k: v for k, v in members.items() if k in fields} == fields


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        (
            errors.AccessDenied("no"),
            {"json": ("AccessDeniedException", 400), "query": ("AccessDenied", 403), "rest-xml": ("AccessDenied", 403)},
        ),
        (
            errors.ExpiredToken("no"),
            {"json": ("ExpiredTokenException", 400), "query": ("ExpiredToken", 403), "rest-xml": ("ExpiredToken", 400)},
        ),
        (
            errors.InvalidAccessKeyId("no"),
            {"json": ("UnrecognizedClientException", 400), "query": ("InvalidClientTokenId", 403), "rest-xml": ("InvalidAccessKeyId", 403)},
        ),
        (
            errors.SignatureDoesNotMatch("no"),
            {
                "json": ("InvalidSignatureException", 400),
                "query": ("SignatureDoesNotMatch", 403),
                "rest-xml": ("SignatureDoesNotMatch", 403),
            },
        ),
        (
            errors.InternalFailure("no"),
            {"json": ("InternalServerException", 500), "query": ("InternalFailure", 500), "rest-xml": ("InternalError", 500)},
        ),
        (
            errors.NotImplementedByWheatpaste("x:Y", "A.B"),
            {"json": ("NotImplementedException", 501), "query": ("NotImplemented", 501), "rest-xml": ("NotImplemented", 501)},
        ),
        (
            errors.ValidationError("no"),
            {"json": ("ValidationException", 400), "query": ("ValidationError", 400), "rest-xml": ("InvalidArgument", 400)},
        ),
    ],
)
def test_one_fault_has_each_protocols_name(error: AwsError, codes: dict[str, tuple[str, int]]) -> None:
    for service, protocol in (("glue", "json"), ("iam", "query"), ("s3", "rest-xml")):
        got = read(render(service, protocol, error), protocol)
        assert (got["Error"]["Code"], got["ResponseMetadata"]["HTTPStatusCode"]) == codes[protocol]


def test_a_refusal_names_what_is_refused() -> None:
    error = errors.NotImplementedByWheatpaste("glue:CreateTable", "TableInput.TargetTable")
    assert "TableInput.TargetTable of glue:CreateTable is not implemented" in error.message
    assert error.sender_fault  # nobody retries it


def test_s3_errors_have_their_elements_side_by_side() -> None:
    error = aws_error("s3", "NoSuchKey", status=404)("The specified key does not exist.", Key="a<b")
    body = render("s3", "rest-xml", error, "GET").body.decode()
    start = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>"
    assert f"{start}<Key>a&lt;b</Key><RequestId>rid-1</RequestId><HostId>" in body
    plain = render("s3", "rest-xml", errors.AccessDenied("Access Denied"), "GET", "/b/k").body.decode()
    assert "<Resource>/b/k</Resource>" in plain


def test_a_heads_error_has_no_body_but_its_headers() -> None:
    response = render("s3", "rest-xml", aws_error("s3", "PermanentRedirect", status=301)("elsewhere", Region="eu-west-1"), "HEAD")
    assert (response.status, response.body) == (301, b"")
    assert ("x-amz-bucket-region", "eu-west-1") in response.headers
    assert render("s3", "rest-xml", aws_error("s3", "NotModified", status=304)("Not Modified"), "GET").body == b""


def test_query_compatible_services_keep_the_old_code() -> None:
    error = aws_error("sqs", "QueueDoesNotExist")("The specified queue does not exist.")
    response = render("sqs", "json", error)
    assert ("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender") in response.headers
    assert b'"__type":"QueueDoesNotExist"' in response.body


def test_classes_are_shared_and_checked() -> None:
    assert aws_error("glue", "EntityNotFoundException") is aws_error("glue", "EntityNotFoundException")
    with pytest.raises(aws_error("glue", "EntityNotFoundException"), match="EntityNotFoundException: gone"):
        raise aws_error("glue", "EntityNotFoundException")("gone")
    with pytest.raises(LookupError, match="NoSuchThing"):
        aws_error("glue", "NoSuchThing")("x")


def test_codes_of_iam_by_either_name() -> None:
    for name in ("NoSuchEntity", "NoSuchEntityException"):
        error = aws_error("iam", name)("gone")
        assert error.status == 404
        assert read(render("iam", "query", error), "query")["Error"]["Code"] == "NoSuchEntity"


def test_glue_spells_the_messages_member_as_its_model() -> None:
    body = render("glue", "json", aws_error("glue", "EntityNotFoundException")("gone")).body
    assert body == b'{"__type":"EntityNotFoundException","Message":"gone"}'
