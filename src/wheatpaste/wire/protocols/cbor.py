"""smithy-rpc-v2-cbor: one POST to ``/service/…/operation/…``, CBOR both ways. cbor2 is imported at the first such request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from wheatpaste.wire import scalars
from wheatpaste.wire.errors import AwsError, SerializationError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.protocols.base import Fault, Shape, deep, query_error
from wheatpaste.wire.protocols.json_codec import SCALARS, Convert, JsonReader, JsonWriter
from wheatpaste.wire.route import Route

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from botocore.model import Shape as Model

HEADERS = (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))


def _loads(body: bytes) -> Any:
    import cbor2

    try:
        return cbor2.loads(body)
    except (cbor2.CBORDecodeError, ValueError, RecursionError) as error:
        raise SerializationError(f"The request body is not CBOR: {error}") from None


def _dumps(value: Any) -> bytes:
    import cbor2

    made: bytes = cbor2.dumps(value)
    return made


def _blob(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise SerializationError("A blob is not a byte string")
    return value


def _timestamp(value: Any) -> datetime:
    if isinstance(value, datetime):
        return scalars.aware(value)
    if isinstance(value, int | float):
        return scalars.from_unix(value)
    raise SerializationError("A timestamp is not tagged as one")


class CborReader(JsonReader):
    """CBOR's values are JSON's, but for blobs, timestamps and NaN."""

    scalars = {**SCALARS, "blob": _blob, "timestamp": _timestamp}


class CborWriter(JsonWriter):
    """The other way."""

    def scalar(self, shape: Model) -> Convert:
        """The writer of a scalar."""
        if shape.type_name == "timestamp":
            return _tagged
        return _WRITERS.get(shape.type_name) or super().scalar(shape)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "blob": lambda value: value.encode() if isinstance(value, str) else bytes(value),
    "float": float,
    "double": float,
}


def _tagged(value: datetime) -> Any:
    import cbor2

    return cbor2.CBORTag(1, scalars.unix(value))


@cache
def _reader_of(service: ServiceModel) -> CborReader:
    return CborReader()


@cache
def _writer_of(service: ServiceModel) -> CborWriter:
    return CborWriter()


@cache
def _reader(op: OperationModel) -> Convert | None:
    return _reader_of(op.service_model).compile(op.input_shape) if op.input_shape is not None else None


@cache
def _writer(op: OperationModel) -> Convert | None:
    return _writer_of(op.service_model).compile(op.output_shape) if op.output_shape is not None else None


class Cbor:
    """The smithy-rpc-v2-cbor protocol."""

    def parse(self, op: OperationModel, request: Request, route: Route) -> Shape:
        """The shape of a request."""
        reader = _reader(op)
        if reader is None or not request.body:
            return {}
        shape: Shape = deep(reader, _loads(request.body))
        return shape

    def render(self, op: OperationModel, shape: Shape, request_id: str) -> Response:
        """The response of an answer."""
        writer = _writer(op)
        body = _dumps(writer(shape)) if writer is not None else _dumps({})
        return Response(200, [*HEADERS, ("x-amzn-RequestId", request_id)], body)

    def render_error(
        self, service: ServiceModel, op: OperationModel | None, error: AwsError, request_id: str, request: Request | None
    ) -> Response:
        """The response of an error."""
        fault = Fault(service, error, "smithy-rpc-v2-cbor")
        written = _writer_of(service).compile(fault.shape)(fault.members) if fault.shape is not None else {}
        body = _dumps({"__type": fault.name, "message": fault.message, **written})
        return Response(fault.status, [*HEADERS, ("x-amzn-RequestId", request_id), *query_error(service, fault)], body)
