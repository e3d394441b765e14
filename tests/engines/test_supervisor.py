"""Children are started, told about, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wheatpaste.engines.supervisor import Exit, Supervisor, SupervisorDied

PATH = {"PATH": os.environ["PATH"]}
SLEEP = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(300)"]


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor()
    yield supervisor
    supervisor.close()


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(true: object, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def pid_in(path: Path) -> int:
    assert eventually(lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


@pytest.mark.parametrize(("code", "status"), [("pass", 0), ("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9)])
def test_exit_status(supervisor: Supervisor, code: str, status: int) -> None:
    assert supervisor.spawn(python(code), env=PATH, tag="t").wait(10).status == status


def test_environment_is_exactly_what_was_given(supervisor: Supervisor, tmp_path: Path) -> None:
    os.environ["SECRET_OF_THE_SERVER"] = "x"
    supervisor.spawn(["env"], env={**PATH, "A": "é=1"}, tag="run-1", stdout=tmp_path / "out").wait(10)
    assert set((tmp_path / "out").read_text().splitlines()) == {f"PATH={PATH['PATH']}", "A=é=1", "WHEATPASTE_RUN=run-1"}


def test_files_directory_and_stdin(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("hello")
    code = "import os, sys; print(os.getcwd(), sys.stdin.read()); print('bad', file=sys.stderr)"
    supervisor.spawn(
        python(code), env=PATH, tag="t", cwd=tmp_path, stdin=tmp_path / "in", stdout=tmp_path / "out", stderr=tmp_path / "err"
    ).wait(10)
    assert (tmp_path / "out").read_text() == f"{tmp_path} hello\n"
    assert (tmp_path / "err").read_text() == "bad\n"


def test_descriptors_are_passed_from_three_on(supervisor: Supervisor) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        supervisor.spawn(
            python("import os; os.write(3, b'here'); os.write(4, b' and here')"), env=PATH, tag="t", fds=[theirs.fileno()] * 2
        ).wait(10)
        assert ours.recv(100) == b"here and here"


def test_no_other_descriptor_is_inherited(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.spawn(SLEEP, env=PATH, tag="other", stdout=tmp_path / "x")
    supervisor.spawn(["ls", "/proc/self/fd"], env=PATH, tag="t", stdout=tmp_path / "out").wait(10)
    assert (tmp_path / "out").read_text().split() == ["0", "1", "2", "3"]  # 3: ls itself, reading the folder


@pytest.mark.parametrize(
    ("argv", "keywords"),
    [(["/no/such/program"], {}), (["true"], {"cwd": "/no/such/folder"}), (["true"], {"stdout": "/no/such/folder/out"})],
)
def test_what_cannot_start_raises(supervisor: Supervisor, argv: list[str], keywords: dict[str, str]) -> None:
    with pytest.raises(FileNotFoundError, match="No such file"):
        supervisor.spawn(argv, env=PATH, tag="t", **keywords)  # type: ignore[arg-type]
    assert supervisor.children() == []


def test_memory_limit(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.spawn(python("x = bytearray(1 << 30)"), env=PATH, tag="t", stderr=tmp_path / "err", limits={"memory": 1 << 29}).wait(10)
    assert "MemoryError" in (tmp_path / "err").read_text()


def test_peak_memory_is_told(supervisor: Supervisor) -> None:
    assert supervisor.spawn(python("x = b'1' * (200 << 20)"), env=PATH, tag="t").wait(10).peak > 200 << 20


def test_wait_times_out_and_poll_does_not_block(supervisor: Supervisor) -> None:
    child = supervisor.spawn(SLEEP, env=PATH, tag="t")
    assert child.poll() is None
    with pytest.raises(TimeoutError):
        child.wait(0.05)
    child.kill()
    assert child.wait(10).signal == signal.SIGTERM


def test_what_ignores_sigterm_is_killed_after_the_grace(supervisor: Supervisor, tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('\\n', flush=True); time.sleep(300)"
    child = supervisor.spawn(python(code), env=PATH, tag="t", stdout=tmp_path / "out")
    assert eventually(lambda: (tmp_path / "out").stat().st_size)
    before = time.monotonic()
    child.kill(grace=0.3)
    assert child.wait(10).signal == signal.SIGKILL
    assert 0.25 < time.monotonic() - before < 3


DAEMON = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), file=open({file!r}, "w"), flush=True)
        time.sleep(300)
    os._exit(0)
os.wait()
{then}
"""


