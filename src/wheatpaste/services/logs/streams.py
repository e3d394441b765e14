"""Log streams: create, describe, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Empty
from wheatpaste.services.logs import logs
from wheatpaste.services.logs.errors import InvalidParameterException, ResourceAlreadyExistsException, ResourceNotFoundException
from wheatpaste.services.logs.groups import NextToken, cut, group_arn, group_name, group_row, millis, token_name
from wheatpaste.services.logs.schema import chunks, streams
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.logs.shapes_generated import (
        CreateLogStreamRequest,
        DeleteLogStreamRequest,
        DescribeLogStreamsRequest,
        DescribeLogStreamsResponse,
        LogStream,
    )


def stream_row(call: Call, group: str, name: str) -> Row[Any]:
    """The stream's row; ResourceNotFoundException when group or stream are missing."""
    group_row(call, group)
    row = call.db.execute(select(streams).where(here(call, streams), streams.c.group_name == group, streams.c.name == name)).one_or_none()
    if row is None:
        raise ResourceNotFoundException("The specified log stream does not exist.")
    return row


@logs.operation()
def create_log_stream(call: Call, req: CreateLogStreamRequest) -> Empty:
    """Make a stream in a group."""
    group_row(call, req["logGroupName"])
    row = {
        "account": call.account,
        "region": call.region,
        "group_name": req["logGroupName"],
        "name": req["logStreamName"],
        "created": millis(),
        "token": 0,
    }
    try:
        with call.db.begin_nested():
            call.db.execute(insert(streams).values(**row))
    except IntegrityError:
        raise ResourceAlreadyExistsException("The specified log stream already exists") from None
    return {}


@logs.operation()
def delete_log_stream(call: Call, req: DeleteLogStreamRequest) -> Empty:
    """Delete a stream with its events."""
    group, name = req["logGroupName"], req["logStreamName"]
    stream_row(call, group, name)
    call.db.execute(delete(chunks).where(here(call, chunks), chunks.c.group_name == group, chunks.c.stream == name))
    call.db.execute(delete(streams).where(here(call, streams), streams.c.group_name == group, streams.c.name == name))
    return {}


def _stream(call: Call, row: Row[Any]) -> LogStream:
    shape: LogStream = {
        "logStreamName": row.name,
        "creationTime": row.created,
        "arn": f"{group_arn(call, row.group_name)}:log-stream:{row.name}",
        "storedBytes": 0,
        "uploadSequenceToken": str(row.token).rjust(56, "4"),
    }
    if row.last_ingestion is not None:  # the three are written together, by the stream's first events
        shape["firstEventTimestamp"], shape["lastEventTimestamp"] = row.first_event, row.last_event
        shape["lastIngestionTime"] = row.last_ingestion
    return shape


@logs.operation(reads=True)
def describe_log_streams(call: Call, req: DescribeLogStreamsRequest) -> DescribeLogStreamsResponse:
    """A group's streams by name or by last event."""
    group, limit = group_name(req), req.get("limit") or 50
    group_row(call, group)
    query = select(streams).where(here(call, streams), streams.c.group_name == group)
    prefix = req.get("logStreamNamePrefix")
    if req.get("orderBy") == "LastEventTime":
        if prefix:
            raise InvalidParameterException("Cannot order by LastEventTime with a logStreamNamePrefix.")
        return _by_time(call, query, req, limit)
    if prefix:
        query = query.where(streams.c.name.startswith(prefix, autoescape=True))
    descending = bool(req.get("descending"))
    if req.get("nextToken"):
        name = token_name(req["nextToken"])
        query = query.where(streams.c.name < name if descending else streams.c.name > name)
    order = streams.c.name.desc() if descending else streams.c.name
    kept, token = cut(list(call.db.execute(query.order_by(order).limit(limit + 1))), limit)
    return {"logStreams": [_stream(call, row) for row in kept], **token}


def _by_time(call: Call, query: Any, req: DescribeLogStreamsRequest, limit: int) -> DescribeLogStreamsResponse:
    """Streams by the time of their last event; the token is a position, since the order changes while events come."""
    skip = int(decode_token(req["nextToken"], "logs:skip", InvalidParameterException)) if req.get("nextToken") else 0
    order = streams.c.last_event.desc().nulls_last() if req.get("descending") else streams.c.last_event.nulls_first()
    rows = list(call.db.execute(query.order_by(order, streams.c.name).offset(skip).limit(limit + 1)))
    token: NextToken = {"nextToken": encode_token(skip + limit, "logs:skip")} if len(rows) > limit else {}
    return {"logStreams": [_stream(call, row) for row in rows[:limit]], **token}
