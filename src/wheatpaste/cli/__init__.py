"""The command line: one module per command, imported when it is asked for."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from wheatpaste import __version__
from wheatpaste.config import SettingError

COMMANDS = {
    "up": "start the platform",
    "down": "stop it",
    "status": "say what runs",
    "aws": "the AWS CLI, pointed at it",
    "env": "the exports that point any client at it",
    "run": "run a local script as a Glue job",
    "runs": "list job runs",
    "report": "what a job run read, wrote and learnt, and why it failed",
    "ui": "Spark's UI of a job run",
    "demo": "the whole pipeline on real data, from nothing",
    "patterns": "list and run the pattern library",
    "coverage": "which operations are executed, stored, refused",
    "runtimes": "list, install and remove the runtimes of Glue's versions",
    "doctor": "what this machine has and lacks",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; exits non-zero with one line that says what to do when it fails."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know fewer letters than a script's output has
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="wheatpaste", description="The AWS Glue data platform, running for real on this machine.")
    parser.add_argument("--version", action="version", version=f"wheatpaste {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    given = list(sys.argv[1:] if argv is None else argv)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if given[:1] == [name]:
            module = importlib.import_module(f"wheatpaste.cli.{name}")
            module.arguments(sub)
            sub.set_defaults(run=module.run)
    try:
        if given[:1] == ["aws"]:  # everything behind it belongs to the AWS CLI
            sys.exit(importlib.import_module("wheatpaste.cli.aws").execute(given[1:]))
        options = parser.parse_args(given)
        code = options.run(options)
        sys.stdout.flush()
        sys.exit(code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `| head` has seen enough; what Python would still flush at its exit goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except (CommandError, SettingError) as error:
        print(f"wheatpaste: {error}", file=sys.stderr)
        sys.exit(1)


class CommandError(Exception):
    """A command failed for a reason that its message says, with what to do."""
