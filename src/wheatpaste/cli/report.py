"""``wheatpaste report``: what a job run read, wrote and learnt, and why it failed."""

import argparse
import json
from typing import Any

from wheatpaste.cli import place
from wheatpaste.cli.platform import Platform


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("run_id", help="as `wheatpaste runs` lists them")
    parser.add_argument("--json", action="store_true", help="for programs: with everything that the lines leave out")


def run(options: argparse.Namespace) -> int:
    """Print the report of a run that has ended, or how far one is; 1 when the run failed."""
    platform = Platform(place.home_of(options))
    if live := platform.ask_json(f"runs/{options.run_id}/progress"):
        print(json.dumps(live, indent=1) if options.json else _line(live))
        return 0
    found = platform.ask_json(f"runs/{options.run_id}/report")
    print(json.dumps(found, indent=1) if options.json else platform.ask(f"runs/{options.run_id}/report", **{"as": "text"}).rstrip())
    return 0 if found["run"]["state"] in ("SUCCEEDED", "STOPPED") else 1


def _line(live: dict[str, Any]) -> str:
    """A run that goes on: it has its report when it has ended."""
    stages = ", ".join(live["stages"]) or "no stage"
    ui = f"; Spark's UI: {live['ui']}" if live.get("ui") else ""
    return f"running: {live['done']:,}/{live['total']:,} tasks of {stages}{ui}"
