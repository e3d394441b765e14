"""GetPartitions with an expression: see catalog_partitions.py, which this row runs."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Figure, ratio


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        script = Path(__file__).with_name("catalog_partitions.py")
        subprocess.run([sys.executable, str(script), "--json", str(file)], check=True, stdout=subprocess.DEVNULL)
        found = json.loads(file.read_text())["results"]
    ours, theirs = found["wheatpaste"], found["moto_server"]
    for question, answer in ours.items():
        if not isinstance(answer, dict):
            continue
        promised = answer["found"] == 100
        yield Figure(
            question, "wheatpaste", answer["ms"], "ms", reach="≤ 50 ms" if promised else "", met=answer["ms"] <= 50 if promised else None
        )
        yield Figure(question, "moto_server", theirs[question]["ms"], "ms")
        yield ratio(question, theirs[question]["ms"], answer["ms"], "moto_server", 20)
    made = "partitions made per second, 100 at a time"
    yield Figure(made, "wheatpaste", ours["partitions made per second"], "1/s")
    yield Figure(made, "moto_server", theirs["partitions made per second"], "1/s")
