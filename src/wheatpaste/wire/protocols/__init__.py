"""The AWS protocols by botocore's names, each imported when a request first speaks it."""

from importlib import import_module
from typing import Any

from wheatpaste.wire.protocols.base import Protocol

MODULES: dict[str, tuple[str, str, dict[str, Any]]] = {  # module, class, what it is made with
    "json": ("json", "Json", {}),
    "query": ("query", "Query", {}),
    "ec2": ("query", "Query", {"ec2": True}),
    "rest-json": ("rest_json", "RestJson", {}),
    "rest-xml": ("rest_xml", "RestXml", {}),
    "smithy-rpc-v2-cbor": ("cbor", "Cbor", {}),
}


class Protocols(dict[str, Protocol]):
    """Name → protocol, made at its first use."""

    def __missing__(self, name: str) -> Protocol:
        module, made, options = MODULES[name]
        protocol: Protocol = getattr(import_module(f"{__name__}.{module}"), made)(**options)
        return self.setdefault(name, protocol)


PROTOCOLS = Protocols()
