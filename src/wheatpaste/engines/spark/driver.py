"""What one run's process sees: its folder, its Spark configuration, its environment, its command line.

Spark is configured by `spark-defaults.conf` in a folder of the run, so that a plain `SparkContext()` or `SparkSession.builder` in
the user's script has it all. Sources of the S3A and metastore settings: measured, see docs/decisions.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wheatpaste
from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.sandbox import Sandbox, base_environment, platform_environment
from wheatpaste.engines.spark.jvm import MEMORY, OPTIONS, Jvm
from wheatpaste.engines.spark.runtimes import Runtime
from wheatpaste.engines.spark.versions import version
from wheatpaste.engines.trust import Trust

PACKAGES = ("wheatpaste_driver", "awsglue", "awsgluedq", "awsglueml")  # ours, that a job may import
GIB = 1 << 30
WORKER_MEMORY = {
    "G.025X": 4, "Standard": 16, "G.1X": 16, "G.2X": 32, "G.4X": 64, "G.8X": 128, "G.12X": 192, "G.16X": 256,
    "R.1X": 32, "R.2X": 64, "R.4X": 128, "R.8X": 256,
}  # fmt: skip  # GB of one worker, as AWS documents
WORKER_CORES = {"G.025X": 2, "Standard": 4, "G.1X": 4, "G.2X": 8, "G.4X": 16, "G.8X": 32, "G.12X": 48, "G.16X": 64} | {
    "R.1X": 4, "R.2X": 8, "R.4X": 16, "R.8X": 32,
}  # fmt: skip
HEAP_SHARE = 10 / 16  # of a worker's memory, as Glue gives its driver
SMALLEST_HEAP = 1 * GIB
ENDING, ARCHIVING = 10.0, 300.0  # seconds a JVM has to end; to end and write its archive
OFF_HEAP = 768 << 20  # bytes beside the heap: the JVM's own and the Python processes'

PATTERN = "%d{yyyy-MM-dd HH:mm:ss,SSS} %p [%t] %c{2}: %m%n%ex"
LOG4J = f"""\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = {PATTERN}
# Said once per start, of no use to anybody here
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.hiveconf.name = org.apache.hadoop.hive.conf.HiveConf
logger.hiveconf.level = error
# Hive's client, used from a second thread, closes its own connection and opens another: 90 lines each time
logger.reconnects.name = org.apache.hadoop.hive.metastore.RetryingMetaStoreClient
logger.reconnects.level = error
logger.session.name = org.apache.hadoop.hive.ql.session.SessionState
logger.session.level = error
"""

# S3A against our endpoint, and the job defaults that AWS Glue 6.0 has
SPARK = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3n.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.AbstractFileSystem.s3.impl": "org.apache.hadoop.fs.s3a.S3A",
    "spark.hadoop.fs.AbstractFileSystem.s3n.impl": "org.apache.hadoop.fs.s3a.S3A",
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.bucket.probe": "0",
    "spark.hadoop.fs.s3a.change.detection.mode": "none",
    "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
    "spark.hadoop.fs.s3a.committer.magic.enabled": "false",
    "spark.hadoop.fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.auth.IAMInstanceCredentialsProvider",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
}

# Before Hadoop 3.4 the file contexts that checkpoints are written by know S3A as s3a:// alone.
CHECKPOINTS = {
    "spark.sql.streaming.checkpointFileManagerClass": "org.apache.spark.sql.execution.streaming.FileSystemBasedCheckpointFileManager"
}


class WrongSetting(ValueError):
    """A setting of the run that cannot be; the message names it."""


@dataclass(frozen=True)
class Size:
    heap: int  # bytes
    cores: int

    @property
    def memory(self) -> int:
        return self.heap + self.heap // 10 + OFF_HEAP


def size(run: RunSpec, memory: int, cores: int) -> Size:
    """The driver's size: what the worker type says, as far as the machine (`memory` bytes, `cores`) has it.

    A quarter of the memory is the most one driver gets, so that jobs that start each other all find room; one that asks for more by
    `spark.driver.memory` gets it, up to all that there is.
    """
    nominal = int(WORKER_MEMORY.get(run.worker_type, 16) * GIB * HEAP_SHARE)
    wanted = (run.executor_cores or WORKER_CORES.get(run.worker_type, 4)) * max(run.workers, 1)
    asked = dict(run.conf).get(MEMORY)
    most = max(SMALLEST_HEAP, (memory - OFF_HEAP) * 10 // 11)
    heap = min(byte_size(asked), most) if asked else min(nominal, max(SMALLEST_HEAP, memory // 4))
    return Size(heap, max(1, min(wanted, cores)))


def shortage(run: RunSpec, size: Size) -> str:
    """What the error log of a run begins with that asks for a larger heap than there can be; nothing for any other."""
    asked = dict(run.conf).get(MEMORY)
    if not asked or byte_size(asked) <= size.heap:
        return ""
    return (
        f"{MEMORY}={asked} is more than jobs may use here: this one has {size.heap >> 20}m. The setting memory of wheatpaste "
        "(WHEATPASTE_MEMORY, in bytes) says how much they may use together; unless it is given, three quarters of the machine's.\n"
    )


def byte_size(text: str) -> int:
    """Spark's sizes: `512m`, `4g`; a bare number is in MiB. Raises WrongSetting."""
    match = re.fullmatch(r"(\d+)\s*([kmgt]?)b?", text.strip().lower())
    if match is None:
        raise WrongSetting(f"{MEMORY} is no size: {text!r}")
    return int(match[1]) << {"k": 10, "": 20, "m": 20, "g": 30, "t": 40}[match[2]]


