"""Permissions: the one place that decides whether a principal may do something.

As of this version identity policies are kept but not evaluated (IAM's evaluation has its own issue): every authenticated principal may do
everything in its account, ``GET /_wheatpaste/health`` says so (``"policies": "stored"``), and an anonymous one may do nothing.
"""

from typing import TYPE_CHECKING

from wheatpaste.service import Shape
from wheatpaste.wire.errors import AccessDenied

if TYPE_CHECKING:
    from wheatpaste.call import Call


class Authorizer:
    """Decides for operations (from their resource) and for what only the data reveals (``call.require``, ``call.visible``)."""

    def authorize(self, call: "Call", req: Shape) -> None:
        """Raise AccessDenied unless the caller may run the operation with ``req``."""
        if call.principal.kind == "anonymous":
            raise AccessDenied(f"Anonymous users cannot perform {call.operation.service}:{call.operation.name}: sign the request")

    def require(self, call: "Call", action: str, arn: str, context: Shape) -> None:
        """Raise AccessDenied unless the caller may do ``action`` on ``arn``."""
        if not self.allows(call, action, arn, context):
            raise AccessDenied(f"User: {call.principal.arn or 'anonymous'} is not authorized to perform: {action} on resource: {arn}")

    def allows(self, call: "Call", action: str, arn: str, context: Shape) -> bool:
        """Whether the caller may do ``action`` on ``arn``."""
        return call.principal.kind != "anonymous"
