"""JSON ↔ shape, for json 1.0/1.1 and the bodies of rest-json."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from wheatpaste.wire import scalars
from wheatpaste.wire.compiler import Compiler
from wheatpaste.wire.encoder import make_encoder
from wheatpaste.wire.errors import SerializationError
from wheatpaste.wire.written import Raw, Written, WrittenShape

if TYPE_CHECKING:
    from botocore.model import Shape

Convert: TypeAlias = Callable[[Any], Any]
_encode = make_encoder()
_KINDS = {str: "STRING_VALUE", bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE"}


def loads(body: bytes) -> Any:
    """The JSON of a body; raises SerializationError."""
    try:
        value = json.loads(body.decode())  # AWS's JSON is UTF-8: there is nothing to detect
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no character: nothing could store it
    except (ValueError, RecursionError) as error:
        raise SerializationError(f"The request body is not JSON: {error}") from None
    return value


def dumps(value: Any) -> bytes:
    """JSON as AWS writes it: UTF-8, no spaces. Members of the whole that are JSON already go in as they are."""
    if type(value) is dict and Raw in map(type, value.values()):
        members = (f"{_encode(name)}:{each.text if type(each) is Raw else _encode(each)}" for name, each in value.items())
        return f"{{{','.join(members)}}}".encode("utf-8", "replace")
    return _encode(value).encode("utf-8", "replace")


def _cannot(value: Any, wanted: str) -> SerializationError:
    """AWS's message for a JSON value of the wrong type."""
    if isinstance(value, dict):
        return SerializationError("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return SerializationError("Start of list found where not expected")
    return SerializationError(f"{_KINDS.get(type(value), 'NULL_VALUE')} can not be converted to {wanted}")


def _string(value: Any) -> str:
    if type(value) is not str:
        raise _cannot(value, "a String")
    return value


def _whole(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise _cannot(value, "an Integer")


def _integer(value: Any) -> int:
    return scalars.bounded(_whole(value), 31)


def _long(value: Any) -> int:
    return scalars.bounded(_whole(value), 63)


def _float(value: Any) -> float:
    if type(value) is float or type(value) is int:
        return float(value)
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    raise _cannot(value, "a Double")


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise _cannot(value, "a Boolean")
    return value


def _blob(value: Any) -> bytes:
    return scalars.read_blob(_string(value))


def _timestamp(value: Any) -> datetime:
    if type(value) is float or type(value) is int:
        return scalars.from_unix(value)
    return scalars.read_timestamp(_string(value))


def _document(value: Any) -> Any:
    return value


SCALARS: dict[str, Convert] = {
    "string": _string,
    "character": _string,
    "integer": _integer,
    "long": _long,
    "float": _float,
    "double": _float,
    "boolean": _boolean,
    "blob": _blob,
    "timestamp": _timestamp,
}


def serialized_name(shape: Shape, member: str) -> str:
    """A member's name in JSON."""
    name: str = shape.members[member].serialization.get("name", member)
    return name


class JsonReader(Compiler[Convert]):
    """JSON value → shape value: unknown members and nulls are dropped, a value of the wrong type is an error."""

    scalars = SCALARS

    def make(self, shape: Shape) -> Convert:
        """The reader of a shape."""
        if shape.type_name == "structure":
            return _document if getattr(shape, "is_document_type", False) else self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        if shape.type_name == "map":
            return self._map(shape)
        if shape.serialization.get("jsonvalue"):
            return _document  # in a body it is what the client gave; only in a header is it encoded
        return self.scalars[shape.type_name]

    def compile_members(self, shape: Shape, names: Iterable[str]) -> Convert:
        """The reader of a structure of which only ``names`` are in the body."""
        with self._lock:
            return self._structure(shape, names)

    def _structure(self, shape: Shape, names: Iterable[str] | None = None) -> Convert:
        wanted = shape.members if names is None else names
        members = {serialized_name(shape, name): (name, self.of(shape.members[name])) for name in wanted}
        find = members.get

        def read(value: Any) -> Any:
            if type(value) is not dict:
                raise _cannot(value, "a structure")
            made = {}
            for key, item in value.items():
                if item is not None and (found := find(key)) is not None:
                    made[found[0]] = item if found[1] is _string and type(item) is str else found[1](item)
            return made

        return read

    def _list(self, shape: Shape) -> Convert:
        item = self.of(shape.member)

        def read(value: Any) -> Any:
            if type(value) is not list:
                raise SerializationError("Expected list or null") if not isinstance(value, dict) else _cannot(value, "a list")
            return [None if one is None else item(one) for one in value]

        return read

    def _map(self, shape: Shape) -> Convert:
        item = self.of(shape.value)

        def read(value: Any) -> Any:
            if type(value) is not dict:
                raise _cannot(value, "a map")
            return {key: None if one is None else item(one) for key, one in value.items()}

        return read


class JsonWriter(Compiler[Convert]):
    """Shape value → JSON value: members that the model lacks and None are left out."""

    def make(self, shape: Shape) -> Convert:
        """The writer of a shape."""
        if shape.type_name == "structure":
            return _document if getattr(shape, "is_document_type", False) else self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        if shape.type_name == "map":
            item = self.of(shape.value)
            return lambda value: {key: None if one is None else item(one) for key, one in value.items()}
        if shape.serialization.get("jsonvalue"):
            return _document
        return self.scalar(shape)

    def compile_members(self, shape: Shape, names: Iterable[str]) -> Convert:
        """The writer of a structure of which only ``names`` are in the body."""
        with self._lock:
            return self._structure(shape, names)

    def _structure(self, shape: Shape, names: Iterable[str] | None = None) -> Convert:
        wanted = shape.members if names is None else names
        members = {name: (serialized_name(shape, name), self.of(shape.members[name])) for name in wanted}
        find = members.get

        def write(value: Any) -> Any:
            if type(value) is WrittenShape:
                return value.json(lambda shape: _encode(write(shape)))
            made = {}
            for key, item in value.items():
                if item is not None and (found := find(key)) is not None:
                    made[found[0]] = found[1](item)
            return made

        return write

    def _list(self, shape: Shape) -> Convert:
        item = self.of(shape.member)

        def write(value: Any) -> Any:
            if type(value) is Written:
                return value.json(lambda one: _encode(item(one)))
            return [None if one is None else item(one) for one in value]

        return write

    def scalar(self, shape: Shape) -> Convert:
        """The writer of a scalar."""
        if shape.type_name == "timestamp":
            return scalars.FORMATS[shape.serialization.get("timestampFormat", "unixTimestamp")]
        return _WRITERS.get(shape.type_name, _document)


_WRITERS: dict[str, Convert] = {
    "blob": scalars.write_blob,
    "float": scalars.write_float,
    "double": scalars.write_float,
    "integer": int,
    "long": int,
    "boolean": bool,
    "string": str,
    "character": str,
}
