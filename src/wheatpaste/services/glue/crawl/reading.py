"""Listing a target and looking into its files: S3 as the crawler's role, the files in a child process."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wheatpaste.call import Aws
from wheatpaste.engines.worker import Worker, WorkerDied, WorkerError
from wheatpaste.service import Shape
from wheatpaste.services.glue.crawl.definition import split_path
from wheatpaste.services.glue.crawl.finding import Finding, from_json
from wheatpaste.services.glue.crawl.globs import Exclusions
from wheatpaste.services.glue.crawl.journal import Journal
from wheatpaste.services.glue.crawl.tree import File
from wheatpaste.store.blobs import BlobRange
from wheatpaste.wire.errors import AwsError, aws_error

if TYPE_CHECKING:
    from wheatpaste.app import App

NoSuchKey = aws_error("s3", "NoSuchKey")
MODULE = "wheatpaste.services.glue.crawl.inspector"
MEMORY = 2 << 30  # bytes of address space for the inspector
PATIENCE = 60.0  # seconds for one file
ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")


class StoppedError(Exception):
    """Somebody asked the crawl to stop, or the server ends."""


@dataclass(frozen=True)
class Target:
    """One S3 include path: a folder's prefix (with its trailing slash), or one object's key."""

    bucket: str
    path: str
    exclusions: tuple[str, ...] = ()
    sample: int = 0  # files of each leaf folder; 0: all

    @property
    def prefix(self) -> str:
        """The prefix that the target's tree begins at."""
        return self.path if not self.path or self.path.endswith("/") else f"{self.path}/"

    @property
    def patterns(self) -> list[str]:
        """The exclusions with the include path before them: what a table keeps, wherever below the path it lies."""
        start = re.sub(r"([*?{}\[\]\\])", r"\\\1", f"s3://{self.bucket}/{self.prefix}")
        return [f"{start}{pattern}" for pattern in self.exclusions]

    @property
    def uri(self) -> str:
        """The include path without its trailing slash."""
        return f"s3://{self.bucket}/{self.path}".rstrip("/")


def target_of(shape: Mapping[str, Any]) -> Target:
    """The target of an ``S3Target`` shape."""
    bucket, path = split_path(shape["Path"])
    return Target(bucket, path, tuple(shape.get("Exclusions") or ()), shape.get("SampleSize") or 0)


def list_objects(aws: Aws, target: Target, journal: Journal, stopping: Callable[[], bool]) -> list[tuple[str, int]]:
    """Key and size of a target's objects, in the order of their keys; empty ones and folder markers left out. An AwsError names the
    target."""
    s3, excluded = aws.client("s3"), Exclusions(target.exclusions)
    start = target.path.rstrip("/")
    found: list[tuple[str, int]] = []
    more: Shape = {}
    while True:
        if stopping():
            raise StoppedError
        try:
            answer = s3.list_objects_v2(Bucket=target.bucket, Prefix=start, MaxKeys=1000, **more)
        except AwsError as error:
            raise AwsError(error.code, f"{error.message}: {target.uri}", error.status) from error
        for item in answer.get("Contents") or []:
            key = item["Key"]
            inside = not start or key == start or key.startswith(f"{start}/")
            if not inside or not item["Size"] or key.endswith("/") or excluded.exclude(key[len(target.prefix) :]):
                continue
            if item.get("StorageClass") in ARCHIVED:
                journal.warn(f"s3://{target.bucket}/{key} is archived ({item['StorageClass']}) and cannot be read: it is left out")
                continue
            found.append((key, item["Size"]))
        if not answer.get("IsTruncated"):
            if not found:
                journal.warn(f"{target.uri} has no objects with data that can be read and are not excluded: there is nothing to crawl")
            return found
        more = {"ContinuationToken": answer["NextContinuationToken"]}


def sampled(objects: list[tuple[str, int]], size: int) -> Iterator[tuple[str, int, bool]]:
    """Each object, and whether it is among the first ``size`` of its folder (0: every one)."""
    seen: dict[str, int] = {}
    for key, length in objects:
        folder = key.rpartition("/")[0]
        seen[folder] = seen.get(folder, 0) + 1
        yield key, length, not size or seen[folder] <= size


class Inspector:
    """The child process that looks into files; it is started again when a file ends it."""

    def __init__(self, app: "App", aws: Aws, crawl: str, classifiers: Sequence[Mapping[str, Any]], journal: Journal) -> None:
        self._app = app
        self._s3 = aws.client("s3")
        self._crawl = crawl
        self._classifiers = classifiers
        self._journal = journal
        self._worker: Worker | None = None
        self._same: dict[str, Any] = {}  # schemas by their text: thousands of files share a few

    def look(self, target: Target, objects: list[tuple[str, int]], stopping: Callable[[], bool]) -> list[File]:
        """The files of a target with what they are; unreadable ones are logged and left out."""
        files: list[File] = []
        for at, (key, size, wanted) in enumerate(sampled(objects, target.sample)):
            if at % 20 == 0 and stopping():
                raise StoppedError
            file = self._inspect(target.bucket, key, size) if wanted else File(key, size)
            files += [file] if file else []
        return files

    def _inspect(self, bucket: str, key: str, size: int) -> File | None:
        answer = self.ask("inspect", bucket, key, classifiers=self._classifiers)
        return File(key, size, self._finding(answer["finding"])) if answer else None

    def ask(self, method: str, bucket: str, key: str, **parameters: Any) -> Shape | None:
        """What the inspector's ``method`` says of an object; None, and a line in the log, for one that cannot be read."""
        try:
            blob = self._s3.get_object(Bucket=bucket, Key=key)["Body"]
        except NoSuchKey:
            self._journal.warn(f"s3://{bucket}/{key} is left out: it was deleted while the crawl ran")
            return None
        whole = blob.blob if isinstance(blob, BlobRange) else blob
        with self._app.blobs.reading(whole):
            pieces = [[p if isinstance(p, bytes) else str(p), start, length] for p, start, length in self._app.blobs.segments(blob)]
            answer = self._answer(method, key=key, pieces=pieces, **parameters)
        if "unreadable" in answer:
            self._journal.warn(f"s3://{bucket}/{key} is left out: {answer['unreadable']}")
            return None
        return answer

    def _finding(self, answer: Mapping[str, Any]) -> Finding:
        found = from_json(answer)
        shared = {
            name: self._same.setdefault(repr(value), value)
            for name in ("columns", "parameters", "serde")
            if (value := getattr(found, name))
        }
        return replace(found, **shared)

    def _answer(self, method: str, **parameters: Any) -> Shape:
        """What the inspector says; its death or its silence is the file's fault and nothing else's."""
        if self._worker is None:
            self._worker = Worker(self._app.supervisor, MODULE, tag=f"crawl-{self._crawl}", memory=MEMORY)
        pending = self._worker.start(method, **parameters)
        try:
            found: Shape = pending.result(PATIENCE)
        except (WorkerError, WorkerDied) as error:
            self.close()
            return {"unreadable": f"reading it failed: {error}"}
        except TooSlow:
            self.close()
            return {"unreadable": f"reading it took more than {PATIENCE:.0f} s"}
        return found

    def close(self) -> None:
        """End the child process."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
