"""The Python environments that jobs run in: one per runtime, made by uv from an exact list, never the server's own.

The Python minor version is that of the machine's interpreter, which every run's report and `doctor` name.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as remembered
from pathlib import Path

from wheatpaste.engines.once import Progress, made_once, silent
from wheatpaste.engines.uv import uv

LOCKS = Path(__file__).with_name("locks")
LOCK = {  # (command, Glue or Python version) → the list of its packages
    ("glueetl", "6.0"): "glue-6.0",
    ("gluestreaming", "6.0"): "glue-6.0",
    ("pythonshell", "3.9"): "pythonshell-3.9",
}


class UnsupportedRuntime(ValueError):
    """No runtime of that version is offered; the message says which are."""


@dataclass(frozen=True)
class Runtime:
    name: str
    python: Path
    spark_home: Path | None  # None: it has no Spark

    @property
    def python_version(self) -> str:
        return _version(self.python)


@remembered
def _version(python: Path) -> str:
    code = "import platform; print(platform.python_version())"
    return subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@remembered
def _spark_home(python: Path) -> Path | None:
    """Where the environment's pyspark is, without importing it."""
    code = "import importlib.util as u; s = u.find_spec('pyspark'); print(s.submodule_search_locations[0] if s else '')"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    return Path(found) if found else None


def lock_name(kind: str, version: str) -> str:
    """Raises UnsupportedRuntime."""
    try:
        return LOCK[kind, version]
    except KeyError:
        offered = ", ".join(f"{kind} {version}" for kind, version in LOCK)
        raise UnsupportedRuntime(f"{kind} {version} is not offered here; offered: {offered}") from None


def provide(kind: str, version: str, cache: Path, override: str = "", progress: Progress = silent) -> Runtime:
    """The environment for this kind of job, made when it is not there; `override` names an interpreter to use as it is."""
    name = lock_name(kind, version)
    python = Path(override) if override else environment(name, cache, progress)
    spark = _spark_home(python) if kind != "pythonshell" else None
    if kind != "pythonshell" and spark is None:
        raise UnsupportedRuntime(f"{python} has no pyspark")
    return Runtime(name, python, spark)


def packages(name: str) -> list[str]:
    return [line for line in (LOCKS / f"{name}.txt").read_text().splitlines() if line and not line.startswith("#")]


def environment(name: str, cache: Path, progress: Progress = silent) -> Path:
    """The interpreter of the environment `name` in the cache."""
    listed = packages(name)
    digest = hashlib.sha256("\n".join([sys.version, *listed]).encode()).hexdigest()[:12]

    def make(draft: Path) -> None:
        progress(f"making the Python environment {name}", 0, 2)
        uv("venv", "--quiet", "--relocatable", "--allow-existing", "--python", sys.executable, draft)
        progress(f"installing {len(listed)} packages of {name}", 1, 2)
        uv("pip", "install", "--quiet", "--compile-bytecode", "--python", draft / "bin" / "python", "-r", LOCKS / f"{name}.txt")
        progress(f"Python environment {name} ready", 2, 2)

    return made_once(cache / "runtimes" / f"{name}-{digest}", make) / "bin" / "python"


def modules(runtime: Runtime, wanted: Sequence[str], options: Sequence[str], cache: Path, progress: Progress = silent) -> Path:
    """A folder with what `--additional-python-modules` names, on top of the runtime; raises UvFailed with uv's own words."""
    key = "\n".join([str(runtime.python), *wanted, "--", *options])
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]

    def make(draft: Path) -> None:
        progress(f"installing {', '.join(wanted)}", 0, 1)
        uv("pip", "install", "--quiet", "--compile-bytecode", "--python", runtime.python, "--target", draft, *options, *wanted)
        progress(f"{', '.join(wanted)} installed", 1, 1)

    return made_once(cache / "modules" / digest, make)
