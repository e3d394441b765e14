"""``wheatpaste up``: start the platform, in the foreground or detached."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from wheatpaste import config
from wheatpaste.cli import CommandError, place
from wheatpaste.cli.env import FIRST_KEY

PATIENCE = 30.0  # seconds for a detached server to answer


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("--port", type=int, help="port of the AWS endpoint (default 4566; 0: any free one)")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1; anything else needs --auth signed)")
    parser.add_argument(
        "--auth", choices=["open", "signed"], help="open: unknown keys act as root; signed: every request needs a valid signature"
    )
    parser.add_argument("--hostname", help="a further host name that requests may use")
    parser.add_argument(
        "--allow-reset", action="store_true", default=None, help="let POST /_wheatpaste/reset empty everything (test suites need it)"
    )
    parser.add_argument(
        "--warm",
        type=int,
        metavar="N",
        help="Spark drivers that wait for jobs, from the start (default: as the machine has room, after the first job; 0: none)",
    )
    parser.add_argument("--detach", action="store_true", help="run in the background")


def run(options: argparse.Namespace) -> int:
    """Start; 0 once it is up (detached) or has ended (foreground)."""
    names = ("home", "port", "host", "auth", "hostname", "allow_reset", "warm")
    settings = config.load({name: getattr(options, name) for name in names})
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)  # what it holds is its user's alone
        (settings.home / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise CommandError(f"{settings.home} cannot be the home ({error.strerror}): choose another --home") from None
    if options.detach:
        return _detach(settings, [a for a in sys.argv[1:] if a != "--detach"])
    from wheatpaste import server

    logging_to(settings.home / "logs" / "server.log")
    try:
        server.run(settings)
    except (server.HomeError, OSError) as error:
        raise CommandError(str(error)) from None
    return 0


def logging_to(path: Path) -> None:
    """Warnings and errors go to the server's log file and to standard error."""
    import logging

    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, handlers=[logging.FileHandler(path, delay=True), logging.StreamHandler()])
    logging.getLogger("wheatpaste").setLevel(logging.INFO)


def _detach(settings: config.Config, argv: list[str]) -> int:
    if found := place.server(settings.home):
        raise CommandError(f"a server already runs on {settings.home} at {found['endpoint']} (process {found['pid']})")
    log = settings.home / "logs" / "up.log"
    with log.open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "wheatpaste", *argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = place.server(settings.home)
        if found and found["pid"] == child.pid and place.health(found["endpoint"]):
            print(
                f"wheatpaste is up at {found['endpoint']} (process {child.pid}, home {settings.home}); "
                "`wheatpaste env` prints what points clients at it"
            )
            if settings.auth == "signed":
                print(FIRST_KEY)
            return 0
        if child.poll() is not None:
            raise CommandError(f"the server ended with exit code {child.returncode}:\n{_tail(log)}")
        time.sleep(0.02)
    raise CommandError(f"the server did not answer within {PATIENCE:.0f} s; its log is {log}")


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-5:])
