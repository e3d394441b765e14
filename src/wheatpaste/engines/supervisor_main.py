"""The supervisor: the one process that starts every other one, and outlives the server just long enough to end them all.

Run by path (`python -I -S supervisor_main.py <fd>`), so it imports nothing of the package and starts in a few milliseconds. It
has one thread, so that fork is safe here and nowhere else. Messages on the socket are a 4-byte length and JSON; descriptors for a
child ride on the length's first byte.

A child belongs to its *tag*: everything that descends from it, shares its session or group, or carries `WHEATPASTE_RUN=<tag>` in
its environment ends with it. Its exit is reported once nothing of it runs any more.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
GRACE = 5.0  # seconds between SIGTERM and SIGKILL
LOOK_AGAIN = 0.05  # seconds between two looks at what is still ending
LIMITS = {"memory": resource.RLIMIT_AS, "files": resource.RLIMIT_NOFILE, "cpu": resource.RLIMIT_CPU, "file_size": resource.RLIMIT_FSIZE}


@dataclass
class Child:
    id: int
    pid: int
    tag: str
    status: int | None = None  # once its first process has ended: its exit code, or minus the signal
    peak: int = 0  # bytes of resident memory, at most, of the largest process of it
    deadline: float | None = None  # when SIGTERM has been sent: when SIGKILL follows
    pids: set[int] = field(default_factory=set)


# ── processes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def prctl(option: int, value: int) -> None:
    if LINUX and ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def spawn(request: dict[str, Any], fds: list[int]) -> int:
    """Fork and execute; raises OSError with the child's own errno when it could not get as far as its program."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become(request, fds)
        except (OSError, ValueError, KeyError) as error:
            os.write(writer, f"{getattr(error, 'errno', 0)} {error}".encode())
        finally:
            os._exit(127)
    os.close(writer)
    with open(reader, "rb") as failure:
        text = failure.read().decode()
    if text:
        os.waitpid(pid, 0)
        number, _, message = text.partition(" ")
        raise OSError(int(number), message)
    return pid


def become(request: dict[str, Any], fds: list[int]) -> None:
    """In the forked child: descriptors, session, limits, then the program."""
    files = [
        os.open(request["stdin"] or os.devnull, os.O_RDONLY),
        *(os.open(request[name] or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for name in ("stdout", "stderr")),
        *fds,
    ]
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if request["cwd"]:
        os.chdir(request["cwd"])
    os.nice(request["nice"])
    for name, value in request["limits"].items():
        resource.setrlimit(LIMITS[name], (value, value))
    place(files)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    environment = {**request["env"], "WHEATPASTE_RUN": request["tag"]}
    os.execvpe(request["argv"][0], request["argv"], environment)


def place(files: list[int]) -> None:
    """Put the descriptors at 0, 1, 2, 3 …; first out of each other's way. All others close by themselves at exec."""
    import fcntl

    high = [fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, len(files) + 8) for file in files]
    for number, file in enumerate(high):
        os.dup2(file, number, inheritable=True)


def descendants(table: dict[int, tuple[int, int, int]], roots: set[int]) -> set[int]:
    found: set[int] = set()
    while more := {pid for pid, (parent, _, _) in table.items() if parent in roots | found} - found:
        found |= more
    return found


