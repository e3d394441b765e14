"""What rest-json and rest-xml share: bound members, the payload, status and headers; each says how its bodies look."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from wheatpaste.wire.errors import SerializationError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.protocols.base import Shape, deep
from wheatpaste.wire.protocols.bindings import body_members, emitters, extractors, output_members, status_members
from wheatpaste.wire.route import Route

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from botocore.model import Shape as Model

EVENT_STREAM = "application/vnd.amazon.eventstream"
NO_BODY = (204, 304)


class Rest:
    """The REST protocols; subclasses say how a body is read and written."""

    content_type: str

    def __init__(self) -> None:
        self._reader = cache(self._make_reader)
        self._writer = cache(self._make_writer)

    def read_members(self, op: OperationModel, shape: Model) -> Callable[[bytes], Shape]:
        """The reader of a body that holds the unbound members."""
        raise NotImplementedError

    def read_payload(self, op: OperationModel, shape: Model) -> Callable[[bytes], Any]:
        """The reader of a body that is one member."""
        raise NotImplementedError

    def write_members(self, op: OperationModel, shape: Model) -> Callable[[Shape], bytes]:
        """The writer of a body that holds the unbound members."""
        raise NotImplementedError

    def write_payload(self, op: OperationModel, shape: Model) -> Callable[[Any], bytes]:
        """The writer of a body that is one member."""
        raise NotImplementedError

    def identify(self, op: OperationModel, request_id: str) -> list[tuple[str, str]]:
        """The headers that carry the request's id."""
        return [("x-amzn-RequestId", request_id)]

    def parse(self, op: OperationModel, request: Request, route: Route) -> Shape:
        """The shape of a request."""
        shape: Shape = {}
        for name, extract in extractors(op):
            value = extract(request, route)
            if value is not None:
                shape[name] = value
        if request.body and (read := self._reader(op)) is not None:
            shape.update(deep(read, request.body))
        return shape

    def _make_reader(self, op: OperationModel) -> Callable[[bytes], Shape] | None:
        shape = op.input_shape
        if shape is None:
            return None
        payload = shape.serialization.get("payload")
        if payload is None:
            return self.read_members(op, shape) if body_members(shape) else None
        member = shape.members[payload]
        if member.type_name == "blob":
            return lambda body: {payload: body}
        if member.type_name == "string":
            return lambda body: {payload: _text(body)}
        read = self.read_payload(op, member)
        return lambda body: {payload: read(body)}

    def render(self, op: OperationModel, shape: Shape, request_id: str) -> Response:
        """The response of an answer."""
        output = op.output_shape
        response = Response(op.http.get("responseCode", 200), self.identify(op, request_id))
        if output is None:
            return response
        for name, emit in emitters(output).items():
            if shape.get(name) is not None:
                response.headers += emit(shape[name])
        for name in status_members(output):
            if shape.get(name) is not None:
                response.status = int(shape[name])
        write = self._writer(op)
        if write is not None and response.status not in NO_BODY:
            body_type, response.body = write(shape)
            if body_type and not any(name.lower() == "content-type" for name, _ in response.headers):
                response.headers.append(("Content-Type", body_type))
        return response

    def _make_writer(self, op: OperationModel) -> Callable[[Shape], tuple[str, Any]] | None:
        shape = op.output_shape
        payload = shape.serialization.get("payload")
        if payload is None:
            return self._members_writer(op, shape)
        member = shape.members[payload]
        if member.type_name == "blob":
            return lambda answer: ("application/octet-stream", answer[payload] if answer.get(payload) is not None else b"")
        if member.type_name == "string":
            return lambda answer: ("text/plain", str(answer.get(payload) or "").encode())
        if member.serialization.get("eventstream") or getattr(member, "is_eventstream", False):
            return lambda answer: (EVENT_STREAM, answer.get(payload, b""))
        write = self.write_payload(op, member)
        return lambda answer: (self.content_type, write(answer[payload])) if answer.get(payload) is not None else ("", b"")

    def _members_writer(self, op: OperationModel, shape: Model) -> Callable[[Shape], tuple[str, Any]] | None:
        if not output_members(shape) and not self.empty_body(op):
            return None
        write = self.write_members(op, shape)
        return lambda answer: (self.content_type, write(answer))

    def empty_body(self, op: OperationModel) -> bool:
        """Whether an answer without body members still has a body."""
        return False


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise SerializationError("The request body is not UTF-8") from None