def spark_conf(run: RunSpec, size: Size, trust: Trust | None = None) -> dict[str, str]:
    conf = {
        **SPARK,
        "spark.app.name": run.name,
        "spark.master": f"local[{size.cores}]",
        "spark.sql.warehouse.dir": run.warehouse or f"file:{run.directory / 'warehouse'}",
        "spark.hadoop.fs.s3a.endpoint": run.endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": run.region,
        "spark.hadoop.fs.s3a.connection.ssl.enabled": str(run.endpoint.startswith("https:")).lower(),
        "spark.hadoop.hadoop.tmp.dir": str(run.directory / "tmp"),
    }
    if version("glueetl", run.version).spark.startswith("3."):
        conf |= CHECKPOINTS
    if run.metastore_port:
        conf |= catalog_conf(run.metastore_port)
    given = dict(run.conf)
    # the last word is the user's, where it is given
    return conf | given | {MEMORY: f"{size.heap >> 20}m", OPTIONS: f"{java_options(run, size, trust)} {given.get(OPTIONS, '')}".strip()}


def catalog_conf(port: int) -> dict[str, str]:
    """The Data Catalog as Spark's metastore."""
    return {
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.hive.metastore.uris": f"thrift://127.0.0.1:{port}",
        "spark.hadoop.hive.metastore.client.connect.retry.delay": "0s",
        # Spark would read the files of a table it has not made and write the schema it infers into the catalog.
        "spark.sql.hive.caseSensitiveInferenceMode": "NEVER_INFER",
    }


PYTHON_JARS = ("io.delta_delta-core_", "io.delta_delta-spark_")
"""Jars of --datalake-formats that hold a Python package too: `from delta.tables import DeltaTable`."""


def java_options(run: RunSpec, size: Size, trust: Trust | None) -> str:
    temporary, logging = run.directory / "tmp", run.directory / "conf" / "log4j2.properties"
    collector = "-XX:+UseSerialGC" if size.cores <= 2 else "-XX:+UseParallelGC"
    options = [collector, f"-Djava.io.tmpdir={temporary}", f"-Dderby.system.home={temporary}", f"-Dlog4j2.configurationFile=file:{logging}"]
    options += trust.java_options() if trust else []
    return shlex.join([*options, "-Dhttp.nonProxyHosts=localhost|127.*", f"-Daws.region={run.region}"])


@dataclass(frozen=True)
class Plan:
    """One driver: its command, what it is told to do, and Spark's settings (none: it has no Spark)."""

    sandbox: Sandbox
    order: dict[str, Any]
    conf: dict[str, str]


