"""A bucket, a database and a crawler of the test's own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class Lake:
    """Puts objects, crawls, and shows what the catalog then says; ``connect(service)`` makes clients."""

    connect: Callable[..., Any]
    name: str

    def __post_init__(self) -> None:
        self.s3, self.glue, self.logs = (self.connect(service) for service in ("s3", "glue", "logs"))
        self.s3.create_bucket(Bucket=self.name)

    def put(self, **objects: bytes | str) -> None:
        """``put(**{"raw/a.csv": "…"})``."""
        for key, body in objects.items():
            self.s3.put_object(Bucket=self.name, Key=key, Body=body.encode() if isinstance(body, str) else body)

    def uri(self, path: str = "raw/") -> str:
        """An address in the bucket."""
        return f"s3://{self.name}/{path}"

    def crawler(self, *paths: str, target: dict[str, Any] | None = None, **members: Any) -> None:
        """Create the crawler."""
        targets = {"S3Targets": [{"Path": self.uri(path), **(target or {})} for path in paths or ("raw/",)]}
        self.glue.create_crawler(**{"Name": self.name, "Role": "GlueRole", "DatabaseName": self.name, "Targets": targets, **members})

    def crawl(self) -> dict[str, Any]:
        """Run the crawler to its end; its LastCrawl."""
        self.glue.start_crawler(Name=self.name)
        return self.finished()

    def finished(self) -> dict[str, Any]:
        """Wait until the crawler is READY; its LastCrawl."""
        deadline = time.monotonic() + 120
        while (found := self.glue.get_crawler(Name=self.name)["Crawler"])["State"] != "READY":
            assert time.monotonic() < deadline, f"still {found['State']}: {self.lines()}"
            time.sleep(0.1)
        return found["LastCrawl"]

    def tables(self) -> dict[str, dict[str, Any]]:
        """The database's tables by name."""
        return {table["Name"]: table for table in self.glue.get_tables(DatabaseName=self.name)["TableList"]}

    def partitions(self, table: str) -> dict[tuple[str, ...], dict[str, Any]]:
        """A table's partitions by values."""
        pages = self.glue.get_paginator("get_partitions").paginate(DatabaseName=self.name, TableName=table)
        return {tuple(partition["Values"]): partition for page in pages for partition in page["Partitions"]}

    def lines(self) -> str:
        """The crawler's log."""
        events = self.logs.get_log_events(logGroupName="/aws-glue/crawlers", logStreamName=self.name, startFromHead=True)["events"]
        return "\n".join(event["message"] for event in events)


def columns(table: dict[str, Any]) -> dict[str, str]:
    """Names and types of a table's or partition's columns."""
    return {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}


@pytest.fixture
def lake(client: Callable[..., Any], unique: str) -> Lake:
    """An empty lake on the session's server."""
    return Lake(client, unique)
