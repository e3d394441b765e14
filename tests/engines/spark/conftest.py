"""An engine on the interpreter of the tests (which has pyspark), with its jars in a cache that runs share."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.budget import Budget
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.engines.supervisor import Supervisor


@pytest.fixture(scope="session")
def cache() -> Path:
    return Path(os.environ.get("WHEATPASTE_CACHE") or Path.home() / ".cache" / "wheatpaste-tests")


@pytest.fixture(scope="session")
def engine(cache: Path) -> Iterator[JobEngine]:
    supervisor = Supervisor()
    yield JobEngine(supervisor, cache, Budget(), runtime_python=sys.executable)
    supervisor.close()


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., RunSpec]:
    def make(code: str, kind: str = "pythonshell", **more: object) -> RunSpec:
        script = tmp_path / "job.py"
        script.write_text(code)
        version = "3.9" if kind == "pythonshell" else "6.0"
        given = {"run_id": f"jr_{tmp_path.name}", "endpoint": "http://127.0.0.1:9", "directory": tmp_path / "run", **more}
        return RunSpec(kind=kind, version=version, name="job", script=script, **given)  # type: ignore[arg-type]

    return make


@pytest.fixture
def run(engine: JobEngine, spec: Callable[..., RunSpec]) -> Callable[..., RunResult]:
    def runs(code: str, kind: str = "pythonshell", **more: object) -> RunResult:
        return engine.result(engine.submit(spec(code, kind, **more), wait=60))

    return runs
