"""How the pipeline tells what it does; ``wheatpaste demo`` brings a reporter with progress bars."""

from typing import Protocol


class Report(Protocol):
    """What a step may say."""

    def step(self, title: str) -> None:
        """A new step begins."""

    def progress(self, done: float, total: float, what: str) -> None:
        """How far the step is."""

    def note(self, text: str) -> None:
        """One line about the step."""

    def row(self, what: str, rows: int | None, files: int | None, seconds: float | None) -> None:
        """One line of the closing table."""

    def check(self, what: str, ok: bool, detail: str) -> None:
        """One comparison and how it came out."""


class Plain:
    """Lines on standard output."""

    def step(self, title: str) -> None:
        print(f"\n== {title}", flush=True)

    def progress(self, done: float, total: float, what: str) -> None:
        if total and done >= total:
            print(f"   {what}: {done:g}/{total:g}", flush=True)

    def note(self, text: str) -> None:
        print(f"   {text}", flush=True)

    def row(self, what: str, rows: int | None, files: int | None, seconds: float | None) -> None:
        parts = [
            what,
            f"{rows:,} rows" if rows is not None else "",
            f"{files} files" if files is not None else "",
            f"{seconds:.1f} s" if seconds is not None else "",
        ]
        print("   " + ", ".join(p for p in parts if p), flush=True)

    def check(self, what: str, ok: bool, detail: str) -> None:
        print(f"   {'ok  ' if ok else 'WRONG'} {what}: {detail}", flush=True)
