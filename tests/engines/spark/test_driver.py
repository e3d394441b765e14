"""What is written for a run: its size, its settings, its JVM's command."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.spark.driver import GIB, byte_size, properties, shortage, size, spark_conf
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.engines.spark.java import Java
from wheatpaste.engines.spark.jvm import Jvm


def spec(**more: Any) -> RunSpec:
    given = {"run_id": "jr_1", "kind": "glueetl", "version": "6.0", "name": "j", "script": Path("/r/j.py"), "directory": Path("/r"), **more}
    return RunSpec(endpoint="http://127.0.0.1:4566", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "memory", "cores", "heap", "used"),
    [
        ({"worker_type": "G.1X", "workers": 2}, 256, 64, 10 * GIB, 8),
        ({"worker_type": "G.2X", "workers": 10}, 256, 64, 20 * GIB, 64),
        ({"worker_type": "G.1X", "workers": 2}, 16, 2, 4 * GIB, 2),
        ({"worker_type": "G.8X", "workers": 1}, 2, 1, 1 * GIB, 1),
        ({"conf": (("spark.driver.memory", "3g"),)}, 256, 64, 3 * GIB, 4),
    ],
)
def test_sizes(more: dict[str, Any], memory: int, cores: int, heap: int, used: int) -> None:
    found = size(spec(**more), memory * GIB, cores)
    assert (found.heap, found.cores) == (heap, used)
    assert found.memory > heap


def test_a_heap_beyond_the_machine_is_all_that_there_is() -> None:
    asked = spec(conf=(("spark.driver.memory", "400g"),))
    given = size(asked, 16 * GIB, 2)
    assert 15 * GIB < given.memory <= 16 * GIB
    assert shortage(asked, given).startswith(f"spark.driver.memory=400g is more than jobs may use here: this one has {given.heap >> 20}m.")
    assert spark_conf(asked, given)["spark.driver.memory"] == f"{given.heap >> 20}m"
    fits = spec(conf=(("spark.driver.memory", "12g"),))
    assert shortage(fits, size(fits, 16 * GIB, 2)) == shortage(spec(), size(spec(), GIB, 1)) == ""


@pytest.mark.parametrize(("text", "size"), [("512m", 512 << 20), ("4g", 4 << 30), ("4GB", 4 << 30), ("1024", 1 << 30), ("2048k", 2 << 20)])
def test_byte_sizes(text: str, size: int) -> None:
    assert byte_size(text) == size


def test_a_size_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"spark.driver.memory is no size: 'lots'"):
        size(spec(conf=(("spark.driver.memory", "lots"),)), GIB, 1)


def test_the_user_has_the_last_word() -> None:
    given = (("spark.sql.ansi.enabled", "false"), ("spark.driver.extraJavaOptions", "-Dx=1"), ("spark.app.name", "mine"))
    conf = spark_conf(spec(conf=given), size(spec(), GIB, 1))
    assert (conf["spark.sql.ansi.enabled"], conf["spark.app.name"]) == ("false", "mine")
    assert conf["spark.driver.extraJavaOptions"].endswith(" -Dx=1")
    assert "log4j2.configurationFile" in conf["spark.driver.extraJavaOptions"]


def test_the_catalog_is_there_when_it_is_wanted() -> None:
    sized = size(spec(), GIB, 1)
    assert spark_conf(spec(metastore_port=9083), sized)["spark.hadoop.hive.metastore.uris"] == "thrift://127.0.0.1:9083"
    assert "spark.sql.catalogImplementation" not in spark_conf(spec(), sized)


def test_properties_are_read_back_as_they_were() -> None:
    text = properties({"a:b": "c=d", "p": "C:\\x", "ü": "é\n2"})
    assert text == "a\\:b=c=d\np=C:\\\\x\nü=é\\n2\n"


@pytest.fixture
def jvm(tmp_path: Path) -> Jvm:
    """A pyspark whose launcher answers what the real one does."""
    for jar in ("jars/b.jar", "jars/a.jar", "spark/jars/c.jar"):
        (tmp_path / jar).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / jar).touch()
    program = tmp_path / "java" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nprintf '\\n\\0/bin/java\\0-cp\\0/x/*\\0-Xmx1g\\0--add-opens=a/b=ALL\\0-Dk=v\\0Main\\0'\n")
    program.chmod(0o755)
    return Jvm(Java(tmp_path / "java", "17.0.1"), tmp_path / "spark", tmp_path / "jars", tmp_path / "cache")


def test_the_command(jvm: Jvm, tmp_path: Path) -> None:
    command = jvm.command({"spark.driver.memory": "2048m", "spark.driver.extraJavaOptions": "-Da='b c'"})
    path = ":".join(str(tmp_path / jar) for jar in ("jars/a.jar", "jars/b.jar", "spark/jars/c.jar"))
    assert command[1:] == [
        "-Xlog:disable",
        "-Xlog:all=warning:stderr",
        "-Xmx2048m",
        "--add-opens=a/b=ALL",
        "-Dk=v",
        "-Da=b c",
        "-cp",
        path,
        "org.apache.spark.deploy.SparkSubmit",
        "pyspark-shell",
    ]


def test_the_archive_is_used_for_exactly_its_class_path(jvm: Jvm, tmp_path: Path) -> None:
    jvm.archive.parent.mkdir(parents=True)
    jvm.archive.touch()
    conf = {"spark.driver.memory": "1g"}
    assert f"-XX:SharedArchiveFile={jvm.archive}" in jvm.command(conf)
    own = jvm.command({**conf, "spark.driver.extraClassPath": "/own.jar"})
    assert own[own.index("-cp") + 1].startswith("/own.jar:")
    assert not any("SharedArchiveFile" in word for word in own)
    before = jvm.archive
    os.utime(tmp_path / "jars" / "a.jar", (1, 1))  # installed anew: the JVM would refuse the archive
    assert jvm.archive != before
    assert jvm.outdated() == [before.parent]
    (tmp_path / "jars" / "d.jar").touch()
    assert jvm.archive != before
    assert jvm.outdated() == []  # another class path
    assert not os.path.exists(jvm.archive)


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_a_value_that_a_setting_does_not_take_is_told_at_once(run: Callable[..., RunResult]) -> None:
    """PySpark 4.1 by itself hangs at the first query."""
    ended = run("print(1)", "glueetl", conf=(("spark.sql.shuffle.partitions", "abc"), ("spark.sql.unknown.to.it", "x")))
    assert ended.state == "FAILED"
    assert "The value 'abc' in the config \"spark.sql.shuffle.partitions\" is invalid" in ended.message


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_a_run_that_wants_more_memory_than_there_is_runs_with_what_there_is(
    run: Callable[..., RunResult], engine: JobEngine, tmp_path: Path
) -> None:
    script = "from pyspark import SparkContext\nprint(SparkContext.getOrCreate().getConf().get('spark.driver.memory'))"
    asked = (("spark.driver.memory", "400g"),)
    assert run(script, "glueetl", conf=asked).state == "SUCCEEDED"
    heap = size(spec(conf=asked), engine.budget.memory, 1).heap
    assert (tmp_path / "run" / "stdout").read_text().splitlines() == [f"{heap >> 20}m"]
    assert (tmp_path / "run" / "stderr").read_text().startswith("spark.driver.memory=400g is more than jobs may use here")
