"""What of a run is fixed when its JVM starts: two runs with the same profile may have the same waiting driver."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.spark.driver import Size, spark_conf
from wheatpaste.engines.spark.jvm import MEMORY, OPTIONS, Jvm
from wheatpaste.engines.spark.runtimes import Runtime
from wheatpaste.engines.trust import Trust

NOWHERE = Path("/nowhere")
DRIVER = frozenset({"spark.app.name", MEMORY, OPTIONS})  # the name can change; the others are the JVM's own, in `Size` and `options`
STATIC_SQL = frozenset(
    f"spark.sql.{name}"
    for name in (
        "broadcastExchange.maxThreadThreshold", "cache.serializer", "catalogImplementation", "codegen.cache.maxEntries", "codegen.comments",
        "debug", "defaultUrlStreamHandlerFactory.enabled", "event.truncate.length", "extensions", "extensions.test.loadFromCp",
        "filesourceTableRelationCacheSize", "globalTempDatabase", "hive.thriftServer.singleSession", "legacy.sessionInitWithConfigDefaults",
        "metadataCacheTTLSeconds", "queryExecutionListeners", "resultQueryStage.maxThreadThreshold",
        "shuffleExchange.maxThreadThreshold", "sources.disabledJdbcConnProviderList", "sources.schemaStringLengthThreshold",
        "streaming.streamingQueryListeners", "streaming.ui.enabled", "streaming.ui.enabledCustomMetricList",
        "streaming.ui.retainedProgressUpdates", "streaming.ui.retainedQueries", "subquery.maxThreadThreshold", "ui.retainedExecutions",
        "warehouse.dir",
    )
)  # fmt: skip
"""Spark reads these once (org.apache.spark.sql.internal.StaticSQLConf; a test asks Spark)."""
PER_RUN = frozenset({"spark.sql.warehouse.dir"})  # static by name, and yet read when the first table is made: set at the hand-over
UNWARMED = ("spark.eventLog.enabled", "spark.ui.enabled")  # a context that writes or listens somewhere is made for its run
LOADED = frozenset(sys.stdlib_module_names) | frozenset(
    (
        "pyspark", "py4j", "numpy", "pandas", "pyarrow", "boto3", "botocore", "s3transfer", "awsglue", "awsgluedq", "awsglueml",
        "wheatpaste_driver", "dateutil", "six", "jmespath", "urllib3", "packaging", "pytz", "certifi", "cython_runtime",
    )
)  # fmt: skip
"""Modules that a waiting driver may have imported: a run that brings its own of that name starts anew."""


@dataclass(frozen=True)
class Profile:
    """Equal for runs that may have the same driver. `run` is one such run, with nothing of its own left."""

    key: tuple[object, ...]
    run: RunSpec
    runtime: Runtime
    jvm: Jvm
    size: Size
    modules: Path | None
    trust: Trust | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def profile(run: RunSpec, runtime: Runtime, modules: Path | None, jvm: Jvm, size: Size, trust: Trust | None) -> Profile | None:
    """None: a run of this kind cannot have a driver that was started before it."""
    conf = dict(run.conf)
    if run.log_pattern or any(conf.get(name, "false").lower() == "true" for name in UNWARMED) or shadows(run.py_files):
        return None
    neutral = RunSpec(
        run_id="", kind="glueetl", version=run.version, name="waiting", script=NOWHERE, directory=NOWHERE, region=run.region,
        endpoint=run.endpoint, ca_file=run.ca_file, metastore_port=1 if run.metastore_port else 0, modules=run.modules,
        conf=tuple((name, value) for name, value in run.conf if is_static(name) or name in DRIVER - {"spark.app.name"}),
    )  # fmt: skip
    settings = spark_conf(neutral, size, trust)
    static = tuple(sorted((name, value) for name, value in settings.items() if is_static(name) or name in DRIVER))
    return Profile((runtime, modules, jvm, size, static), neutral, runtime, jvm, size, modules, trust)


def is_static(name: str) -> bool:
    """Whether Spark cannot be told another value of this setting later."""
    if name in DRIVER or name in PER_RUN or name.startswith("spark.hadoop."):
        return False
    return name in STATIC_SQL if name.startswith("spark.sql.") else True


def waiting(found: Profile, name: str, directory: Path) -> RunSpec:
    """The driver of this profile that waits in `directory`."""
    return replace(found.run, run_id=name, directory=directory)


def changes(run: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """The settings of a run that its waiting driver does not have yet."""
    return {name: value for name, value in run.items() if before.get(name) != value and name not in (MEMORY, OPTIONS)}


def shadows(files: tuple[Path, ...]) -> bool:
    """Whether one of `--extra-py-files` brings a module that a waiting driver has imported already."""
    return any(name in LOADED for file in files for name in top_level(file))


def top_level(file: Path) -> set[str]:
    """The modules that a file brings."""
    if file.suffix == ".py":
        return {file.stem}
    try:
        with ZipFile(file) as archive:
            return {name.split("/")[0].removesuffix(".py") for name in archive.namelist()}
    except (BadZipFile, OSError):
        return set()  # the run will say so
