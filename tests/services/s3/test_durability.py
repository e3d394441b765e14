"""kill -9 in the middle of writing: what was acknowledged is there, to the byte, and nothing is there by half."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

SIZES = (0, 100, 40_000, 3_000_000)


class Writer(threading.Thread):
    """Puts objects until the server is gone; remembers what was acknowledged, and what was begun."""

    def __init__(self, s3: Any, name: str) -> None:
        super().__init__()
        self.s3, self.tag = s3, name
        self.acknowledged: dict[str, str] = {}
        self.begun: set[str] = set()

    def run(self) -> None:
        number = 0
        while True:
            key, data = f"{self.tag}/{number}", os.urandom(SIZES[number % len(SIZES)])
            self.begun.add(key)
            try:
                self.s3.put_object(Bucket="b-one", Key=key, Body=data)
            except (BotoCoreError, ClientError):
                return
            self.acknowledged[key] = hashlib.md5(data).hexdigest()
            number += 1


def test_acknowledged_writes_survive_kill_9(own_server: Callable[..., Any]) -> None:
    server = own_server()
    server.client("s3").create_bucket(Bucket="b-one")
    upload = server.client("s3").create_multipart_upload(Bucket="b-one", Key="multi")["UploadId"]
    part = server.client("s3").upload_part(Bucket="b-one", Key="multi", UploadId=upload, PartNumber=1, Body=b"part" * 20_000)
    writers = [Writer(server.client("s3"), str(n)) for n in range(4)]
    for writer in writers:
        writer.start()
    time.sleep(1.5)
    server.kill()
    for writer in writers:
        writer.join()
    server.start()
    s3 = server.client("s3")
    acknowledged = {key: md5 for writer in writers for key, md5 in writer.acknowledged.items()}
    assert len(acknowledged) > 20
    found = {o["Key"]: o for page in s3.get_paginator("list_objects_v2").paginate(Bucket="b-one") for o in page["Contents"]}
    assert acknowledged.keys() <= found.keys()
    assert found.keys() <= set().union(*(writer.begun for writer in writers))
    for key, entry in found.items():
        data = s3.get_object(Bucket="b-one", Key=key)["Body"].read()
        md5 = hashlib.md5(data).hexdigest()
        assert (md5, len(data)) == (entry["ETag"].strip('"'), entry["Size"])
        assert acknowledged.get(key, md5) == md5
    s3.complete_multipart_upload(
        Bucket="b-one", Key="multi", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    )
    assert s3.get_object(Bucket="b-one", Key="multi")["Body"].read() == b"part" * 20_000
    assert list((server.home / "objects" / "tmp").iterdir()) == []
