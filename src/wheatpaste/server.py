"""One server process: takes the home, starts the supervisor before any thread, listens, runs until a signal, and leaves nothing behind."""

import asyncio
import contextlib
import fcntl
import gc
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from wheatpaste import __version__
from wheatpaste.config import Config

log = logging.getLogger("wheatpaste")
YOUNG = 20_000  # new objects before a collection: requests in hand hold thousands, none of which is garbage
GRACE = 0.5  # seconds that the home's lock is waited for
FORMAT = 1  # of the home; a newer one is refused


class HomeError(Exception):
    """The home cannot be used: another server holds it, or a newer version made it."""


@contextlib.contextmanager
def home_lock(home: Path) -> Iterator[IO[str]]:
    """Hold the home for this process.

    Raises HomeError, which says who holds it or which version made it.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(home / "lock", "a+") as lock:
        if not _locked(lock):
            lock.seek(0)
            raise HomeError(
                f"{home} is in use by the server with process id {lock.read().strip() or 'unknown'}: "
                f"stop it with `wheatpaste down --home {home}`, or choose another --home"
            )
        _check_version(home)
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def _locked(lock: IO[str]) -> bool:
    """Take the lock; others hold it for a moment when they ask who serves the home, and a killed server's supervisor until it has ended."""
    deadline = time.monotonic() + GRACE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _check_version(home: Path) -> None:
    file = home / "VERSION"
    if not file.exists():
        file.write_text(f"{FORMAT}\n")
    elif (found := int(file.read_text().split()[0])) > FORMAT:
        raise HomeError(
            f"{home} was made by a newer wheatpaste (format {found}, this one knows {FORMAT}): upgrade wheatpaste, or choose another --home"
        )


def bind(config: Config) -> socket.socket:
    """A listening socket; OSError names the address when it is taken."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((config.host, config.port))
    except OSError as error:
        bound.close()
        raise OSError(
            error.errno,
            f"{config.host}:{config.port} cannot be listened on ({error.strerror}): choose another --port, or --port 0 for any free one",
        ) from None
    bound.setblocking(False)
    return bound


def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises HomeError or OSError when it cannot start.
    """
    gc.disable()  # until it is up: imports make no garbage, and looking for some is a tenth of the start
    with home_lock(config.home):
        bound = bind(config)
        from wheatpaste.engines.supervisor import Supervisor

        supervisor = Supervisor()  # a fork: before any thread
        sys.setswitchinterval(0.001)  # the loop answers while worker threads compute
        asyncio.run(_serve(config, supervisor, bound))


async def _serve(config: Config, supervisor: object, bound: socket.socket) -> None:
    from sqlalchemy.exc import DBAPIError

    from wheatpaste.app import App
    from wheatpaste.edge.server import Edge
    from wheatpaste.store.migrations import SchemaError

    app = App(config, supervisor)  # type: ignore[arg-type]
    edge = Edge(app, bound)
    await edge.start()
    try:
        app.start()
    except SchemaError as error:
        raise HomeError(f"{config.home}: {error}") from error
    except DBAPIError as error:
        if not config.database_url:
            raise
        raise HomeError(f"the database of WHEATPASTE_DATABASE_URL cannot be used: {error.orig}") from error
    _announce(config, app.endpoint, app.token)
    gc.freeze()  # what is there now stays: no collection needs to look at it
    gc.set_threshold(YOUNG)
    gc.enable()
    print(f"wheatpaste {__version__} is up at {app.endpoint} (home {config.home}, auth {config.auth})", flush=True)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    app.ending.set()
    await edge.stop()
    await loop.run_in_executor(None, app.close)
    (config.home / "server.json").unlink(missing_ok=True)


def _announce(config: Config, endpoint: str, token: str) -> None:
    """Tell other processes of this user where this home is served, and the token for what AWS has no API for."""
    temporary = config.home / "server.json.tmp"
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps({"pid": os.getpid(), "endpoint": endpoint, "version": __version__, "token": token}))
    temporary.rename(config.home / "server.json")
