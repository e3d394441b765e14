"""S3 GET and PUT of 64 MiB and of 4 KiB, by a raw HTTP client with presigned URLs."""

import os
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from benchmarks import targets
from benchmarks.load import Client, rate, request
from benchmarks.report import Figure, ratio

LARGE = os.urandom(1 << 20) * 64
SMALL = os.urandom(4096)
TIMES = {"GET": 60, "PUT": 8}  # one at once: a single GET takes 15 or 45 ms as the scheduler places its two ends, whoever serves it
SECONDS = 4.0
PROMISED = {  # (what, against) → at least
    ("GET 64 MiB, 1 at once", "moto_server"): 2.0, ("GET 64 MiB, 8 at once", "moto_server"): 2.0,
    ("GET 64 MiB, 1 at once", "versitygw"): 0.8, ("GET 64 MiB, 8 at once", "versitygw"): 0.8,
    ("PUT 64 MiB, 1 at once", "moto_server"): 1.5, ("PUT 64 MiB, 8 at once", "moto_server"): 1.5,
    ("PUT 64 MiB, 1 at once", "versitygw"): 1.0, ("PUT 64 MiB, 8 at once", "versitygw"): 1.0,
    ("GET 4 KiB, 1 at once", "moto_server"): 5.0, ("GET 4 KiB, 16 at once", "moto_server"): 5.0,
    ("GET 4 KiB, 1 at once", "versitygw"): 0.5, ("GET 4 KiB, 16 at once", "versitygw"): 0.5,
    ("PUT 4 KiB, 1 at once", "moto_server"): 2.0, ("PUT 4 KiB, 16 at once", "moto_server"): 5.0,
    ("PUT 4 KiB, 1 at once", "versitygw"): 0.5, ("PUT 4 KiB, 16 at once", "versitygw"): 0.5,
}  # fmt: skip


def client(target: targets.Target) -> Any:
    keys = {"aws_access_key_id": target.access_key, "aws_secret_access_key": target.secret_key}
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=target.endpoint, region_name="us-east-1", config=config, **keys)


def presigned(s3: Any, method: str, key: str) -> str:
    url = urlsplit(s3.generate_presigned_url(f"{method.lower()}_object", Params={"Bucket": "bench", "Key": key}, ExpiresIn=3600))
    return f"{url.path}?{url.query}"


def large(target: targets.Target, s3: Any, method: str, at_once: int) -> float:
    """GB/s: the median of a few rounds of ``at_once`` transfers."""
    speeds = []
    for turn in range(TIMES[method] if at_once == 1 else 5):
        messages = [[request(target.endpoint, "GET", presigned(s3, "get", "large"), {})] for _ in range(at_once)]
        if method == "PUT":
            head = {"Content-Type": "application/octet-stream"}
            messages = [
                [
                    request(target.endpoint, "PUT", presigned(s3, "put", f"put-{turn}-{i}"), head, b"").replace(
                        b"Content-Length: 0", b"Content-Length: %d" % len(LARGE)
                    ),
                    LARGE,
                ]
                for i in range(at_once)
            ]
        connections = [Client(target.endpoint) for _ in range(at_once)]
        threads = [threading.Thread(target=c.exchange, args=(m, bytearray(1 << 20))) for c, m in zip(connections, messages, strict=True)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        speeds.append(len(LARGE) * at_once / (time.perf_counter() - started) / 1e9)
        for connection in connections:
            connection.close()
    return statistics.median(speeds)


def small(target: targets.Target, s3: Any, method: str, at_once: int) -> float:
    """Answers a second."""
    if method == "GET":
        one = request(target.endpoint, "GET", presigned(s3, "get", "small"), {})
        return rate(target.endpoint, lambda _: one, at_once, SECONDS)[0]
    keys = [request(target.endpoint, "PUT", presigned(s3, "put", f"s-{at_once}-{i}"), {}, SMALL) for i in range(2000)]
    return rate(target.endpoint, lambda n: keys[n % len(keys)], at_once, SECONDS)[0]


def measure() -> Iterator[Figure]:
    found: dict[tuple[str, str], float] = {}
    for make in (targets.moto, targets.versitygw, targets.wheatpaste):
        with make() as target:
            if target is None:
                continue
            s3 = client(target)
            s3.create_bucket(Bucket="bench")
            s3.put_object(Bucket="bench", Key="large", Body=LARGE)
            s3.put_object(Bucket="bench", Key="small", Body=SMALL)
            for size, run, unit, counts in (("64 MiB", large, "GB/s", (1, 8)), ("4 KiB", small, "/s", (1, 16))):
                for method in ("GET", "PUT"):
                    for at_once in counts:
                        what = f"{method} {size}, {at_once} at once"
                        before = target.cpu()
                        found[what, target.name] = run(target, s3, method, at_once)
                        yield Figure(what, target.name, round(found[what, target.name], 3), unit, cpu=round(target.cpu() - before, 2))
    for (what, against), promised in PROMISED.items():
        if (what, against) in found:
            yield ratio(what, found[what, "wheatpaste"], found[what, against], against, promised)
