"""How runs end, in words that name the cause; and what their logs keep."""

import time

import pytest
from tests.services.glue.jobs.conftest import Bench, policy

FAILURES = {
    "exception": ("x = 1\n\ny = {}['key']\n", ["KeyError: 'key'", "line 3: y = {}['key']"]),
    "syntax": ("print('a')\nif True print('x')\n", ["SyntaxError", "line 2: if True print('x')"]),
    "python 2": ("print 'hello'\n", ["SyntaxError", "line 1: print 'hello'"]),
    "import": ("import json\nimport nothing_of_the_kind\n", ["ModuleNotFoundError", "nothing_of_the_kind", "line 2"]),
    "exit 3": ("import sys\nsys.exit(3)\n", ["SystemExit: 3", "line 2: sys.exit(3)"]),
    "exit text": ("import sys\nsys.exit('no rows today')\n", ["SystemExit: no rows today", "line 2"]),
    "os._exit": ("import os, sys\nprint('last words', file=sys.stderr)\nos._exit(4)\n", ["os._exit(4)", "last words"]),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", ["SIGKILL", "MiB"]),
    "in a function": ("def f(n):\n    return 1 / n\n\nf(0)\n", ["ZeroDivisionError: division by zero", "line 2: return 1 / n"]),
    "no text": (
        "class E(Exception):\n    def __str__(self): return 1 / 0\nraise E\n",
        ["E: ", "__str__ raised ZeroDivisionError", "line 3: raise E"],
    ),
    "half a character": ("raise ValueError('a \\udc80 b')\n", ["ValueError: a ? b", "line 1"]),
    "native crash": ("import ctypes\n\nctypes.string_at(0)\n", ["SIGSEGV", "Segmentation fault, t", ".py, line 3"]),
    "an aws error": (
        "import boto3\nboto3.client('s3').get_object(Bucket='no-such-bucket-of-ours', Key='k')\n",
        ["NoSuchBucket", "line 2: boto3.client"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_failures_name_their_cause(bench: Bench, case: str) -> None:
    script, words = FAILURES[case]
    run = bench.run(script)
    assert run["JobRunState"] == "FAILED"
    assert [word for word in words if word not in run["ErrorMessage"]] == [], run["ErrorMessage"]
    assert "exit code 1" not in run["ErrorMessage"]


@pytest.mark.parametrize("script", ["", "import sys; sys.exit(0)", "raise SystemExit", "import os; os._exit(0)"])
def test_successes(bench: Bench, script: str) -> None:
    run = bench.run(script)
    assert run["JobRunState"] == "SUCCEEDED", run
    assert "ErrorMessage" not in run


@pytest.mark.parametrize(
    ("command", "members", "words"),
    [
        ("glueetl", {"GlueVersion": "3.0"}, "LAUNCH ERROR | glueetl 3.0 is not offered here; offered: glueetl 6.0"),
        ("pythonshell", {"Command": {"PythonVersion": "2"}}, "LAUNCH ERROR | pythonshell 2 is not offered here; offered: "),
    ],
)
def test_versions_that_are_not_built(bench: Bench, command: str, members: dict[str, object], words: str) -> None:
    location = bench.put("s.py", "print(1)")
    members = {**members, "Command": {"Name": command, "ScriptLocation": location, **(members.get("Command") or {})}}  # type: ignore[dict-item]
    bench.glue.create_job(Name=bench.name, Role="R", **members)
    run = bench.ended(bench.start())
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith(words)


def test_what_cannot_be_fetched_or_installed(bench: Bench) -> None:
    """Its reason is the message, and nothing is said of a process that never was."""
    bench.s3.put_object(Bucket=bench.name, Key="folder/", Body=b"")
    bench.s3.put_object(Bucket=bench.name, Key="wheels.gluewheels.zip", Body=b"no zip")
    archive = f"s3://{bench.name}/wheels.gluewheels.zip"
    for number, (argument, value, words) in enumerate((
        ("--extra-files", f"s3://{bench.name}/folder/", f"--extra-files: s3://{bench.name}/folder/ is a folder"),
        ("--extra-files", f"s3://{bench.name}/a/x.json,s3://{bench.name}/b/x.json", "--extra-files: two files are called x.json"),
        ("--extra-py-files", f"s3://{bench.name}/scripts/..", f"s3://{bench.name}/scripts/.. is a folder"),
        ("--extra-py-files", bench.put("lib.zip", "no zip"), f"--extra-py-files s3://{bench.name}/lib.zip is no .zip archive"),
        ("--additional-python-modules", archive, "wheels.gluewheels.zip cannot be installed: File is not a zip file"),
        ("--additional-python-modules", "not a name", "--additional-python-modules not a name cannot be installed"),
    )):  # fmt: skip
        job = bench.job("print(1)", f"{bench.name}-{number}", DefaultArguments={argument: value})
        run = bench.ended(bench.start(job), job)
        assert run["ErrorMessage"].startswith("LAUNCH ERROR | ") and words in run["ErrorMessage"]
        assert not [line for line in bench.whole_output(run["Id"]) if "process ended before" in line]


def test_one_file_named_twice_is_one(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.name, Key="x.json", Body=b"{}")
    url = f"s3://{bench.name}/x.json"
    bench.job("print(open('x.json').read())", DefaultArguments={"--extra-files": f"{url},{url}"})
    assert bench.ended(bench.start())["JobRunState"] == "SUCCEEDED"


def test_a_script_or_bucket_that_is_gone(bench: Bench) -> None:
    bench.job("print(1)")
    bench.s3.delete_object(Bucket=bench.name, Key=f"scripts/{bench.name}.py")
    assert "NoSuchKey" in bench.ended(bench.start())["ErrorMessage"]
    bench.s3.delete_bucket(Bucket=bench.name)
    message = bench.ended(bench.start())["ErrorMessage"]
    assert "NoSuchBucket" in message
    assert f"s3://{bench.name}/scripts/{bench.name}.py" in message


def test_a_log_that_is_deleted_meanwhile(bench: Bench) -> None:
    """The script goes on, and says the rest into a new one."""
    bench.job("import time\nprint('before', flush=True)\ntime.sleep(2)\nprint('after', flush=True)\ntime.sleep(1)\n")
    run = bench.start()
    bench.until(run, "RUNNING")
    while not bench.output(run):
        time.sleep(0.05)
    bench.logs.delete_log_stream(logGroupName="/aws-glue/python-jobs/output", logStreamName=run)
    ended = bench.ended(run)
    assert (ended["JobRunState"], ended.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert bench.output(run) == ["after"]


def test_times(bench: Bench) -> None:
    bench.job("import time; print('up', flush=True); time.sleep(1.6)")
    asked = time.time()
    run = bench.start()
    bench.until(run, "RUNNING")
    time.sleep(1.2)
    running = bench.state(run)
    assert running["ExecutionTime"] == 1
    assert "CompletedOn" not in running
    ended = bench.ended(run)
    started, completed = ended["StartedOn"].timestamp(), ended["CompletedOn"].timestamp()
    assert asked - 0.1 <= started <= completed - 1.6
    assert ended["LastModifiedOn"] == ended["CompletedOn"]
    assert ended["ExecutionTime"] == round(completed - started) or ended["ExecutionTime"] == 2
    assert (ended["Timeout"], ended["MaxCapacity"], ended["Attempt"], ended["PredecessorRuns"]) == (2880, 0.0625, 0, [])


def test_the_first_line_comes_soon(bench: Bench) -> None:
    bench.run("print('warm')")
    bench.put(f"scripts/{bench.name}.py", "import time; print(time.time(), flush=True); time.sleep(20)")
    asked = time.time()
    run = bench.start()
    bench.until(run, "RUNNING")
    while not (lines := bench.output(run)):
        assert time.time() < asked + 10
        time.sleep(0.05)
    bench.glue.batch_stop_job_run(JobName=bench.name, JobRunIds=[run])
    seen = time.time()
    assert float(lines[0]) - asked < 3.0  # a third of it on a machine that does nothing else
    assert seen - float(lines[0]) < 2.0
    assert bench.ended(run)["JobRunState"] == "STOPPED"


def test_it_runs_as_the_role(bench: Bench) -> None:
    """With credentials that are verified and can be fetched again, and none of the server's."""
    bench.role = bench.iam.create_role(RoleName=bench.name, Path="/etl/", AssumeRolePolicyDocument=policy("sts:AssumeRole"))["Role"]["Arn"]
    script = f"""
import os, boto3, botocore.session, botocore.exceptions
sts = boto3.client("sts")
print(sts.get_caller_identity()["Arn"])
provider = botocore.session.get_session().get_component("credential_provider").get_provider("container-role")
first, second = provider.load().get_frozen_credentials(), provider.load().get_frozen_credentials()
print(first.access_key.startswith("ASIA"), first.access_key != second.access_key)
wrong = boto3.client("sts", aws_access_key_id=first.access_key, aws_secret_access_key="wrong", aws_session_token=first.token)
try:
    wrong.get_caller_identity()
except botocore.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
import pandas
pandas.DataFrame({{"a": [1, 2]}}).to_csv("s3://{bench.name}/pandas/x.csv", index=False)
print(pandas.read_csv("s3://{bench.name}/pandas/x.csv").a.sum())
print(sorted(n for n in os.environ if n.startswith("WHEATPASTE")), "wheatpaste" in __import__("sys").modules)
"""
    run = bench.run(script)
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    who = f"arn:aws:sts::123456789012:assumed-role/{bench.name}/GlueJobRunnerSession"
    named = "['WHEATPASTE_BOOKMARKS', 'WHEATPASTE_QUALITY', 'WHEATPASTE_RUN'] False"
    assert bench.output(run["Id"]) == [who, "True True", "SignatureDoesNotMatch", "3", named]


def test_logs_keep_order_and_every_byte(bench: Bench) -> None:
    script = r"""
import sys
out = sys.stdout.buffer
for n in range(30_000):
    out.write(b"line %d of many\n" % n)
out.write(b"\n\r\nwindows\r\n")
out.write("a\u2028b\x0cc\x85d\n".encode())
out.write(b"not \xff utf-8\n")
out.write("ö".encode() * 300_000 + b"\n")
out.write(b"the end without a newline")
print("to the other log", file=sys.stderr)
"""
    run = bench.run(script)
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    lines = bench.output(run["Id"])
    assert lines[:30_000] == [f"line {n} of many" for n in range(30_000)]
    assert lines[30_000:30_003] == ["windows", "a\u2028b\x0cc\x85d", "not \ufffd utf-8"]
    assert "".join(lines[30_003:-1]) == "ö" * 300_000
    assert lines[-1] == "the end without a newline"
    assert bench.output(run["Id"], "error") == ["to the other log"]
