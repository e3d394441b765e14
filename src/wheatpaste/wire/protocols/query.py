"""query and ec2: parameters in a form (``A.member.1.B=…``), XML back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from wheatpaste.wire import scalars
from wheatpaste.wire.compiler import Compiler
from wheatpaste.wire.errors import AwsError, SerializationError
from wheatpaste.wire.http import Request, Response
from wheatpaste.wire.protocols.base import Fault, Shape
from wheatpaste.wire.protocols.xml_writer import DECLARATION, XmlWriter, escape
from wheatpaste.wire.route import Route

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from botocore.model import Shape as Model

Tree: TypeAlias = dict[str, Any]  # a parameter's name split at its dots; a value lies under ""
Read: TypeAlias = Callable[[Tree], Any]
DEPTH = 64  # dots in a parameter's name


def tree_of(form: Iterable[tuple[str, str]]) -> Tree:
    """The parameters as a tree."""
    root: Tree = {}
    for name, value in form:
        parts = name.split(".")
        if len(parts) > DEPTH:
            raise SerializationError("A parameter is nested too deeply")
        node = root
        for part in parts:
            node = node.setdefault(part, {})
        node[""] = value
    return root


def _numbered(tree: Tree) -> list[Tree]:
    """The items ``1``, ``2``, … in their order."""
    return [tree[key] for key in sorted((k for k in tree if k.isdecimal()), key=int)]


class QueryReader(Compiler[Read]):
    """Tree → shape value."""

    def __init__(self, *, ec2: bool = False) -> None:
        super().__init__()
        self._ec2 = ec2

    def make(self, shape: Model) -> Read:
        """The reader of a shape."""
        if shape.type_name == "structure":
            return self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        if shape.type_name == "map":
            return self._map(shape)
        read = scalars.READERS[shape.type_name]

        def scalar(tree: Tree) -> Any:
            if "" not in tree:
                raise SerializationError("A structure was given where a value was expected")
            return read(tree[""])

        return scalar

    def _name(self, member: str, shape: Model) -> str:
        traits = shape.serialization
        if self._ec2:
            name: str = traits.get("queryName") or traits.get("name", member)
            return name if "queryName" in traits else name[0].upper() + name[1:]
        if self._flat(shape) and shape.type_name == "list" and shape.member.serialization.get("name"):
            return str(shape.member.serialization["name"])
        return str(traits.get("name", member))

    def _flat(self, shape: Model) -> bool:
        return self._ec2 or bool(shape.serialization.get("flattened"))

    def _structure(self, shape: Model) -> Read:
        members = [(self._name(name, member), name, self.of(member)) for name, member in shape.members.items()]

        def read(tree: Tree) -> Any:
            return {name: convert(tree[key]) for key, name, convert in members if key in tree}

        return read

    def _list(self, shape: Model) -> Read:
        item = self.of(shape.member)
        inner = "" if self._flat(shape) else str(shape.member.serialization.get("name", "member"))

        def read(tree: Tree) -> Any:
            # An empty list is sent as the bare name with an empty value.
            return [item(one) for one in _numbered(tree.get(inner, tree) if inner else tree)]

        return read

    def _map(self, shape: Model) -> Read:
        key, value = self.of(shape.key), self.of(shape.value)
        key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        inner = "" if self._flat(shape) else "entry"

        def read(tree: Tree) -> Any:
            entries = _numbered(tree.get(inner, {}) if inner else tree)
            if any(key_name not in entry or value_name not in entry for entry in entries):
                raise SerializationError("A map's entry lacks its key or its value")
            return {key(entry[key_name]): value(entry[value_name]) for entry in entries}

        return read


class Query:
    """The query protocol, and with ``ec2`` its elder."""

    def __init__(self, *, ec2: bool = False) -> None:
        self._ec2 = ec2
        self._name = "ec2" if ec2 else "query"
        self._reader_of = cache(lambda service: QueryReader(ec2=ec2))
        self._writer_of = cache(lambda service: XmlWriter(ec2=ec2))
        self._reader = cache(lambda op: self._reader_of(op.service_model).compile(op.input_shape) if op.input_shape is not None else None)
        self._writer = cache(self._make_writer)

    def parse(self, op: OperationModel, request: Request, route: Route) -> Shape:
        """The shape of a request."""
        reader = self._reader(op)
        shape: Shape = reader(tree_of(route.form)) if reader is not None else {}
        return shape

    def render(self, op: OperationModel, shape: Shape, request_id: str) -> Response:
        """The response of an answer."""
        out = [DECLARATION]
        self._writer(op)(out, shape, request_id)
        return Response(200, [("Content-Type", "text/xml;charset=UTF-8"), ("x-amzn-RequestId", request_id)], "".join(out).encode())

    def _make_writer(self, op: OperationModel) -> Callable[[list[str], Shape, str], None]:
        output = op.output_shape
        xmlns = f' xmlns="{op.metadata["xmlNamespace"]}"' if op.metadata.get("xmlNamespace") else ""
        wrapper = (output.serialization.get("resultWrapper", "") if output is not None else "") if not self._ec2 else ""
        members = self._writer_of(op.service_model).compile_members(output) if output is not None else (lambda out, shape: None)

        def write(out: list[str], shape: Shape, request_id: str) -> None:
            out.append(f"<{op.name}Response{xmlns}>")
            if self._ec2:
                out.append(f"<requestId>{request_id}</requestId>")
            out.append(f"<{wrapper}>" if wrapper else "")
            members(out, shape)
            out.append(f"</{wrapper}>" if wrapper else "")
            if not self._ec2:
                out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>")
            out.append(f"</{op.name}Response>")

        return write

    def render_error(
        self, service: ServiceModel, op: OperationModel | None, error: AwsError, request_id: str, request: Request | None
    ) -> Response:
        """The response of an error."""
        fault = Fault(service, error, self._name)
        headers = [("Content-Type", "text/xml;charset=UTF-8"), ("x-amzn-RequestId", request_id)]
        code, message = escape(fault.query_code), escape(fault.message)
        if self._ec2:
            inner = f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID>"
            return Response(fault.status, headers, f"{DECLARATION}<Response>{inner}</Response>".encode())
        xmlns = f' xmlns="{service.metadata["xmlNamespace"]}"' if service.metadata.get("xmlNamespace") else ""
        kind = "Sender" if fault.sender else "Receiver"
        extra = self._extra(service, fault)
        text = f"<ErrorResponse{xmlns}><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message>{extra}</Error>"
        return Response(fault.status, headers, f"{DECLARATION}{text}<RequestId>{request_id}</RequestId></ErrorResponse>".encode())

    def _extra(self, service: ServiceModel, fault: Fault) -> str:
        """The error's further members."""
        if fault.shape is None or not fault.fields:
            return ""
        out: list[str] = []
        self._writer_of(service).compile_members(fault.shape)(out, fault.fields)
        return "".join(out)
