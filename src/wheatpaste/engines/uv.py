"""The `uv` program that came with us, for the environments that jobs run in."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from wheatpaste.engines.once import still

BEAT = 0.5  # seconds
PASSED_ON = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)


class UvFailed(RuntimeError):
    """uv could not do it; the message is the end of what it said."""


def uv(*words: str | Path, timeout: float = 3600, beat: Callable[[], None] = still) -> str:
    """Run uv with the machine's own settings (uv.toml, UV_* variables); returns what it printed.

    `beat` is called every half second; what it raises ends uv. Raises UvFailed.
    """
    from uv import find_uv_bin

    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("UV_")}
    argv: Sequence[str] = [find_uv_bin(), *(str(word) for word in words)]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, env=environment, stdout=pipe, stderr=pipe, text=True, stdin=subprocess.DEVNULL) as process:
        try:
            out, err = _followed(process, time.monotonic() + timeout, beat)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise UvFailed(f"uv {words[0]} {words[1] if len(words) > 1 else ''} failed: {err.strip()[-2000:]}")
    return out


def _followed(process: subprocess.Popen[str], deadline: float, beat: Callable[[], None]) -> tuple[str, str]:
    while True:
        try:
            return process.communicate(timeout=BEAT)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise UvFailed("uv took too long and was ended") from None
            beat()
