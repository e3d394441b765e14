"""The jars that Spark needs beyond pyspark's own, fetched once by the Ivy inside pyspark, and checked against a lock.

A lock line is `coordinate  sha256  bytes`. Nothing is resolved: every coordinate is named and none brings others, because a
resolved netty, httpclient or slf4j before pyspark's newer one on the class path breaks it. Where the machine has Ivy settings or a
Maven mirror, they are used; otherwise Ivy's own default repository.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
import xml.etree.ElementTree as xml
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from wheatpaste.engines.once import Progress, made_once, silent
from wheatpaste.engines.spark.java import Java

LOCKS = Path(__file__).with_name("locks")
FETCH_TIMEOUT = 1800.0
BEAT = 0.5
MAVEN = "{http://maven.apache.org/SETTINGS/1.0.0}"


class JarsMissing(RuntimeError):
    """The jars could not be fetched, or are not what the lock says."""


@dataclass(frozen=True)
class Jar:
    group: str
    name: str
    version: str
    sha256: str
    size: int

    @property
    def file(self) -> str:
        return f"{self.group}_{self.name}-{self.version}.jar"


def locked_jars(text: str) -> list[Jar]:
    jars = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            coordinate, digest, size = line.split()
            group, name, version = coordinate.split(":")
            jars.append(Jar(group, name, version, digest, int(size)))
    return jars


def provide(cache: Path, java: Java, spark_home: Path, name: str, progress: Progress = silent) -> Path:
    """The folder of the set `name`, with every jar as locked; fetched when it is not there. Raises JarsMissing."""
    text = (LOCKS / f"{name}.txt").read_text()
    jars = locked_jars(text)

    def make(draft: Path) -> None:
        fetch(jars, draft, cache / "ivy", java, spark_home, progress)
        verify(jars, draft)

    return made_once(_folder(cache, name, text), make, lambda: progress(f"fetching {name}", 0, len(jars)))


def kept(cache: Path, name: str) -> Path | None:
    """The folder of the set `name` as it is locked now, if it was fetched before."""
    folder = _folder(cache, name, (LOCKS / f"{name}.txt").read_text())
    return folder if folder.exists() else None


def _folder(cache: Path, name: str, lock: str) -> Path:
    return cache / "jars" / f"{name}-{hashlib.sha256(lock.encode()).hexdigest()[:12]}"


def verify(jars: Iterable[Jar], folder: Path) -> None:
    """Raises JarsMissing, naming each jar that is absent or is not the locked one."""
    wrong = []
    for jar in jars:
        file = folder / jar.file
        if not file.exists():
            wrong.append(f"{jar.file} is missing")
        elif file.stat().st_size != jar.size or hashlib.sha256(file.read_bytes()).hexdigest() != jar.sha256:
            wrong.append(f"{jar.file} is not the locked one")
    if wrong:
        raise JarsMissing("; ".join(wrong))


def fetch(jars: list[Jar], into: Path, ivy_cache: Path, java: Java, spark_home: Path, progress: Progress = silent) -> None:
    work = into / ".ivy"
    work.mkdir()
    (work / "ivy.xml").write_text(module(jars))
    settings = ivy_settings(work)
    ivy = next((spark_home / "jars").glob("ivy-*.jar"))
    argv = [
        str(java.binary), *proxies(), "-jar", str(ivy), "-settings", str(settings), "-cache", str(ivy_cache), "-ivy", str(work / "ivy.xml"),
        "-types", "jar", "bundle", "-retrieve", str(into / "[organisation]_[artifact]-[revision].[ext]"),
    ]  # fmt: skip
    said = run_ivy(argv, len(jars), progress)
    if not all((into / jar.file).exists() for jar in jars):
        raise JarsMissing("Ivy could not fetch the jars Spark needs: " + "; ".join(complaints(said)))
    shutil.rmtree(work)


def run_ivy(argv: list[str], total: int, progress: Progress) -> list[str]:
    """Run it, counting the artifacts; returns its output's lines."""
    said: list[str] = []
    steps = 2 * total  # each is found, then downloaded
    progress("fetching jars for Spark", 0, steps)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True) as process:
        reader = Thread(target=lambda: said.extend(line.strip() for line in process.stdout or ()), daemon=True)
        reader.start()
        try:
            _followed(process, said, steps, progress)
        except BaseException:
            process.kill()
            raise
        reader.join()
    progress("jars for Spark fetched", steps, steps)
    return said


def _followed(process: subprocess.Popen[str], said: list[str], steps: int, progress: Progress) -> None:
    deadline = time.monotonic() + FETCH_TIMEOUT
    while True:
        try:
            process.wait(BEAT)
        except subprocess.TimeoutExpired:
            done = sum("[SUCCESSFUL ]" in line or line.startswith("found ") for line in tuple(said))
            progress("fetching jars for Spark", min(done, steps), steps)
            if time.monotonic() > deadline:
                raise JarsMissing("the jars were not fetched in half an hour") from None
        else:
            return


def complaints(said: list[str]) -> list[str]:
    found = [
        line for line in said if (line.startswith((":: ", "Server access", "module not found")) and "not found" in line) or "rror" in line
    ]
    return (found or said)[-8:]


def module(jars: Iterable[Jar]) -> str:
    root = xml.Element("ivy-module", version="2.0")
    xml.SubElement(root, "info", organisation="wheatpaste", module="jars")
    dependencies = xml.SubElement(root, "dependencies")
    for jar in jars:
        dependency = {"org": jar.group, "name": jar.name, "rev": jar.version, "transitive": "false", "conf": "default->master"}
        xml.SubElement(dependencies, "dependency", dependency)
    return xml.tostring(root, encoding="unicode")


def ivy_settings(work: Path, home: Path | None = None) -> Path:
    """The machine's Ivy settings, or settings with its Maven mirror, or Ivy's default repository."""
    home = home or Path.home()
    for own in (os.environ.get("WHEATPASTE_IVY_SETTINGS"), home / ".ivy2" / "ivysettings.xml"):
        if own and Path(own).exists():
            return Path(own)
    root = xml.Element("ivysettings")
    xml.SubElement(root, "settings", defaultResolver="main")
    resolvers = xml.SubElement(root, "resolvers")
    mirror = maven_mirror(home / ".m2" / "settings.xml")
    xml.SubElement(resolvers, "ibiblio", {"name": "main", "m2compatible": "true", **({"root": mirror} if mirror else {})})
    file = work / "ivysettings.xml"
    file.write_text(xml.tostring(root, encoding="unicode"))
    return file


def maven_mirror(settings: Path) -> str | None:
    """The address that the machine's Maven uses instead of the central repository."""
    if not settings.exists():
        return None
    tree = xml.parse(settings).getroot()
    for mirror in [*tree.iter("mirror"), *tree.iter(f"{MAVEN}mirror")]:
        values = {child.tag.removeprefix(MAVEN): (child.text or "").strip() for child in mirror}
        if {"*", "external:*", "central"} & set(values.get("mirrorOf", "").split(",")):
            return values.get("url")
    return None


def proxies() -> list[str]:
    """The machine's proxy, for Java, which does not read the variables."""
    words = []
    for scheme in ("http", "https"):
        value = os.environ.get(f"{scheme}_proxy") or os.environ.get(f"{scheme.upper()}_PROXY")
        if value:
            host, _, port = value.split("://")[-1].rstrip("/").rpartition(":")
            words += [f"-D{scheme}.proxyHost={host}", f"-D{scheme}.proxyPort={port}"]
    return words
