"""S3 as the other parts of the process use it: by Aws, with Blobs; and the events it puts into the outbox."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from wheatpaste.app import App
from wheatpaste.call import Aws
from wheatpaste.config import Config
from wheatpaste.events.outbox import outbox
from wheatpaste.store.db import metadata

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app that serves nobody and whose relay does not run, so that its outbox can be read."""
    made = App(Config(home=tmp_path_factory.mktemp("home")))
    made.db.ensure(list(metadata.tables.values()))
    yield made
    made.supervisor.close()
    made.db.close()


@pytest.fixture
def aws(app: App) -> Aws:
    return app.as_root(ACCOUNT, "us-east-1")


def events(app: App) -> list[Any]:
    rows = app.db.read(lambda c: list(c.execute(select(outbox.c.envelope).order_by(outbox.c.number)).scalars()))
    app.db.write(lambda c: c.execute(outbox.delete()) and None)
    return [row for row in rows if row["source"] == "aws.s3" and row["detail-type"].startswith("Object ")]


def test_a_listing_carries_the_bytes(app: App, aws: Aws, unique: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=unique)
    contents = {"a": b"", "b": b"small", "c": os.urandom(100_000)}
    for key, data in contents.items():
        s3.put_object(Bucket=unique, Key=key, Body=app.blobs.put(data))
    upload = s3.create_multipart_upload(Bucket=unique, Key="d")["UploadId"]
    pieces = [os.urandom(5 * 1024 * 1024), b"tail"]
    parts = [
        {"PartNumber": n, "ETag": s3.upload_part(Bucket=unique, Key="d", UploadId=upload, PartNumber=n, Body=app.blobs.put(piece))["ETag"]}
        for n, piece in enumerate(pieces, 1)
    ]
    s3.complete_multipart_upload(Bucket=unique, Key="d", UploadId=upload, MultipartUpload={"Parts": parts})
    contents["d"] = b"".join(pieces)
    listed = {entry["Key"]: entry["Blob"] for entry in s3.list_objects_v2(Bucket=unique)["Contents"]}
    assert {key: app.blobs.path(blob).read_bytes() for key, blob in listed.items()} == contents
    assert app.blobs.bytes(s3.head_object(Bucket=unique, Key="d")["Blob"]) == contents["d"]
    body = s3.get_object(Bucket=unique, Key="d", Range="bytes=-6")["Body"]
    assert b"".join(app.blobs.read(body)) == contents["d"][-6:]


def test_events_where_eventbridge_is_switched_on(app: App, aws: Aws, unique: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=unique)
    s3.put_object(Bucket=unique, Key="silent", Body=app.blobs.put(b"x"))
    assert events(app) == []
    s3.put_bucket_notification_configuration(Bucket=unique, NotificationConfiguration={"EventBridgeConfiguration": {}})
    etag = s3.put_object(Bucket=unique, Key="dir/k", Body=app.blobs.put(b"12345"))["ETag"].strip('"')
    s3.copy_object(Bucket=unique, Key="copy", CopySource=f"{unique}/dir/k")
    s3.delete_object(Bucket=unique, Key="copy")
    found = events(app)
    assert [(e["detail-type"], e["detail"]["reason"]) for e in found] == [
        ("Object Created", "PutObject"),
        ("Object Created", "CopyObject"),
        ("Object Deleted", "DeleteObject"),
    ]
    assert found[0]["resources"] == [f"arn:aws:s3:::{unique}"]
    made = found[0]["detail"]["object"]
    assert (made["key"], made["size"], made["etag"]) == ("dir/k", 5, etag)
    assert found[1]["detail"]["object"]["sequencer"] > made["sequencer"]
    assert found[2]["detail"]["deletion-type"] == "Permanently Deleted"


def test_an_event_is_not_told_of_what_failed(app: App, aws: Aws, unique: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=unique)
    s3.put_bucket_notification_configuration(Bucket=unique, NotificationConfiguration={"EventBridgeConfiguration": {}})
    s3.put_object(Bucket=unique, Key="k", Body=app.blobs.put(b"x"))
    events(app)
    with pytest.raises(Exception, match="PreconditionFailed"):
        s3.put_object(Bucket=unique, Key="k", Body=app.blobs.put(b"y"), IfNoneMatch="*")
    assert events(app) == []


def test_one_blob_may_be_put_under_several_keys(app: App, aws: Aws, unique: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=unique)
    blob = app.blobs.put(b"shared")
    for key in ("a", "b"):
        s3.put_object(Bucket=unique, Key=key, Body=blob)
    s3.delete_object(Bucket=unique, Key="a")
    assert app.blobs.bytes(s3.head_object(Bucket=unique, Key="b")["Blob"]) == b"shared"
