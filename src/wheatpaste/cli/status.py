"""``wheatpaste status``: what runs."""

import argparse
import json

from wheatpaste.cli import place


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    """Print the server's health; 1 when none runs."""
    home = place.home_of(options)
    found = place.server(home)
    state = (found and place.health(found["endpoint"])) or {"status": "stopped", "home": str(home)}
    if options.json:
        print(json.dumps(state))
    else:
        for name, value in state.items():
            shown = ", ".join(value) if isinstance(value, list) else sum(value.values()) if isinstance(value, dict) else value
            print(f"{name.replace('_', ' '):16} {shown}")
    return 0 if state["status"] == "running" else 1
