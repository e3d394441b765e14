"""What no client can bring about or see: a file that ends the inspector, and the events in the outbox."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from wheatpaste.app import App
from wheatpaste.call import Aws
from wheatpaste.config import Config
from wheatpaste.events.outbox import outbox
from wheatpaste.services.glue.crawl import reading
from wheatpaste.store.db import metadata

CSV = b"id,name\n1,ann\n2,bob\n"


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Aws]:
    """A server without its relay: events stay in the outbox."""
    app = App(Config(home=tmp_path))
    app.db.ensure(list(metadata.tables.values()))
    app.runner.start()
    yield app.as_root("123456789012", "us-east-1")
    app.ending.set()
    app.runner.stop()
    app.supervisor.close()
    app.db.close()


def crawl(aws: Aws, name: str, objects: dict[str, bytes], path: str = "s3://lake/raw/") -> dict[str, Any]:
    s3, glue = aws.client("s3"), aws.client("glue")
    s3.create_bucket(Bucket="lake")
    for key, body in objects.items():
        s3.put_object(Bucket="lake", Key=key, Body=aws.app.blobs.put(body))
    glue.create_crawler(Name=name, Role="R", DatabaseName="db", Targets={"S3Targets": [{"Path": path}]})
    glue.start_crawler(Name=name)
    deadline = time.monotonic() + 60
    while (found := glue.get_crawler(Name=name)["Crawler"])["State"] != "READY":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    last: dict[str, Any] = found["LastCrawl"]
    return last


def details(aws: Aws) -> list[dict[str, Any]]:
    rows = aws.app.db.read(lambda c: list(c.execute(select(outbox.c.envelope).order_by(outbox.c.number)).scalars()))
    return [row["detail"] for row in rows if row["detail-type"] == "Glue Crawler State Change"]


def test_a_file_that_kills_or_silences_the_inspector_is_left_out(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MODULE", "tests.services.glue.crawl.dying_inspector")
    monkeypatch.setattr(reading, "PATIENCE", 5.0)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[4]))
    last = crawl(aws, "c", {f"raw/t/{name}.csv": CSV for name in ("a", "abort", "b", "hang", "raise", "z")})
    assert last["Status"] == "SUCCEEDED"
    (table,) = aws.client("glue").get_tables(DatabaseName="db")["TableList"]
    assert table["Parameters"]["objectCount"] == "3"
    events = aws.client("logs").get_log_events(logGroupName="/aws-glue/crawlers", logStreamName="c", startFromHead=True)["events"]
    lines = "\n".join(event["message"] for event in events)
    for name, why in (("abort", "reading it failed: the worker ended by signal"), ("hang", "more than 5 s"), ("raise", "MemoryError")):
        assert any(f"/{name}.csv is left out" in line and why in line for line in lines.splitlines()), lines


def test_events_of_a_crawl_that_succeeds(aws: Aws) -> None:
    crawl(aws, "c", {"raw/t/day=1/f.csv": CSV})
    started, succeeded = details(aws)
    assert {k: v for k, v in started.items() if k != "startTime"} == {
        "accountId": "123456789012",
        "crawlerName": "c",
        "state": "Started",
        "message": "Crawler Started",
    }
    assert (succeeded["state"], succeeded["message"], succeeded["tablesCreated"], succeeded["partitionsCreated"]) == (
        "Succeeded",
        "Crawler Succeeded",
        "1",
        "1",
    )
    assert succeeded["warningMessage"] == "N/A"


def test_events_of_a_crawl_that_fails(aws: Aws) -> None:
    last = crawl(aws, "c", {}, "s3://no-such-bucket/")
    failed = details(aws)[1]
    assert (failed["state"], failed["message"], failed["errorMessage"]) == ("Failed", "Crawler Failed", last["ErrorMessage"])
