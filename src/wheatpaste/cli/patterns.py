"""``wheatpaste patterns``: list and run the pattern library."""

import argparse
import tomllib
from pathlib import Path
from typing import Any

from wheatpaste.cli import CommandError, place


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", nargs="?", choices=["list", "run"], default="list")
    parser.add_argument("name", nargs="?", help="the pattern to run")
    place.home_argument(parser)


def folder() -> Path:
    """Where the patterns are: in the wheel, or in the checkout."""
    packaged = Path(__file__).resolve().parent.parent / "_patterns"
    return packaged if packaged.exists() else Path(__file__).resolve().parents[3] / "patterns"


def library() -> dict[str, dict[str, Any]]:
    """The patterns by name: what their ``pattern.toml`` says."""
    files = sorted(folder().glob("*/pattern.toml"))
    return {file.parent.name: {**tomllib.loads(file.read_text()), "folder": file.parent} for file in files}


def run(options: argparse.Namespace) -> int:
    """List the patterns, or run one on a private platform."""
    found = library()
    if options.action == "run":
        if options.name not in found:
            raise CommandError(f"no pattern {options.name!r}; there are: {', '.join(found)}")
        from wheatpaste.cli.demo import demonstrate

        return demonstrate(found[options.name], options)
    for name, pattern in found.items():
        print(f"{name:12} {pattern['title']}")
        print(f"{'':12} services: {', '.join(pattern['services'])}; data: {pattern['data']}")
        print(f"{'':12} run it: wheatpaste patterns run {name}   folder: {pattern['folder']}")
    return 0