def prepare(
    run: RunSpec,
    runtime: Runtime,
    modules: Path | None,
    jvm: Jvm | None,
    size: Size,
    *,
    trust: Trust | None = None,
    archive: Path | None = None,
    waits: bool = False,
) -> Plan:
    """Write the run's folder; with `archive` its JVM leaves an archive of its classes there, with `waits` it waits for its order."""
    work, conf, library = (run.directory / name for name in ("work", "conf", "lib"))
    for folder in (work, conf, library, run.directory / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)
    for file in run.files:
        shutil.copy2(file, work / file.name)
    link_packages(library)
    environment = {
        **base_environment(),
        **platform_environment(
            conf,
            endpoint=run.endpoint,
            region=run.region,
            credentials_url=run.credentials_url,
            credentials_token=run.credentials_token,
            ca_file=run.ca_file,
        ),
        **python_environment(run, runtime, library, modules, jvm),
        **(trust.environment() if trust else {}),
    }
    order: dict[str, Any] = {"script": str(run.script), "argv": list(run.argv), "result": str(run.directory / "result.json")}
    settings: dict[str, str] = {}
    if jvm is not None:
        settings = spark_conf(run, size, trust)
        settings.setdefault("spark.jars.ivy", str(jvm.cache / "ivy-packages"))  # what a run names itself is fetched once
        (conf / "spark-defaults.conf").write_text(properties(settings))
        (conf / "log4j2.properties").write_text(LOG4J.replace(PATTERN, run.log_pattern or PATTERN))
        if told := shortage(run, size):
            run.stderr.touch(0o600)
            run.stderr.write_text(told)
        environment |= spark_environment(jvm, runtime.python, run.directory)
        order["java"] = jvm.archiving(settings, archive) if archive else jvm.command(settings)
        order["patience"] = ARCHIVING if archive else ENDING
        order["waits"] = waits
        order["sql"] = {name: value for name, value in run.conf if name.startswith("spark.sql.")}
    file = run.directory / "run.json"
    file.touch(0o600)  # arguments may be passwords
    file.write_text(json.dumps(order))
    argv = (runtime.python, "-P", "-m", "wheatpaste_driver", str(file))
    sandbox = Sandbox(argv, environment | run.env, run.run_id, work, run.stdout, run.stderr, nice=19 if archive else 0)
    return Plan(sandbox, order, settings)


def link_packages(library: Path) -> None:
    """Our own packages that a job may import, and no neighbour of theirs."""
    for name in PACKAGES:
        source, link = Path(wheatpaste.__file__).parents[1] / name, library / name
        if source.is_dir() and not link.exists():
            link.symlink_to(source)


def python_environment(run: RunSpec, runtime: Runtime, library: Path, modules: Path | None, jvm: Jvm | None) -> dict[str, str]:
    binaries = runtime.python.parent
    path = [str(library), *([str(modules)] if modules else []), *(import_path(file) for file in run.py_files)]
    path += [str(jar) for jar in (jvm.more if jvm else ()) if jar.name.startswith(PYTHON_JARS)]
    return {
        "PYTHONPATH": ":".join(path),  # Spark's Python workers inherit it
        "PATH": f"{binaries}:{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(runtime.python.parents[1]),
        "GLUE_VERSION": run.version,
        "GLUE_PYTHON_VERSION": runtime.python_version.split(".")[0],
        "HOME": str(run.directory / "work"),
    }


def import_path(file: Path) -> str:
    """A module's folder; a package's archive itself."""
    return str(file.parent if file.suffix == ".py" else file)


def spark_environment(jvm: Jvm, python: Path, directory: Path) -> dict[str, str]:
    return {
        "JAVA_HOME": str(jvm.java.home),
        "SPARK_HOME": str(jvm.spark_home),
        "SPARK_CONF_DIR": str(directory / "conf"),
        "SPARK_LOCAL_DIRS": str(directory / "tmp"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_ENV_LOADED": "1",
        "SPARK_CONNECT_MODE": "0",
        "SPARK_SCALA_VERSION": jvm.scala,
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": str(python),
        "PYSPARK_PIN_THREAD": "true",
    }


def properties(conf: Mapping[str, str]) -> str:
    """The text of a Java properties file, in UTF-8 as Spark reads it."""
    lines = []
    for name, value in conf.items():
        key = name.replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=").replace(" ", "\\ ")
        text = value.strip().replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")  # Spark strips values too
        lines.append(f"{key}={text}")
    return "\n".join(lines) + "\n"
