"""CloudWatch Logs through boto3 and the AWS CLI."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def now() -> int:
    return int(time.time() * 1000)


@pytest.fixture
def logs(client: Callable[..., Any], unique: str) -> Any:
    service = client("logs")
    service.create_log_group(logGroupName=f"/t/{unique}")
    service.create_log_stream(logGroupName=f"/t/{unique}", logStreamName="s")
    return service


def put(logs: Any, group: str, messages: list[str], stream: str = "s", start: int | None = None) -> None:
    begin = now() if start is None else start
    logs.put_log_events(
        logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": begin + i, "message": m} for i, m in enumerate(messages)]
    )


def test_events_come_back_in_order_page_by_page(logs: Any, unique: str) -> None:
    group = f"/t/{unique}"
    for batch in range(3):
        put(logs, group, [f"{batch}-{i}" for i in range(5)], start=now() - 1000 + batch * 10)
    seen: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True, limit=4, **token)
        if not page["events"]:
            break
        seen += [e["message"] for e in page["events"]]
        token = {"nextToken": page["nextForwardToken"]}
    assert seen == [f"{b}-{i}" for b in range(3) for i in range(5)]
    last = logs.get_log_events(logGroupName=group, logStreamName="s", limit=2)
    assert [e["message"] for e in last["events"]] == ["2-3", "2-4"]
    before = logs.get_log_events(logGroupName=group, logStreamName="s", limit=2, nextToken=last["nextBackwardToken"])
    assert [e["message"] for e in before["events"]] == ["2-1", "2-2"]


def test_streams_interleave_in_time(logs: Any, unique: str) -> None:
    group, start = f"/t/{unique}", now() - 1000
    logs.create_log_stream(logGroupName=group, logStreamName="u")
    for i in range(4):
        put(logs, group, [f"m{i}"], "s" if i % 2 else "u", start + i)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, PaginationConfig={"PageSize": 3})
    assert [e["message"] for page in pages for e in page["events"]] == ["m0", "m1", "m2", "m3"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ERROR", ["ERROR disk full", "an ERROR too"]),
        ("ERROR disk", ["ERROR disk full"]),
        ('"disk full"', ["ERROR disk full"]),
        ("?INFO ?too", ["INFO fine", "an ERROR too"]),
        ("ERROR -disk", ["an ERROR too"]),
        ("%f[iu]%", ["ERROR disk full", "INFO fine"]),
        ("error", []),
    ],
)
def test_filter_patterns(logs: Any, unique: str, pattern: str, expected: list[str]) -> None:
    put(logs, f"/t/{unique}", ["ERROR disk full", "INFO fine", "an ERROR too"])
    assert [e["message"] for e in logs.filter_log_events(logGroupName=f"/t/{unique}", filterPattern=pattern)["events"]] == expected


def test_a_json_pattern_is_refused_by_name(logs: Any, unique: str) -> None:
    with pytest.raises(ClientError, match="filterPattern over JSON"):
        logs.filter_log_events(logGroupName=f"/t/{unique}", filterPattern="{ $.a = 1 }")


def test_events_too_old_are_rejected_and_told(logs: Any, unique: str) -> None:
    old = now() - 15 * 24 * 3600 * 1000
    events = [{"timestamp": old, "message": "old"}, {"timestamp": now(), "message": "new"}]
    answer = logs.put_log_events(logGroupName=f"/t/{unique}", logStreamName="s", logEvents=events)
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert [e["message"] for e in logs.filter_log_events(logGroupName=f"/t/{unique}")["events"]] == ["new"]


def test_events_out_of_order_are_refused(logs: Any, unique: str) -> None:
    events = [{"timestamp": now(), "message": "b"}, {"timestamp": now() - 10, "message": "a"}]
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.put_log_events(logGroupName=f"/t/{unique}", logStreamName="s", logEvents=events)


def test_groups_and_streams_exist_once(logs: Any, unique: str) -> None:
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=f"/t/{unique}")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.get_log_events(logGroupName=f"/t/{unique}", logStreamName="none")
    logs.put_retention_policy(logGroupName=f"/t/{unique}", retentionInDays=7)
    found = logs.describe_log_groups(logGroupNamePrefix=f"/t/{unique}")["logGroups"]
    assert [(g["logGroupName"], g["retentionInDays"]) for g in found] == [(f"/t/{unique}", 7)]
    logs.delete_log_group(logGroupName=f"/t/{unique}")
    assert logs.describe_log_groups(logGroupNamePrefix=f"/t/{unique}")["logGroups"] == []
