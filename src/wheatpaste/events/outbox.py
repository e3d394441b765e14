"""The outbox: every event is a row written in the transaction that caused it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Column, Float, Integer, Table, Text, insert

from wheatpaste import ids
from wheatpaste.service import Shape
from wheatpaste.store.codec import Body
from wheatpaste.store.db import metadata, notify
from wheatpaste.store.prepared import Prepared

if TYPE_CHECKING:
    from wheatpaste.call import Call

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("envelope", Body, nullable=False),  # EventBridge's: version, id, detail-type, source, account, time, region, resources, detail
    Column(
        "context", Body, nullable=False
    ),  # principal, source address, request id: what S3 records and CloudTrail events are rendered from
    Column("attempts", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False, default=0.0),
)

INSERT = Prepared(insert(outbox))


def put_event(call: "Call", detail_type: str, detail: Shape, source: str, resources: Sequence[str]) -> None:
    """Write one event in the call's transaction."""
    aws = call.aws_as_caller
    envelope = {
        "version": "0",
        "id": ids.request_id(),
        "detail-type": detail_type,
        "source": source,
        "account": call.account,
        "time": call.time,
        "region": aws.region,
        "resources": list(resources),
        "detail": detail,
    }
    context = {
        "principal": aws.principal.arn,
        "principalId": aws.principal.user_id,
        "sourceIPAddress": aws.origin.source_ip,
        "requestId": aws.origin.request_id,
    }
    row = {"account": call.account, "region": aws.region, "envelope": envelope, "context": context, "attempts": 0, "due": 0.0}
    INSERT.run(call.db, row)
    notify(call.db, "outbox")
