"""``wheatpaste aws logs tail``: the AWS CLI has it since version 2 only, and PyPI has version 1; this is it, with version 2's options and
output."""

import argparse
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
PAUSE = 1.0  # seconds between two looks with --follow


def parser() -> argparse.ArgumentParser:
    """The options of ``aws logs tail``, version 2."""
    made = argparse.ArgumentParser(prog="aws logs tail")
    made.add_argument("group_name")
    made.add_argument("--since", default="10m", help="5m, 1h, 3d, or an ISO 8601 time")
    made.add_argument("--follow", action="store_true")
    made.add_argument("--format", choices=["detailed", "short", "json"], default="detailed")
    made.add_argument("--filter-pattern", default="")
    made.add_argument("--log-stream-names", nargs="+")
    made.add_argument("--log-stream-name-prefix")
    return made


def moment(text: str, now: float) -> int:
    """Epoch milliseconds of ``--since``; ValueError when it is no time."""
    relative = re.fullmatch(r"(\d+)([smhdw])", text)
    if relative:
        return int((now - int(relative[1]) * UNITS[relative[2]]) * 1000)
    found = datetime.fromisoformat(text)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def line(event: dict[str, Any], form: str) -> str:
    """One event, as version 2 prints it."""
    when = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    if form == "short":
        return f"{when:%Y-%m-%dT%H:%M:%S} {event['message'].rstrip()}"
    return f"{when.isoformat(timespec='microseconds')} {event['logStreamName']} {event['message'].rstrip()}"


def run(words: list[str], endpoint: str, region: str, say: Callable[[str], None] = print) -> int:
    """Print the group's events, and with ``--follow`` those to come; 255 with the service's words when it refuses."""
    import botocore.session
    from botocore.exceptions import ClientError

    options = parser().parse_args(words)
    try:
        start = moment(options.since, time.time())
    except ValueError:
        print(f"aws: error: --since {options.since}: give 5m, 1h, 3d, 2w, or an ISO 8601 time", file=sys.stderr)
        return 252
    logs = botocore.session.Session().create_client("logs", region_name=region, endpoint_url=endpoint)
    wanted = {"logGroupName": options.group_name, "filterPattern": options.filter_pattern}
    if options.log_stream_names:
        wanted["logStreamNames"] = options.log_stream_names
    if options.log_stream_name_prefix:
        wanted["logStreamNamePrefix"] = options.log_stream_name_prefix
    seen: set[str] = set()
    try:
        while True:
            for page in logs.get_paginator("filter_log_events").paginate(**wanted, startTime=start):
                for event in page["events"]:
                    if event["eventId"] not in seen:
                        seen.add(event["eventId"])
                        start = max(start, event["timestamp"])
                        say(line(event, options.format))
            if not options.follow:
                return 0
            time.sleep(PAUSE)
    except ClientError as error:
        print(f"\n{error}", file=sys.stderr)
        return 255
