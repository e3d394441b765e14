"""One request on its way through the stages."""

import asyncio
from typing import TYPE_CHECKING, Any

from wheatpaste import ids
from wheatpaste.auth.principals import Principal, anonymous
from wheatpaste.call import Aws, Origin
from wheatpaste.edge.web import BaseRequest
from wheatpaste.service import Operation, Shape
from wheatpaste.wire.errors import RequestEntityTooLarge
from wheatpaste.wire.http import Request, Response

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.auth.keyring import Key
    from wheatpaste.wire.route import Route


class Exchange:
    """What the stages have found out so far; each stage fills in its part."""

    __slots__ = (
        "answer",
        "app",
        "continued",
        "http",
        "id",
        "key",
        "model",
        "operation",
        "principal",
        "region",
        "request",
        "response",
        "route",
        "shape",
    )

    def __init__(self, app: "App", http: BaseRequest) -> None:
        self.app = app
        self.http = http
        self.id = ids.request_id()
        path, _, query = http.raw_path.partition("?")
        self.request = Request(http.method, path, query, http.headers, b"", http.remote or "")
        self.route: Route | None = None
        self.model: Any = None  # botocore's OperationModel
        self.operation: Operation | None = None
        self.key: Key | None = None  # what is known of the request's access key
        self.principal: Principal = anonymous(app.config.account)
        self.region = app.config.region
        self.shape: Shape = {}
        self.answer: Shape = {}
        self.response: Response | None = None
        self.continued = False

    @property
    def aws(self) -> Aws:
        """The platform as the caller sees it."""
        origin = Origin(self.id, self.request.peer, self.request.headers.get("User-Agent", "")[:256])
        return Aws(self.app, self.principal.account, self.region, self.principal, origin)

    async def proceed(self) -> None:
        """Answer ``Expect: 100-continue``, once, before the body is read: so only after what could refuse the request by its head."""
        if not self.continued and self.http.headers.get("Expect", "").lower() == "100-continue":
            await self.http.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            # aiohttp counts written bytes as the response's; what went out so far is not part of it.
            self.http.writer.output_size = 0
        self.continued = True

    async def read_body(self) -> bytes:
        """The whole body, bounded by the configuration's ``body_limit``."""
        if self.request.body or not self.http.can_read_body:
            return self.request.body
        limit = self.app.config.body_limit
        if (self.http.content_length or 0) > limit:
            raise RequestEntityTooLarge(f"The request is larger than {limit} bytes.")
        content, received = self.http.content, bytearray()
        if not content.is_eof():
            await self.proceed()
        while chunk := content.read_nowait() if content.is_eof() else await content.readany():
            received += chunk
            if len(received) > limit:
                raise RequestEntityTooLarge(f"The request is larger than {limit} bytes.")
        self.request.body = bytes(received)
        return self.request.body

    async def in_pool(self, fn: Any, *args: Any) -> Any:
        """``fn(*args)`` on the operations' threads."""
        return await asyncio.get_running_loop().run_in_executor(None, fn, *args)
