"""json 1.0 and 1.1: one POST to ``/``, the operation in ``X-Amz-Target``, the shape as a JSON body."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from wheatpaste.wire.errors import AwsError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.protocols.base import Fault, Shape, deep, query_error
from wheatpaste.wire.protocols.json_codec import Convert, JsonReader, JsonWriter, dumps, loads
from wheatpaste.wire.route import Route

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel


@cache
def reader_of(service: ServiceModel) -> JsonReader:
    """The compiled readers of a service."""
    return JsonReader()


@cache
def writer_of(service: ServiceModel) -> JsonWriter:
    """The compiled writers of a service."""
    return JsonWriter()


@cache
def _reader(op: OperationModel) -> Convert | None:
    return reader_of(op.service_model).compile(op.input_shape) if op.input_shape is not None else None


@cache
def _answer(op: OperationModel) -> tuple[Convert | None, str, str]:
    """How an answer is written, its content type, and the member that is a stream of events."""
    writer = writer_of(op.service_model).compile(op.output_shape) if op.output_shape is not None else None
    return writer, _content_type(op.service_model), op.output_shape.event_stream_name if op.has_event_stream_output else ""


@cache
def _content_type(service: ServiceModel) -> str:
    entry = SERVICES.get(service.service_name)
    return f"application/x-amz-json-{(entry and entry.json_version) or service.metadata.get('jsonVersion', '1.1')}"


class Json:
    """The json protocol."""

    def parse(self, op: OperationModel, request: Request, route: Route) -> Shape:
        """The shape of a request."""
        reader = _reader(op)
        if reader is None or not request.body:
            return {}
        shape: Shape = deep(reader, loads(request.body))
        return shape

    def render(self, op: OperationModel, shape: Shape, request_id: str) -> Response:
        """The response of an answer."""
        writer, content_type, stream = _answer(op)
        if stream and (events := shape.get(stream)) is not None:
            return Response(200, [("Content-Type", "application/vnd.amazon.eventstream"), ("x-amzn-RequestId", request_id)], events)
        body = dumps(writer(shape)) if writer is not None else b""
        return Response(200, [("Content-Type", content_type), ("x-amzn-RequestId", request_id)], body)

    def render_error(
        self, service: ServiceModel, op: OperationModel | None, error: AwsError, request_id: str, request: Request | None
    ) -> Response:
        """The response of an error; ``x-amzn-query-error`` keeps the old code for services that came from the query protocol."""
        fault = Fault(service, error, "json")
        body: dict[str, Any] = {"__type": fault.name}
        body.update(error_members(service, fault))
        headers = [("Content-Type", _content_type(service)), ("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", fault.name)]
        return Response(fault.status, headers + query_error(service, fault), dumps(body))


def error_members(service: ServiceModel, fault: Fault) -> Shape:
    """The error's members as JSON."""
    if fault.shape is None:
        return {"message": fault.message, **{k: v for k, v in fault.fields.items() if isinstance(v, str | int | float | bool)}}
    written: Shape = writer_of(service).compile(fault.shape)(fault.members)
    return written if "message" in map(str.lower, written) else {"message": fault.message, **written}
