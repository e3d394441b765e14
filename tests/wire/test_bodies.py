"""What bodies, headers and parameters may hold, and what they may not."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.handlers import parse_get_bucket_location
from botocore.model import OperationModel
from multidict import CIMultiDict
from tests.wire.clients import scope

from wheatpaste.wire import errors, scalars
from wheatpaste.wire.http import Request
from wheatpaste.wire.models import operation_model
from wheatpaste.wire.paginate import decode_token, encode_token, page
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.route import route

NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


def parse_json(operation: str, body: bytes, service: str = "glue") -> dict[str, Any]:
    request = Request("POST", "/", "", CIMultiDict({"X-Amz-Target": f"AWSGlue.{operation}"}), body)
    return PROTOCOLS["json"].parse(operation_model(service, operation), request, route(request))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"Name":1}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"Name":true}', "TRUE_VALUE can not be converted to a String"),
        (b'{"Name":{}}', "Start of structure or map found where not expected."),
        (b'{"Name":[]}', "Start of list found where not expected"),
        (b"[]", "Start of list found where not expected"),
        (b'{"Name":', "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"Name":"\\ud800"}', "not JSON"),
    ],
)
def test_json_of_the_wrong_type(body: bytes, words: str) -> None:
    with pytest.raises(errors.SerializationError, match=words.replace("[", r"\[")) as caught:
        parse_json("GetDatabase", body)
    assert caught.value.variant("json") == ("SerializationException", 400)


def test_json_drops_what_nobody_knows_and_nulls() -> None:
    assert parse_json("GetDatabase", b'{"Name":"x","CatalogId":null,"Whatever":[{"a":1}]}') == {"Name": "x"}
    assert parse_json("GetDatabase", b"") == {}


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 10**30, 1.5])
def test_integers_have_a_size(number: float) -> None:
    with pytest.raises(errors.SerializationError):
        parse_json("GetTables", b'{"DatabaseName":"d","MaxResults":%s}' % str(number).encode())


def test_a_shape_within_itself_has_an_end() -> None:
    deep = b'{"Resource":"TrainingJob","SearchExpression":' + b'{"SubExpressions":[' * 450 + b"{}" + b"]}" * 450 + b"}"
    request = Request("POST", "/", "", CIMultiDict({"X-Amz-Target": "SageMaker.Search"}), deep)
    with pytest.raises(errors.SerializationError):
        PROTOCOLS["json"].parse(operation_model("sagemaker", "Search"), request, route(request))


@pytest.mark.parametrize("text", ["1769860800", "1769860800.0", '"2026-01-31T12:00:00Z"', '"2026-01-31T13:00:00+01:00"'])
def test_timestamps_in_json(text: str) -> None:
    got = parse_json("CreateTable", b'{"TableInput":{"Name":"a","LastAccessTime":%s}}' % text.encode())
    assert got["TableInput"]["LastAccessTime"] == NOON


def s3(operation: str, shape: dict[str, Any]) -> tuple[OperationModel, Any]:
    op = operation_model("s3", operation)
    return op, PROTOCOLS["rest-xml"].render(op, shape, "rid")


def test_the_bucket_location_is_the_root() -> None:
    for region in ("eu-west-1", None):
        _, response = s3("GetBucketLocation", {"LocationConstraint": region})
        parsed: dict[str, Any] = {}
        parse_get_bucket_location(parsed, type("Http", (), {"raw": "x", "content": response.body})())
        assert parsed == {"LocationConstraint": region}


def test_s3_lists_look_as_s3s() -> None:
    contents = [{"Key": "a&b\r\x00", "LastModified": NOON, "Size": 1, "ETag": '"x"', "Owner": {"ID": "o"}}]
    _, response = s3("ListObjectsV2", {"Contents": contents, "CommonPrefixes": [{"Prefix": "p/"}, {"Prefix": "q/"}], "IsTruncated": False})
    text = response.body.decode()
    assert '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in text
    assert "<LastModified>2026-01-31T12:00:00.000Z</LastModified>" in text
    assert "<Key>a&amp;b&#13;\ufffd</Key>" in text
    assert text.count("<CommonPrefixes>") == 2
    assert ("Content-Type", "application/xml") in response.headers


def test_s3_headers() -> None:
    answer = {
        "LastModified": NOON,
        "ContentLength": 3,
        "Metadata": {"a": "b"},
        "Body": b"abc",
        "ContentType": "text/x",
        "DeleteMarker": False,
    }
    _, response = s3("GetObject", answer)
    headers = CIMultiDict(response.headers)
    assert (headers["last-modified"], headers["content-length"], headers["x-amz-meta-a"]) == ("Sat, 31 Jan 2026 12:00:00 GMT", "3", "b")
    assert (headers["content-type"], headers["x-amz-delete-marker"], headers["x-amz-request-id"]) == ("text/x", "false", "rid")
    assert response.body == b"abc"


def test_a_streaming_member_is_handed_on_untouched() -> None:
    payload = object()
    _, response = s3("GetObject", {"Body": payload})
    assert response.body is payload


def test_a_grantees_type_is_an_attribute() -> None:
    grants = [{"Grantee": {"Type": "CanonicalUser", "ID": "i"}, "Permission": "FULL_CONTROL"}]
    _, response = s3("GetBucketAcl", {"Grants": grants})
    assert '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' in response.body.decode()


def put(body: bytes, query: str = "versioning", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request("PUT", "/b", query, CIMultiDict({"Authorization": scope("s3"), **named}), body)
    found = route(request)
    return PROTOCOLS["rest-xml"].parse(operation_model("s3", found.operation), request, found)


def test_xml_namespaces_and_prefixes_do_not_matter() -> None:
    wanted = {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}
    assert put(b"<VersioningConfiguration><Status>Enabled</Status><Unknown/></VersioningConfiguration>") == wanted
    assert put(b'<v:V xmlns:v="http://s3.amazonaws.com/doc/2006-03-01/"><v:Status>Enabled</v:Status></v:V>') == wanted


@pytest.mark.parametrize(
    "body",
    [
        b"<a><b></a>",
        b"not xml",
        b"\xff\xfe",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><VersioningConfiguration><Status>&x;</Status></VersioningConfiguration>',
        b"<VersioningConfiguration>&lol;</VersioningConfiguration>",
    ],
)
def test_malformed_xml(body: bytes) -> None:
    with pytest.raises(errors.MalformedXML):
        put(body)


def test_a_wrong_number_in_xml_is_malformed() -> None:
    with pytest.raises(errors.MalformedXML):
        put(b"<CORSConfiguration><CORSRule><MaxAgeSeconds>many</MaxAgeSeconds></CORSRule></CORSConfiguration>", "cors")


def test_a_wrong_number_in_the_query_string_is_named() -> None:
    request = Request("GET", "/b", "list-type=2&max-keys=many", CIMultiDict({"Authorization": scope("s3")}))
    found = route(request)
    with pytest.raises(errors.BadParameter, match="Provided max-keys not an integer") as caught:
        PROTOCOLS["rest-xml"].parse(operation_model("s3", found.operation), request, found)
    assert caught.value.variant("rest-xml") == ("InvalidArgument", 400)


def test_an_empty_number_is_not_given() -> None:
    request = Request("GET", "/b", "list-type=2&max-keys=&prefix=&delimiter=%2F", CIMultiDict({"Authorization": scope("s3")}))
    found = route(request)
    got = PROTOCOLS["rest-xml"].parse(operation_model("s3", "ListObjectsV2"), request, found)
    assert got == {"Bucket": "b", "Prefix": "", "Delimiter": "/"}


def test_metadata_is_lower_case() -> None:
    request = Request("PUT", "/b/k", "", CIMultiDict({"Authorization": scope("s3"), "X-Amz-Meta-Some-Thing": "Value"}))
    got = PROTOCOLS["rest-xml"].parse(operation_model("s3", "PutObject"), request, route(request))
    assert got == {"Bucket": "b", "Key": "k", "Metadata": {"some-thing": "Value"}}


@pytest.mark.parametrize("line", ["/b/%ff", "/b/%C3%28", "/%80"])
def test_a_key_that_is_not_utf_8_is_refused(line: str) -> None:
    with pytest.raises(errors.InvalidURI) as caught:
        route(Request("GET", line, "", CIMultiDict({"Authorization": scope("s3")})))
    assert caught.value.variant("rest-xml") == ("InvalidURI", 400)


def test_parameters_and_headers_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(errors.BadParameter):
        route(Request("GET", "/b", "prefix=%ff", CIMultiDict({"Authorization": scope("s3")})))
    request = Request("PUT", "/b/k", "", CIMultiDict({"Authorization": scope("s3"), "x-amz-meta-a": "\udcff"}))
    with pytest.raises(errors.BadParameter, match="x-amz-meta-a"):
        PROTOCOLS["rest-xml"].parse(operation_model("s3", "PutObject"), request, route(request))


@pytest.mark.parametrize("name", ["A" + ".A" * 100, "Tags.member.1" + ".x" * 70])
def test_deep_parameters_are_refused(name: str) -> None:
    from wheatpaste.wire.protocols.query import tree_of

    with pytest.raises(errors.SerializationError):
        tree_of([(name, "x")])


@pytest.mark.parametrize(
    ("value", "iso", "http", "seconds"),
    [
        (NOON, "2026-01-31T12:00:00Z", "Sat, 31 Jan 2026 12:00:00 GMT", 1769860800),
        (NOON + timedelta(milliseconds=1), "2026-01-31T12:00:00.001Z", "Sat, 31 Jan 2026 12:00:00 GMT", 1769860800.001),
        (NOON + timedelta(microseconds=1), "2026-01-31T12:00:00Z", "Sat, 31 Jan 2026 12:00:00 GMT", 1769860800),
        (NOON.astimezone(timezone(timedelta(hours=2))), "2026-01-31T12:00:00Z", "Sat, 31 Jan 2026 12:00:00 GMT", 1769860800),
        (NOON.replace(tzinfo=None), "2026-01-31T12:00:00Z", "Sat, 31 Jan 2026 12:00:00 GMT", 1769860800),
    ],
)
def test_timestamps_as_text(value: datetime, iso: str, http: str, seconds: float) -> None:
    assert (scalars.iso8601(value), scalars.rfc822(value), scalars.unix(value)) == (iso, http, seconds)
    assert scalars.read_timestamp(http) == NOON
    assert abs(scalars.read_timestamp(iso) - scalars.aware(value)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "1e400", "NaN", "99999999999999999999"])
def test_what_is_no_timestamp(text: str) -> None:
    with pytest.raises(errors.SerializationError):
        scalars.read_timestamp(text)


@pytest.mark.parametrize(("value", "written"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (1, 1.0), (0.1, 0.1)])
def test_floats(value: float, written: Any) -> None:
    assert scalars.write_float(value) == written


def test_tokens() -> None:
    token = encode_token({"after": "é/1"}, "GetTables")
    assert decode_token(token, "GetTables") == {"after": "é/1"}
    bad = ["", "x", "%%%", "é", "bnVsbA", encode_token(1, "GetJobs")]
    for wrong in bad:
        with pytest.raises(errors.InvalidToken):
            decode_token(wrong, "GetTables")
    with pytest.raises(errors.AccessDenied):
        decode_token("x", error=errors.AccessDenied)


def test_pages() -> None:
    rows, token = page([1, 2, 3], 2, lambda row: row)
    assert (rows, decode_token(token or "")) == ([1, 2], 2)
    assert page([1, 2], 2, lambda row: row) == ([1, 2], None)
