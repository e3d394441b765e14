"""rest-json: bound members in path, query string and headers, a JSON body."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wheatpaste.wire.errors import AwsError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.protocols.base import Fault, Shape
from wheatpaste.wire.protocols.bindings import body_members, emitters, output_members
from wheatpaste.wire.protocols.json import error_members, reader_of, writer_of
from wheatpaste.wire.protocols.json_codec import dumps, loads
from wheatpaste.wire.protocols.rest import Rest

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from botocore.model import Shape as Model


class RestJson(Rest):
    """The rest-json protocol."""

    content_type = "application/json"

    def read_members(self, op: OperationModel, shape: Model) -> Callable[[bytes], Shape]:
        """The reader of a body that holds the unbound members."""
        read = reader_of(op.service_model).compile_members(shape, body_members(shape))
        return lambda body: read(loads(body))

    def read_payload(self, op: OperationModel, shape: Model) -> Callable[[bytes], Any]:
        """The reader of a body that is one member."""
        read = reader_of(op.service_model).compile(shape)
        return lambda body: read(loads(body))

    def write_members(self, op: OperationModel, shape: Model) -> Callable[[Shape], bytes]:
        """The writer of a body that holds the unbound members."""
        write = writer_of(op.service_model).compile_members(shape, output_members(shape))
        return lambda answer: dumps(write(answer))

    def write_payload(self, op: OperationModel, shape: Model) -> Callable[[Any], bytes]:
        """The writer of a body that is one member."""
        write = writer_of(op.service_model).compile(shape)
        return lambda value: dumps(write(value))

    def empty_body(self, op: OperationModel) -> bool:
        """``{}``, as AWS sends it."""
        return True

    def render_error(
        self, service: ServiceModel, op: OperationModel | None, error: AwsError, request_id: str, request: Request | None
    ) -> Response:
        """The response of an error: its name in a header, its members in body and headers."""
        fault = Fault(service, error, "rest-json")
        headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", fault.name)]
        for name, emit in (emitters(fault.shape) if fault.shape is not None else {}).items():
            if fault.fields.get(name) is not None:
                headers += emit(fault.fields.pop(name))
        body = b"" if request is not None and request.method == "HEAD" else dumps(error_members(service, fault))
        return Response(fault.status, headers, body)
