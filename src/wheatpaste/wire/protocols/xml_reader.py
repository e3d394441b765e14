"""XML → shape, for the bodies of rest-xml."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree.ElementTree import Element, ParseError, XMLParser

from wheatpaste.wire import scalars
from wheatpaste.wire.compiler import Compiler
from wheatpaste.wire.errors import MalformedXML, SerializationError

if TYPE_CHECKING:
    from botocore.model import Shape

Read: TypeAlias = Callable[[Any], Any]  # an Element; the list of its equals for a flattened list or map
MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema"


def parse_xml(body: bytes) -> Element:
    """The root of an XML body; raises MalformedXML, also for a document type (entities are not for requests)."""
    parser = XMLParser()
    if b"<!DOCTYPE" in body:
        raise MalformedXML(MALFORMED)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        raise MalformedXML(MALFORMED) from None
    return root


def local(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _flat(shape: Shape) -> bool:
    return bool(shape.serialization.get("flattened"))


class XmlReader(Compiler[Read]):
    """Element → shape value: unknown elements are dropped."""

    def make(self, shape: Shape) -> Read:
        """The reader of a shape."""
        if shape.type_name == "structure":
            return self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        if shape.type_name == "map":
            return self._map(shape)
        read = scalars.READERS[shape.type_name]
        return lambda node: _scalar(node, read)

    def compile_members(self, shape: Shape, names: Iterable[str]) -> Read:
        """The reader of a structure of which only ``names`` are in the body."""
        with self._lock:
            return self._structure(shape, names)

    def _structure(self, shape: Shape, names: Iterable[str] | None = None) -> Read:
        elements: dict[str, tuple[str, Read, bool]] = {}
        attributes: dict[str, tuple[str, Read]] = {}
        for name in shape.members if names is None else names:
            member = shape.members[name]
            tag = local(member.serialization.get("name", name))
            if member.serialization.get("xmlAttribute"):
                attributes[tag] = (name, scalars.READERS[member.type_name])
            else:
                elements[tag] = (name, self.of(member), member.type_name in ("list", "map") and _flat(member))
        for name, tag in self._item_names(shape):
            elements.setdefault(tag, elements[local(shape.members[name].serialization.get("name", name))])

        def read(node: Element) -> Any:
            made: dict[str, Any] = {}
            flat: dict[str, tuple[Read, list[Element]]] = {}
            for child in node:
                found = elements.get(local(child.tag))
                if found is None:
                    continue
                name, convert, is_flat = found
                if is_flat:
                    flat.setdefault(name, (convert, []))[1].append(child)
                else:
                    made[name] = convert(child)
            for name, (convert, nodes) in flat.items():
                made[name] = convert(nodes)
            for key, text in node.attrib.items() if attributes else ():
                if local(key) in attributes:
                    name, convert = attributes[local(key)]
                    made[name] = convert(text)
            return made

        return read

    def _item_names(self, shape: Shape) -> list[tuple[str, str]]:
        """Flattened lists whose items have a name: some clients use that one, some the list's."""
        flat = [(name, member) for name, member in shape.members.items() if member.type_name == "list" and _flat(member)]
        return [(name, local(member.member.serialization["name"])) for name, member in flat if member.member.serialization.get("name")]

    def _list(self, shape: Shape) -> Read:
        item = self.of(shape.member)
        return lambda nodes: [item(node) for node in nodes]

    def _map(self, shape: Shape) -> Read:
        key_tag, value_tag = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        read_key, read_value = self.of(shape.key), self.of(shape.value)

        def read(nodes: Any) -> Any:
            made = {}
            for entry in nodes:
                parts = {local(part.tag): part for part in entry}
                if key_tag not in parts or value_tag not in parts:
                    raise MalformedXML(MALFORMED)
                made[read_key(parts[key_tag])] = read_value(parts[value_tag])
            return made

        return read


def _scalar(node: Element, read: Callable[[str], Any]) -> Any:
    try:
        return read(node.text or "")
    except MalformedXML:
        raise
    except SerializationError:
        raise MalformedXML(MALFORMED) from None
