"""A run as it goes on: its output line by line, a progress bar of its Spark where there is a terminal (lines of what it waits for
elsewhere), and its end."""

import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from wheatpaste.cli.platform import Platform

LOOK = 0.15  # seconds between looks at the output
STATE, TASKS = 0.3, 1.0  # and at the run's state, and its progress
LINE = 10.0  # seconds between lines of what a run waits for, where there is no terminal
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")
GROUP = "/aws-glue/jobs"


class Stream:
    """One log stream, from its beginning."""

    def __init__(self, logs: Any, group: str, run_id: str) -> None:
        self._logs, self._where, self._token = logs, {"logGroupName": group, "logStreamName": run_id}, ""

    def lines(self) -> list[str]:
        """What is new."""
        from botocore.exceptions import ClientError

        found: list[str] = []
        while True:
            token = {"nextToken": self._token} if self._token else {}
            try:
                page = self._logs.get_log_events(**self._where, startFromHead=True, **token)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":  # the run has not begun
                    return found
                raise
            found += [event["message"] for event in page["events"]]
            if page["nextForwardToken"] == self._token:
                return found
            self._token = page["nextForwardToken"]


class Watch:
    """Prints a run until it is over: its output to ``out``, its error log and the progress bar to standard error."""

    def __init__(self, platform: Platform, job: str, run_id: str, *, aside: bool) -> None:
        logs = platform.client("logs")
        self._platform, self._job, self._run_id = platform, job, run_id
        self._output, self._errors = Stream(logs, f"{GROUP}/output", run_id), Stream(logs, f"{GROUP}/error", run_id)
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.fields[state]}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal)
        self._out = sys.stderr if aside else sys.stdout

    def to_the_end(self) -> dict[str, Any]:
        """The run, once it is over and all it said is printed."""
        task = self._bar.add_task("starting", total=None, state="")
        asked = told = 0.0
        said = time.monotonic()
        with self._bar:
            while True:
                now = time.monotonic()
                run = self._run() if now - asked >= STATE else None
                asked = now if run else asked
                self._print()
                if run and run["JobRunState"] in OVER:
                    self._print()
                    return run
                if not self._bar.disable and now - told >= TASKS:
                    told = now
                    self._show(task, run or {})
                if self._bar.disable and run and run.get("StateDetail") and now - said >= LINE:
                    said = now
                    print(f"    {run['StateDetail']}", file=sys.stderr, flush=True)
                time.sleep(LOOK)

    def _run(self) -> dict[str, Any]:
        found: dict[str, Any] = self._platform.client("glue").get_job_run(JobName=self._job, RunId=self._run_id)["JobRun"]
        return found

    def _print(self) -> None:
        for stream, out in ((self._output, self._out), (self._errors, sys.stderr)):
            for line in stream.lines():
                print(line, file=out, flush=True)

    def _show(self, task: Any, run: dict[str, Any]) -> None:
        found = self._platform.ask_json(f"runs/{self._run_id}/progress")
        stages = found.get("stages") or []
        name = stages[0] if stages else run.get("StateDetail") or run.get("JobRunState", "running").lower()
        state = f"{found['done']:,}/{found['total']:,} tasks" if stages else ""
        self._bar.update(task, description=name, completed=found.get("done", 0), total=found.get("total") or None, state=state)
