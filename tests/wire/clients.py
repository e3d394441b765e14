"""botocore as the oracle: the HTTP request it makes of a shape, and the shape it reads from an HTTP response."""

import io
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest, HeadersDict, prepare_request_dict
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from multidict import CIMultiDict

from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.index_generated import SERVICES

ENDPOINT = "http://localhost:4566"


def scope(service: str) -> str:
    """An Authorization header, of which only the credential scope matters here."""
    name = SERVICES[service].signing_name if service in SERVICES else service
    return f"AWS4-HMAC-SHA256 Credential=test/20260131/eu-west-3/{name}/aws4_request, SignedHeaders=host, Signature=0"


def send(op: OperationModel, shape: dict[str, Any], protocol: str, host: str = "localhost:4566") -> Request:
    """The request that botocore makes of ``shape``, as a server receives it."""
    made = create_serializer(protocol, include_validation=False).serialize_to_request(shape, op)
    prepare_request_dict(made, endpoint_url=ENDPOINT, user_agent="test")
    prepared = AWSRequest(method=made["method"], url=made["url"], data=made["body"], headers=made["headers"]).prepare()
    parts = urlsplit(prepared.url)
    headers: CIMultiDict[str] = CIMultiDict({"Host": host, "Authorization": scope(op.service_model.service_name)})
    for name, value in prepared.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else value
    body = prepared.body or b""
    return Request(prepared.method, parts.path, parts.query, headers, body.encode() if isinstance(body, str) else bytes(body))


def receive(op: OperationModel, response: Response, protocol: str) -> dict[str, Any]:
    """What botocore reads from ``response``."""
    headers = HeadersDict()
    for name, value in response.headers:
        headers[name.lower()] = value
    body: Any = io.BytesIO(response.body) if op.has_streaming_output else response.body
    raw = {"status_code": response.status, "headers": headers, "body": body, "context": {"operation_name": op.name}}
    got = dict(create_parser(protocol).parse(raw, op.output_shape))
    for name, value in got.items():
        if value is body and op.has_streaming_output:
            got[name] = body.read()
    return got
