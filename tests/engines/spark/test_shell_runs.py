"""How a run of a plain Python script ends, and what the script sees."""

import json
import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.budget import Budget, NoRoom
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.engines.spark.runtimes import UnsupportedRuntime

Runner = Callable[..., RunResult]


@pytest.mark.parametrize(
    ("code", "message", "exit_code"),
    [
        ("x = 1\ny = x / 0\n", "ZeroDivisionError: division by zero (job.py, line 2: y = x / 0)", 1),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3 (job.py, line 2: sys.exit(3))", 3),
        ("import sys\nsys.exit('no input')\n", "SystemExit: no input (job.py, line 2: sys.exit('no input'))", 1),
        ("def f(:\n", "SyntaxError: invalid syntax (job.py, line 1) (job.py, line 1: def f(:)", 1),
        ("import nothing_like_it\n", "ModuleNotFoundError: No module named 'nothing_like_it' (job.py, line 1: import nothing_like_it)", 1),
        ("import json\ndef f():\n    json.loads('{')\nf()\n", "JSONDecodeError: Expecting property name enclosed in double quotes: "
         "line 1 column 2 (char 1) (job.py, line 3: json.loads('{'))", 1),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('second') from e\n",
         "KeyError: 'second' (job.py, line 4: raise KeyError('second') from e)", 1),
        ("import sys\nsys.exit(0.0)\n", "SystemExit: 0.0 (job.py, line 2: sys.exit(0.0))", 1),
        ("import os, sys\nif not os.fork():\n    sys.exit(0)\nos.wait()\nos._exit(7)\n", "job.py left through os._exit(7) or a crash", 7),
        ("import os\nos._exit(7)\n", "job.py left through os._exit(7) or a crash", 7),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "the process ended by SIGSEGV; its peak memory was ", None),
        ("x = b'1' * (300 << 20)\nimport os\nos.kill(os.getpid(), 9)\n",
         "the process was killed (SIGKILL), most likely by the system for want of memory; its peak memory was 3", None),
    ],
)  # fmt: skip
def test_failures_name_their_cause(run: Runner, code: str, message: str, exit_code: int | None) -> None:
    result = run(code)
    assert result.state == "FAILED"
    assert result.message.startswith(message)
    assert result.exit_code == exit_code


@pytest.mark.parametrize("code", ["print(1)", "import sys; sys.exit()", "import sys; sys.exit(0)", "import os; os._exit(0)"])
def test_successes(run: Runner, code: str) -> None:
    assert run(code).state == "SUCCEEDED"


def test_the_traceback_begins_at_the_script(run: Runner, tmp_path: Path) -> None:
    result = run("def f():\n    raise ValueError('bad')\nf()\n")
    assert result.traceback is not None
    assert "wheatpaste_driver" not in result.traceback
    assert (tmp_path / "run" / "stderr").read_text().strip() == result.traceback
    assert (result.error_class, result.line) == ("ValueError", 2)


def test_its_arguments_are_for_this_user_alone(run: Runner, tmp_path: Path) -> None:
    run("1")
    assert (tmp_path / "run" / "run.json").stat().st_mode & 0o077 == 0


SHOW = """
import json, os, sys, helper, inner.deep
json.dump({"argv": sys.argv, "cwd": os.getcwd(), "env": dict(os.environ), "name": __name__, "helper": helper.X, "deep": inner.deep.Y,
           "files": os.listdir("."), },
          sys.stdout)
"""


