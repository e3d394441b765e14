"""The AWS protocols by botocore's names."""

from wheatpaste.wire.protocols.base import Protocol
from wheatpaste.wire.protocols.cbor import Cbor
from wheatpaste.wire.protocols.json import Json
from wheatpaste.wire.protocols.query import Query
from wheatpaste.wire.protocols.rest_json import RestJson
from wheatpaste.wire.protocols.rest_xml import RestXml

PROTOCOLS: dict[str, Protocol] = {
    "json": Json(),
    "query": Query(),
    "ec2": Query(ec2=True),
    "rest-json": RestJson(),
    "rest-xml": RestXml(),
    "smithy-rpc-v2-cbor": Cbor(),
}
