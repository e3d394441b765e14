"""Event streams, read by botocore."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import EventStreamError
from botocore.model import OperationModel
from botocore.parsers import create_parser
from tests.wire.values import Values

from wheatpaste.wire.errors import InternalFailure, aws_error
from wheatpaste.wire.eventstream import encode, event, exception, initial_response
from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.models import operation_model, service_model

OPERATIONS = [
    (name, operation)
    for name in ("s3", "logs", "lambda", "kinesis", "sagemaker-runtime")
    for operation in service_model(name).operation_names
    if service_model(name).operation_model(operation).has_event_stream_output
]


class Body:
    """What urllib3 would give."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def stream(self) -> Iterator[bytes]:
        for at in range(0, len(self._raw), 7):
            yield self._raw[at : at + 7]

    def close(self) -> None:
        """Nothing to close."""


def read(op: OperationModel, raw: bytes) -> list[dict[str, Any]]:
    """The events that botocore reads."""
    protocol = SERVICES[op.service_model.service_name].protocols[0]
    response = {"status_code": 200, "headers": HeadersDict(), "body": Body(raw), "context": {"operation_name": op.name}}
    parsed = create_parser(protocol).parse(response, op.output_shape)
    return list(parsed[op.output_shape.event_stream_name])


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_event_of_every_stream(service: str, operation: str) -> None:
    op = operation_model(service, operation)
    stream = op.output_shape.members[op.output_shape.event_stream_name]
    events = [
        {name: Values(f"{operation}{name}", some=1.0).of(shape)}
        for name, shape in stream.members.items()
        if not shape.metadata.get("exception")
    ]
    start = initial_response(op, {}) if SERVICES[service].protocols[0] == "json" else b""
    assert events
    assert read(op, start + b"".join(event(op, one) for one in events)) == events


def test_headers_of_every_type() -> None:
    now = datetime(2026, 1, 31, tzinfo=UTC)
    buffer = EventStreamBuffer()
    buffer.add_data(encode({"t": True, "f": False, "n": -5, "b": b"\x00\xff", "s": "é", "d": now}, b"payload"))
    (message,) = list(buffer)
    assert message.headers == {"t": True, "f": False, "n": -5, "b": b"\x00\xff", "s": "é", "d": round(now.timestamp() * 1000)}
    assert message.payload == b"payload"


@pytest.mark.parametrize("modelled", [True, False])
def test_errors_end_a_stream(modelled: bool) -> None:
    op = operation_model("logs", "StartLiveTail")
    error = aws_error("logs", "SessionTimeoutException")("too long") if modelled else InternalFailure("broken")
    with pytest.raises(EventStreamError, match="too long" if modelled else "broken"):
        read(op, initial_response(op, {}) + exception(op, error))
