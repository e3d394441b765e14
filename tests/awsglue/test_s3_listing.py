"""Listings of S3 longer than a page: S3's own API tells what S3A would, or S3A does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue._read import s3_pages, statuses

PAGE = 1000
AWKWARD = [
    "a b+c%25",
    "é ü",
    "\U0001f600",
    "quote\"'&amp;",
    "year=2013/=x",
    "_hidden",
    "d/.hidden",
    "d/_SUCCESS",
    "_k=1/x",
    "folder/",
    "old_$folder$",
    "~*!()",
]


def put(aws: Any, bucket: str, keys: Iterable[str]) -> None:
    for key in keys:
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=key.encode())


@pytest.fixture
def full(aws: Any, server: Any, bucket: str) -> str:
    """A bucket of three pages: rows of the server's own database, since so many PUTs would take longer than all tests here."""
    put(aws, bucket, ["in/template"])
    with sqlite3.connect(server.home / "state.db", timeout=60) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(s3_objects)")]
        row = database.execute("SELECT * FROM s3_objects WHERE bucket = ? AND key = 'in/template'", (bucket,)).fetchone()
        at, modified = columns.index("key"), columns.index("modified")
        marks = ", ".join("?" for _ in columns)
        for n in range(2 * PAGE + 1):
            copy = list(row)
            copy[at], copy[modified] = f"in/{'sub/' if n % 2 else ''}{n:05}", row[modified] - n
            database.execute(f"INSERT INTO s3_objects VALUES ({marks})", copy)
    put(aws, bucket, [f"in/{key}" for key in AWKWARD])
    put(aws, bucket, ["in", "in-beside", "out/x"])
    return bucket


def listed(spark: Any, path: str, *, deep: bool) -> statuses.Statuses:
    (found,) = statuses.list_below(spark, path, deep=deep)
    return found


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("path", ["s3://{}/in/", "s3://{}/in", "s3://{}/in/sub", "s3a://{}"])
def test_it_is_what_s3a_lists(spark: Any, full: str, path: str, deep: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path.format(full)
    mine = listed(spark, path, deep=deep)
    monkeypatch.setattr(s3_pages, "is_long", lambda listing: False)
    s3as = listed(spark, path, deep=deep)
    assert s3as.found is not None
    assert mine.files == s3as.files
    assert (mine.found is None) == (len(s3as.files) > PAGE)


def test_the_statuses_are_hadoops(spark: Any, full: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = listed(spark, f"s3://{full}/in", deep=True)
    monkeypatch.setattr(s3_pages, "is_long", lambda listing: False)
    s3as = listed(spark, f"s3://{full}/in", deep=True)
    places = [0, 7, *(n for n, file in enumerate(mine.files) if "ü" in file.path or "\U0001f600" in file.path)]
    pairs = list(zip(mine.chosen(places), s3as.chosen(places), strict=True))
    assert len(pairs) == 4
    for made, found in pairs:
        assert made.getPath().equals(found.getPath())
        assert [made.getLen(), made.getModificationTime(), made.getBlockSize(), made.isFile()] == [
            found.getLen(), found.getModificationTime(), found.getBlockSize(), True,
        ]  # fmt: skip


def test_the_files_are_read(glue: Any, full: str) -> None:
    """The three oldest, which are rows of the fixture."""
    options = {"paths": [f"s3://{full}/in/"], "recurse": True, "boundedFiles": "3"}
    frame = glue.create_dynamic_frame.from_options("s3", options, "csv")
    assert [row.col0 for row in frame.toDF().collect()] == ["in/template"] * 3


@pytest.mark.parametrize("key", ["in//twice", "in/./dot", "in/../up", "in/x/.."])
def test_keys_that_hadoop_spells_otherwise_are_s3as_business(spark: Any, aws: Any, full: str, key: str) -> None:
    put(aws, full, [key])
    assert listed(spark, f"s3://{full}/in", deep=True).found is not None


def test_what_s3_refuses_is_s3as_business(spark: Any, full: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(s3_pages, "_signer", lambda bucket: lambda members: f"{bucket.endpoint}/{full}-not?list-type=2")
    caplog.set_level("INFO", "awsglue")
    assert listed(spark, f"s3://{full}/in", deep=True).found is not None
    assert "is listed by S3A: UnreadableError: S3 answered 403" in caplog.text  # the URL is not signed


LAST = b"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated></ListBucketResult>"
BUSY = b"<Error><Code>SlowDown</Code></Error>"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[int]]]:
    """A store that answers with the given statuses in turn (0: it hangs up), and its URL."""
    statuses: list[int] = []

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status = statuses.pop(0)
            if not status:
                self.close_connection = True
                return
            body = LAST if status == 200 else BUSY
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    monkeypatch.setattr(s3_pages, "_PAUSES", (0.0, 0.0))
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/b?list-type=2", statuses
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("answers", [[200], [503, 200], [0, 500, 200], [503, 0, 200]])
def test_patience(store: tuple[str, list[int]], answers: list[int]) -> None:
    url, statuses = store
    statuses += answers
    assert list(s3_pages._pages(lambda more: url)) == [LAST.decode()]
    assert statuses == []


@pytest.mark.parametrize(("answers", "said"), [([503, 500, 503, 200], "503"), ([403, 200], "403"), ([0, 0, 0, 200], "Remote end closed")])
def test_the_end_of_patience(store: tuple[str, list[int]], answers: list[int], said: str) -> None:
    url, statuses = store
    statuses += answers
    with pytest.raises(s3_pages.UnreadableError, match=said):
        list(s3_pages._pages(lambda more: url))
    assert statuses == [200]


@pytest.mark.parametrize(
    ("entry", "file"),
    [
        ("<Size>7</Size><Key>k</Key><ETag>&quot;e&quot;</ETag><LastModified>2026-01-31T09:30:00.250Z</LastModified>", ("k", 7, 250, '"e"')),
        ("<Key>a+b%2B</Key><LastModified>2026-01-31T09:30:00Z</LastModified><Size>1</Size><ETag>x</ETag>", ("a b+", 1, 0, "x")),
        (
            "<Key>k</Key><LastModified>2026-01-31T09:30:00.000Z</LastModified><ETag>x</ETag><Size>1</Size>"
            "<Owner><ID>1</ID><DisplayName>n</DisplayName></Owner>",
            ("k", 1, 0, "x"),
        ),
    ],
)
def test_pages_of_other_stores(entry: str, file: tuple[str, int, int, str]) -> None:
    page = f"<ListBucketResult><EncodingType>url</EncodingType><Contents>{entry}</Contents></ListBucketResult>"
    key, size, millis, etag = file
    assert s3_pages._files(page, "s3://b/") == [(f"s3://b/{key}", size, 1769851800000 + millis, etag)]


@pytest.mark.parametrize(
    "page",
    [
        "<EncodingType>url</EncodingType><Contents><Key>k</Key><Size>x</Size></Contents>",
        "<Contents><Key>k</Key><Size>1</Size></Contents>",
        "<EncodingType>url</EncodingType><Contents><Key>k</Key></Contents>",
    ],
)
def test_pages_that_are_not_understood(page: str) -> None:
    with pytest.raises(s3_pages.UnreadableError):
        s3_pages._files(page, "s3://b/")
