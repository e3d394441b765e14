"""Cross-origin requests of browsers to S3: a bucket's CORS rules decide, for preflights and for the requests that follow."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import unquote

from wheatpaste.edge import web
from wheatpaste.service import load
from wheatpaste.wire.hosts import read_host
from wheatpaste.wire.http import Request, Response

if TYPE_CHECKING:
    from wheatpaste.app import App

REFUSED = "<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed.</Message></Error>"


def _bucket(request: Request, own_hosts: tuple[str, ...]) -> str:
    """The bucket that a request names, by host or by path."""
    return read_host(request.host, own_hosts).bucket or unquote(request.raw_path.lstrip("/").split("/", 1)[0])


async def _headers(app: "App", request: Request, method: str, wanted: list[str]) -> dict[str, str] | None:
    bucket, origin = _bucket(request, app.own_hosts), request.headers["Origin"]
    service = load("s3")
    if service is None or service.cors is None or not bucket:
        return None
    evaluate = service.cors

    def decide() -> dict[str, str] | None:
        app.service("s3")
        return app.db.read(lambda c: evaluate(c, bucket, origin, method, wanted))

    return await asyncio.get_running_loop().run_in_executor(None, decide)


async def preflight(app: "App", http: web.BaseRequest) -> web.Response | None:
    """The answer to an OPTIONS request that asks for another method; None for any other request."""
    method = http.headers.get("Access-Control-Request-Method")
    if http.method != "OPTIONS" or not method or "Origin" not in http.headers:
        return None
    path, _, query = http.raw_path.partition("?")
    wanted = [h.strip() for h in http.headers.get("Access-Control-Request-Headers", "").split(",") if h.strip()]
    found = await _headers(app, Request(http.method, path, query, http.headers), method, wanted)
    if found is None:
        return web.Response(status=403, text=REFUSED, content_type="application/xml")
    return web.Response(status=200, headers=found)


async def decorate(app: "App", request: Request, response: Response) -> None:
    """Add the headers by which a browser lets its page read the S3 answer to a request with an Origin."""
    found = await _headers(app, request, request.method, [])
    response.headers.extend((found or {}).items())
