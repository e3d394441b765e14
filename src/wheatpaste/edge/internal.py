"""What the server answers under ``/_wheatpaste/``: health, reset, reports of runs, and what running jobs ask."""

import asyncio
from typing import TYPE_CHECKING

from wheatpaste import __version__
from wheatpaste.auth import sessions
from wheatpaste.edge import web

if TYPE_CHECKING:
    from wheatpaste.app import App

LARGEST = 256 << 20  # bytes of a bookmark: 40 for each file of the last 15 minutes


async def answer(app: "App", http: web.BaseRequest) -> web.Response:
    """The answer to one request under ``/_wheatpaste/``."""
    path = http.path.removeprefix("/_wheatpaste/")
    if path == "health" and http.method in ("GET", "HEAD"):
        return web.json_response(health(app))
    if path.startswith("credentials/") and http.method == "GET":
        return await _credentials(app, path.removeprefix("credentials/"))
    if path.startswith("v1/bookmarks/") and http.method == "POST":
        return await _bookmarks(app, http, path.removeprefix("v1/bookmarks/"))
    if path.startswith("v1/quality/") and http.method == "POST":
        return await _quality(app, http, path.removeprefix("v1/quality/"))
    if path.startswith("v1/runs/") and http.method == "GET":
        return await _runs(app, http, path.removeprefix("v1/runs/"))
    if path == "reset" and http.method == "POST":
        return await _reset(app)
    return web.json_response({"message": f"{http.method} {http.path} is not served here"}, status=404)


def health(app: "App") -> dict[str, object]:
    """The server's state, for people and scripts."""
    return {
        "status": "running",
        "version": __version__,
        "endpoint": app.endpoint,
        "home": str(app.config.home),
        "auth": app.config.auth,
        "policies": "stored",  # kept, not evaluated yet: docs/services/iam.md
        "services": sorted(app._ready),
        "started": app.started.isoformat(),
        "waiting_drivers": getattr(app.engines.get("jobs"), "waiting", 0),
        "requests": dict(app.requests),
    }


async def _credentials(app: "App", token: str) -> web.Response:
    """Fresh credentials for the run that holds ``token``, in the form of the container credentials protocol."""
    made = await asyncio.wrap_future(app.db.submit(lambda c: sessions.redeem_run(c, app.secrets, token)))
    if made is None:
        return web.json_response({"code": "InvalidToken", "message": "The run's token is unknown or revoked."}, status=403)
    expiration = made.expiration.strftime("%Y-%m-%dT%H:%M:%SZ")
    return web.json_response(
        {"AccessKeyId": made.access_key, "SecretAccessKey": made.secret_key, "Token": made.token, "Expiration": expiration}
    )


async def _bookmarks(app: "App", http: web.BaseRequest, asked: str) -> web.Response:
    """A run's bookmark: ``<run id>/begin`` or ``<run id>/commit``."""
    from wheatpaste.services.glue.jobs import bookmark_endpoint

    run_id, _, verb = asked.partition("/")
    sent = bytearray()
    async for piece in http.content.iter_any():
        sent += piece
        if len(sent) > LARGEST:
            return web.json_response({"code": "TooLarge", "message": f"A bookmark is at most {LARGEST} bytes"}, status=413)
    arguments = (app, run_id, verb, http.headers.get("Authorization", ""), bytes(sent))
    status, body = await asyncio.get_running_loop().run_in_executor(None, bookmark_endpoint.answer, *arguments)
    return web.json_response(body, status=status)


async def _quality(app: "App", http: web.BaseRequest, asked: str) -> web.Response:
    """Data quality results of a run: ``<run id>/publish`` or ``<run id>/history``."""
    from wheatpaste.services.glue.quality import endpoint

    run_id, _, verb = asked.partition("/")
    arguments = (app, run_id, verb, http.headers.get("Authorization", ""), await http.read())
    status, body = await asyncio.get_running_loop().run_in_executor(None, endpoint.answer, *arguments)
    return web.json_response(body, status=status)


async def _runs(app: "App", http: web.BaseRequest, asked: str) -> web.Response:
    """The report or the progress of a run."""
    from wheatpaste.services.glue.jobs import run_endpoint

    arguments = (app, asked, dict(http.query), http.headers.get("Authorization", ""))
    status, body = await asyncio.get_running_loop().run_in_executor(None, run_endpoint.answer, *arguments)
    return web.Response(text=body, status=status) if isinstance(body, str) else web.json_response(body, status=status)


async def _reset(app: "App") -> web.Response:
    """Empty everything; exists only under ``up --allow-reset``."""
    if not app.config.allow_reset:
        return web.json_response({"message": "start the server with --allow-reset to allow this"}, status=403)
    await asyncio.get_running_loop().run_in_executor(None, app.reset)
    return web.json_response({"status": "reset"})
