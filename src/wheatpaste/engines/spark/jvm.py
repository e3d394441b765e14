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
        return ":".join(str(file) for folder in (self.jars, self.spark_home / "jars") for file in sorted(folder.glob("*.jar")))

    @property
    def archive(self) -> Path:
        """Where the class archive is, once it has been made."""
        key = "\n".join([str(self.java.home.resolve()), self.java.version, self.class_path])
        return self.cache / "classes" / hashlib.sha256(key.encode()).hexdigest()[:16] / "spark.jsa"

    def options(self) -> list[str]:
        """What Spark's launcher adds to every command."""
        digest = hashlib.sha256(f"{self.java.home}\n{self.spark_home}".encode()).hexdigest()[:16]

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
        options = [*first, f"-Xmx{conf[MEMORY]}", *self.options(), *shlex.split(conf.get(OPTIONS, ""))]
        return [str(self.java.binary), *options, "-cp", path, *MAIN]

    def _asked(self) -> list[str]:
        argv = [str(self.java.binary), "-cp", f"{self.spark_home}/jars/*", "org.apache.spark.launcher.Main", *MAIN]
        environment = {"SPARK_HOME": str(self.spark_home), "SPARK_SCALA_VERSION": self.scala}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=True)
        words = done.stdout.strip("\0\n").split("\0")
        return [word.strip() for word in words if word.strip().startswith(("-D", "--", "-XX"))]