def test_what_a_script_sees(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("X = 1")
    (tmp_path / "config.json").write_text("{}")
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("inner/__init__.py", "")
        archive.writestr("inner/deep.py", "Y = 2")
    os.environ["SECRET_OF_THE_SERVER"] = "x"
    result = run(
        SHOW,
        argv=("--JOB_NAME", "j", "--x", "a b"),
        region="eu-west-1",
        py_files=(tmp_path / "helper.py", tmp_path / "inner.zip"),
        files=(tmp_path / "config.json",),
        env={"CUSTOMER_A": "1"},
        credentials_url="http://127.0.0.1:9/c",
        credentials_token="t",
    )
    assert result.state == "SUCCEEDED", result.message
    seen = json.loads((tmp_path / "run" / "stdout").read_text())
    environment = seen["env"]
    assert seen["argv"] == [str(tmp_path / "job.py"), "--JOB_NAME", "j", "--x", "a b"]
    assert (seen["name"], seen["helper"], seen["deep"], seen["files"]) == ("__main__", 1, 2, ["config.json"])
    assert seen["cwd"] == str(tmp_path / "run" / "work")
    assert "SECRET_OF_THE_SERVER" not in environment
    assert environment["CUSTOMER_A"] == "1"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://127.0.0.1:9/c"
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    assert "addressing_style = path" in Path(environment["AWS_CONFIG_FILE"]).read_text()


def test_threads_of_a_script_keep_its_globals(run: Runner, tmp_path: Path) -> None:
    code = "import threading, time\nX = 5\ndef later():\n    time.sleep(0.3)\n    print(X)\nthreading.Thread(target=later).start()\n"
    assert run(code).state == "SUCCEEDED"
    assert (tmp_path / "run" / "stdout").read_text() == "5\n"


def test_timeout(run: Runner) -> None:
    result = run("import time; time.sleep(60)", timeout=0.5)
    assert (result.state, result.message) == ("TIMEOUT", "timed out after 0.5 seconds")
    assert result.seconds < 10


def test_cancel(engine: JobEngine, spec: Callable[..., RunSpec]) -> None:
    handle = engine.submit(spec("import time; time.sleep(60)"), wait=60)
    assert engine.poll(handle) is None
    threading.Timer(0.2, engine.cancel, [handle]).start()
    before = time.monotonic()
    assert engine.result(handle).state == "STOPPED"
    assert time.monotonic() - before < 10


def test_the_machines_memory_is_respected(engine: JobEngine, spec: Callable[..., RunSpec]) -> None:
    small = JobEngine(engine.supervisor, engine.cache, Budget(1 << 30, 1), runtime_python=engine.runtime_python)
    handle = small.submit(spec("import time; time.sleep(0.5)"))
    with pytest.raises(NoRoom):
        small.submit(spec("pass", run_id="jr_second"))
    small.result(handle)
    assert small.result(small.submit(spec("pass", run_id="jr_third"))).state == "SUCCEEDED"


def test_versions_that_are_not_offered_are_refused(engine: JobEngine, spec: Callable[..., RunSpec]) -> None:
    import dataclasses

    with pytest.raises(UnsupportedRuntime, match=r"glueetl 3\.0 is not offered here; offered: "):
        engine.submit(dataclasses.replace(spec("pass", "glueetl"), version="3.0"))


def wheel(folder: Path) -> Path:
    file, info = folder / "tinymodule-1.2-py3-none-any.whl", "tinymodule-1.2.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tinymodule.py", "VERSION = '1.2'\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinymodule\nVersion: 1.2\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"tinymodule.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return file


def test_additional_modules(run: Runner, tmp_path: Path) -> None:
    result = run("import tinymodule\nprint(tinymodule.VERSION)\n", modules=(str(wheel(tmp_path)),), module_options=("--no-deps",))
    assert result.state == "SUCCEEDED", result.message
    assert (tmp_path / "run" / "stdout").read_text() == "1.2\n"


def test_a_module_that_cannot_be_installed_says_why(engine: JobEngine, spec: Callable[..., RunSpec], tmp_path: Path) -> None:
    from wheatpaste.engines.uv import UvFailed

    with pytest.raises(UvFailed, match="no-such-folder"):
        engine.submit(spec("pass", modules=(str(tmp_path / "no-such-folder"),)))
