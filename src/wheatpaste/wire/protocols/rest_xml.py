"""rest-xml: S3's protocol. What only S3 does is in ``wire/quirks.json``."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from wheatpaste.wire import scalars
from wheatpaste.wire.errors import AwsError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.protocols.base import Fault, Shape, quirks
from wheatpaste.wire.protocols.bindings import body_members
from wheatpaste.wire.protocols.rest import NO_BODY, Rest
from wheatpaste.wire.protocols.xml_reader import XmlReader, parse_xml
from wheatpaste.wire.protocols.xml_writer import DECLARATION, XmlWriter, escape

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from botocore.model import Shape as Model


@cache
def _reader_of(service: ServiceModel) -> XmlReader:
    return XmlReader()


@cache
def _writer_of(service: ServiceModel) -> XmlWriter:
    return XmlWriter(scalars.iso8601_millis if quirks(service.service_name).get("millis") else scalars.iso8601)


class RestXml(Rest):
    """The rest-xml protocol."""

    content_type = "application/xml"

    def identify(self, op: OperationModel, request_id: str) -> list[tuple[str, str]]:
        """The headers that carry the request's id."""
        return _ids(op.service_model.service_name, request_id)

    def read_members(self, op: OperationModel, shape: Model) -> Callable[[bytes], Shape]:
        """The reader of a body that holds the unbound members."""
        read = _reader_of(op.service_model).compile_members(shape, body_members(shape))
        return lambda body: read(parse_xml(body))

    def read_payload(self, op: OperationModel, shape: Model) -> Callable[[bytes], Any]:
        """The reader of a body that is one member."""
        read = _reader_of(op.service_model).compile(shape)
        return lambda body: read(parse_xml(body))

    def write_members(self, op: OperationModel, shape: Model) -> Callable[[Shape], bytes]:
        """The writer of a body that holds the unbound members."""
        own = quirks(op.service_model.service_name)
        bare = own.get("bare", {}).get(op.name)
        if bare:  # the root is the one member's element
            return lambda answer: f'{DECLARATION}<{bare} xmlns="{own["xmlns"]}">{escape(str(answer.get(bare) or ""))}</{bare}>'.encode()
        root = own.get("roots", {}).get(op.name) or shape.serialization.get("name") or shape.name
        return _writer_of(op.service_model).compile_root(shape, root, own.get("xmlns", ""))

    def write_payload(self, op: OperationModel, shape: Model) -> Callable[[Any], bytes]:
        """The writer of a body that is one member."""
        xmlns = quirks(op.service_model.service_name).get("xmlns", "")
        return _writer_of(op.service_model).compile_root(shape, shape.serialization.get("name") or shape.name, xmlns)

    def render_error(
        self, service: ServiceModel, op: OperationModel | None, error: AwsError, request_id: str, request: Request | None
    ) -> Response:
        """The response of an error; a HEAD's has no body, so its client sees the status only."""
        fault = Fault(service, error, "rest-xml")
        own = quirks(service.service_name)
        response = Response(fault.status, _ids(service.service_name, request_id))
        fields = dict(fault.fields)
        for name, header in own.get("error_headers", {}).items():
            if fields.get(name) is not None:
                response.headers.append((header, str(fields.pop(name) if header not in own.get("kept", ()) else fields[name])))
        if fault.status in NO_BODY or (request is not None and request.method == "HEAD"):
            return response
        response.headers.append(("Content-Type", "application/xml"))
        response.body = (_s3_error if own.get("bare_errors") else _error)(fault, fields, request_id, request).encode()
        return response


def xml_document(service: ServiceModel, shape: Model, value: Shape) -> bytes:
    """A document of one structure, its root the shape's name."""
    return _writer_of(service).compile_root(shape, shape.name, "")(value)


def _ids(service: str, request_id: str) -> list[tuple[str, str]]:
    if not quirks(service).get("id2"):
        return [("x-amzn-RequestId", request_id)]
    return [("x-amz-request-id", request_id), ("x-amz-id-2", _id2(request_id))]


def _id2(request_id: str) -> str:
    """S3's second id: opaque, made of the first."""
    return base64.b64encode(hashlib.sha384(request_id.encode()).digest()).decode()


def _elements(fields: Shape) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items() if value is not None)


def _s3_error(fault: Fault, fields: Shape, request_id: str, request: Request | None) -> str:
    """S3's error: no wrapper, its further elements side by side with the code."""
    if not fields and request is not None:
        fields = {"Resource": request.raw_path}
    known = {"Code": fault.query_code, "Message": fault.message, **fields, "RequestId": request_id, "HostId": _id2(request_id)}
    return f"{DECLARATION}<Error>{_elements(known)}</Error>"


def _error(fault: Fault, fields: Shape, request_id: str, request: Request | None) -> str:
    kind = "Sender" if fault.sender else "Receiver"
    inner = _elements({"Type": kind, "Code": fault.query_code, "Message": fault.message, **fields})
    return f"{DECLARATION}<ErrorResponse><Error>{inner}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
