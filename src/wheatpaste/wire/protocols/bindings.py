"""HTTP bindings of the REST protocols: which members travel in path, query string and headers, and how."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from wheatpaste.wire import scalars
from wheatpaste.wire.errors import BadParameter, SerializationError
from wheatpaste.wire.http import Request
from wheatpaste.wire.protocols.base import Shape, quirks
from wheatpaste.wire.route import Route

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from botocore.model import Shape as Model

Extract: TypeAlias = Callable[[Request, Route], Any]
Emit: TypeAlias = Callable[[Any], list[tuple[str, str]]]


def body_members(shape: Model) -> list[str]:
    """The input members that travel in the body."""
    return [name for name, member in shape.members.items() if "location" not in member.serialization]


def output_members(shape: Model) -> list[str]:
    """The output members that travel in the body: a response has neither path nor query string."""
    return [
        name for name, member in shape.members.items() if member.serialization.get("location") not in ("header", "headers", "statusCode")
    ]


def _text(name: str, text: str) -> str:
    """A header's text; raises BadParameter for bytes that are no UTF-8, which reach us as surrogates."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadParameter(f"{name} is not UTF-8", ArgumentName=name) from None
    return text


def _scalar(wire_name: str, shape: Model) -> Callable[[str], Any]:
    """Text → value for a bound member, naming it where the text is wrong."""
    if shape.type_name == "string":
        return lambda text: _text(wire_name, text)
    convert = scalars.READERS[shape.type_name]
    kind = "an integer or within integer range" if shape.type_name in ("integer", "long") else f"a {shape.type_name}"

    def read(text: str) -> Any:
        try:
            return convert(text)
        except SerializationError:
            raise BadParameter(f"Provided {wire_name} not {kind}", ArgumentName=wire_name, ArgumentValue=text) from None

    return read


@cache
def extractors(op: OperationModel) -> tuple[tuple[str, Extract], ...]:
    """For each bound input member its way out of the request; None means it was not given."""
    if op.input_shape is None:
        return ()
    found = []
    for name, member in op.input_shape.members.items():
        location, wire_name = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "uri":
            found.append((name, _from_label(wire_name, member)))
        elif location == "querystring":
            found.append((name, _from_query(wire_name, member)))
        elif location == "header":
            found.append((name, _from_header(wire_name, member)))
        elif location == "headers":
            lower = bool(quirks(op.service_model.service_name).get("lower_header_maps"))
            found.append((name, _from_headers(member.serialization.get("name", "").lower(), lower)))
    return tuple(found)


def _from_label(name: str, member: Model) -> Extract:
    read = _scalar(name, member)

    def extract(request: Request, route: Route) -> Any:
        text = route.labels.get(name)
        return None if text is None else read(text)

    return extract


def _from_query(name: str, member: Model) -> Extract:
    if member.type_name == "map":
        return lambda request, route: _whole_query(request, member) or None
    read = _scalar(name, member.member if member.type_name == "list" else member)
    if member.type_name == "list":
        return lambda request, route: [read(value) for key, value in request.params if key == name] or None
    empty_is_none = member.type_name != "string"

    def extract(request: Request, route: Route) -> Any:
        text = request.query.get(name)
        return None if text is None or (empty_is_none and not text) else read(text)

    return extract


def _whole_query(request: Request, member: Model) -> Shape:
    """All parameters, the bound ones too: so says Smithy of servers."""
    many = member.value.type_name == "list"
    found: Shape = {}
    for key, value in request.params:
        if many:
            found.setdefault(key, []).append(value)
        else:
            found.setdefault(key, value)
    return found


def _from_header(name: str, member: Model) -> Extract:
    if member.serialization.get("jsonvalue"):
        return lambda request, route: None if name not in request.headers else json.loads(base64.b64decode(request.headers[name]))
    if member.type_name == "list":
        read = _scalar(name, member.member)
        split = _split_dates if member.member.type_name == "timestamp" else _split
        return lambda request, route: None if name not in request.headers else [read(item) for item in split(request.headers[name])]
    read = _scalar(name, member)
    empty_is_none = member.type_name != "string"

    def extract(request: Request, route: Route) -> Any:
        text = request.headers.get(name)
        return None if text is None or (empty_is_none and not text) else read(text)

    return extract


def _split_dates(text: str) -> list[str]:
    """RFC 822 dates have a comma themselves."""
    parts = [part.strip() for part in text.split(",")]
    return [f"{a}, {b}" for a, b in zip(parts[::2], parts[1::2], strict=False)]


def _split(text: str) -> list[str]:
    """The items of a header's list; an item may be quoted."""
    if not text:
        return []
    items, item, quoted, escaped = [], "", False, False
    for char in text:
        if escaped:
            item, escaped = item + char, False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            items.append(item.strip())
            item = ""
        else:
            item += char
    return [*items, item.strip()]


def _from_headers(prefix: str, lower: bool) -> Extract:
    def extract(request: Request, route: Route) -> Any:
        length = len(prefix)
        found = {key[length:]: _text(key, value) for key, value in request.headers.items() if key.lower().startswith(prefix)}
        return ({key.lower(): value for key, value in found.items()} if lower else found) or None

    return extract


@cache
def status_members(shape: Model) -> tuple[str, ...]:
    """The output members that are the answer's status."""
    return tuple(name for name, member in shape.members.items() if member.serialization.get("location") == "statusCode")


@cache
def emitters(shape: Model) -> Mapping[str, Emit]:
    """For each output member that is a header its way there."""
    found: dict[str, Emit] = {}
    for name, member in shape.members.items():
        location, wire_name = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "header":
            found[name] = _to_header(wire_name, member)
        elif location == "headers":
            found[name] = _to_headers(member.serialization.get("name", ""))
    return found


def _to_header(name: str, member: Model) -> Emit:
    if member.serialization.get("jsonvalue"):
        return lambda value: [(name, base64.b64encode(json.dumps(value).encode()).decode())]
    if member.type_name == "list":
        write = _header_text(member.member)
        quote = member.member.type_name == "string"
        return lambda value: [(name, ", ".join(_quoted(write(item)) if quote else write(item) for item in value))]
    text = _header_text(member)
    return lambda value: [(name, text(value))]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if "," in text or '"' in text else text


def _header_text(member: Model) -> Callable[[Any], str]:
    return scalars.text_writer(member.type_name, scalars.FORMATS[member.serialization.get("timestampFormat", "rfc822")])


def _to_headers(prefix: str) -> Emit:
    return lambda value: [(prefix + key, str(item)) for key, item in value.items()]
