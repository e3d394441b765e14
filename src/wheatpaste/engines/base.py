"""The two interfaces behind which engines stand. A service knows these and nothing else of an engine.

BatchEngine    something that runs once and ends: a job
SessionEngine  something that answers statement after statement: a warehouse
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class RunSpec:
    """One run of a job. Every path is on this machine: the service has fetched scripts and files before."""

    run_id: str
    kind: str  # glueetl | gluestreaming | pythonshell
    version: str  # Glue's for the Spark kinds ("6.0"), Python's for pythonshell ("3.9")
    name: str  # the job's
    script: Path
    directory: Path  # the run's own folder: made if need be, kept afterwards
    argv: tuple[str, ...] = ()  # what follows the script's path in sys.argv
    account: str = ""
    region: str = "us-east-1"
    endpoint: str = ""  # the platform's URL
    credentials_url: str = ""
    credentials_token: str = ""
    ca_file: str = ""  # the home's certificate authority: given to what speaks TLS to the platform
    metastore_port: int = 0  # 0: the job sees no catalog
    warehouse: str = ""  # where tables go whose database has no location
    py_files: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()  # copied into the working directory
    jars: tuple[Path, ...] = ()
    jars_first: bool = False  # --user-jars-first: before Spark's own
    formats: tuple[str, ...] = ()  # --datalake-formats
    modules: tuple[str, ...] = ()  # --additional-python-modules
    module_options: tuple[str, ...] = ()  # --python-modules-installer-option
    conf: tuple[tuple[str, str], ...] = ()
    env: dict[str, str] = field(default_factory=dict)  # --customer-driver-env-vars
    worker_type: str = ""
    workers: int = 0
    executor_cores: int = 0  # --executor-cores; 0: what the worker type has
    log_pattern: str = ""  # --continuous-log-conversionPattern
    timeout: float = 0  # seconds; 0: none

    @property
    def stdout(self) -> Path:
        return self.directory / "stdout"

    @property
    def stderr(self) -> Path:
        return self.directory / "stderr"


@dataclass(frozen=True)
class RunResult:
    """How a run ended. `message` is for people and empty only for SUCCEEDED."""

    state: str  # SUCCEEDED | FAILED | STOPPED | TIMEOUT
    message: str
    seconds: float
    peak_memory: int  # bytes
    exit_code: int | None = None  # None: ended by a signal
    error_class: str | None = None
    line: int | None = None  # of the script
    traceback: str | None = None


class BatchEngine(Protocol):
    def submit(self, run: RunSpec) -> str:
        """Start it; its handle. Raises NoRoom when the machine is full: try again later."""

    def poll(self, handle: str, seconds: float = 0) -> RunResult | None:
        """Its result when it has ended; waits up to `seconds` for that."""

    def cancel(self, handle: str) -> None:
        """Ask it to end; its result will be STOPPED."""

    def result(self, handle: str) -> RunResult:
        """Wait for its end, and forget it."""


class SessionEngine(Protocol):
    def open(self, **options: Any) -> str: ...
    def execute(self, session: str, statement: str, **options: Any) -> str: ...
    def fetch(self, query: str, start: int, count: int) -> dict[str, Any]: ...
    def cancel(self, query: str) -> None: ...
    def close(self, session: str) -> None: ...
