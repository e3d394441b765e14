"""``wheatpaste down``: stop the platform."""

import argparse
import os
import signal
import time

from wheatpaste.cli import CommandError, place

PATIENCE = 30.0  # seconds until it is killed


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Stop the server of the home and everything it started."""
    home = place.home_of(options)
    found = place.server(home)
    if found is None:
        print(f"no server runs on {home}")
        return 0
    os.kill(found["pid"], signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not place.held(home):
            print(f"stopped the server of {home} (process {found['pid']})")
            return 0
        time.sleep(0.05)
    os.kill(found["pid"], signal.SIGKILL)
    raise CommandError(f"process {found['pid']} did not end within {PATIENCE:.0f} s and was killed; nothing acknowledged is lost")
