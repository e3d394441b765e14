"""What a script is given: its arguments, its files, its modules, its variables."""

import io
import json
import zipfile

import pytest
from tests.services.glue.jobs.conftest import Bench
from tests.services.glue.jobs.test_job_definitions import error

ECHO = "import json, sys\nprint(json.dumps(sys.argv[1:]))\n"


def pairs(words: list[str]) -> dict[str, str]:
    """``--name value`` of a command line; a name without a value has an empty one."""
    found: dict[str, str] = {}
    for word, after in zip(words, [*words[1:], "--"], strict=True):
        if word.startswith("--"):
            found[word] = "" if after.startswith("--") else after
    return found


def zipped(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return data.getvalue()


def test_precedence(bench: Bench) -> None:
    defaults = {"--a": "default", "--b": "default", "--c": "default", "--words": "two words", "--JOB_RUN_ID": "mine"}
    bench.job(ECHO, DefaultArguments=defaults, NonOverridableArguments={"--c": "fixed"})
    run = bench.start(Arguments={"--b": "run", "--c": "run", "--d": "ünï'\" code\n"})
    assert bench.ended(run)["JobRunState"] == "SUCCEEDED"
    seen = pairs(json.loads(bench.output(run)[0]))
    own = {"--JOB_NAME": bench.name, "--JOB_ID": seen["--JOB_ID"], "--JOB_RUN_ID": run}
    assert seen == {"--a": "default", "--b": "run", "--c": "fixed", "--d": "ünï'\" code\n", "--words": "two words", **own}
    assert bench.state(run)["Arguments"] == {"--b": "run", "--c": "run", "--d": "ünï'\" code\n"}


def test_what_is_not_built_is_refused_by_name(bench: Bench) -> None:
    bench.job(ECHO)
    for name, value in (
        ("--enable-lakeformation-fine-grained-access", "true"),
        ("--job-language", "scala"),
        ("--python-virtual-env", "s3://b/env.tar.gz"),
    ):
        code, message = error(bench.glue.start_job_run, JobName=bench.name, Arguments={name: value})
        assert "NotImplemented" in code
        assert name in message
    large = error(bench.glue.start_job_run, JobName=bench.name, Arguments={"--a": "x" * 261 * 1024})
    assert large == ("InvalidInputException", "The arguments are larger than 260 KB")
    assert bench.glue.get_job_runs(JobName=bench.name)["JobRuns"] == []


def test_most_of_the_arguments_that_may_be(bench: Bench) -> None:
    run = bench.run("import sys; print(sum(map(len, sys.argv)) > 120_000)", arguments={f"--a{n}": "x" * 25_000 for n in range(5)})
    assert (run["JobRunState"], bench.output(run["Id"])) == ("SUCCEEDED", ["True"])


def test_extra_files(bench: Bench) -> None:
    """Modules, packages in archives and plain files; two of one name do not hide each other's folder."""
    library = ",".join(
        [
            bench.put("lib/one.zip", zipped(**{"package/__init__.py": "", "package/inner.py": "VALUE = 1"})),
            bench.put("other/one.zip", zipped(**{"second.py": "VALUE = 2"})),
            bench.put("lib/module.py", "VALUE = 3"),
        ]
    )
    files = f"{bench.put('conf/settings.json', json.dumps({'k': 'v'}))} , {bench.put('conf/täfel.txt', 'x')}"
    script = """
import json, os, module, package.inner, second
print(package.inner.VALUE, second.VALUE, module.VALUE)
print(json.load(open("settings.json")), open("täfel.txt").read())
"""
    run = bench.run(script, DefaultArguments={"--extra-py-files": library, "--extra-files": files})
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    assert bench.output(run["Id"]) == ["1 2 3", "{'k': 'v'} x"]


def wheel(version: str) -> bytes:
    info = f"tiny_wheel-{version}.dist-info"
    meta = f"Metadata-Version: 2.1\nName: tiny-wheel\nVersion: {version}\n"
    form = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    names = ["tiny_wheel.py", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"]
    record = "".join(f"{name},,\n" for name in names)
    return zipped(**dict(zip(names, [f"VERSION = '{version}'", meta, form, record], strict=True)))


def test_additional_modules_from_s3(bench: Bench) -> None:
    """A wheel in S3 is installed, once; another of the same name and place is another one, and one that is broken is named."""
    address = bench.put("wheels/tiny_wheel-1.0-py3-none-any.whl", wheel("1.0"))
    bench.job(
        "import tiny_wheel; print(tiny_wheel.VERSION, tiny_wheel.__file__)", DefaultArguments={"--additional-python-modules": address}
    )
    first = bench.ended(bench.start())
    assert first["JobRunState"] == "SUCCEEDED", first["ErrorMessage"]
    [line] = bench.output(first["Id"])
    assert line.startswith("1.0 ")
    assert bench.output(bench.ended(bench.start())["Id"]) == [line]
    bench.put("wheels/tiny_wheel-1.0-py3-none-any.whl", wheel("1.0").replace(b"VERSION = '1.0'", b"VERSION = '1.x'"))
    second = bench.ended(bench.start())
    assert second["JobRunState"] == "FAILED"
    assert "tiny_wheel" in second["ErrorMessage"]


@pytest.mark.parametrize(
    ("argument", "value", "words"),
    [
        ("--additional-python-modules", "no-such-package-of-ours==9.9", ["LAUNCH ERROR", "no-such-package-of-ours"]),
        ("--additional-python-modules", "s3://no-such-bucket-of-ours/w.whl", ["s3://no-such-bucket-of-ours/w.whl", "NoSuchBucket"]),
        ("--extra-py-files", "s3://{bucket}/none.zip", ["LAUNCH ERROR", "--extra-py-files s3://{bucket}/none.zip", "NoSuchKey"]),
        ("--extra-files", "/tmp/none.txt", ["LAUNCH ERROR", "'/tmp/none.txt' is no s3:// path"]),
        ("--scriptLocation", "s3://{bucket}/none.py", ["LAUNCH ERROR", "script s3://{bucket}/none.py", "NoSuchKey"]),
        ("--conf", "spark.x", ["LAUNCH ERROR", "--conf 'spark.x' is not key=value"]),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_named(bench: Bench, argument: str, value: str, words: list[str]) -> None:
    run = bench.run("print('never')", arguments={argument: value.format(bucket=bench.name)})
    assert run["JobRunState"] == "FAILED"
    assert [w for w in words if w.format(bucket=bench.name) not in run["ErrorMessage"]] == [], run["ErrorMessage"]
    assert bench.output(run["Id"]) == []
    assert run["ErrorMessage"].splitlines()[0] in bench.output(run["Id"], "error")


def test_variables(bench: Bench) -> None:
    """As on AWS only those that begin with CUSTOMER_; commas and spaces in quotation marks."""
    text = 'CUSTOMER_A=1, CUSTOMER_B="two, and three",PATH=/nowhere,CUSTOMER_C=x=y'
    script = "import os\nfor n in ('CUSTOMER_A', 'CUSTOMER_B', 'CUSTOMER_C'): print(os.environ[n])\nprint(os.environ['PATH'] == '/nowhere')"
    run = bench.run(script, arguments={"--customer-driver-env-vars": text})
    assert bench.output(run["Id"]) == ["1", "two, and three", "x=y", "False"]


def test_resolved_options_without_spark(bench: Bench) -> None:
    """As AWS's page of Python shell jobs shows it; what needs Spark says so."""
    script = "import sys\nfrom awsglue.utils import getResolvedOptions\nprint(getResolvedOptions(sys.argv, ['my-option'])['my_option'])\n"
    run = bench.run(script, arguments={"--my-option": "given"})
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    assert bench.output(run["Id"]) == ["given"]
    bench.job("import awsglue.context", f"{bench.name}-spark")
    message = bench.ended(bench.start(f"{bench.name}-spark"), f"{bench.name}-spark")["ErrorMessage"]
    assert "No module named 'pyspark'" in message


@pytest.mark.spark
@pytest.mark.timeout(600)
def test_a_spark_job(bench: Bench) -> None:
    """getResolvedOptions, --conf with several settings, extra modules in Python workers, boto3 and Spark on one bucket, as the role."""
    bench.put("lib/half.py", "def half(x):\n    return x // 2\n")
    bench.put("in/a.csv", "a\n10\n20\n")
    script = f"""
import sys, boto3
from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession, functions as f
from half import half
options = getResolvedOptions(sys.argv, ["JOB_NAME", "my-option", "TempDir"])
print(options["JOB_NAME"], options["my_option"], options["TempDir"])
spark = SparkSession.builder.getOrCreate()
print(spark.conf.get("spark.sql.shuffle.partitions"), spark.conf.get("spark.sql.session.timeZone"))
frame = spark.read.csv("s3://{bench.name}/in/", header=True, inferSchema=True)
frame.select(f.udf(half, "int")("a").alias("h")).write.json("s3://{bench.name}/out/")
s3 = boto3.client("s3")
keys = [o["Key"] for o in s3.list_objects_v2(Bucket="{bench.name}", Prefix="out/part")["Contents"]]
print("".join(s3.get_object(Bucket="{bench.name}", Key=k)["Body"].read().decode() for k in keys).split())
print(boto3.client("sts").get_caller_identity()["Arn"])
"""
    conf = "spark.sql.shuffle.partitions=3 --conf spark.sql.session.timeZone=Asia/Tokyo"
    arguments = {"--my-option": "x", "--TempDir": "s3://t/", "--conf": conf, "--extra-py-files": f"s3://{bench.name}/lib/half.py"}
    bench.job(script, command="glueetl", WorkerType="G.1X", NumberOfWorkers=2)
    run = bench.ended(bench.start(Arguments=arguments), seconds=300)
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    who = "arn:aws:sts::123456789012:assumed-role/GlueRole/GlueJobRunnerSession"
    lines = [f"{bench.name} x s3://t/", "3 Asia/Tokyo", "['{\"h\":5}', '{\"h\":10}']", who]
    assert bench.output(run["Id"], group="/aws-glue/jobs") == lines
    assert (run["LogGroupName"], run["GlueVersion"], run["MaxCapacity"]) == ("/aws-glue/jobs", "6.0", 2.0)
    bench.logs.describe_log_streams(logGroupName="/aws-glue/jobs/error", logStreamNamePrefix=run["Id"])["logStreams"][0]
