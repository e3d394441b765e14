"""Every special parameter of AWS is honoured, has no effect for a reason, or is refused; the page says which."""

import io
import re
import sys
import zipfile
from pathlib import Path

import pytest
from tests.services.glue.jobs.conftest import Bench

from wheatpaste.engines.spark import runtimes
from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.services.glue.jobs import arguments, special

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "services" / "glue-jobs.md"
AWS = [
    "--additional-python-modules",
    "--python-modules-installer-option",
    "--python-virtual-env",
    "--auto-scale-within-microbatch",
    "--class",
    "--conf",
    "--continuous-log-conversionPattern",
    "--continuous-log-logGroup",
    "--continuous-log-logStreamPrefix",
    "--customer-driver-env-vars",
    "--customer-executor-env-vars",
    "--datalake-formats",
    "--disable-proxy-v2",
    "--enable-auto-scaling",
    "--enable-continuous-cloudwatch-log",
    "--enable-continuous-log-filter",
    "--enable-glue-datacatalog",
    "--enable-job-insights",
    "--enable-lakeformation-fine-grained-access",
    "--enable-metrics",
    "--enable-observability-metrics",
    "--enable-rename-algorithm-v2",
    "--enable-s3-parquet-optimized-committer",
    "--enable-spark-ui",
    "--spark-event-logs-path",
    "--spark-ui-event-logs-legacy",
    "--executor-cores",
    "--extra-files",
    "--extra-jars",
    "--extra-py-files",
    "--job-bookmark-option",
    "--job-bookmark-from",
    "--job-bookmark-to",
    "--job-language",
    "--scriptLocation",
    "--TempDir",
    "--use-postgres-driver",
    "--user-jars-first",
    "--encryption-type",
    "--enable-data-lineage",
    "--continuation-option",
    "--library-set",
    "--write-shuffle-files-to-s3",
    "--write-shuffle-spills-to-s3",
]
CLASSES = {"honoured": special.HONOURED, "no effect": special.ACCEPTED, "refused": special.REFUSED}


def test_every_parameter_has_one_class() -> None:
    named = [name for table in CLASSES.values() for name in table]
    assert len(named) == len(set(named))
    assert set(AWS) - set(named) == set()


def test_the_page_says_the_same() -> None:
    told = re.findall(r"^\| `(--[\w-]+)` \| (honoured|no effect|refused) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert told == [(name, kind, words) for kind, table in CLASSES.items() for name, words in table.items()]


def test_event_logs_and_workers_variables_are_settings() -> None:
    found = arguments.settings(
        {
            "--enable-spark-ui": "true",
            "--spark-event-logs-path": "s3://b/logs/",
            "--customer-executor-env-vars": "CUSTOMER_A=1,OTHER=2",
            "--conf": "spark.eventLog.dir=s3://mine/",
            "--executor-cores": "3",
        }
    )
    assert dict(found.conf) == {
        "spark.executorEnv.CUSTOMER_A": "1",
        "spark.ui.enabled": "true",
        "spark.ui.port": "0",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": "s3://mine/",
        "spark.eventLog.rolling.enabled": "false",
    }
    assert found.executor_cores == 3
    assert dict(arguments.settings({"--enable-spark-ui": "true"}).conf) == {"spark.ui.enabled": "true", "spark.ui.port": "0"}
    with pytest.raises(InvalidInputException, match="--executor-cores 'many' is no number of cores"):
        arguments.settings({"--executor-cores": "many"})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, None),
        ({"--enable-continuous-cloudwatch-log": "false"}, None),
        ({"--enable-continuous-cloudwatch-log": "true"}, ("/aws-glue/jobs/logs-v2", "jr_1-driver")),
        (
            {"--enable-continuous-cloudwatch-log": "true", "--continuous-log-logGroup": "g", "--continuous-log-logStreamPrefix": "p"},
            ("g", "p-driver"),
        ),
    ],
)
def test_the_continuous_log(given: dict[str, str], found: tuple[str, str] | None) -> None:
    assert arguments.continuous_log(given, "jr_1") == found


