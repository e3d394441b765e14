"""The demo, as a newcomer runs it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CACHE, CLEAN

QUESTIONS = ("total: Athena = raw CSV", "by_month: Athena = raw CSV", "by_carrier: Athena = Redshift", "weather joined")


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_demo_gets_every_figure_right_and_leaves_nothing_running(tmp_path: Path) -> None:
    environment = {**CLEAN, "WHEATPASTE_CACHE": str(CACHE), "WHEATPASTE_HOME": str(tmp_path), "COLUMNS": "150"}
    found = subprocess.run([sys.executable, "-m", "wheatpaste", "demo"], env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr[-2000:]
    assert "336,776 of 336,776" in found.stdout and "every figure is right" in found.stdout
    assert "✓ a second run reads nothing again" in found.stdout
    for question in QUESTIONS:
        assert f"✓ {question}" in found.stdout
    left = [p.name for p in Path("/proc").glob("[0-9]*") if _belongs(p, tmp_path)]
    assert not left


def _belongs(process: Path, home: Path) -> bool:
    try:
        return str(home).encode() in (process / "cmdline").read_bytes() and process.name != str(os.getpid())
    except OSError:
        return False


def test_a_wrong_figure_is_no_success() -> None:
    """The comparison at the demo's end: one row too few, and it fails."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "patterns" / "flights"))
    from pipeline import data, steps
    from pipeline.names import Names
    from pipeline.report import Plain

    def client(service: str) -> Any:
        raise AssertionError("the first wrong figure decides without asking anybody")

    truth = data.Truth(336_776, 0, 0, 0, {}, {})
    checked: list[bool] = []
    report = Plain()
    report.check = lambda what, ok, detail: checked.append(ok)  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match="without asking"):
        steps.compare(client, Names(), truth, {"rows": {"lake": 336_775}}, report)
    assert checked == [False]
