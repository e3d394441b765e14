"""What the servers have in common that tests start by themselves: programs out of Maven artifacts, a port, and its answer."""

import hashlib
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from wheatpaste.engines.once import Progress, made_once, silent
from wheatpaste.engines.spark import jars, java


def provide(
    lock: Path, cache: Path, name: str, unpack: Callable[[list[Path], Path], None] | None = None, progress: Progress = silent
) -> Path:
    """The folder with the jars that the lock names; with `unpack(jars, folder)` only what that makes of them.

    Fetched when it is not there. Raises jars.JarsMissing.
    """
    text = lock.read_text()
    wanted = jars.locked_jars(text)

    def make(draft: Path) -> None:
        import pyspark

        jars.fetch(wanted, draft, cache / "ivy", java.provide(cache, progress), Path(pyspark.__file__).parent, progress)
        jars.verify(wanted, draft)
        if unpack:
            packed = [draft / jar.file for jar in wanted]
            unpack(packed, draft)
            for jar in packed:
                jar.unlink()

    folder = cache / "servers" / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return made_once(folder, make, lambda: progress(f"fetching {name}", 0, len(wanted)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait for a server that was just started; one that ends instead fails, with its last words."""
    deadline = time.monotonic() + 120
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
