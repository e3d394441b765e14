"""kill -9 while queries run: a SELECT is answered after the restart, a statement that writes ends FAILED, nothing is left behind."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Server, wait_for
from tests.services.athena.conftest import Athena

LONG = "FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y) WHERE x * y % 7 = 1"
DAYS = "FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), UNNEST(sequence(1, 10000)) c(z) WHERE x * y * z % 7 = 1"


def athena(server: Server) -> Athena:
    return Athena(server.client("athena"), server.client("s3"), server.client("glue"), "faults")


def test_kill_while_queries_run(own_server: Callable[..., Server], tmp_path: Path) -> None:
    first = own_server(home=tmp_path / "home")
    lake = athena(first)
    lake.s3.create_bucket(Bucket="faults")
    lake.glue.create_database(DatabaseInput={"Name": "faults"})
    reading = lake.start(f"SELECT count(*) {LONG}")
    writing = lake.start(f"CREATE TABLE made AS SELECT count(*) AS n {LONG}")
    state = lambda each: lake.athena.get_query_execution(QueryExecutionId=each)["QueryExecution"]["Status"]["State"]  # noqa: E731
    wait_for(lambda: state(reading) == state(writing) == "RUNNING")
    first.kill()

    lake = athena(own_server(home=tmp_path / "home"))
    found = lake.wait(reading)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    assert lake.athena.get_query_results(QueryExecutionId=reading)["ResultSet"]["Rows"][1]["Data"] == [{"VarCharValue": "12246531"}]
    assert "the control plane restarted" in lake.wait(writing)["Status"]["StateChangeReason"]
    assert lake.rows("SHOW TABLES") == []
    wait_for(lambda: orphans(tmp_path / "home") == [])


def orphans(home: Path) -> list[str]:
    """Lake workers that no living server started: their parent is init."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except (OSError, IndexError):
            continue
        if b"wheatpaste.engines.duckdb.lake_worker" in words and parent == "1":
            found.append(entry.name)
    return found


def test_a_worker_that_dies_takes_only_its_query(lake: Athena, server: Server) -> None:
    lake.rows("SELECT 1")
    before = {pid: seconds(pid) for pid in workers(server)}
    execution = lake.start(f"SELECT count(*) {DAYS}")
    wait_for(lambda: lake.athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]["State"] == "RUNNING")
    # RUNNING is written before a worker has the query: one that computes (starting takes less than a second) has it.
    wait_for(lambda: any(seconds(pid) > before.get(pid, 0.0) + 2.0 for pid in workers(server)))
    for pid in workers(server):
        os.kill(pid, signal.SIGKILL)
    found = lake.wait(execution)
    assert (
        found["Status"]["State"] == "FAILED"
        and "GENERIC_INTERNAL_ERROR: the worker ended by signal" in found["Status"]["StateChangeReason"]
    )
    assert lake.rows("SELECT 2") == [("2",)]


def seconds(pid: int) -> float:
    """The processor time that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def workers(server: Server) -> list[int]:
    """The lake workers of this server: descendants of its process."""
    assert server.process is not None
    parents, lake = {}, []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if b"wheatpaste.engines.duckdb.lake_worker" in (entry / "cmdline").read_bytes().split(b"\0"):
                    lake.append(int(entry.name))
            except OSError:
                continue

    def below(pid: int) -> bool:
        while pid in parents:
            pid = parents[pid]
            if server.process is not None and pid == server.process.pid:
                return True
        return False

    return [pid for pid in lake if below(pid)]
