"""The command line of a run's JVM, and the archive of loaded classes that makes it start in half the time.

Spark's own launcher is a shell script that starts a JVM to find out how to start a JVM, and puts the configuration's folder, which
differs in every run, on the class path, where no class archive is valid. So the command is built here: the launcher is asked once
per Spark for the options it adds. As on AWS Glue the JVM is up before the script: settings of the JVM belong into the job's
`--conf`, not into the script.
"""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wheatpaste.engines.once import made_once
from wheatpaste.engines.spark.java import Java

MAIN = ("org.apache.spark.deploy.SparkSubmit", "pyspark-shell")
CLASS_PATH, OPTIONS, MEMORY = "spark.driver.extraClassPath", "spark.driver.extraJavaOptions", "spark.driver.memory"
# What the JVM itself has to say belongs to the run's errors: its default is stdout, which is the script's. An archive whose place in
# memory is taken by chance, for instance, is left aside with a warning.
WARNINGS = ("-Xlog:disable", "-Xlog:all=warning:stderr")


@dataclass(frozen=True)
class Jvm:
    """What every JVM of one runtime has in common."""

    java: Java
    spark_home: Path
    jars: Path
    cache: Path
    scala: str = "2.13"
    more: tuple[Path, ...] = ()  # jars of the run: behind Spark's own, where an archive stays valid
    first: tuple[Path, ...] = ()  # jars of the run that go before everything (--user-jars-first)

    @property
    def class_path(self) -> str:
        """What every run has. Named one by one and sorted: an archive is valid for exactly one class path and what follows it."""
        return ":".join(map(str, self._base()))

    @property
    def archive(self) -> Path:
        """Where the class archive is, once it has been made: in a folder `for what-made of what`.

        The JVM takes an archive for jars of the same size and time only (and for the very Java that made it): jars that were installed
        anew are another key, or their runs would start without an archive for ever.
        """
        java = self.java.home.resolve()
        modules = java / "lib" / "modules"
        files = [*([modules] if modules.exists() else []), *self._base()]
        stamps = [f"{file} {seen.st_size} {int(seen.st_mtime)}" for file in files for seen in [file.stat()]]
        folder = f"{_digest([str(java), self.java.version, self.class_path])}-{_digest(stamps)}"
        return self.cache / "classes" / folder / "spark.jsa"

    def outdated(self) -> list[Path]:
        """The folders of archives for this Java and class path that no run can use any more."""
        mine = self.archive.parent
        return [found for found in mine.parent.glob(f"{mine.name.partition('-')[0]}-*") if found != mine]

    def _base(self) -> list[Path]:
        return [file for folder in (self.jars, self.spark_home / "jars") for file in sorted(folder.glob("*.jar"))]

    def options(self) -> list[str]:
        """What Spark's launcher adds to every command."""
        digest = _digest([str(self.java.home), str(self.spark_home)])

        def make(draft: Path) -> None:
            (draft / "options").write_text("\n".join(self._asked()))

        return (made_once(self.cache / "classes" / f"options-{digest}", make) / "options").read_text().splitlines()

    def command(self, conf: Mapping[str, str]) -> list[str]:
        """For a run with these settings; those that only a command line can express are taken from them."""
        own = conf.get(CLASS_PATH, "")
        archive = [f"-XX:SharedArchiveFile={self.archive}"] if self.archive.exists() and not own and not self.first else []
        return self._command(conf, archive, own)

    def archiving(self, conf: Mapping[str, str], into: Path) -> list[str]:
        """For a JVM that writes the archive when it ends."""
        return self._command(conf, [f"-XX:ArchiveClassesAtExit={into}"], "")

    def _command(self, conf: Mapping[str, str], first: list[str], own: str) -> list[str]:
        path = ":".join(filter(None, [*map(str, self.first), own, self.class_path, *map(str, self.more)]))
        options = [*WARNINGS, *first, f"-Xmx{conf[MEMORY]}", *self.options(), *shlex.split(conf.get(OPTIONS, ""))]
        return [str(self.java.binary), *options, "-cp", path, *MAIN]

    def _asked(self) -> list[str]:
        argv = [str(self.java.binary), "-cp", f"{self.spark_home}/jars/*", "org.apache.spark.launcher.Main", *MAIN]
        environment = {"SPARK_HOME": str(self.spark_home), "SPARK_SCALA_VERSION": self.scala}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=True)
        words = done.stdout.strip("\0\n").split("\0")
        return [word.strip() for word in words if word.strip().startswith(("-D", "--", "-XX"))]


def _digest(words: list[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
