"""The interpreter that a runtime's environment is made of: the server's own, or another of this machine, or one that uv fetches."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Callable
from functools import cache as remembered
from pathlib import Path

from wheatpaste.engines.spark.versions import UnsupportedRuntime, Version
from wheatpaste.engines.uv import UvFailed, uv

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"


@remembered
def python_version(python: Path) -> str:
    """The full version of an interpreter."""
    code = "import platform; print(platform.python_version())"
    return subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def chosen(wanted: Version, beat: Callable[[], None]) -> Path:
    """The best interpreter for this runtime. Raises UnsupportedRuntime, which says what was looked for."""
    if wanted.is_own:
        return Path(sys.executable)
    for minor in wanted.pythons:
        if minor == OWN:
            return Path(sys.executable)
        if found := installed(minor):
            return found
    return _fetched(wanted, beat)


def installed(minor: str) -> Path | None:
    """An interpreter of this minor version that the machine has."""
    try:
        return Path(uv("python", "find", "--no-python-downloads", minor, timeout=60).strip())
    except UvFailed:
        return None


def _fetched(wanted: Version, beat: Callable[[], None]) -> Path:
    for minor in wanted.pythons:
        try:
            uv("python", "install", "--quiet", minor, beat=beat)
            return Path(uv("python", "find", minor, beat=beat).strip())
        except UvFailed:
            continue
    here = platform.python_version()
    raise UnsupportedRuntime(
        f"{wanted.name} (Spark {wanted.spark}) runs on Python {' or '.join(wanted.pythons)}: this machine has none (the server runs on "
        f"{here}), and uv cannot fetch one. Install Python {wanted.pythons[0]}, or use GlueVersion 6.0, which runs on {here}"
    )
