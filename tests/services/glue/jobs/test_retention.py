"""Folders of finished runs go, their reports stay."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Server, wait_for
from tests.services.glue.jobs.conftest import Bench


def report(server: Server, run: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{server.endpoint}/_wheatpaste/v1/runs/{run}/report", timeout=30) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def folders(server: Server) -> set[str]:
    return {each.name for each in (server.home / "runs").glob("*")}  # none before the first run


def test_folders_beyond_the_most_go_and_reports_stay(own_server: Callable[..., Server], unique: str) -> None:
    server = own_server(WHEATPASTE_RUN_FOLDERS="2")
    bench = Bench(server.client, unique)
    bench.job("print('x')")
    runs: list[str] = []
    for _ in range(4):
        runs.append(bench.start())
        bench.ended(runs[-1])
    wait_for(lambda: folders(server) == set(runs[-2:]), seconds=10)
    assert [report(server, run)["run"]["state"] for run in runs] == ["SUCCEEDED"] * 4  # type: ignore[index]


def test_old_folders_go_at_the_start_but_not_a_live_runs(own_server: Callable[..., Server], unique: str, tmp_path: Path) -> None:
    server = own_server(home=tmp_path / "home")
    bench = Bench(server.client, unique)
    bench.job("print('x')")
    run = bench.start()
    bench.ended(run)
    server.stop()
    long_ago = time.time() - 31 * 86400
    os.utime(server.home / "runs" / run, (long_ago, long_ago))
    again = own_server(home=tmp_path / "home")
    wait_for(lambda: not folders(again), seconds=10)
    assert report(again, run)["run"]["id"] == run  # type: ignore[index]


@pytest.mark.spark
def test_the_folder_of_a_live_session_stays(own_server: Callable[..., Server], unique: str) -> None:
    server = own_server(WHEATPASTE_RUN_FOLDERS="1")
    bench = Bench(server.client, unique)
    members = {"Role": "arn:aws:iam::123456789012:role/R", "Command": {"Name": "glueetl", "PythonVersion": "3"}}
    server.client("glue").create_session(Id=unique, WorkerType="G.1X", NumberOfWorkers=2, GlueVersion="6.0", **members)
    session = wait_for(lambda: next((each for each in folders(server) if not each.startswith("jr_")), None))
    bench.job("print('x')")
    runs = []
    for _ in range(3):
        runs.append(bench.start())
        bench.ended(runs[-1])
    wait_for(lambda: len(folders(server)) == 2)
    assert folders(server) == {session, runs[-1]}
    assert server.client("glue").get_session(Id=unique)["Session"]["Status"] in ("PROVISIONING", "READY")


def test_signed_servers_ask_for_the_homes_token(own_server: Callable[..., Server]) -> None:
    server = own_server("--auth", "signed")
    address = f"{server.endpoint}/_wheatpaste/v1/runs/jr_{'0' * 64}/report"
    token = json.loads((server.home / "server.json").read_text())["token"]
    assert (server.home / "server.json").stat().st_mode & 0o077 == 0
    for given, status in (("", 403), ("Bearer no", 403), (f"Bearer {token}", 404)):
        asked = urllib.request.Request(address, headers={"Authorization": given} if given else {})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                found = answer.status
        except urllib.error.HTTPError as error:
            found = error.code
        assert found == status