def test_a_daemon_of_another_session_ends_with_its_run(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.spawn(python(DAEMON.format(file=str(tmp_path / "pid"), then="time.sleep(300)")), env=PATH, tag="run")
    daemon = pid_in(tmp_path / "pid")
    child.kill(grace=0.2)
    child.wait(10)
    assert not alive(daemon)


def test_exit_is_told_when_nothing_of_the_run_is_left(supervisor: Supervisor, tmp_path: Path) -> None:
    code = DAEMON.format(
        file=str(tmp_path / "pid"), then=f"\nwhile not os.path.exists({str(tmp_path / 'pid')!r}): time.sleep(0.01)\nsys.exit(4)"
    )
    child = supervisor.spawn(python(code), env=PATH, tag="run")
    daemon = pid_in(tmp_path / "pid")
    assert eventually(lambda: not alive(child.pid))
    assert child.poll() is None
    child.kill(grace=0.3)  # shortens the five seconds the daemon is given
    assert child.wait(10).status == 4
    assert not alive(daemon)


def test_two_children_of_one_tag_end_apart(supervisor: Supervisor) -> None:
    first, second = supervisor.spawn(SLEEP, env=PATH, tag="same"), supervisor.spawn(python("pass"), env=PATH, tag="same")
    second.wait(10)
    assert alive(first.pid) and first.poll() is None


def test_many_threads_spawn_and_wait(supervisor: Supervisor) -> None:
    exits: list[int] = []

    def one(code: int) -> None:
        exits.append(supervisor.spawn(["sh", "-c", f"exit {code}"], env=PATH, tag=f"t{code}").wait(30).status)

    threads = [threading.Thread(target=one, args=(code,)) for code in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(exits) == list(range(40))


SERVER = """
import sys
from wheatpaste.engines.supervisor import Supervisor
s = Supervisor()
env = {{"PATH": "/usr/bin:/bin"}}
children = [s.spawn({argv!r}, env=env, tag=f"r{{i}}") for i in range(3)]
print(s.pid, *(c.pid for c in children), flush=True)
sys.stdin.read()
"""


def test_kill_nine_of_the_server_leaves_no_orphan(tmp_path: Path) -> None:
    argv = python(DAEMON.format(file=str(tmp_path / "pid"), then="time.sleep(300)"))
    server = subprocess.Popen([sys.executable, "-c", SERVER.format(argv=argv)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert server.stdout is not None and server.stdin is not None
    pids = [int(word) for word in server.stdout.readline().split()] + [pid_in(tmp_path / "pid")]
    assert all(alive(pid) for pid in pids)
    server.kill()
    server.wait()
    server.stdout.close()
    server.stdin.close()
    assert eventually(lambda: not any(alive(pid) for pid in pids)), "orphans stayed"


def test_kill_nine_of_the_supervisor_ends_its_children_and_is_told(tmp_path: Path) -> None:
    supervisor = Supervisor()
    child = supervisor.spawn(SLEEP, env=PATH, tag="t")
    os.kill(supervisor.pid, signal.SIGKILL)
    with pytest.raises(SupervisorDied):
        child.wait(10)
    assert eventually(lambda: not alive(child.pid))
    with pytest.raises(SupervisorDied):
        supervisor.spawn(["true"], env=PATH, tag="t")
    supervisor._process.wait()
    supervisor._socket.close()


def test_close_ends_everything() -> None:
    supervisor = Supervisor()
    child = supervisor.spawn(SLEEP, env=PATH, tag="t")
    supervisor.close()
    assert not alive(child.pid)
    assert not alive(supervisor.pid)


def test_it_starts_quickly(supervisor: Supervisor) -> None:
    took = []
    for _ in range(3):
        before = time.monotonic()
        other = Supervisor()
        assert other.spawn(["true"], env=PATH, tag="t").wait(10) == Exit(0, pytest.approx(0, abs=1 << 28))  # type: ignore[arg-type]
        took.append(time.monotonic() - before)
        other.close()
    assert min(took) < 0.5
