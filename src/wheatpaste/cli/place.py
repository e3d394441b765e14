"""Which server a command talks to: the one of ``--home``, or of ``WHEATPASTE_HOME``, or of ``~/.wheatpaste``."""

import argparse
import fcntl
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from wheatpaste import config
from wheatpaste.cli import CommandError


def home_argument(parser: argparse.ArgumentParser) -> None:
    """``--home``."""
    parser.add_argument("--home", type=Path, help="the home directory (default: $WHEATPASTE_HOME, or ~/.wheatpaste)")


def home_of(options: argparse.Namespace) -> Path:
    """The home that the options and the environment name."""
    return config.load({"home": options.home} if getattr(options, "home", None) else {}).home


def held(home: Path) -> bool:
    """Whether a server has the home: its lock ends with it, while ``server.json`` outlives a crash and its process id goes to others."""
    try:
        with (home / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def server(home: Path) -> dict[str, Any] | None:
    """``pid``, ``endpoint`` and ``version`` of the server that serves ``home``; None when none does."""
    try:
        found: dict[str, Any] = json.loads((home / "server.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found if held(home) else None


def running(home: Path) -> dict[str, Any]:
    """Like ``server``; CommandError when none runs."""
    found = server(home)
    if found is None:
        raise CommandError(f"no server runs on {home}: start one with `wheatpaste up --detach`")
    return found


def health(endpoint: str, timeout: float = 2.0) -> dict[str, Any] | None:
    """The server's health; None when it does not answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/_wheatpaste/health", timeout=timeout) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except (urllib.error.URLError, OSError):
        return None
