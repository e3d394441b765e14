"""The stages of a request. Each takes the exchange and fills in its part; an ``AwsError`` ends the path and is rendered as the protocol
does."""

import asyncio
import gzip
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from wheatpaste.auth.keyring import Key
from wheatpaste.auth.principals import anonymous
from wheatpaste.auth.sessions import digest
from wheatpaste.call import Call
from wheatpaste.edge import body
from wheatpaste.edge.exchange import Exchange
from wheatpaste.store.blobs import Blob
from wheatpaste.wait import Wait
from wheatpaste.wire import sigv4
from wheatpaste.wire.errors import (
    ExpiredToken,
    InvalidAccessKeyId,
    InvalidSessionToken,
    MissingAuthenticationToken,
    RequestEntityTooLarge,
    SerializationError,
)
from wheatpaste.wire.models import operation_model
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.route import route as find_route

UNSIGNED = "UNSIGNED-PAYLOAD"


async def route(x: Exchange) -> None:
    """Find service, protocol and operation; a query-protocol request names its action in the body, which is read for it."""
    if x.http.method == "POST" and x.request.content_type == "application/x-www-form-urlencoded":
        await x.read_body()
    x.route = find_route(x.request, x.app.own_hosts)
    x.region = x.route.region or x.app.config.region
    x.model = operation_model(x.route.service, x.route.operation)


async def authenticate(x: Exchange) -> None:
    """Give the exchange its principal; verify the signature of every key that somebody made, and of all in ``--auth signed``."""
    credential = sigv4.Credential.parse(x.request)
    if credential is None:
        if x.route is None or x.route.service != "s3" or x.app.config.auth == "signed":
            raise MissingAuthenticationToken("Missing Authentication Token")
        x.principal = anonymous(x.app.config.account)
        return
    key = x.key = x.app.keyring.find(credential.access_key)
    if key.secret is None and x.app.config.auth == "signed":
        raise InvalidAccessKeyId("The AWS Access Key Id you provided does not exist in our records.")
    if key.secret is not None:
        _check_key(key, credential.token)
        await _verify(x, key.secret, credential.presigned)
    elif credential.presigned:
        sigv4.check_lifetime(x.request, credential, datetime.now(UTC))
    x.principal = key.principal


def _check_key(key: Key, token: str) -> None:
    if not key.active:
        raise InvalidAccessKeyId("The AWS Access Key Id you provided does not exist in our records.")
    if key.expires and key.expires < time.time():
        raise ExpiredToken("The security token included in the request is expired")
    if key.token and digest(token) != key.token:
        error = InvalidSessionToken if token else InvalidAccessKeyId
        raise error("The security token included in the request is invalid.")


async def _verify(x: Exchange, secret: str, presigned: bool) -> None:
    if presigned:
        sigv4.verify_presigned(x.request, secret, datetime.now(UTC))
        return
    declared = x.request.headers.get("x-amz-content-sha256")
    if declared is None:
        declared = hashlib.sha256(await x.read_body()).hexdigest()
    elif x.model is None or not x.model.has_streaming_input:
        actual = hashlib.sha256(await x.read_body()).hexdigest()
        if declared not in (actual, UNSIGNED) and not declared.startswith("STREAMING-"):
            raise body.ContentSha256Mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.")
    sigv4.verify_header(x.request, secret, declared)


async def receive(x: Exchange) -> None:
    """Take the body: an object's bytes go to a staged blob while they are hashed, everything else into memory, bounded."""
    if x.model.has_streaming_input and x.route is not None and x.route.service == "s3":
        x.shape = await body.stage(x)
        return
    raw = await x.read_body()
    if x.request.headers.get("Content-Encoding", "").lower() == "gzip":
        x.request.body = await x.in_pool(_gunzip, raw, x.app.config.body_limit)
    elif body.is_chunked(x.request):
        x.request.body = body.decode_whole(x, raw)
    if raw and x.route is not None and x.route.service == "s3":
        body.verify_whole(x.request, x.model)


def _gunzip(raw: bytes, limit: int) -> bytes:
    import io
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            plain = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SerializationError(f"The request body is not gzip, as Content-Encoding says: {error}") from None
    if len(plain) > limit:
        raise RequestEntityTooLarge(f"The request is larger than {limit} bytes.")
    return plain


async def parse(x: Exchange) -> None:
    """Make the AWS shape of the request."""
    assert x.route is not None
    body.hoist(x.request)
    shape = PROTOCOLS[x.route.protocol].parse(x.model, x.request, x.route)
    x.shape = {**shape, **x.shape} if x.shape else shape  # what was staged goes on top
    if x.route.service in x.app._ready:
        x.operation = x.app.operation(x.route.service, x.model.name)
    else:
        x.operation = await x.in_pool(x.app.operation, x.route.service, x.model.name)


async def execute(x: Exchange) -> None:
    """Validate, then run the operation in its transaction."""
    assert x.operation is not None
    try:
        x.app.admit(x.operation, x.shape)
        answer: Any = await _run(x)
    except Exception:  # not a cancellation: the write may still commit
        if isinstance(x.shape.get("Body"), Blob):  # staged for nothing
            await x.in_pool(x.app.blobs.discard, x.shape["Body"])
        raise
    if isinstance(answer, Wait):
        answer = await _wait(x, answer)
    x.answer = answer


async def _run(x: Exchange) -> Any:
    from wheatpaste.app import NeedsServiceError

    assert x.operation is not None
    work, lane = x.app.work(x.aws, x.operation, x.shape)
    while True:
        try:
            if lane == "point":
                return x.app.db.read(work)
            if lane == "read":
                return await x.in_pool(x.app.db.read, work)
            return await x.app.db.submitted(work, asyncio.get_running_loop())
        except NeedsServiceError as needed:
            await x.in_pool(x.app.service, str(needed))


async def _wait(x: Exchange, wait: Wait) -> Any:
    """Ask until the answer is there, holding neither thread nor transaction between two looks."""
    assert x.operation is not None
    operation, aws = x.operation, x.aws
    deadline = time.monotonic() + wait.seconds
    with _told(x, wait.topic) as told:
        while True:
            told.clear()
            answer = await x.in_pool(lambda: x.app.db.read(lambda c: wait.ready(Call(aws, operation, c))))
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise wait.expired
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), wait.every)


@contextmanager
def _told(x: Exchange, topic: str) -> Iterator[asyncio.Event]:
    """An event that is set when the database tells of ``topic``."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()

    def listen(found: str) -> None:
        if found == topic:
            loop.call_soon_threadsafe(told.set)

    x.app.db.listeners.append(listen)
    try:
        yield told
    finally:
        x.app.db.listeners.remove(listen)


async def render(x: Exchange) -> None:
    """Make the protocol's response of the answer."""
    assert x.route is not None
    x.response = PROTOCOLS[x.route.protocol].render(x.model, x.answer, x.id)
