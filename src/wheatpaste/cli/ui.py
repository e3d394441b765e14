"""``wheatpaste ui``: Spark's UI of a run, live from its driver, or of a finished one by Spark's own history server."""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from wheatpaste.cli import CommandError, place
from wheatpaste.cli.platform import Platform

PATIENCE = 120.0  # seconds until the history server shows the run
SERVER = "org.apache.spark.deploy.history.HistoryServer"
HOW = "give the job --enable-spark-ui true and --spark-event-logs-path s3://BUCKET/PREFIX/"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("run_id", help="as `wheatpaste runs` lists them")
    parser.add_argument("--port", type=int, default=0, help="of the history server, on 127.0.0.1 (default: any free one)")


def run(options: argparse.Namespace) -> int:
    """Print the address; for a finished run it is served until Ctrl-C."""
    platform = Platform(place.home_of(options))
    live = platform.ask_json(f"runs/{options.run_id}/progress")
    if live.get("ui"):
        print(live["ui"])
        return 0
    if live:
        raise CommandError(f"the run goes on and has no UI: {HOW}")
    report = platform.ask_json(f"runs/{options.run_id}/report")
    with tempfile.TemporaryDirectory(prefix="wheatpaste-ui-") as folder:
        for application in _fetch(platform, report, Path(folder)):
            print(f"fetched the event log of {application}", file=sys.stderr)
        with _history(platform, report["run"]["glue_version"], Path(folder), options.port) as address:
            print(f"{address}/history/{report['applications'][-1]}/jobs/\nCtrl-C ends", flush=True)
            while True:
                time.sleep(3600)


def _fetch(platform: Platform, report: dict[str, Any], folder: Path) -> Iterator[str]:
    """Copy the run's event logs from S3; which applications they are of. CommandError when there are none."""
    where = re.fullmatch(r"s3[an]?://([^/]+)/?(.*)", report["run"].get("event_logs") or "")
    if where is None or not report["applications"]:
        raise CommandError(f"the run has left no event log: {HOW}")
    s3, prefix = platform.client("s3"), where[2].rstrip("/") + "/" if where[2] else ""
    for application in report["applications"]:
        found = s3.list_objects_v2(Bucket=where[1], Prefix=f"{prefix}{application}").get("Contents", [])
        if not found:
            raise CommandError(f"there is no event log at s3://{where[1]}/{prefix}{application}")
        for item in found:
            _copy(s3, where[1], item["Key"], folder)
        yield application


def _copy(s3: Any, bucket: str, key: str, folder: Path) -> None:
    with (folder / Path(key).name).open("wb") as file:
        for piece in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks():
            file.write(piece)


@contextmanager
def _history(platform: Platform, version: str, folder: Path, port: int) -> Iterator[str]:
    """Spark's history server on the event logs in ``folder``; its address once it answers."""
    from wheatpaste.engines.spark import java, runtimes

    settings = platform.settings
    runtime = runtimes.provide("glueetl", version, settings.cache_dir, settings.runtime_python)
    port = port or _free_port()
    options = {"history.fs.logDirectory": f"file:{folder}", "history.ui.port": port, "history.fs.cleaner.enabled": "false"}
    words = [f"-Dspark.{name}={value}" for name, value in options.items()]
    argv = [str(java.provide(settings.cache_dir).binary), "-Xmx1g", *words, "-cp", f"{runtime.spark_home}/jars/*", SERVER]
    log = folder / ".server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"})
    address = f"http://127.0.0.1:{port}"
    try:
        _await(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    """Wait until the server has read a log. CommandError in its own words."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CommandError("Spark's history server ended:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-10:]))
        with suppress(urllib.error.URLError, OSError), opener.open(f"{address}/api/v1/applications", timeout=5) as answer:
            if json.load(answer):
                return
        time.sleep(0.2)
    raise CommandError(f"Spark's history server showed no run within {PATIENCE:.0f} s; is its event log whole?")
