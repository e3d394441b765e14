"""Shape → XML, for query, ec2 and rest-xml. A writer appends text to a list: no tree is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from wheatpaste.wire import scalars
from wheatpaste.wire.compiler import Compiler
from wheatpaste.wire.written import Elements

if TYPE_CHECKING:
    from botocore.model import Shape

Write: TypeAlias = Callable[[list[str], str, Any], None]  # (text so far, tag, value)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OUTSIDE = ("header", "headers", "statusCode")  # where an output's member can be but in the body
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_SPECIAL = re.compile('[&<>"\r]')
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def escape(text: str) -> str:
    """Text between tags or in an attribute; characters that XML cannot hold become U+FFFD (S3's ``encoding-type=url`` is for those)."""
    if _UNWRITABLE.search(text):
        text = _UNWRITABLE.sub("�", text)
    return _SPECIAL.sub(lambda m: _ESCAPES[m[0]], text) if _SPECIAL.search(text) else text


def namespace(shape: Shape) -> str:
    """The xmlns attribute of a shape that has one."""
    found = shape.serialization.get("xmlNamespace") or shape.metadata.get("xmlNamespace")
    if not found:
        return ""
    uri = found["uri"] if isinstance(found, dict) else found
    prefix = f":{found['prefix']}" if isinstance(found, dict) and found.get("prefix") else ""
    return f' xmlns{prefix}="{uri}"'


class XmlWriter(Compiler[Write]):
    """Shape value → XML; members that the model lacks and None are left out, the model's order is kept."""

    def __init__(self, timestamp: Callable[[datetime], str] = scalars.iso8601, *, ec2: bool = False) -> None:
        super().__init__()
        self._timestamp = timestamp
        self._ec2 = ec2

    def make(self, shape: Shape) -> Write:
        """The writer of a shape."""
        if shape.type_name == "structure":
            return self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        if shape.type_name == "map":
            return self._map(shape)
        timestamp = scalars.FORMATS[shape.serialization["timestampFormat"]] if "timestampFormat" in shape.serialization else self._timestamp
        text = scalars.text_writer(shape.type_name, timestamp)

        def write(out: list[str], tag: str, value: Any) -> None:
            out.append(f"<{tag}>{escape(text(value))}</{tag}>")

        return write

    def compile_root(self, shape: Shape, tag: str, xmlns: str) -> Callable[[Any], bytes]:
        """The writer of a document whose root is a structure."""
        with self._lock:
            write = self._structure(shape, f' xmlns="{xmlns}"' if xmlns else "")

        def render(value: Any) -> bytes:
            out = [DECLARATION]
            write(out, tag, value)
            return "".join(out).encode()

        return render

    def _structure(self, shape: Shape, xmlns: str = "") -> Write:
        attributes = [(n, m.serialization.get("name", n)) for n, m in shape.members.items() if m.serialization.get("xmlAttribute")]
        members = self.members(shape)
        xmlns = namespace(shape) or xmlns

        def write(out: list[str], tag: str, value: Any) -> None:
            found = "".join(f' {label}="{escape(str(value[name]))}"' for name, label in attributes if value.get(name) is not None)
            out.append(f"<{tag}{xmlns}{found}>")
            members(out, value)
            out.append(f"</{tag}>")

        return write

    def compile_members(self, shape: Shape) -> Callable[[list[str], Any], None]:
        """``members``, for callers."""
        with self._lock:
            return self.members(shape)

    def members(self, shape: Shape) -> Callable[[list[str], Any], None]:
        """The writer of a structure's members, without the structure's own tags."""
        inner = {
            name: (member.serialization.get("name", name), self.of(member))
            for name, member in shape.members.items()
            if not member.serialization.get("xmlAttribute") and member.serialization.get("location") not in OUTSIDE
        }

        def write(out: list[str], value: Any) -> None:
            for name, (tag, convert) in inner.items():
                item = value.get(name)
                if item is not None:
                    convert(out, tag, item)

        return write

    def _list(self, shape: Shape) -> Write:
        item = self.of(shape.member)
        named = shape.member.serialization.get("name")
        if shape.serialization.get("flattened"):

            def flat(out: list[str], tag: str, value: Any) -> None:
                if type(value) is Elements:
                    out.append(value.xml())
                    return
                for one in value:
                    item(out, named or tag, one)

            return flat
        inner = named or ("item" if self._ec2 else "member")
        xmlns = namespace(shape)

        def write(out: list[str], tag: str, value: Any) -> None:
            out.append(f"<{tag}{xmlns}>")
            for one in value:
                item(out, inner, one)
            out.append(f"</{tag}>")

        return write

    def _map(self, shape: Shape) -> Write:
        write_key, write_value = self.of(shape.key), self.of(shape.value)
        key_tag, value_tag = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")

        def entries(out: list[str], tag: str, value: Any) -> None:
            for key, one in value.items():
                out.append(f"<{tag}>")
                write_key(out, key_tag, key)
                write_value(out, value_tag, one)
                out.append(f"</{tag}>")

        if shape.serialization.get("flattened"):
            return entries

        def write(out: list[str], tag: str, value: Any) -> None:
            out.append(f"<{tag}>")
            entries(out, "entry", value)
            out.append(f"</{tag}>")

        return write
