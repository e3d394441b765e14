"""Log events: put, get, filter."""

from __future__ import annotations

import heapq
import json
import time
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from sqlalchemy import Row, delete, insert, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Shape
from wheatpaste.services.logs import logs
from wheatpaste.services.logs.errors import InvalidParameterException
from wheatpaste.services.logs.groups import NextToken, group_name, group_row, millis
from wheatpaste.services.logs.pattern import matcher
from wheatpaste.services.logs.schema import chunks, streams
from wheatpaste.services.logs.streams import stream_row
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.logs.shapes_generated import (
        FilteredLogEvent,
        FilterLogEventsRequest,
        FilterLogEventsResponse,
        GetLogEventsRequest,
        GetLogEventsResponse,
        OutputLogEvent,
        PutLogEventsRequest,
        PutLogEventsResponse,
        RejectedLogEventsInfo,
    )

DAY = 24 * 3600 * 1000
OVERHEAD = 26  # bytes that CloudWatch adds to each event
BATCH = 1_048_576  # bytes of one PutLogEvents
PAGE = 10_000  # events of one answer
PAGE_BYTES = 1 << 20


class Event(NamedTuple):
    """One event; ``position`` (chunk, index) orders events of the same time and names the event."""

    timestamp: int
    position: tuple[int, int]
    stream: str
    message: str
    ingested: int


@logs.operation(stored=["sequenceToken", "entity"])
def put_log_events(call: Call, req: PutLogEventsRequest) -> PutLogEventsResponse:
    """Append a batch, in order of time, to a stream."""
    group, stream, events = req["logGroupName"], req["logStreamName"], req["logEvents"]
    row = stream_row(call, group, stream)
    now = millis()
    size = sum(len(e["message"].encode()) + OVERHEAD for e in events)
    if size > BATCH:
        raise InvalidParameterException(f"Upload too large: {size} bytes exceeds limit of {BATCH}")
    times = [e["timestamp"] for e in events]
    if any(a > b for a, b in pairwise(times)):
        raise InvalidParameterException("Log events in a single PutLogEvents request must be in chronological order.")
    kept = [(e["timestamp"], e["message"]) for e in events if now - 14 * DAY <= e["timestamp"] <= now + 2 * 3600 * 1000]
    if kept:
        _append(call, row, kept, now)
    token = row.token + 1
    call.db.execute(update(streams).where(here(call, streams), streams.c.group_name == group, streams.c.name == stream).values(token=token))
    return {"nextSequenceToken": str(token).rjust(56, "4"), **_rejected(times, now)}


def _append(call: Call, row: Row[Any], kept: list[tuple[int, str]], now: int) -> None:
    data = zlib.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode(), 3)
    size = sum(len(m.encode()) + OVERHEAD for _, m in kept)
    place = {"account": call.account, "region": call.region, "group_name": row.group_name, "stream": row.name}
    call.db.execute(insert(chunks).values(**place, first=kept[0][0], last=kept[-1][0], ingested=now, bytes=size, events=data))
    first = kept[0][0] if row.first_event is None else min(row.first_event, kept[0][0])
    last = kept[-1][0] if row.last_event is None else max(row.last_event, kept[-1][0])
    where = (here(call, streams), streams.c.group_name == row.group_name, streams.c.name == row.name)
    call.db.execute(update(streams).where(*where).values(first_event=first, last_event=last, last_ingestion=now))
    retention = group_row(call, row.group_name).retention
    if retention:
        old = chunks.c.last < now - retention * DAY
        call.db.execute(delete(chunks).where(here(call, chunks), chunks.c.group_name == row.group_name, old))


class RejectedInfo(TypedDict, total=False):
    """The part of PutLogEvents' answer that is there only when events were left out."""

    rejectedLogEventsInfo: RejectedLogEventsInfo


def _rejected(times: list[int], now: int) -> RejectedInfo:
    """What of a batch was too old or too new (AWS: 14 days back, 2 hours ahead), as indexes."""
    too_old = sum(t < now - 14 * DAY for t in times)
    too_new = [i for i, t in enumerate(times) if t > now + 2 * 3600 * 1000]
    info: RejectedLogEventsInfo = {}
    if too_old:
        info["tooOldLogEventEndIndex"] = too_old
    if too_new:
        info["tooNewLogEventStartIndex"] = too_new[0]
    return {"rejectedLogEventsInfo": info} if info else {}


def _unpack(row: Row[Any], first: int, last: int) -> Iterator[Event]:
    for index, (timestamp, message) in enumerate(json.loads(zlib.decompress(row.events))):
        if first <= timestamp < last:
            yield Event(timestamp, (row.number, index), row.stream, message, row.ingested)


