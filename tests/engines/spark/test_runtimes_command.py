"""`wheatpaste runtimes`: what it lists, and what it says when it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

from wheatpaste.engines.spark import runtimes, versions


def wheatpaste(*words: str, cache: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "WHEATPASTE_CACHE": str(cache)}
    return subprocess.run(
        [sys.executable, "-m", "wheatpaste", "runtimes", *words], env=environment, capture_output=True, text=True, check=False
    )


def test_list(tmp_path: Path) -> None:
    rows = json.loads(wheatpaste("list", "--json", cache=tmp_path).stdout)
    assert [row["version"] for row in rows] == [*versions.GLUE, "pythonshell-3.9"]
    assert {row["version"]: row["spark"] for row in rows}["5.0"] == "3.5.4"
    assert {(row["folder"], row["python"], row["mib"]) for row in rows} == {("", "", 0)}
    text = wheatpaste("list", cache=tmp_path).stdout.splitlines()
    assert len(text) == len(rows)
    assert text[1].split() == ["5.1", "Spark", "3.5.6", "iceberg,", "delta,", "hudi", "not", "made", "yet"]


def test_remove(tmp_path: Path) -> None:
    for name in ("glue-5.1-000000000000", "glue-5.0-000000000000"):
        (tmp_path / "runtimes" / name / "bin").mkdir(parents=True)
    assert wheatpaste("remove", "5.1", cache=tmp_path).stdout == f"removed {tmp_path}/runtimes/glue-5.1-000000000000\n"
    assert wheatpaste("remove", "5.1", cache=tmp_path).stdout == "5.1 has not been made\n"
    assert [folder.name for folder in (tmp_path / "runtimes").iterdir()] == ["glue-5.0-000000000000"]


def test_what_is_not_offered(tmp_path: Path) -> None:
    for words in (("install", "3.0"), ("remove", "3.0")):
        done = wheatpaste(*words, cache=tmp_path)
        assert done.returncode == 1
        assert "glueetl 3.0 is not offered here; offered: glueetl 6.0, 5.1, 5.0, 4.0" in done.stderr


def test_packages_are_locked_for_each_spark() -> None:
    for found in versions.GLUE.values():
        assert f"pyspark=={found.spark}" in runtimes.packages(found.name)
