"""GetPartitions with an expression that matches 100 of 100,000 partitions, here and on moto_server, side by side.

    python benchmarks/catalog_partitions.py [--partitions 100000] [--json FILE]

Both servers get the same table (three string keys, 20 columns in each partition's descriptor) through BatchCreatePartition, and the same requests by a raw
HTTP client on one connection, so that boto3's own time is not in the figures. Each figure is the median of the repetitions.
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

COLUMNS = [{"Name": f"column_{i}", "Type": "string"} for i in range(20)]
NAMES = {"DatabaseName": "bench", "TableName": "t"}
QUESTIONS = {  # 100 matches, but for the last
    "leading keys": "year = '2007' AND month = '03'",
    "other keys": "part = '0042' AND month LIKE '0%'",
    "ranges of other keys": "month >= '95' AND part BETWEEN '0010' AND '0011'",
    "ranges of all keys": "year > '2004' AND month > '97' AND part <= '0009'",
    "IN": "year IN ('2001', '2003') AND month IN ('01', '05', '07', '09', '11') AND part IN ({})".format(
        ", ".join(f"'{n:04}'" for n in range(10))
    ),
    "IN of other keys": "month IN ('01', '05', '07', '09', '11') AND part IN ('0001', '0002')",
    "LIKE": "part LIKE '004%' AND month = '77'",
    "OR": "(year = '2001' AND month = '05' AND part < '0050') OR (month = '77' AND part BETWEEN '0050' AND '0054')",
    "1,900 matches in two pages": "year = '2003' AND month >= '05' AND part BETWEEN '0010' AND '0029'",
}
INDEXED = {"with a partition index": "part = '0042' AND month < '10'"}


class Raw:
    """Glue by HTTP on one connection, signed with nothing but a plausible header (both servers take any key)."""

    def __init__(self, endpoint: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(endpoint).netloc)

    def __call__(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        scope = time.strftime("%Y%m%d") + "/us-east-1/glue/aws4_request"
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSGlue.{operation}",
            "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
            "Authorization": f"AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host, Signature={'0' * 64}",
        }
        self.connection.request("POST", "/", json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else {}


@contextmanager
def wheatpaste() -> Iterator[str]:
    """A server of this checkout on a new home; its endpoint."""
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen([sys.executable, "-m", "wheatpaste", "up", "--home", home, "--port", "0"], stdout=subprocess.DEVNULL)
        try:
            described = Path(home, "server.json")
            while not described.exists():
                time.sleep(0.05)
            yield json.loads(described.read_text())["endpoint"]
        finally:
            process.terminate()
            process.wait()


@contextmanager
def moto() -> Iterator[str]:
    """A moto_server; its endpoint."""
    port = "5990"
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("moto_server")), "-p", port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", int(port), timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def partition(number: int, total: int) -> dict[str, Any]:
    """Partition ``number``: 10 years of 100 "months", 100 parts (of 100,000) under each."""
    group, part = divmod(number, max(total // 1000, 1))
    year, month = divmod(group, 100)
    values = [str(2000 + year), f"{month:02}", f"{part:04}"]
    storage = {
        "Columns": COLUMNS,
        "Location": "s3://bucket/t/" + "/".join(values),
        "InputFormat": "i",
        "OutputFormat": "o",
        "SerdeInfo": {"SerializationLibrary": "l"},
    }
    return {"Values": values, "StorageDescriptor": storage}


def fill(glue: Raw, total: int) -> float:
    """Make the table; seconds for all partitions."""
    keys = [{"Name": name, "Type": "string"} for name in ("year", "month", "part")]
    glue("CreateDatabase", {"DatabaseInput": {"Name": "bench"}})
    glue(
        "CreateTable",
        {"DatabaseName": "bench", "TableInput": {"Name": "t", "PartitionKeys": keys, "StorageDescriptor": {"Columns": COLUMNS}}},
    )
    began = time.perf_counter()
    for start in range(0, total, 100):
        glue("BatchCreatePartition", {**NAMES, "PartitionInputList": [partition(n, total) for n in range(start, start + 100)]})
    return time.perf_counter() - began


def ask(glue: Raw, expression: str) -> int:
    """All pages of one question; the number of partitions."""
    found, token = 0, {}
    while True:
        answer = glue("GetPartitions", {**NAMES, "Expression": expression, **token})
        found += len(answer["Partitions"])
        if not answer.get("NextToken"):
            return found
        token = {"NextToken": answer["NextToken"]}


def timed(fn: Callable[[], int], repetitions: int) -> tuple[float, int]:
    """Median milliseconds, and what ``fn`` returned."""
    took, found = [], fn()
    for _ in range(repetitions):
        began = time.perf_counter()
        found = fn()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), found


def measure(server: Callable[[], Any], total: int, repetitions: int) -> dict[str, Any]:
    """The figures of one server."""
    with server() as endpoint:
        glue = Raw(endpoint)
        figures: dict[str, Any] = {"partitions made per second": round(total / fill(glue, total))}
        for name, expression in {**QUESTIONS, **INDEXED}.items():
            if name in INDEXED and server is wheatpaste:  # moto_server has no CreatePartitionIndex, and answers without one
                glue("CreatePartitionIndex", {**NAMES, "PartitionIndex": {"IndexName": "by_part", "Keys": ["part", "month"]}})
            milliseconds, found = timed(lambda text=expression: ask(glue, text), repetitions)  # type: ignore[misc]
            figures[name] = {"ms": round(milliseconds, 1), "found": found}
    return figures


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partitions", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--without-moto", action="store_true")
    options = parser.parse_args()
    results = {"wheatpaste": measure(wheatpaste, options.partitions, 15)}
    if not options.without_moto:
        results["moto_server"] = measure(moto, options.partitions, 3)
    for name in results["wheatpaste"]:
        print(f"{name:35}", *(f"{server}: {figures[name]}" for server, figures in results.items()), sep="  ")
    if options.json:
        options.json.write_text(json.dumps({"partitions": options.partitions, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