def processes() -> dict[int, tuple[int, int, int]]:
    """pid → (parent, group, session) of every process that is not a zombie and descends from here (we are their subreaper)."""
    found: dict[int, tuple[int, int, int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent, group, session = file.read().rpartition(b")")[2].split()[:4]
            except OSError:  # it ended while we looked
                continue
            if state != b"Z":
                found[int(name)] = int(parent), int(group), int(session)
    ours = descendants(found, {os.getpid()})
    return {pid: found[pid] for pid in ours}


def carries(pid: int, tag: str) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return b"WHEATPASTE_RUN=" + tag.encode() in file.read().split(b"\0")
    except OSError:  # another user's, or it ended while we looked
        return False


def family(child: Child) -> set[int]:
    """The processes of a child that still run."""
    if not LINUX:
        return {child.pid} if group_lives(child.pid) else set()
    table = processes()
    members = {pid for pid, (_, group, session) in table.items() if child.pid in (pid, group, session) or carries(pid, child.tag)}
    members |= child.pids & table.keys()
    members |= descendants(table, members)
    child.pids = members  # a grandchild that changes its session and loses its parent is still known next time
    return members


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS: only zombies are left
        return False
    return True


def send_signal(child: Child, members: set[int], number: int) -> None:
    for act, target in ((os.killpg, child.pid), *((os.kill, pid) for pid in members)):
        try:
            act(target, number)
        except (ProcessLookupError, PermissionError):  # gone meanwhile
            continue


# ── the loop ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Loop:
    def __init__(self, server: socket.socket) -> None:
        self.server = server
        self.children: dict[int, Child] = {}
        self.closing = False
        wake, signals = socket.socketpair()
        for end in (wake, signals):
            end.setblocking(False)
        self.signals = wake
        self.wakeup = signals  # referenced here: closing it would silence SIGCHLD
        signal.set_wakeup_fd(signals.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.close())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.selector = selectors.DefaultSelector()
        self.selector.register(server, selectors.EVENT_READ)
        self.selector.register(wake, selectors.EVENT_READ)

    def run(self) -> None:
        while not (self.closing and not self.children):
            pause = LOOK_AGAIN if any(child.deadline is not None for child in self.children.values()) else None
            for key, _ in self.selector.select(pause):
                if key.fileobj is self.signals:
                    drain(self.signals)
                else:
                    self.receive()
            self.reap()
            self.pursue()

    def receive(self) -> None:
        message = read_message(self.server)
        if message is None:
            self.selector.unregister(self.server)
            self.close()
            return
        request, fds = message
        if request["op"] == "spawn":
            self.spawn(request, fds)
        elif (child := self.children.get(request["id"])) is not None:
            self.end(child, request["grace"])

    def spawn(self, request: dict[str, Any], fds: list[int]) -> None:
        try:
            pid = spawn(request, fds)
        except OSError as error:
            self.send({"id": request["id"], "error": str(error), "errno": error.errno})
            return
        finally:
            for fd in fds:
                os.close(fd)
        self.children[request["id"]] = Child(request["id"], pid, request["tag"])
        self.send({"id": request["id"], "pid": pid})

    def close(self) -> None:
        """The server is gone: so will everything be."""
        self.closing = True
        for child in self.children.values():
            self.end(child, GRACE)

    def end(self, child: Child, grace: float) -> None:
        if child.deadline is None:
            child.deadline = time.monotonic() + grace
            send_signal(child, family(child), signal.SIGTERM)
        else:
            child.deadline = min(child.deadline, time.monotonic() + grace)

    def reap(self) -> None:
        by_pid = {child.pid: child for child in self.children.values() if child.status is None}
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            peak = usage.ru_maxrss * (1024 if LINUX else 1)
            for known in self.children.values():
                if pid in known.pids or pid == known.pid:  # others are grandchildren that came to us as their subreaper
                    known.peak = max(known.peak, peak)
            child = by_pid.get(pid)
            if child is not None:
                child.status = os.waitstatus_to_exitcode(status)
                self.leader_ended(child)

    def leader_ended(self, child: Child) -> None:
        if self.shared(child):  # another child of the same tag lives: only what is of this one's group goes
            send_signal(child, set(), signal.SIGKILL)
            self.report(child)
        else:
            self.end(child, GRACE)

    def shared(self, child: Child) -> bool:
        return any(other.tag == child.tag for other in self.children.values() if other is not child and other.status is None)

    def pursue(self) -> None:
        """Look after what has been told to end: SIGKILL when its time is over, report it when nothing is left."""
        for child in [child for child in self.children.values() if child.deadline is not None]:
            members = family(child)
            if not members:
                if child.status is not None:
                    self.report(child)
            elif child.deadline is not None and time.monotonic() >= child.deadline:
                send_signal(child, members, signal.SIGKILL)

    def report(self, child: Child) -> None:
        del self.children[child.id]
        self.send({"id": child.id, "exit": child.status, "peak": child.peak})

    def send(self, message: dict[str, Any]) -> None:
        if self.closing:
            return
        body = json.dumps(message).encode()
        try:
            self.server.sendall(len(body).to_bytes(4, "big") + body)
        except OSError:  # the server died: its end of file follows
            self.close()


def drain(signals: socket.socket) -> None:
    try:
        while signals.recv(4096):
            pass
    except BlockingIOError:
        return


def read_message(server: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its descriptors; None at the end."""
    try:
        head, fds, _, _ = socket.recv_fds(server, 4, 64)
        while head and len(head) < 4:
            head += server.recv(4 - len(head))
        body = bytearray()
        while head and len(body) < int.from_bytes(head, "big"):
            part = server.recv(int.from_bytes(head, "big") - len(body))
            if not part:
                return None
            body += part
    except ConnectionError:
        return None
    for fd in fds:
        os.set_inheritable(fd, False)
    return (json.loads(body), fds) if head else None


def raise_open_files() -> None:
    """macOS gives 256 open files; Spark and PostgreSQL want thousands."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main() -> None:
    fd = int(sys.argv[1])
    os.set_inheritable(fd, False)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    raise_open_files()
    Loop(socket.socket(fileno=fd)).run()


if __name__ == "__main__":
    main()
