"""One page of a listing of 1,000,000 keys with prefix and delimiter, against 1,000 keys; and the p99 of 16 mixed writers."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from benchmarks import targets
from benchmarks.load import Client, request
from benchmarks.objects import client, presigned
from benchmarks.report import Figure

KEYS = 1_000_000
PAGES: dict[str, dict[str, Any]] = {
    "prefix and delimiter": {"Prefix": "year=2013/month=07/", "Delimiter": "/", "MaxKeys": 1000},
    "top level, delimiter": {"Delimiter": "/", "MaxKeys": 1000},
    "deep page, no delimiter": {"StartAfter": "year=2019/month=11/day=05/", "MaxKeys": 1000},
}


def keys(total: int) -> Iterator[str]:
    """Hive-like keys: ten years, months, days, and files."""
    per_day = max(1, total // (10 * 12 * 25))
    made = 0
    for year in range(2010, 2020):
        for month in range(1, 13):
            for day in range(1, 26):
                for part in range(per_day):
                    if made < total:
                        yield f"year={year}/month={month:02}/day={day:02}/part-{part:05}.parquet"
                        made += 1
    yield from (f"zz/{n:07}" for n in range(total - made))


def fill(target: targets.Target, bucket: str, total: int) -> None:
    """Put the keys where the server keeps them: a million PUTs would take longer than everything else together.

    The rows are copies of one that a real PUT made, under other keys.
    """
    import sqlite3

    s3 = client(target)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="template", Body=b"x")
    with sqlite3.connect(target.home / "state.db", timeout=60) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(s3_objects)")]
        row = dict(
            zip(
                columns,
                database.execute("SELECT * FROM s3_objects WHERE bucket = ? AND key = 'template'", (bucket,)).fetchone(),
                strict=True,
            )
        )
        marks = ", ".join("?" for _ in columns)
        database.executemany(
            f"INSERT INTO s3_objects VALUES ({marks})", (tuple({**row, "key": key}[c] for c in columns) for key in keys(total))
        )
    s3.delete_object(Bucket=bucket, Key="template")


def measure() -> Iterator[Figure]:
    with targets.wheatpaste() as target:
        s3 = client(target)
        for bucket, total in (("small", 1000), ("large", KEYS)):
            fill(target, bucket, total)
            for name, page in PAGES.items():
                taken = []
                before = target.cpu()
                for _ in range(9):
                    started = time.perf_counter()
                    answer = s3.list_objects_v2(Bucket=bucket, **page)
                    taken.append((time.perf_counter() - started) * 1000)
                cpu = round((target.cpu() - before) / 9, 4)
                found = len(answer.get("Contents", [])) + len(answer.get("CommonPrefixes", []))
                median = statistics.median(taken)
                met = median <= 100 if total == KEYS else None
                yield Figure(
                    f"page of {found}: {name}, {total:,} keys",
                    "wheatpaste",
                    round(median, 1),
                    "ms",
                    cpu=cpu,
                    reach="≤ 100 ms" if total == KEYS else "",
                    met=met,
                )
        yield Figure(
            f"the deep page of {KEYS:,} keys, bytes only (boto3 takes most of the time above)", "wheatpaste", raw(s3, "large"), "ms"
        )
        yield from mixed(target)


def raw(s3: Any, bucket: str) -> float:
    """Milliseconds from the request of a page to its last byte, without a client that reads it."""
    url = urlsplit(s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, **PAGES["deep page, no delimiter"]}))
    connection = http.client.HTTPConnection(url.netloc)
    taken = []
    for _ in range(9):
        started = time.perf_counter()
        connection.request("GET", f"{url.path}?{url.query}")
        answer = connection.getresponse()
        if answer.read().count(b"<Key>") != PAGES["deep page, no delimiter"]["MaxKeys"]:
            raise RuntimeError(f"no whole page: {answer.status}")
        taken.append((time.perf_counter() - started) * 1000)
    connection.close()
    return round(statistics.median(taken), 1)


def mixed(target: targets.Target) -> Iterator[Figure]:
    """16 writers at once on one database: objects, tables, partitions."""
    import boto3

    s3 = client(target)
    keys_ = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    glue = boto3.client("glue", endpoint_url=target.endpoint, region_name="us-east-1", **keys_)
    glue.create_database(DatabaseInput={"Name": "mixed"})
    s3.create_bucket(Bucket="bench")
    from benchmarks.catalog import raw_request, table

    taken: list[float] = []

    def write(worker: int) -> None:
        buffer = bytearray(65536)
        with Client(target.endpoint) as client_:
            for number in range(60):
                if worker % 2:
                    message = request(target.endpoint, "PUT", presigned(s3, "put", f"{worker}/{number}"), {}, b"x" * 4096)
                else:
                    message = raw_request(
                        target.endpoint, "CreateTable", {"DatabaseName": "mixed", "TableInput": table(f"t{worker}_{number}")}
                    )
                started = time.perf_counter()
                client_.exchange(message, buffer)
                taken.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    quantiles = statistics.quantiles(taken, n=100)
    yield Figure("16 mixed writers: median", "wheatpaste", round(quantiles[49], 1), "ms")
    yield Figure("16 mixed writers: p99", "wheatpaste", round(quantiles[98], 1), "ms", reach=json.dumps("shown").strip('"'))
