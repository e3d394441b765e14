"""From a request to service, protocol and operation.

The protocol is a property of the request, not of the service: older clients send query or json where today's model says CBOR.
In order: ``Smithy-Protocol`` and its path, ``X-Amz-Target``, ``Action=`` (query string or form), and REST by signing scope or host,
S3 when nothing says.
"""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from wheatpaste.wire.errors import NotImplementedByWheatpaste, SerializationError, UnknownOperation, UnknownService
from wheatpaste.wire.hosts import read_host
from wheatpaste.wire.http import Request, decode_pairs
from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.models import service_model
from wheatpaste.wire.uri import match

DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"Credential=[^/\s]*/\d{8}/([^/\s]+)/([^/\s,]+)/aws4_request")
_RPC = re.compile(r"(?:.*)/service/([^/]+)/operation/([^/]+)/?")
_QUERY = ("query", "ec2")
_REST = ("rest-json", "rest-xml")


@dataclass(frozen=True)
class Route:
    """Where a request goes. ``operation`` is None, or a name that the service may lack: ``operation_model`` raises for both."""

    service: str
    protocol: str
    operation: str | None
    region: str = DEFAULT_REGION
    labels: dict[str, str] = field(default_factory=dict)  # REST: the path's labels, decoded
    form: tuple[tuple[str, str], ...] = ()  # query: the parameters, decoded
    path: str = ""  # REST: the raw path, with the bucket of a virtual host put in


def route(request: Request, own_hosts: tuple[str, ...] = ("localhost",)) -> Route:
    """The request's route; ``own_hosts`` are the server's names, under which a further label is a bucket."""
    scope_region, scope = _scope(request)
    region = scope_region or read_host(request.host, own_hosts).region or DEFAULT_REGION
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return _rpc(request, region)
    target = request.headers.get("X-Amz-Target")
    if target:
        return _target(target, region, request.headers.get("Content-Type", ""))
    form = _form(request)
    action = next((value for name, value in form if name == "Action"), None)
    service = _service_of_action(scope, action, form) if action else None
    if action and service:
        protocol = next(p for p in SERVICES[service].protocols if p in _QUERY)
        return Route(service, protocol, action, region, form=form)
    return _rest(request, scope, region, own_hosts)


def protocol_of(request: Request) -> str:
    """The protocol that a client who got no route will understand an error in."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    if "X-Amz-Target" in request.headers:
        return "json"
    return "query" if request.content_type == "application/x-www-form-urlencoded" else "rest-xml"


def _scope(request: Request) -> tuple[str, str]:
    """Region and signing name of the credential scope; empty for an unsigned request."""
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    if found:
        return found[1], found[2]
    credential = request.query.get("X-Amz-Credential", "").split("/")
    if len(credential) >= 5:
        return credential[-3], credential[-2]
    return "", ("s3" if "AWSAccessKeyId" in request.query else "")


def _rpc(request: Request, region: str) -> Route:
    found = _RPC.fullmatch(request.raw_path)
    service = _targets().get(found[1]) if found else None
    if found is None or service is None:
        raise UnknownOperation(f"{request.raw_path} names no service and operation")
    return Route(service, "smithy-rpc-v2-cbor", found[2], region)


@cache
def _targets() -> dict[str, str]:
    """Target prefix → service, also without its version (``DynamoDB_20120810`` → ``DynamoDB``)."""
    prefixes = {entry.target_prefix: name for name, entry in SERVICES.items() if entry.target_prefix}
    return {**{re.sub(r"_v?\d{8}$|v\d{8}$", "", prefix): name for prefix, name in prefixes.items()}, **prefixes}


@lru_cache(4096)  # a handful of operations and regions: the route need not be made for each request
def _target(target: str, region: str, content_type: str) -> Route:
    prefix, _, operation = target.rpartition(".")
    service = _targets().get(prefix)
    if service is None:
        raise UnknownService(f"X-Amz-Target {target} names no service of wheatpaste")
    if "x-amz-cbor" in content_type:  # Kinesis's Java clients
        raise NotImplementedByWheatpaste(f"{service}:{operation} in {content_type}")
    return Route(service, "json", operation, region)


def _form(request: Request) -> tuple[tuple[str, str], ...]:
    """The parameters that may hold an Action: of the query string, and of a form body."""
    form = tuple(request.params)
    if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded" and request.body:
        try:
            form += tuple(decode_pairs(request.body.decode()))
        except UnicodeDecodeError as error:
            raise SerializationError(f"The form is not UTF-8: {error}") from None
    return form


def _service_of_action(scope: str, action: str, form: tuple[tuple[str, str], ...]) -> str | None:
    """The query service of an action: by signing name, or (AssumeRoleWithWebIdentity is unsigned) by version and action."""
    if scope:
        return next((name for name in _signed_as(scope) if set(SERVICES[name].protocols) & set(_QUERY)), None)
    version = next((value for name, value in form if name == "Version"), "")
    return _unsigned().get((version, action))


@cache
def _unsigned() -> dict[tuple[str, str], str]:
    speakers = [entry for entry in SERVICES.values() if set(entry.protocols) & set(_QUERY)]
    return {(entry.api_version, action): entry.name for entry in speakers for action in entry.operations}


@cache
def _signed_as(scope: str) -> tuple[str, ...]:
    """The services of a signing name."""
    if scope in OTHER_SCOPES:
        return (OTHER_SCOPES[scope],)
    return tuple(name for name, entry in SERVICES.items() if entry.signing_name == scope)


def _rest(request: Request, scope: str, region: str, own_hosts: tuple[str, ...]) -> Route:
    host = read_host(request.host, own_hosts)
    service = _rest_service(request, scope, host.service)
    protocol = next((p for p in SERVICES[service].protocols if p in _REST), SERVICES[service].protocols[0])
    if protocol not in _REST:
        action = next((value for name, value in _form(request) if name == "Action"), None)
        if action:  # SQS's old clients: today's model has no word on how they spell their parameters
            raise NotImplementedByWheatpaste(f"{service}:{action} in the query protocol")
        return Route(service, protocol, None, region)
    path = _path(request, service, host.bucket)
    found = match(service_model(service), request.method, path, request.query, request.headers)
    if found is None and request.method == "POST" and request.content_type == "multipart/form-data":
        raise NotImplementedByWheatpaste(f"{service}:PostObject (the upload of a browser's form)")
    if found is None:
        return Route(service, protocol, None, region, path=path)
    return Route(service, protocol, found[0], region, found[1], path=path)


def _rest_service(request: Request, scope: str, by_host: str) -> str:
    names = _signed_as(scope) if scope else ()
    if scope and not names:
        raise UnknownService(f"The request is signed for {scope}, which is no service of wheatpaste")
    for name in names:
        marker = MARKERS.get(name)
        if marker and marker in request.headers:
            return name
    rest = [name for name in names if set(SERVICES[name].protocols) & set(_REST) and name not in MARKERS]
    return rest[0] if rest else names[0] if names else by_host or "s3"


OTHER_SCOPES = {"s3express": "s3", "s3-object-lambda": "s3", "s3-outposts": "s3control"}
"""Signing names that endpoint rules choose, which no model has."""
MARKERS = {"s3control": "x-amz-account-id"}
"""A header by which a service is told from another of the same signing name."""


def _path(request: Request, service: str, bucket: str) -> str:
    """The raw path (of an absolute-form target only the path), a virtual host's bucket in front."""
    path = request.raw_path or "/"
    return f"/{bucket}{path}" if bucket and service == "s3" else path
