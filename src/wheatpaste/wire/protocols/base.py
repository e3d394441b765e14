"""What a protocol is: three functions between HTTP and shapes, and what all of them share."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from typing import Protocol as Interface

from wheatpaste.wire.errors import AwsError, SerializationError, ServiceError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.models import error_of
from wheatpaste.wire.route import Route

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

Shape = dict[str, Any]


class Protocol(Interface):
    """One AWS protocol, both directions."""

    def parse(self, op: OperationModel, request: Request, route: Route) -> Shape:
        """The shape of a request; a streaming member is left out when there are no bytes of it here."""

    def render(self, op: OperationModel, shape: Shape, request_id: str) -> Response:
        """The response of an answer; members that the model lacks, and None, are left out."""

    def render_error(
        self, service: ServiceModel, op: OperationModel | None, error: AwsError, request_id: str, request: Request | None
    ) -> Response:
        """The response of an error."""


@cache
def quirks(service: str) -> dict[str, Any]:
    """What a service does apart from its protocol (``wire/quirks.json``), by key:

    ``validation_error``: the code of a shape that breaks the model, where it is not ValidationException (json) or ValidationError (query);
    ``missing_parameter``: a missing member has a code of its own, MissingParameter; ``malformed_body``: one in the body is MalformedXML;
    ``lenient_enums``: unknown values of enums are the operation's business; ``millis``: timestamps always have milliseconds;
    ``id2``, ``bare_errors``, ``xmlns``: S3's ids, errors without a wrapper, namespace; ``lower_header_maps``: names in header maps are in
    lower case; ``roots``, ``bare``: roots of answers, and answers whose root is their one member; ``error_headers``: error fields that
    travel in headers (``kept``: in both).
    """
    found: dict[str, dict[str, Any]] = _all_quirks()
    return found.get(service, {})


@cache
def _all_quirks() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((files("wheatpaste.wire") / "quirks.json").read_text())
    return found


def deep(read: Callable[[Any], Any], value: Any) -> Any:
    """``read(value)``; raises SerializationError for a value that is nested beyond what anybody means."""
    try:
        return read(value)
    except RecursionError:
        raise SerializationError("The request is nested too deeply") from None


class Fault:
    """An error made ready for a protocol: its code, status, and (where modelled) its shape."""

    def __init__(self, service: ServiceModel, error: AwsError, protocol: str) -> None:
        self.code, self.status = error.variant(protocol)
        self.message = error.message
        self.sender = error.sender_fault
        modelled = error_of(service, error.name if isinstance(error, ServiceError) else self.code)
        self.shape = modelled.shape if modelled else None
        self.name = self.shape.name if self.shape is not None else self.code  # the shape's name, where the code is another
        self.query_code = modelled.code if modelled else self.code
        self.fields = dict(error.fields)

    @property
    def message_member(self) -> str:
        """How the model spells the message's member."""
        members = self.shape.members if self.shape is not None else {}
        return next((name for name in members if name.lower() == "message"), "message")

    @property
    def members(self) -> Shape:
        """The error's shape: its message and its further members."""
        return {self.message_member: self.message, **self.fields}


def query_error(service: ServiceModel, fault: Fault) -> list[tuple[str, str]]:
    """The old code of an error, for clients of services that came from the query protocol."""
    if "awsQueryCompatible" not in service.metadata:
        return []
    return [("x-amzn-query-error", f"{fault.query_code};{'Sender' if fault.sender else 'Receiver'}")]
