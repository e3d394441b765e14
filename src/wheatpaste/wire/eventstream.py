"""Event streams: the framing ``application/vnd.amazon.eventstream``, and the messages of an operation's output stream.

https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from wheatpaste.wire import scalars
from wheatpaste.wire.errors import AwsError
from wheatpaste.wire.models import error_of
from wheatpaste.wire.protocols.base import Shape
from wheatpaste.wire.protocols.json import writer_of
from wheatpaste.wire.protocols.json_codec import dumps
from wheatpaste.wire.protocols.rest_xml import xml_document

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from botocore.model import Shape as Model

Header = bool | int | bytes | str | datetime


def encode(headers: Mapping[str, Header], payload: bytes = b"") -> bytes:
    """One message: lengths, headers, payload and their checksums."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", len(head) + len(payload) + 16, len(head))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: Header) -> bytes:
    return struct.pack(">B", len(name.encode())) + name.encode() + _typed(value)


def _typed(value: Header) -> bytes:
    """A header's value after its type: booleans 0 and 1, long 5, bytes 6, text 7, timestamp 8."""
    if isinstance(value, bool):
        return b"\x00" if value else b"\x01"
    if isinstance(value, int):
        return struct.pack(">Bq", 5, value)
    if isinstance(value, datetime):
        return struct.pack(">Bq", 8, round(scalars.aware(value).timestamp() * 1000))
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack(">BH", 7 if isinstance(value, str) else 6, len(raw)) + raw


def event(op: OperationModel, events: Shape) -> bytes:
    """The message of one event of an operation's output stream: ``{"Records": {"Payload": b"…"}}``."""
    ((name, value),) = events.items()
    shape = _stream(op).members[name]
    headers: dict[str, Header] = {":message-type": "event", ":event-type": name}
    for member_name, member in shape.members.items():
        if member.serialization.get("eventheader") and value.get(member_name) is not None:
            headers[member_name] = value[member_name]
    content_type, payload = _payload(op, shape, value)
    if content_type:
        headers[":content-type"] = content_type
    return encode(headers, payload)


def initial_response(op: OperationModel, shape: Shape) -> bytes:
    """The first message of an RPC protocol's stream, with the output's other members."""
    rest = {name: value for name, value in shape.items() if name != op.output_shape.event_stream_name}
    body = dumps(writer_of(op.service_model).compile(op.output_shape)(rest))
    return encode({":message-type": "event", ":event-type": "initial-response", ":content-type": "application/x-amz-json-1.1"}, body)


def exception(op: OperationModel, error: AwsError) -> bytes:
    """The message that ends a stream with a modelled error (of the stream), or with an unmodelled one."""
    protocol = op.service_model.metadata["protocol"]
    code = error.variant(protocol)[0]
    found = error_of(op.service_model, code)
    name = next((n for n, m in _stream(op).members.items() if found is not None and m.name == found.shape.name), None)
    if name is None:
        return encode({":message-type": "error", ":error-code": code, ":error-message": error.message})
    content_type, payload = _payload(op, _stream(op).members[name], {"message": error.message, **error.fields})
    return encode({":message-type": "exception", ":exception-type": name, ":content-type": content_type}, payload)


def _stream(op: OperationModel) -> Model:
    return op.output_shape.members[op.output_shape.event_stream_name]


def _payload(op: OperationModel, shape: Model, value: Shape) -> tuple[str, bytes]:
    """The payload and its type: one member's, or a document of all that are no headers."""
    for name, member in shape.members.items():
        if member.serialization.get("eventpayload"):
            item = value.get(name)
            if member.type_name == "blob":
                return "application/octet-stream", bytes(item or b"")
            if member.type_name == "string":
                return "text/plain", str(item or "").encode()
            return _document(op)(op, member, item or {})
    if not any(not member.serialization.get("eventheader") for member in shape.members.values()):
        return "", b""
    return _document(op)(op, shape, value)


def _document(op: OperationModel) -> Callable[[OperationModel, Model, Shape], tuple[str, bytes]]:
    return _xml if op.service_model.metadata["protocol"] == "rest-xml" else _json


def _xml(op: OperationModel, shape: Model, value: Shape) -> tuple[str, bytes]:
    return "text/xml", xml_document(op.service_model, shape, value)


def _json(op: OperationModel, shape: Model, value: Shape) -> tuple[str, bytes]:
    return "application/json", dumps(writer_of(op.service_model).compile(shape)(value))
