"""Every mutating call leaves a CloudTrail-shaped record in its own transaction, with secrets removed by the models' ``sensitive`` trait."""

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Float, Index, Table, Text, insert

from wheatpaste import ids
from wheatpaste.service import Shape
from wheatpaste.store.codec import Body
from wheatpaste.store.db import metadata
from wheatpaste.store.prepared import Prepared
from wheatpaste.wire.models import operation_model

if TYPE_CHECKING:
    from wheatpaste.call import Call

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("time", Float, nullable=False),  # epoch seconds
    Column("record", Body, nullable=False),
    Index("audit_time", "account", "region", "time"),
)

INSERT = Prepared(insert(audit))


@cache
def is_plain(shape: Any, above: tuple[str, ...] = ()) -> bool:
    """Whether no value of ``shape`` holds anything sensitive or any bytes, so that it can be kept as it is."""
    if shape.metadata.get("sensitive") or shape.type_name == "blob":
        return False
    if shape.name in above:  # recursive: decided by what is above
        return True
    return all(is_plain(child, (*above, shape.name)) for child in _children(shape))


def _children(shape: Any) -> list[Any]:
    if shape.type_name == "structure":
        return list(shape.members.values())
    if shape.type_name == "map":
        return [shape.key, shape.value]
    return [shape.member] if shape.type_name == "list" else []


def scrub(shape: Any, value: Any) -> Any:
    """``value`` without its sensitive members and without bytes."""
    if shape is None or value is None or is_plain(shape):
        return value
    if shape.metadata.get("sensitive"):
        return HIDDEN
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: scrub(member, value[name]) for name, member in shape.members.items() if value.get(name) is not None}
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [scrub(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: scrub(shape.value, item) for name, item in value.items()}
    return value if isinstance(value, str | int | float | bool) or shape.type_name == "timestamp" else f"<{shape.type_name}>"


def record(call: "Call", req: Shape, answer: Shape) -> None:
    """Write the record of one call."""
    model = operation_model(call.operation.service, call.operation.name)
    aws = call.aws_as_caller
    identity = {
        "type": call.principal.kind,
        "principalId": call.principal.user_id,
        "arn": call.principal.arn,
        "accountId": call.account,
        "accessKeyId": call.principal.access_key,
    }
    entry = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": call.time,
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.operation.name,
        "awsRegion": aws.region,
        "sourceIPAddress": aws.origin.source_ip,
        "userAgent": aws.origin.user_agent,
        "requestParameters": scrub(model.input_shape, req),
        "responseElements": scrub(model.output_shape, answer) or None,
        "requestID": call.request_id,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "recipientAccountId": call.account,
    }
    row = {"id": ids.ordered_id(), "account": call.account, "region": aws.region, "time": call.now.timestamp(), "record": entry}
    INSERT.run(call.db, row)
