"""The XML documents of requests against S3's schema: a value outside of an enumeration is MalformedXML."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from wheatpaste.call import Call
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.wire.models import operation_model


@cache
def _shape(operation: str, member: str) -> Any:
    return operation_model("s3", operation).input_shape.members[member]


def check(call: Call, req: Mapping[str, Any], member: str) -> None:
    """Raise MissingRequestBodyError without a document, MalformedXML unless every value in it that has an enumeration is in that."""
    if req.get(member) is None:
        raise s3_error("MissingRequestBodyError")
    if not _fits(_shape(call.operation.name, member), req.get(member)):
        raise s3_error("MalformedXML")


def _fits(shape: Any, value: Any) -> bool:
    if value is None:
        return True
    if shape.type_name == "structure":
        return all(_fits(shape.members[name], each) for name, each in value.items() if name in shape.members)
    if shape.type_name == "list":
        return all(_fits(shape.member, each) for each in value)
    return not getattr(shape, "enum", None) or value in shape.enum
