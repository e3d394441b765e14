"""The demo as it was when the spine landed against the demo of this checkout, one after the other, from the tables that they print.

Both run as their users run them: `wheatpaste demo` of an environment made by that version's own `make setup`. The caches of runtimes and
jars are warm: each version runs once before it is measured.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import targets
from benchmarks.report import Figure, ratio

ROOT = Path(__file__).resolve().parents[1]
SPINE = "d7dd2f0"  # 2026-11-22, the last commit before bookmarks, data quality and waiting drivers
TIMES = 3
STEPS = ("Glue job, start to end", "of it: transforms and Parquet", "of it: load into Redshift")


def spine() -> Path:
    """A checkout of the spine with its environment, made once."""
    folder = targets.CACHE / "bench" / "spine"
    if not (folder / ".venv" / ".complete").exists():
        print(f"   checking out {SPINE} and making its environment, once", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(folder)], check=True)
        subprocess.run(["git", "checkout", "--quiet", "--detach", SPINE], cwd=folder, check=True)
        subprocess.run(["make", "setup"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def demo(python: Path) -> dict[str, float]:
    """Seconds of each line of the demo's table, and of the whole command as "all"; RuntimeError unless every figure was right."""
    with tempfile.TemporaryDirectory(prefix="demo-bench-") as home:
        surroundings = {**targets.ENVIRONMENT, "WHEATPASTE_CACHE": str(targets.CACHE), "COLUMNS": "200"}
        started = time.monotonic()
        ran = subprocess.run(
            [str(python), "-m", "wheatpaste", "demo", "--home", f"{home}/home"],
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        found = {"all": time.monotonic() - started}
    if ran.returncode:
        raise RuntimeError(f"the demo of {python} failed:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    for line in ran.stdout.splitlines():
        cells = [cell.strip() for cell in line.split("│")]
        if len(cells) == 6 and cells[4]:
            found[cells[1]] = float(cells[4].replace(",", ""))
    return found


def measure() -> Iterator[Figure]:
    then, now = spine() / ".venv" / "bin" / "python", Path(sys.executable)
    runs: dict[Path, list[dict[str, float]]] = {then: [], now: []}
    for turn in range(TIMES + 1):
        for python, kept in runs.items():
            found = demo(python)
            if turn:
                kept.append(found)
    before, after = ({name: min(run[name] for run in kept) for name in kept[0]} for kept in runs.values())
    for name in STEPS:
        yield Figure(name, "the spine's demo", round(before[name], 2), "s")
        yield Figure(name, "wheatpaste", round(after[name], 2), "s")
        yield ratio(name, after[name], before[name], "the spine's demo", 1.0, at_most=True)
    again = after["Glue job again, nothing new"]
    yield Figure("the whole demo", "the spine's demo", round(before["all"], 2), "s")
    yield Figure("the whole demo, its second run of the job left out", "wheatpaste", round(after["all"] - again, 2), "s")
    yield ratio(
        "the whole demo, its second run of the job left out", after["all"] - again, before["all"], "the spine's demo", 1.0, at_most=True
    )
    yield Figure("the second run of the job, with nothing new", "wheatpaste", round(again, 2), "s")
