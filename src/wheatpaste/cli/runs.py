"""``wheatpaste runs``: the runs of one job, or the latest of every job."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from wheatpaste.cli import CommandError, place
from wheatpaste.cli.platform import Platform

MOST = 20
LIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("job", nargs="?", help="one job's runs (default: every job's last one)")
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help=f"how many of a job's runs (default {MOST})")
    parser.add_argument("--json", action="store_true", help="for programs: the runs as GetJobRuns shows them")


def run(options: argparse.Namespace) -> int:
    """Print them, newest first."""
    platform = Platform(place.home_of(options))
    found = list(_runs(platform, options.job, options.most))
    if options.json:
        print(json.dumps(found, indent=1, default=str))
        return 0
    for each in found:
        print(_line(each, _interface(platform, each)))
    if not found:
        print("no job has run yet: `wheatpaste run script.py` runs one")
    return 0


def _runs(platform: Platform, job: str | None, most: int) -> Iterator[dict[str, Any]]:
    from botocore.exceptions import ClientError

    glue = platform.client("glue")
    names = [job] if job else [name for page in glue.get_paginator("list_jobs").paginate() for name in page["JobNames"]]
    found = []
    for name in names:
        try:
            found += glue.get_job_runs(JobName=name, MaxResults=min(max(most, 1), 200) if job else 1)["JobRuns"]
        except ClientError as error:
            raise CommandError(error.response["Error"]["Message"]) from None
    yield from sorted(found, key=lambda each: each["StartedOn"], reverse=True)


def _interface(platform: Platform, run: dict[str, Any]) -> str:
    """The address of a live run's Spark UI, if it has one."""
    return str(platform.ask_json(f"runs/{run['Id']}/progress").get("ui", "")) if run["JobRunState"] in LIVE else ""


def _line(run: dict[str, Any], address: str) -> str:
    message = (run.get("ErrorMessage") or run.get("StateDetail") or address).splitlines()
    told = f"  {message[0][:120]}" if message else ""
    return (
        f"{run['StartedOn']:%Y-%m-%d %H:%M:%S}  {run['Id']}  {run['JobName']}  {run['JobRunState']}  {run.get('ExecutionTime', 0)} s{told}"
    )
