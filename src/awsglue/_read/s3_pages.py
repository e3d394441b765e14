"""Long listings of S3, by S3's own API: for each page S3A takes several times what S3 takes.

S3A knows where the bucket is and who asks; botocore signs; the pages come over one connection, and while one is read the next is under
way. What is out of the ordinary (an answer that is not 200, keys that Hadoop spells otherwise, options of S3A's that this does not know) is
left to S3A: then there is no listing here.
"""

from __future__ import annotations

import gc
import http.client
import logging
import os
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from awsglue._bookmarks.window import File

log = logging.getLogger("awsglue")
S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem"
# Options of S3A's that change how it asks, and what they are when they change nothing.
_PLAIN = {
    "fs.s3a.proxy.host": "",
    "fs.s3a.accesspoint.arn": "",
    "fs.s3a.custom.signers": "",
    "fs.s3a.signing-algorithm": "",
    "fs.s3a.s3.signing-algorithm": "",
    "fs.s3a.requester.pays.enabled": "false",
    "fs.s3a.encryption.algorithm": "",
    "fs.s3a.endpoint.fips": "false",
    "fs.s3a.list.version": "2",
}
_TIMEOUT = 60  # seconds without a byte
_PAUSES = (0.0, 0.2, 1.0, 3.0)  # seconds before a page is asked for again

_LEAF = r"Key>([^<]+)</Key|Size>(\d+)</Size|LastModified>([^<]+)</LastModified|ETag>([^<]*)</ETag"
_OTHER = r"\w+>(?:[^<]|<\w+>[^<]*</\w+>)*</\w+"
_ENTRY = re.compile(rf"<Contents>(?:<(?:{_LEAF}|{_OTHER})>)*</Contents>")
_TOKEN = re.compile("<NextContinuationToken>([^<]+)</NextContinuationToken>")
_RESPELT = re.compile(r"^/|//|(?:^|/)\.{1,2}(?:/|$)")  # Hadoop's paths have no empty steps, no . and no ..


class UnreadableError(Exception):
    """A page that is not read here."""


@dataclass(frozen=True)
class Bucket:
    """Where a bucket is and who asks, as S3A has it."""

    name: str
    endpoint: str | None
    region: str
    path_style: bool
    keys: tuple[str, str, str | None] | None  # None: nobody, unsigned


def is_long(listing: Any) -> bool:
    """Whether S3A's iterator has more than one page; it tells in its text. Other file systems' iterators have no pages."""
    return "isTruncated=true" in listing.toString()


def files_of(fs: Any, root: str, *, deep: bool) -> list[File] | None:
    """The files below a folder on S3; None where that is S3A's business."""
    if fs.getClass().getName() != S3A or "getS3AInternals" not in dir(fs):  # Hadoop before 3.4
        return None
    conf, where = fs.getConf(), urlsplit(root)
    if where.netloc.endswith("--x-s3") or any((conf.getTrimmed(name) or usual) != usual for name, usual in _PLAIN.items()):
        return None
    prefix = f"{where.path.strip('/')}/".lstrip("/")
    asked = {"Bucket": where.netloc, "Prefix": prefix, "EncodingType": "url", **({} if deep else {"Delimiter": "/"})}
    try:
        sign, bucket = _signer(_bucket(fs, where.netloc)), f"{where.scheme}://{where.netloc}/"
        with _no_collection():
            return [file for page in _pages(lambda more: sign({**asked, **more})) for file in _files(page, bucket)]
    except (ImportError, OSError, http.client.HTTPException, UnreadableError) as error:  # S3A says what is wrong, if anything is
        log.info("%s is listed by S3A: %s: %s", root, type(error).__name__, error)
        return None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Values of texts and numbers hold no cycles, but there are so many that looking for some takes a quarter of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _bucket(fs: Any, name: str) -> Bucket:
    inside = fs.getS3AInternals()
    settings = inside.getAmazonS3Client("listing").serviceClientConfiguration()
    shared = inside.shareCredentials("listing")
    try:
        found = shared.resolveCredentials()
        token = found.sessionToken() if found.getClass().getSimpleName() == "AwsSessionCredentials" else None
        keys = (str(found.accessKeyId()), str(found.secretAccessKey()), token) if found.accessKeyId() else None
    finally:
        shared.close()
    endpoint = settings.endpointOverride()
    path_style = fs.getConf().getBoolean("fs.s3a.path.style.access", False)
    return Bucket(name, endpoint.get().toString() if endpoint.isPresent() else None, settings.region().id(), path_style, keys)


