"""The `uv` program that came with us, for the environments that jobs run in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

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


def uv(*words: str | Path, timeout: float = 3600) -> str:
    """Run uv with the machine's own settings (uv.toml, UV_* variables); returns what it printed."""
    from uv import find_uv_bin

    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("UV_")}
    argv: Sequence[str] = [find_uv_bin(), *(str(word) for word in words)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise UvFailed(f"uv {words[0]} {words[1] if len(words) > 1 else ''} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout
