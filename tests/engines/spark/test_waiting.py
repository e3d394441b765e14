"""Runs on drivers that waited for them: each has its own environment, rights, settings, folder and files, and nothing of another's."""

import json
import os
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.engines.spark.places import OVER, Place, said, until

from wheatpaste.engines.spark.profiles import LOADED

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
ACCOUNTS = ("111111111111", "222222222222")
TELLS = """
import json, os, sys, time
began, loaded = time.time(), sorted({name.split(".")[0] for name in sys.modules})
from pyspark import SparkContext
from pyspark.sql import SparkSession, functions as f
sc = SparkContext()
spark = SparkSession(sc)
variables = ("CUSTOMER_X", "HOME", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "PYTHONPATH")
def told(*_):
    return json.dumps([os.environ.get(name) for name in variables])
def refused(do):
    try:
        do()
    except Exception as error:
        return "Forbidden" in str(error) or "AccessDenied" in str(error) or "403" in str(error) or str(error)[:300]
open("left.txt", "w").write("x")
spark.range(3).write.parquet("s3://own-%(account)s/out-%(run)s")
print(json.dumps({
    "began": began,
    "loaded": loaded,
    "name": sc.appName,
    "cwd": os.getcwd(),
    "java_cwd": sc._jvm.java.io.File("left.txt").exists(),
    "local": spark.read.text("left.txt").count(),
    "driver": json.loads(told()),
    "java": [sc._jvm.System.getenv(name) for name in variables],
    "worker": json.loads(spark.range(1).select(f.udf(told, "string")()).head()[0]),
    "rdd": json.loads(sc.parallelize([1], 1).map(told).collect()[0]),
    "own": spark.read.parquet("s3://own-%(account)s/out-%(run)s").count(),
    "other": refused(lambda: spark.read.text("s3://own-%(other)s/secret").count()),
    "databases": [row[0] for row in spark.sql("show databases").collect()],
    "partitions": spark.conf.get("spark.sql.shuffle.partitions"),
    "again": spark.newSession().conf.get("spark.sql.shuffle.partitions"),
    "argv": sys.argv[1:3],
    "module": __import__("own_module").VALUE,
    "views": [table.name for table in spark.catalog.listTables() if table.isTemporary],
}), flush=True)
"""


def waiting(server: Any) -> int:
    with urllib.request.urlopen(f"{server.endpoint}/_wheatpaste/health") as answer:
        return int(json.load(answer)["waiting_drivers"])


def tagged(tag: str) -> list[int]:
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"WHEATPASTE_RUN={tag}".encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def drivers(server: Any) -> list[str]:
    return [folder.name for folder in (server.home / "waiting").glob("warm-*")]


def test_two_accounts_two_runs(own_server: Callable[..., Any]) -> None:
    """One after the other on drivers of one profile; neither sees the other's data, catalog, environment or files."""
    server = own_server("--warm", "1")
    places = [Place(server, account) for account in ACCOUNTS]
    for number, place in enumerate(places):
        other = places[1 - number]
        place.s3.put_object(Bucket=place.bucket, Key="own_module.py", Body=f"VALUE = {number}\n".encode())
        until(lambda: waiting(server) == 1)
        [tag] = drivers(server)
        words = {"account": place.account, "other": other.account, "run": str(number)}
        run = place.run(
            TELLS % words,
            conf=f"spark.sql.shuffle.partitions={number + 5}",
            customer_driver_env_vars=f"CUSTOMER_X=value{number}",
            extra_py_files=f"s3://{place.bucket}/own_module.py",
            my_argument=str(number),
        )
        assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
        told = json.loads(said(run)[0])
        variables = [f"value{number}", str(run["folder"] / "work")]
        assert told["driver"][:2] == variables
        assert told["driver"][2].startswith(f"{server.endpoint}/_wheatpaste/credentials/")
        assert str(run["folder"]) in told["driver"][3]
        assert told["java"] == told["driver"]
        for worker in (told["worker"], told["rdd"]):
            assert worker[:3] == told["driver"][:3]
            assert set(told["driver"][3].split(":")) <= set(worker[3].split(":"))
        assert (told["name"], told["cwd"]) == (run["job"], str(run["folder"] / "work"))
        assert (told["java_cwd"], told["local"], told["own"], told["other"]) == (True, 1, 3, True)
        assert set(told["databases"]) - {"default"} == {f"db{place.account}"}
        assert (told["partitions"], told["again"]) == (str(number + 5), str(number + 5))
        assert told["module"] == number
        assert told["views"] == []
        loaded = {name for name in told["loaded"] if not name.startswith("_")}
        assert ({"boto3", "pyspark"} <= loaded, loaded - LOADED) == (True, set()), "a run that brings one of these would not get its own"
        assert (run["folder"] / "work" / "left.txt").read_text() == "x"
        assert "incubator" not in (run["folder"] / "stderr").read_text(), "what the JVM says when it starts was said before this run"
        assert (tagged(tag), tag in drivers(server)) == ([], False)
        assert told["began"] - run["asked"] < 3.0, "it started a driver of its own"