@lru_cache(4)
def _signer(bucket: Bucket) -> Callable[[dict[str, str]], str]:
    """What makes a signed URL of the members of a ListObjectsV2."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    access_key, secret, token = bucket.keys or (None, None, None)
    style = {"addressing_style": "path" if bucket.path_style else "auto"}
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(s3=style, signature_version="s3v4" if bucket.keys else UNSIGNED),
    )
    return lambda members: str(client.generate_presigned_url("list_objects_v2", Params=members))


def _pages(sign: Callable[[dict[str, str]], str]) -> Iterator[str]:
    """The bodies of all pages; the next one is asked for before one is given away."""
    asked = _Asked(sign({}))
    try:
        more = True
        while more:
            page = asked.answer()
            token = _TOKEN.search(page)
            more = token is not None
            if token is not None:
                asked.ask(sign({"ContinuationToken": unescape(token[1])}))
            elif "<IsTruncated>false</IsTruncated>" not in page:
                raise UnreadableError("a page is not the last, but names no next one")
            yield page
    finally:
        asked.close()


class _Asked:
    """One connection, and what is asked over it: again where S3 is too busy, or has hung up on what was to be asked next."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        if parts.scheme == "https":
            trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
            self._http: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=_TIMEOUT, context=trusted
            )
        else:
            self._http = http.client.HTTPConnection(parts.hostname, parts.port, timeout=_TIMEOUT)
        self.close = self._http.close
        self.ask(url)

    def ask(self, url: str) -> None:
        parts = urlsplit(url)
        self._wanted = f"{parts.path or '/'}?{parts.query}"
        self._http.request("GET", self._wanted)

    def answer(self) -> str:
        """The body of a 200; UnreadableError for any other answer, after some patience with 500 and beyond."""
        for pause in (*_PAUSES, None):
            try:
                found = self._http.getresponse()
                status, body = found.status, found.read()
            except ConnectionError as error:
                status, body = 503, str(error).encode()
                self._http.close()
            if status == 200:
                return body.decode()
            if status < 500 or pause is None:
                break
            time.sleep(pause)
            self._http.request("GET", self._wanted)
        raise UnreadableError(f"S3 answered {status} {body[:300]!r}")


def _files(page: str, root: str) -> list[File]:
    """The files of a page: not the markers of folders."""
    start = page.find("<Contents>")
    if start < 0:
        return []
    if "<EncodingType>url</EncodingType>" not in page:
        raise UnreadableError("the keys are not URL-encoded")
    # Of the encoded characters the most frequent, all at once; what is left begins with & or % as before.
    listed = page[start:].replace("%2F", "/").replace("%3D", "=").replace("&quot;", '"')
    found = _ENTRY.findall(listed)
    if len(found) != listed.count("<Contents>"):
        raise UnreadableError("the page has entries of another form")
    try:
        return [
            File(root + _key(key), int(size), _millis(modified), unescape(etag) if "&" in etag else etag)
            for key, size, modified, etag in found
            if not key.endswith(("/", "_$folder$", "_%24folder%24"))
        ]
    except ValueError as error:
        raise UnreadableError(f"an entry has no size or time as S3 writes them: {error}") from error


def _key(written: str) -> str:
    key = unquote_plus(written) if "%" in written or "+" in written else written
    if ("//" in key or "/." in key or key[0] in "/.") and _RESPELT.search(key):
        raise UnreadableError(f"Hadoop spells the key {key!r} otherwise")
    return key


def _millis(text: str) -> int:
    """A LastModified in epoch milliseconds: 2026-01-31T09:30:00.000Z."""
    return _second(text[:19]) + int(text[20:23]) if len(text) == 24 else _of_any_form(text)


@lru_cache(4096)
def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()) * 1000  # noqa: UP017 - Python 3.10


@lru_cache(4096)
def _of_any_form(text: str) -> int:
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)
