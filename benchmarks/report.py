"""What was measured, as JSON, as a table, and as a picture."""

import json
import os
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One thing measured on one implementation; ``reach`` says what the issue promises, ``met`` whether this run kept it."""

    what: str
    subject: str
    value: float
    unit: str
    cpu: float | None = None  # CPU seconds of the server, where they were taken
    reach: str = ""
    met: bool | None = None


def ratio(what: str, ours: float, theirs: float, against: str, promised: float, *, at_most: bool = False) -> Figure:
    """Ours over theirs, against a promise."""
    value = ours / theirs if theirs else float("inf")
    met = value <= promised if at_most else value >= promised
    return Figure(what, f"wheatpaste / {against}", round(value, 2), "×", reach=f"{'≤' if at_most else '≥'} {promised:g}×", met=met)


class Results:
    """Every row's figures, with the machine they were taken on."""

    def __init__(self, rows: dict[str, dict[str, object]]) -> None:
        self.rows = rows

    @classmethod
    def load(cls) -> "Results":
        """What earlier runs measured: a row that is measured again replaces its old figures."""
        file = FOLDER / "latest.json"
        return cls(json.loads(file.read_text())) if file.exists() else cls({})

    def measure(self, name: str, fn: Callable[[], Iterable[Figure]]) -> None:
        """Run one row."""
        started = time.time()
        figures = []
        for figure in fn():
            figures.append(figure)
            verdict = "" if figure.met is None else "  kept" if figure.met else "  NOT KEPT"
            print(f"   {figure.what:52} {figure.subject:24} {figure.value:>12,.6g} {figure.unit:8} {figure.reach}{verdict}", flush=True)
        load = os.getloadavg()[0]
        self.rows[name] = {
            "when": time.strftime("%Y-%m-%d %H:%M", time.gmtime(started)),
            "seconds": round(time.time() - started, 1),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at the end",
            "figures": [asdict(figure) for figure in figures],
        }

    def write(self) -> None:
        """``latest.json``, ``latest.md``, ``latest.svg``."""
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "latest.json").write_text(json.dumps(self.rows, indent=1, ensure_ascii=False) + "\n")
        (FOLDER / "latest.md").write_text(self._table())
        self._plot()

    def _table(self) -> str:
        lines = [
            "# Benchmarks, as measured",
            "",
            "Made by `make bench`. Both sides run in the same run on the same machine, which is shared and noisy.",
            "",
        ]
        for name, row in self.rows.items():
            lines += [
                f"## {name}",
                "",
                f"{row['when']} UTC, {row['machine']}, {row['seconds']} s",
                "",
                "| what | who | value | | promise | kept |",
                "|---|---|---:|---|---|---|",
            ]
            for figure in row["figures"]:  # type: ignore[attr-defined]
                kept = {None: "", True: "yes", False: "**no**"}[figure["met"]]
                lines.append(
                    f"| {figure['what']} | {figure['subject']} | {figure['value']:,.6g} | {figure['unit']} | {figure['reach']} | {kept} |"
                )
            lines.append("")
        return "\n".join(lines)

    def _plot(self) -> None:
        import matplotlib as mpl

        mpl.use("svg")
        import matplotlib.pyplot as plt

        mpl.rcParams["svg.hashsalt"] = "wheatpaste"
        ratios = [(f["what"], f) for row in self.rows.values() for f in row["figures"] if f["unit"] == "×"]  # type: ignore[attr-defined]
        if not ratios:
            return
        figure, axes = plt.subplots(figsize=(9, 0.34 * len(ratios) + 1.2))
        names = [f"{what} ({f['subject'].split('/')[-1].strip()})" for what, f in ratios]
        promised = [float(f["reach"].strip("≤≥× ").split("×")[0]) for _, f in ratios]
        colours = ["#2f7d4f" if f["met"] else "#b5442e" for _, f in ratios]
        axes.barh(names, [f["value"] for _, f in ratios], color=colours)
        axes.plot(promised, range(len(ratios)), "k|", markersize=12, label="promised (≤ for the start and the job, else ≥)")
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
        axes.margins(y=0.01)
        axes.invert_yaxis()
        axes.set_xlabel("times the other implementation (log scale); green: the promise is kept")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
        figure.tight_layout()
        figure.savefig(FOLDER / "latest.svg", metadata={"Date": None})
        plt.close(figure)
