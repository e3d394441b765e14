"""``wheatpaste report``: what a job run read, wrote and learnt, and why it failed."""

import argparse
import json

from wheatpaste.cli import place
from wheatpaste.cli.platform import Platform


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("run_id", help="as `wheatpaste runs` lists them")
    parser.add_argument("--json", action="store_true", help="for programs: with everything that the lines leave out")


def run(options: argparse.Namespace) -> int:
    """Print the report of a run that has ended; 1 when the run failed."""
    platform = Platform(place.home_of(options))
    found = platform.ask_json(f"runs/{options.run_id}/report")
    print(json.dumps(found, indent=1) if options.json else platform.ask(f"runs/{options.run_id}/report", **{"as": "text"}).rstrip())
    return 0 if found["run"]["state"] in ("SUCCEEDED", "STOPPED") else 1
