"""Live progress on a terminal, lines elsewhere, and the closing table."""

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


class Live:
    """The reporter of a demo (see patterns/flights/pipeline/report.py)."""

    def __init__(self, title: str) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self._title = title
        self._rows: list[tuple[str, str, str, str]] = []
        self._checks: list[tuple[str, bool, str]] = []
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self._task: TaskID | None = None
        self._step = ""
        self._said = 0.0

    def __enter__(self) -> "Live":
        self.console.print(f"[bold]{self._title}[/bold]")
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def step(self, title: str) -> None:
        """A new step begins."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._step, self._said = title, time.monotonic()
        self.console.print(f"[cyan]▸[/cyan] {title}")
        self._task = self._progress.add_task("  …", total=None, state="")

    def progress(self, done: float, total: float, what: str) -> None:
        """How far the step is; on no terminal, a line every ten seconds."""
        if self._task is not None:
            state = f"{done:,.0f}/{total:,.0f}" if total else ""
            self._progress.update(self._task, description=f"  {what}", completed=done, total=total or None, state=state)
        if not self.console.is_terminal and time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            self.console.print(f"    {what} {f'{done:,.0f}/{total:,.0f}' if total else f'{done:.0f} s'}")

    def note(self, text: str) -> None:
        """One line about the step."""
        self.console.print(f"    [dim]{text}[/dim]")

    def row(self, what: str, rows: int | None, files: int | None, seconds: float | None) -> None:
        """One line of the closing table."""
        cells = (
            f"{rows:,}" if rows is not None else "",
            str(files) if files is not None else "",
            f"{seconds:.2f}" if seconds is not None else "",
        )
        self._rows.append((what, *cells))

    def check(self, what: str, ok: bool, detail: str) -> None:
        """One comparison and how it came out."""
        self._checks.append((what, ok, detail))

    def failed(self, error: Exception) -> None:
        """The pattern ended with an error."""
        self._progress.stop()
        self.console.print(f"[red]✗ {self._step}[/red]\n  {type(error).__name__}: {error}", style=None, markup=True)

    def finish(self, right: bool, home: Path, seconds: float) -> None:
        """The table of what happened, the checks, and what to try next."""
        self._progress.stop()
        table = Table("what", "rows", "files", "seconds", title="What happened", title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for row in self._rows:
            table.add_row(*row)
        self.console.print(table)
        for what, ok, detail in self._checks:
            self.console.print(f"{'[green]✓[/green]' if ok else '[red]✗ WRONG[/red]'} {what}: [dim]{detail}[/dim]")
        verdict = f"[green]every figure is right[/green] ({seconds:.0f} s)" if right else "[red]not every figure is right[/red]: see above"
        self.console.print(f"\n{verdict}. The platform is stopped; what it made is in {home}.")
        if right:
            self.console.print(_next(home))
        sys.stdout.flush()


def _next(home: Path) -> str:
    commands: list[tuple[str, Any]] = [
        ("start it again", f"wheatpaste up --home {home} --detach"),
        ("look at the lake", f"wheatpaste aws --home {home} s3 ls s3://flights-lake-demo/flights/ --recursive"),
        ("and its catalog", f"wheatpaste aws --home {home} glue get-tables --database-name flights_raw --query 'TableList[].Name'"),
        ("read the job's log", f"wheatpaste aws --home {home} logs tail /aws-glue/jobs/output --since 1d"),
        ("point your own code at it", f'eval "$(wheatpaste env --home {home})"'),
        ("stop it", f"wheatpaste down --home {home}"),
    ]
    return "\nTry next:\n" + "\n".join(f"  {command}   [dim]# {what}[/dim]" for what, command in commands)
