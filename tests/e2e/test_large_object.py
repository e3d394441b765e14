"""The largest object of one PUT, 5 GiB: through the server and back, without growing it."""

import hashlib
import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SIZE = 5 * 1024**3  # bytes
PIECE = os.urandom(1 << 20) * 8
GROWTH = 96  # MB that the control plane may gain on the way: socket buffers and what is in flight
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def resident(pid: int) -> float:
    """Resident MB of a process."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def largest(pid: int) -> float:
    """Resident MB that a process has had at most."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


class Pieces:
    """A body of ``SIZE`` bytes that nobody holds; its MD5 is known once it was read."""

    def __init__(self) -> None:
        self.md5 = hashlib.md5()

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(SIZE // len(PIECE)):
            self.md5.update(PIECE)
            yield PIECE


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_five_gibibytes_pass_through(own_server: Callable[..., Any], tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < 2 * SIZE:
        pytest.skip("needs 10 GiB of free disk")
    server = own_server()
    s3 = server.client("s3")
    s3.create_bucket(Bucket="large")
    s3.put_object(Bucket="large", Key="warm", Body=PIECE)  # what the server loads once is not growth
    pid = server.process.pid
    before = resident(pid)
    body = Pieces()
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "large", "Key": "five"})
    request = urllib.request.Request(url, data=iter(body), method="PUT", headers={"Content-Length": str(SIZE)})
    with OPENER.open(request, timeout=300) as answer:
        assert answer.headers["ETag"] == f'"{body.md5.hexdigest()}"'
    got, read = hashlib.md5(), 0
    stream = s3.get_object(Bucket="large", Key="five")["Body"]
    while piece := stream.read(8 << 20):
        got.update(piece)
        read += len(piece)
    assert (read, got.hexdigest()) == (SIZE, body.md5.hexdigest())
    assert largest(pid) - before < GROWTH
    s3.delete_object(Bucket="large", Key="five")
