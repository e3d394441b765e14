"""The Python environments that jobs run in: one per runtime, made by uv from an exact list, never the server's own."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as remembered
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from wheatpaste.engines.once import Progress, made_once, silent
from wheatpaste.engines.spark import patches
from wheatpaste.engines.spark.pythons import chosen, python_version
from wheatpaste.engines.spark.versions import UnsupportedRuntime, Version, version
from wheatpaste.engines.uv import UvFailed, uv

LOCKS = Path(__file__).with_name("locks")
INSTALLS_NOTHING = ("-h", "--help", "-V", "--version", "--dry-run")  # options of `uv pip install`


@dataclass(frozen=True)
class Runtime:
    version: Version
    python: Path
    spark_home: Path | None  # None: it has no Spark

    @property
    def name(self) -> str:
        return self.version.name

    @property
    def python_version(self) -> str:
        return python_version(self.python)


@remembered
def _spark_home(python: Path) -> Path | None:
    """Where the environment's pyspark is, without importing it."""
    code = "import importlib.util as u; s = u.find_spec('pyspark'); print(s.submodule_search_locations[0] if s else '')"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    return Path(found) if found else None


def provide(kind: str, number: str, cache: Path, override: str = "", progress: Progress = silent) -> Runtime:
    """The environment for this kind of job, made when it is not there; `override` names an interpreter to use instead of our own's."""
    wanted = version(kind, number)
    python = Path(override) if override and wanted.is_own else environment(wanted, cache, progress)
    spark = _spark_home(python) if wanted.spark else None
    if wanted.spark and spark is None:
        raise UnsupportedRuntime(f"{python} has no pyspark")
    return Runtime(wanted, python, spark)


def packages(name: str) -> list[str]:
    """The locked packages of a runtime."""
    return [line for line in (LOCKS / f"{name}.txt").read_text().splitlines() if line and not line.startswith("#")]


def environment(wanted: Version, cache: Path, progress: Progress = silent) -> Path:
    """The interpreter of a runtime's environment in the cache."""
    if found := kept(wanted, cache):
        return found / "bin" / "python"
    what = f"making the Python environment {wanted.name}"
    interpreter = chosen(wanted, lambda: progress(what, 0, 2))
    listed = packages(wanted.name)

    def make(draft: Path) -> None:
        progress(f"{what} on Python {python_version(interpreter)}", 0, 2)
        uv("venv", "--quiet", "--relocatable", "--allow-existing", "--python", interpreter, draft)
        told = f"installing {len(listed)} packages of {wanted.name}"
        words = (
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            draft / "bin" / "python",
            "-r",
            LOCKS / f"{wanted.name}.txt",
        )
        uv(*words, beat=lambda: progress(told, 1, 2))
        patches.apply(wanted.name, draft)
        progress(f"Python environment {wanted.name} ready", 2, 2)

    target = cache / "runtimes" / f"{wanted.name}-{_digest(wanted)}"
    return made_once(target, make, lambda: progress(what, 0, 2)) / "bin" / "python"


def kept(wanted: Version, cache: Path) -> Path | None:
    """The environment, if it has been made."""
    folder = cache / "runtimes" / f"{wanted.name}-{_digest(wanted)}"
    return folder if folder.exists() else None


def remove(wanted: Version, cache: Path) -> list[Path]:
    """Remove the runtime's environments (of earlier lists too); which they were."""
    found = sorted((cache / "runtimes").glob(f"{wanted.name}-*"))
    for folder in found:
        shutil.rmtree(folder)
    return found


def _digest(wanted: Version) -> str:
    own = [python_version(chosen(wanted, lambda: None))] if wanted.is_own else []
    return hashlib.sha256("\n".join([*own, patches.digest(wanted.name), *packages(wanted.name)]).encode()).hexdigest()[:12]


def modules(runtime: Runtime, wanted: Sequence[str], options: Sequence[str], cache: Path, progress: Progress = silent) -> Path:
    """A folder with what `--additional-python-modules` names, on top of the runtime; raises UvFailed with uv's own words."""
    refuse(wanted, options)
    key = "\n".join([str(runtime.python), *wanted, "--", *options])
    listed = list(options[-1:]) == ["-r"]  # of the pair that AWS documents: the modules are lists, whatever their names
    options = options[:-1] if listed else options
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    told = f"installing {', '.join(wanted)}"

    def make(draft: Path) -> None:
        words = ("pip", "install", "--quiet", "--compile-bytecode", "--python", runtime.python, "--target", draft)
        with TemporaryDirectory() as unpacked:
            try:
                named = [word for each in wanted for word in requirement(each, Path(unpacked), listed=listed)]
                uv(*words, *options, *named, beat=lambda: progress(told, 0, 1))
            except (UvFailed, BadZipFile) as error:
                raise UvFailed(f"--additional-python-modules {', '.join(wanted)} cannot be installed: {error}") from None
        progress(f"{', '.join(wanted)} installed", 1, 1)

    return made_once(cache / "modules" / digest, make, lambda: progress(told, 0, 1))


def refuse(wanted: Sequence[str], options: Sequence[str]) -> None:
    """Raise UvFailed for words with which the installer would end well and have installed nothing."""
    for each in wanted:
        if each.startswith("-"):
            raise UvFailed(f"--additional-python-modules: {each} is an option, no module (--python-modules-installer-option takes those)")
    for each in options:
        if each in INSTALLS_NOTHING:
            raise UvFailed(f"--python-modules-installer-option {each} would install nothing")


def requirement(each: str, folder: Path, *, listed: bool = False) -> list[str]:
    """The installer's words for one of the modules: AWS knows lists of them (`listed`: by its installer option), and archives of wheels,
    since Glue 5.0."""
    if not each.endswith(".gluewheels.zip"):
        return ["-r", each] if listed or each.endswith("requirements.txt") else [each]
    with ZipFile(each) as archive:
        archive.extractall(folder)
    return [str(wheel) for wheel in sorted(folder.rglob("*.whl"))]