def _read(
    call: Call, group: str, streams_wanted: list[str] | None, prefix: str, first: int, last: int, *, newest_first: bool = False
) -> Iterator[Event]:
    """Events of a time range, in order; chunks are unpacked only as their turn comes."""
    retention = group_row(call, group).retention
    first = max(first, int(time.time() * 1000) - retention * DAY) if retention else first
    query = select(chunks).where(here(call, chunks), chunks.c.group_name == group, chunks.c.last >= first, chunks.c.first < last)
    if streams_wanted:
        query = query.where(chunks.c.stream.in_(streams_wanted))
    if prefix:
        query = query.where(chunks.c.stream.startswith(prefix, autoescape=True))
    sign = -1 if newest_first else 1
    order = chunks.c.last.desc() if newest_first else chunks.c.first
    waiting: list[tuple[int, tuple[int, int], Event]] = []
    for row in call.db.execute(query.order_by(order, chunks.c.number)).yield_per(50):
        edge = sign * (row.last if newest_first else row.first)
        while waiting and waiting[0][0] < edge:  # no later chunk can hold an earlier event
            yield heapq.heappop(waiting)[2]
        for event in _unpack(row, first, last):
            heapq.heappush(waiting, (sign * event.timestamp, (sign * event.position[0], sign * event.position[1]), event))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _token(req: GetLogEventsRequest | FilterLogEventsRequest) -> Shape:
    found: Shape = (
        decode_token(req["nextToken"].split("/", 1)[-1], "logs:events", InvalidParameterException) if req.get("nextToken") else {}
    )
    return found


@logs.operation(reads=True, refused=["unmask"])
def get_log_events(call: Call, req: GetLogEventsRequest) -> GetLogEventsResponse:
    """A page of one stream, forwards or backwards; a token at the stream's end gives itself back, as AWS does."""
    group, stream = group_name(req), req["logStreamName"]
    stream_row(call, group, stream)
    token, limit = _token(req), req.get("limit") or PAGE
    first, last = req.get("startTime") or 0, req.get("endTime") or 1 << 62
    backwards = token["way"] == "b" if token else not req.get("startFromHead")
    after = tuple(token["at"]) if token.get("at") else None
    if after is not None:  # chunks before the token's place need not be unpacked again
        first, last = (first, min(last, after[0] + 1)) if backwards else (max(first, after[0]), last)
    page: list[Event] = []
    for event in _read(call, group, [stream], "", first, last, newest_first=backwards):
        mark = (event.timestamp, *event.position)
        if after is None or (mark < after if backwards else mark > after):
            page.append(event)
            if len(page) >= limit:
                break
    page = page[::-1] if backwards else page
    shapes: list[OutputLogEvent] = [{"timestamp": e.timestamp, "message": e.message, "ingestionTime": e.ingested} for e in page]
    ends = [(e.timestamp, *e.position) for e in (page[0], page[-1])] if page else [after or (0, 0, 0)] * 2
    return {
        "events": shapes,
        "nextBackwardToken": "b/" + encode_token({"way": "b", "at": ends[0]}, "logs:events"),
        "nextForwardToken": "f/" + encode_token({"way": "f", "at": ends[1]}, "logs:events"),
    }


@logs.operation(reads=True, refused=["unmask"], stored=["interleaved"])
def filter_log_events(call: Call, req: FilterLogEventsRequest) -> FilterLogEventsResponse:
    """Events of a group that match a pattern, in order of time over all streams."""
    group, limit = group_name(req), req.get("limit") or PAGE
    if req.get("logStreamNames") and req.get("logStreamNamePrefix"):
        raise InvalidParameterException("logStreamNames and logStreamNamePrefix cannot both be given")
    matches = matcher(req.get("filterPattern") or "")
    token = _token(req)
    after = tuple(token["at"]) if token else None
    first = max(req.get("startTime") or 0, token.get("at", [0])[0])
    last = (req["endTime"] + 1) if req.get("endTime") is not None else 1 << 62
    found: list[Event] = []
    size = 0
    more = False
    for event in _read(call, group, req.get("logStreamNames"), req.get("logStreamNamePrefix") or "", first, last):
        if (after is None or (event.timestamp, *event.position) > after) and matches(event.message):
            if len(found) >= limit or size > PAGE_BYTES:
                more = True
                break
            found.append(event)
            size += len(event.message) + OVERHEAD
    shapes = [_filtered(e) for e in found]
    end: NextToken = {"nextToken": encode_token({"at": (found[-1].timestamp, *found[-1].position)}, "logs:events")} if more else {}
    return {"events": shapes, "searchedLogStreams": [], **end}


def _filtered(event: Event) -> FilteredLogEvent:
    identity = f"{event.timestamp:020d}{event.position[0]:016d}{event.position[1]:08d}"
    return {
        "logStreamName": event.stream,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingested,
        "eventId": identity,
    }
