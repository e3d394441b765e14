"""A run whose runtime has still to be made says so and can be stopped meanwhile; a version that is not offered is named."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.services.glue.jobs.conftest import Bench


def programs(server: Any) -> list[str]:
    """The uv that the server runs."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().partition("(")[2].rpartition(")")
        except OSError:  # it ended meanwhile
            continue
        if name == "uv" and int(rest.split()[1]) == server.process.pid:
            found.append(status.parent.name)
    return found


def test_stop_while_the_environment_is_made(own_server: Callable[..., Any], tmp_path: Path) -> None:
    server = own_server("--warm", "0", WHEATPASTE_CACHE=str(tmp_path / "cache"))
    bench = Bench(server.client, "making")
    bench.job("print('never')", command="glueetl", GlueVersion="5.1", WorkerType="G.1X", NumberOfWorkers=2)
    run = bench.start()
    deadline = time.monotonic() + 60
    while "installing" not in (found := bench.state(run)).get("StateDetail", ""):
        assert found["JobRunState"] == "STARTING", found
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert bench.glue.batch_stop_job_run(JobName="making", JobRunIds=[run])["Errors"] == []
    ended = bench.ended(run, seconds=15)
    assert (ended["JobRunState"], bench.output(run, group="/aws-glue/jobs")) == ("STOPPED", [])
    assert programs(server) == []
    assert list((tmp_path / "cache" / "runtimes").glob("[!.]*")) == []


def test_a_version_that_is_not_offered(bench: Bench) -> None:
    run = bench.run("print('never')", command="glueetl", GlueVersion="3.0", WorkerType="G.1X", NumberOfWorkers=2)
    assert run["JobRunState"] == "FAILED"
    assert "LAUNCH ERROR | glueetl 3.0 is not offered here; offered: glueetl 6.0, 5.1, 5.0, 4.0" in run["ErrorMessage"]