STATIC = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.config("spark.serializer", "org.apache.spark.serializer.KryoSerializer").appName("mine").getOrCreate()
print(spark.sparkContext.appName, spark.conf.get("spark.serializer"), spark.sparkContext.getConf().get("spark.serializer"))
print(spark.sparkContext._jsc.sc().env().serializer().getClass().getSimpleName(), spark.range(4).count())
spark.stop()
spark = SparkSession.builder.getOrCreate()
print(spark.range(5).count())
raise ValueError("at the end")
"""


def test_a_script_may_want_another_context(own_server: Callable[..., Any]) -> None:
    """What is fixed at a context's start makes a new context; an error is told as ever, and a new driver waits afterwards."""
    server = own_server("--warm", "1")
    place = Place(server, ACCOUNTS[0])
    until(lambda: waiting(server) == 1)
    run = place.run(STATIC)
    kryo = "org.apache.spark.serializer.KryoSerializer"
    assert said(run) == [f"mine {kryo} {kryo}", "KryoSerializer 4", "5"]
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("ValueError: at the end")
    until(lambda: waiting(server) == 1)
    wrong = place.run("print(1)", conf="spark.sql.shuffle.partitions=abc")["ErrorMessage"]
    assert "The value 'abc' in the config \"spark.sql.shuffle.partitions\" is invalid" in wrong


def test_nothing_waits_after_kill_nine(own_server: Callable[..., Any]) -> None:
    server = own_server("--warm", "1")
    until(lambda: waiting(server) == 1)
    [tag] = drivers(server)
    assert len(tagged(tag)) >= 2
    server.kill()
    until(lambda: tagged(tag) == [], 20)


def test_none_waits_when_it_is_turned_off(own_server: Callable[..., Any]) -> None:
    server = own_server("--warm", "0")
    place = Place(server, ACCOUNTS[0])
    run = place.run("from pyspark.sql import SparkSession\nprint(SparkSession.builder.getOrCreate().range(3).count())\n")
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    time.sleep(2)
    assert (waiting(server), drivers(server)) == (0, [])


@pytest.mark.slow
def test_twenty_at_once(own_server: Callable[..., Any]) -> None:
    """All end SUCCEEDED, and what runs at the same time has room in the budget."""
    server = own_server(WHEATPASTE_MEMORY=str(6 << 30))
    place = Place(server, ACCOUNTS[0])
    code = "from pyspark.sql import SparkSession\nprint(SparkSession.builder.getOrCreate().range(1000).count())\n"
    runs = [place.run(code, wait=False) for _ in range(20)]
    peak = 0

    def over() -> bool:
        nonlocal peak
        peak = max(peak, resident(server.process.pid))
        states = [place.glue.get_job_run(JobName=run["job"], RunId=run["Id"])["JobRun"]["JobRunState"] for run in runs]
        return all(state in OVER for state in states)

    until(over, 800)
    ended = [place.glue.get_job_run(JobName=run["job"], RunId=run["Id"])["JobRun"] for run in runs]
    assert [run["JobRunState"] for run in ended] == ["SUCCEEDED"] * 20, [run.get("ErrorMessage") for run in ended]
    assert 0 < peak < 8 << 30


def resident(root: int) -> int:
    """Bytes that a process and all below it hold."""
    parents: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents[int(stat.parent.name)] = int(fields[1]), int(fields[21])
    family, size = {root}, 0
    while more := {pid for pid, (parent, _) in parents.items() if parent in family} - family:
        family |= more
    size = sum(parents[pid][1] for pid in family if pid in parents)
    return size * os.sysconf("SC_PAGE_SIZE")
