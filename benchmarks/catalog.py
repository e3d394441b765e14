"""GetTable and CreateTable, through boto3 and by a raw client, 1 and 16 at once."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from benchmarks import targets
from benchmarks.load import rate, request
from benchmarks.report import Figure, ratio

SECONDS = 4.0
COLUMNS = [{"Name": f"c{i}", "Type": "string"} for i in range(20)]
PROMISED = {"boto3": 2.5, "raw": 8.0}


def table(name: str) -> dict[str, Any]:
    descriptor = {"Columns": COLUMNS, "Location": "s3://b/t/", "SerdeInfo": {"SerializationLibrary": "x"}}
    return {"Name": name, "StorageDescriptor": descriptor, "TableType": "EXTERNAL_TABLE", "Parameters": {"classification": "parquet"}}


def raw_request(endpoint: str, operation: str, body: dict[str, Any]) -> bytes:
    scope = f"{time.strftime('%Y%m%d')}/us-east-1/glue/aws4_request"
    headers = {
        "X-Amz-Target": f"AWSGlue.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        "Authorization": f"AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host, Signature={'0' * 64}",
    }
    return request(endpoint, "POST", "/", headers, json.dumps(body).encode())


def _boto3(target: targets.Target, at_once: int) -> dict[str, float]:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    glue = boto3.client(
        "glue",
        endpoint_url=target.endpoint,
        region_name="us-east-1",
        config=Config(max_pool_connections=32, retries={"max_attempts": 0}),
        **keys,
    )
    found = {}
    for operation in ("GetTable", "CreateTable"):
        counts: list[int] = []

        def work(worker: int, operation: str = operation, counts: list[int] = counts) -> None:
            count, end = 0, time.perf_counter() + SECONDS
            while time.perf_counter() < end:
                if operation == "GetTable":
                    glue.get_table(DatabaseName="bench", Name="t")
                else:
                    glue.create_table(DatabaseName="bench", TableInput=table(f"b{at_once}_{worker}_{count}"))
                count += 1
            counts.append(count)

        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(work, range(at_once)))
        found[operation] = sum(counts) / SECONDS
    return found


def _raw(target: targets.Target, at_once: int) -> dict[str, float]:
    one = raw_request(target.endpoint, "GetTable", {"DatabaseName": "bench", "Name": "t"})

    def create(number: int) -> bytes:
        return raw_request(target.endpoint, "CreateTable", {"DatabaseName": "bench", "TableInput": table(f"r{at_once}_{number}")})

    return {
        "GetTable": rate(target.endpoint, lambda _: one, at_once, SECONDS)[0],
        "CreateTable": rate(target.endpoint, create, at_once, SECONDS)[0],
    }


def fsync() -> float:
    """Seconds for a small append to reach this disk: what one acknowledged write waits for at least."""
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(200):
            started = time.perf_counter()
            os.write(file.fileno(), b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def measure() -> Iterator[Figure]:
    rates: dict[tuple[str, str, int, str], float] = {}
    for make in (targets.nothing, targets.moto, targets.wheatpaste):
        with make() as target:
            keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            glue = boto3.client("glue", endpoint_url=target.endpoint, region_name="us-east-1", **keys)
            glue.create_database(DatabaseInput={"Name": "bench"})
            glue.create_table(DatabaseName="bench", TableInput=table("t"))
            for way, run in (("boto3", _boto3), ("raw", _raw)):
                for at_once in (1, 16):
                    before = target.cpu()
                    for operation, value in run(target, at_once).items():
                        rates[operation, way, at_once, target.name] = value
                        yield Figure(
                            f"{operation}, {way}, {at_once} at once",
                            target.name,
                            round(value, 1),
                            "/s",
                            cpu=round(target.cpu() - before, 2),
                        )
    for (operation, way, at_once, name), value in rates.items():
        if name == "wheatpaste":
            theirs = rates[operation, way, at_once, "moto_server"]
            yield ratio(f"{operation}, {way}, {at_once} at once", value, theirs, "moto_server", PROMISED[way])
    yield Figure("one write of 4 KiB and its fsync: median of 200", "this disk", round(fsync() * 1000, 3), "ms")
