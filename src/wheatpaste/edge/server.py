"""The aiohttp server: one handler that walks the stages."""

import asyncio
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from wheatpaste.edge import cors, internal, web
from wheatpaste.edge.exchange import Exchange
from wheatpaste.edge.hosts import Hosts
from wheatpaste.edge.sending import send
from wheatpaste.wire.errors import AwsError, InternalFailure
from wheatpaste.wire.http import Response
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.route import protocol_of

if TYPE_CHECKING:
    from wheatpaste.app import App

log = logging.getLogger(__name__)
LONGEST_LINE = 65536  # bytes of the request line, and of a header
READ_BUFFER = 1 << 20  # bytes of a body that may wait in memory


class Edge:
    """The HTTP listener of one server."""

    def __init__(self, app: "App", bound: socket.socket) -> None:
        self.app = app
        self._socket = bound
        self._server: asyncio.Server | None = None
        self._http: web.Server | None = None
        self._hosts = Hosts(app.config)

    async def start(self) -> None:
        """Listen on the bound socket."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self.app.config.operation_threads, "operation"))
        self.app.loop = loop
        # auto_decompress would unpack objects that their owner uploads compressed.
        self._http = web.Server(
            self.handle,
            auto_decompress=False,
            read_bufsize=READ_BUFFER,
            keepalive_timeout=75.0,
            access_log=None,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=2048,
        )
        self._server = await loop.create_server(self._http, sock=self._socket, backlog=1024)
        host, port = self._socket.getsockname()[:2]
        self.app.endpoint = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def stop(self) -> None:
        """Accept nothing more and give the requests in hand two seconds."""
        if self._server is not None and self._http is not None:
            self._server.close()
            await self._http.shutdown(2.0)

    async def handle(self, http: web.BaseRequest) -> web.StreamResponse:
        """One request."""
        refused = self._hosts.refuse_foreign(http)
        if refused is not None:
            return refused
        if "/_wheatpaste/" in http.raw_path and http.path.startswith("/_wheatpaste/"):
            return await internal.answer(self.app, http)
        if http.method == "OPTIONS" and (asked := await cors.preflight(self.app, http)) is not None:
            return asked
        x = Exchange(self.app, http)
        response = await self._walk(x)
        if "Origin" in http.headers and (x.route is None or x.route.service == "s3"):
            await cors.decorate(self.app, x.request, response)
        return await send(self.app, http, response)

    async def _walk(self, x: Exchange) -> Response:
        from wheatpaste.app import STAGES

        started = time.perf_counter() if log.isEnabledFor(logging.DEBUG) else 0.0
        try:
            for stage in STAGES:
                await stage(x)
            assert x.route is not None
            self.app.requests[f"{x.route.service}:{x.route.operation}"] += 1
            assert x.response is not None
            return x.response
        except AwsError as error:
            return _render_error(
                x, error
            )  # what the client still sends is read after the answer (aiohttp's lingering), so that it gets to see it
        except (ConnectionError, asyncio.CancelledError):
            raise
        except OperationalError as error:
            log.error("%s: the database refused: %s", x.id, error.orig)
            return _render_error(x, InternalFailure(f"The state could not be written: {error.orig}"))
        except Exception as error:  # a defect: told to the client by its request id, to the log in full
            log.exception("%s %s %s failed", x.id, x.http.method, x.http.path)
            return _render_error(
                x,
                InternalFailure(
                    f"We encountered an internal error ({type(error).__name__}); request {x.id} in the server's log has the details."
                ),
            )
        finally:
            if started:
                log.debug(
                    "%s %s %s %.1f ms", x.http.method, x.http.path, x.route and x.route.operation, (time.perf_counter() - started) * 1000
                )


def _render_error(x: Exchange, error: AwsError) -> Response:
    from wheatpaste.wire.models import service_model

    service = x.route.service if x.route else "s3"
    protocol = x.route.protocol if x.route else protocol_of(x.request)
    return PROTOCOLS[protocol].render_error(service_model(service), x.model, error, x.id, x.request)