def test_archives_of_wheels_and_lists(tmp_path: Path) -> None:
    archive = tmp_path / "all.gluewheels.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("wheels/b-1-py3-none-any.whl", "wheels/a-1-py3-none-any.whl", "readme.txt"):
            made.writestr(name, "x")
    words = runtimes.requirement(str(archive), tmp_path / "x")
    assert [Path(word).name for word in words] == ["a-1-py3-none-any.whl", "b-1-py3-none-any.whl"]
    assert runtimes.requirement("/x/requirements.txt", tmp_path) == ["-r", "/x/requirements.txt"]
    assert runtimes.requirement("pandas==2.2.2", tmp_path) == ["pandas==2.2.2"]
    assert runtimes.requirement("/x/list.txt", tmp_path, listed=True) == ["-r", "/x/list.txt"]


@pytest.mark.parametrize(("module", "option"), [("--help", "--quiet"), ("six", "--dry-run")])
def test_words_that_install_nothing_are_refused(module: str, option: str, tmp_path: Path) -> None:
    runtime = runtimes.Runtime(runtimes.version("pythonshell", "3.9"), Path(sys.executable), None)
    with pytest.raises(runtimes.UvFailed, match=r"no module|install nothing"):
        runtimes.modules(runtime, [module], [option], tmp_path)


def test_a_list_of_modules_is_installed_by_its_option(tmp_path: Path) -> None:
    (tmp_path / "wanted").write_text("six==1.16.0\n")
    runtime = runtimes.Runtime(runtimes.version("pythonshell", "3.9"), Path(sys.executable), None)
    made = runtimes.modules(runtime, [str(tmp_path / "wanted")], ["-r"], tmp_path / "cache")
    assert (made / "six.py").exists()


def wheel(name: str) -> bytes:
    info, made = f"{name}-1.0.dist-info", io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{name}.py", f"NAME = '{name}'")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return made.getvalue()


def test_an_archive_of_wheels_is_installed(bench: Bench) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("one_of_ours", "two_of_ours"):
            archive.writestr(f"wheels/{name}-1.0-py3-none-any.whl", wheel(name))
    address = bench.put("all.gluewheels.zip", made.getvalue())
    run = bench.run(
        "import one_of_ours, two_of_ours; print(one_of_ours.NAME, two_of_ours.NAME)", arguments={"--additional-python-modules": address}
    )
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    assert bench.output(run["Id"]) == ["one_of_ours two_of_ours"]


SPARK = """
import os, sys
from pyspark.sql import SparkSession, functions as f
spark = SparkSession.builder.getOrCreate()
print(spark.range(1).select(f.udf(lambda x: os.environ.get("CUSTOMER_W"), "string")("id")).head()[0], spark.sparkContext.defaultParallelism)
spark._jvm.org.apache.logging.log4j.LogManager.getLogger("own").warn("said by the script")
"""


@pytest.mark.spark
@pytest.mark.timeout(600)
def test_what_a_spark_run_honours(bench: Bench) -> None:
    """The event log, the continuous log with its pattern, the workers' variables, cores."""
    bench.job(SPARK, command="glueetl", WorkerType="G.1X", NumberOfWorkers=1)
    given = {
        "--enable-spark-ui": "true",
        "--spark-event-logs-path": f"s3://{bench.name}/events",
        "--enable-continuous-cloudwatch-log": "true",
        "--continuous-log-logGroup": f"/{bench.name}",
        "--continuous-log-conversionPattern": "OWN %m%n",
        "--customer-executor-env-vars": "CUSTOMER_W=here",
        "--executor-cores": "1",
    }
    run = bench.ended(bench.start(Arguments=given), seconds=300)
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    assert bench.output(run["Id"], group="/aws-glue/jobs") == ["here 1"]
    found = bench.s3.list_objects_v2(Bucket=bench.name, Prefix="events/local-")["Contents"]
    assert [each["Size"] > 1000 for each in found] == [True]
    events = bench.logs.get_log_events(logGroupName=f"/{bench.name}", logStreamName=f"{run['Id']}-driver", startFromHead=True)["events"]
    assert "OWN said by the script" in [event["message"] for event in events]
