"""Which runs may have the same waiting driver, and what it is told at the hand-over."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.spark import profiles, versions
from wheatpaste.engines.spark.driver import GIB, Size, spark_conf
from wheatpaste.engines.spark.java import Java
from wheatpaste.engines.spark.jvm import Jvm
from wheatpaste.engines.spark.runtimes import Runtime

SIZE = Size(GIB, 2)
JVM = Jvm(Java(Path("/java"), "17"), Path("/spark"), Path("/jars"), Path("/cache"))
RUNTIME = Runtime(versions.GLUE_60, Path("/python"), Path("/spark"))


def spec(**more: Any) -> RunSpec:
    given = {"run_id": "jr_1", "name": "j", "script": Path("/r/j.py"), "directory": Path("/r"), "metastore_port": 9083, **more}
    return RunSpec(kind="glueetl", version="6.0", endpoint="http://127.0.0.1:4566", **given)  # type: ignore[arg-type]


def profile(size: Size = SIZE, modules: Path | None = None, **more: Any) -> profiles.Profile | None:
    return profiles.profile(spec(**more), RUNTIME, modules, JVM, size, None)


@pytest.mark.parametrize(
    "more",
    [
        {"run_id": "jr_2", "name": "other", "script": Path("/s/x.py"), "directory": Path("/s"), "argv": ("--a", "1")},
        {"metastore_port": 9084, "warehouse": "s3://w/", "account": "210987654321", "credentials_token": "x"},
        {"env": {"CUSTOMER_X": "1"}, "files": (Path("/f.txt"),), "py_files": (Path("/lib/own.py"),)},
        {"conf": (("spark.sql.shuffle.partitions", "3"), ("spark.hadoop.a", "b"), ("spark.app.name", "mine"))},
    ],
)
def test_one_driver_for_runs_that_differ_in_what_can_be_set(more: dict[str, Any]) -> None:
    assert profile(**more) == profile()


@pytest.mark.parametrize(
    "more",
    [
        {"region": "eu-west-1"},
        {"size": Size(2 * GIB, 2)},
        {"modules": Path("/cache/modules/x")},
        {"metastore_port": 0},
        {"conf": (("spark.serializer", "org.apache.spark.serializer.KryoSerializer"),)},
        {"conf": (("spark.sql.extensions", "x.Y"),)},
        {"conf": (("spark.driver.extraJavaOptions", "-Dx=1"),)},
    ],
)
def test_another_driver_for_what_is_fixed(more: dict[str, Any]) -> None:
    assert profile(**more) != profile()


@pytest.mark.parametrize("more", [{"conf": (("spark.eventLog.enabled", "true"),)}, {"py_files": (Path("/lib/pandas.py"),)}])
def test_no_driver_can_wait_for_these(more: dict[str, Any]) -> None:
    assert profile(**more) is None


def test_modules_of_archives_are_looked_at(tmp_path: Path) -> None:
    for name, module in (("own.zip", "own/__init__.py"), ("theirs.zip", "boto3/__init__.py")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(module, "")
    assert profile(py_files=(tmp_path / "own.zip",)) == profile()
    assert profile(py_files=(tmp_path / "theirs.zip",)) is None


def test_what_is_told_at_the_hand_over() -> None:
    """All that differs and nothing that the JVM could not take."""
    found = profile()
    assert found is not None
    before = spark_conf(profiles.waiting(found, "warm-1", Path("/w")), SIZE)
    run = spark_conf(spec(conf=(("spark.sql.x", "1"),)), SIZE)
    told = profiles.changes(run, before)
    assert told.keys() == {
        "spark.app.name",
        "spark.hadoop.hadoop.tmp.dir",
        "spark.hadoop.hive.metastore.uris",
        "spark.sql.warehouse.dir",
        "spark.sql.x",
    }
    assert told["spark.hadoop.hive.metastore.uris"] == "thrift://127.0.0.1:9083"


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_static_names_are_sparks_own(run: Callable[..., RunResult], tmp_path: Path) -> None:
    """Every setting of Spark's SQL that it calls static is one here."""
    script = """
import glob, re, zipfile, pyspark
from pyspark.sql import SparkSession
conf = SparkSession.builder.getOrCreate()._jvm.org.apache.spark.sql.internal.SQLConf
names = set()
for jar in glob.glob(pyspark.__path__[0] + "/jars/spark-*.jar"):
    with zipfile.ZipFile(jar) as archive:
        for entry in archive.namelist():
            if "SQLConf" in entry:
                names |= {found.decode() for found in re.findall(rb"spark\\.sql\\.[A-Za-z0-9.]+", archive.read(entry))}
print(sorted(name for name in names if conf.isStaticConfigKey(name)))
"""
    assert run(script, "glueetl", conf=()).state == "SUCCEEDED"
    static = set(eval((tmp_path / "run" / "stdout").read_text()))
    assert static - profiles.STATIC_SQL == set()
    assert len(static) > 20
