"""The implementations that are measured, each started on a loopback port for the time of a measurement."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("WHEATPASTE_CACHE") or Path.home() / ".cache" / "wheatpaste-tests")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "WHEATPASTE_", "PYTHONDONTWRITEBYTECODE"))}
ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(CACHE / "bench" / "bytecode")  # as installed: nobody compiles at every start


@dataclass(frozen=True)
class Target:
    """A running implementation."""

    name: str
    endpoint: str
    process: "subprocess.Popen[bytes]"
    home: Path
    access_key: str = "test"
    secret_key: str = "testtest"

    def cpu(self) -> float:
        """CPU seconds that the process and its children have used (Linux; 0 elsewhere)."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            return 0.0
        return sum(int(fields[i]) for i in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident MB of the process (Linux; 0 elsewhere)."""
        status = Path(f"/proc/{self.process.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def free_port() -> int:
    """A port that was free a moment ago: for programs that cannot be handed a socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str, patience: float = 60.0) -> float:
    """Seconds until ``url`` answers anything at all."""
    started = time.perf_counter()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.perf_counter() - started < patience:
        try:
            opener.open(url, timeout=2).close()
            return time.perf_counter() - started
        except urllib.error.HTTPError as error:
            error.close()
            return time.perf_counter() - started
        except OSError:
            time.sleep(0.002)
    raise TimeoutError(f"{url} does not answer")


@contextmanager
def _running(name: str, argv: list[str], endpoint: str, probe: str, home: Path, **environment: str) -> Iterator[Target]:
    process = subprocess.Popen(argv, env={**ENVIRONMENT, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answers(endpoint + probe)
        yield Target(name, endpoint, process, home)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def wheatpaste(*flags: str) -> Iterator[Target]:
    """This checkout."""
    home, port = Path(tempfile.mkdtemp(prefix="wp-bench-")), free_port()
    argv = [sys.executable, "-m", "wheatpaste", "up", "--home", str(home), "--port", str(port), *flags]
    with _running("wheatpaste", argv, f"http://127.0.0.1:{port}", "/_wheatpaste/health", home, WHEATPASTE_CACHE=str(CACHE)) as target:
        yield target


@contextmanager
def nothing() -> Iterator[Target]:
    """A server that does nothing (ceiling.py): what the clients themselves reach."""
    home, port = Path(tempfile.mkdtemp(prefix="nothing-bench-")), free_port()
    argv = [sys.executable, "-m", "benchmarks.ceiling", str(port)]
    with _running("a server that does nothing", argv, f"http://127.0.0.1:{port}", "/", home) as target:
        yield target


@contextmanager
def moto() -> Iterator[Target]:
    """moto_server of the development environment."""
    home, port = Path(tempfile.mkdtemp(prefix="moto-bench-")), free_port()
    argv = [str(Path(sys.executable).with_name("moto_server")), "-p", str(port), "-H", "127.0.0.1"]
    with _running("moto_server", argv, f"http://127.0.0.1:{port}", "/moto-api/", home) as target:
        yield target


@contextmanager
def versitygw() -> Iterator[Target | None]:
    """versitygw with its POSIX backend; None (said once) where Go is missing."""
    binary = CACHE / "bench" / "versitygw"
    if not binary.exists():
        if shutil.which("go") is None:
            print("   (no Go on this machine: versitygw is left out)")
            yield None
            return
        print("   building versitygw with `go install`, once", flush=True)
        subprocess.run(
            ["go", "install", "github.com/versity/versitygw/cmd/versitygw@latest"],
            env={**os.environ, "GOBIN": str(binary.parent)},
            check=True,
        )
    home, port = Path(tempfile.mkdtemp(prefix="vgw-bench-")), free_port()
    argv = [str(binary), "--access", "test", "--secret", "testtest", "--port", f"127.0.0.1:{port}", "--quiet", "posix", str(home)]
    with _running("versitygw", argv, f"http://127.0.0.1:{port}", "/", home) as target:
        yield target


def describe(target: Target) -> str:
    """For messages."""
    return json.dumps({"name": target.name, "endpoint": target.endpoint})
