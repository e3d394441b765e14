"""Listings: Hadoop's file statuses, which stay in the JVM, and beside each its values in Python.

A look at one status from Python is several round trips, 100,000 files would take a minute; a list's text, its conversion to an array and a
selection by a set of bits are one each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from awsglue._bookmarks.window import File
from awsglue._read import s3_pages
from awsglue._read.listing import hidden
from awsglue._read.made_statuses import made

_STATUS = re.compile(
    r"Status\{path=(.*?); isDirectory=false; length=(\d+); replication=\d+; blocksize=\d+; modification_time=(\d+);"
    r"(?:[^\[{}]*\}\[eTag='([^']*)')?",
    re.DOTALL,
)

_BARE = re.compile(r"\w+://[^/]+")
"""A bucket without a slash behind it, for which Hadoop 3.3 knows no root."""


@dataclass
class Statuses:
    """The files below one root, listed once, without those that Hadoop hides: `files` has the values of each."""

    spark: SparkSession
    root: Any  # Hadoop's Path, qualified
    found: Any  # java.util.List of LocatedFileStatus; None for a listing that is not the JVM's
    files: Sequence[File]
    places: Sequence[int]  # of each in `found`

    def __post_init__(self) -> None:
        self.path = str(self.root.toString())

    def chosen(self, positions: Iterable[int]) -> Any:
        """An array of the statuses of the files at these positions of `files`."""
        if self.found is None:
            block = self.root.getFileSystem(self.spark._jsparkSession.sessionState().newHadoopConf()).getDefaultBlockSize(self.root)
            return made(self.spark, (self.files[n] for n in positions), block)
        jvm: Any = self.spark._jvm
        kind = jvm.java.lang.Class.forName("org.apache.hadoop.fs.FileStatus")
        bits = bytearray((max(self.places) + 8) // 8)
        for n in positions:
            place = self.places[n]
            bits[place >> 3] |= 1 << (place & 7)
        wanted = jvm.scala.collection.immutable.BitSet.fromBitMask(jvm.java.util.BitSet.valueOf(bytes(bits)).toLongArray())
        by_place = jvm.org.apache.spark.api.python.PythonUtils.toSeq(self.found).toVector()  # a Vector is a function of places
        return wanted.iterator().map(by_place).toArray(jvm.scala.reflect.ClassTag.apply(kind))

    def beginning(self, position: int, length: int) -> bytes:
        """The first bytes of one file, uncompressed as its name says."""
        jvm: Any = self.spark._jvm
        path, conf = jvm.org.apache.hadoop.fs.Path(self.files[position].path), self.spark._jsparkSession.sessionState().newHadoopConf()
        codec = jvm.org.apache.hadoop.io.compress.CompressionCodecFactory(conf).getCodec(path)
        opened = path.getFileSystem(conf).open(path)
        try:
            stream = jvm.java.io.BufferedInputStream(opened if codec is None else codec.createInputStream(opened))
            return bytes(stream.readNBytes(length))
        finally:
            opened.close()


def list_below(spark: SparkSession, path: str, *, deep: bool) -> list[Statuses]:
    """The files under a path, which may be a glob, a folder or a file; with `deep` also those in its folders. Nothing there: no listing."""
    jvm: Any = spark._jvm
    where = jvm.org.apache.hadoop.fs.Path(f"{path}/" if _BARE.fullmatch(path) else path)
    fs = where.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
    try:
        roots = _roots(fs, where, path)
    except Py4JJavaError as error:
        if "UnknownStoreException" not in str(error.java_exception):
            raise
        # All that the Java exception says, in one line instead of a hundred.
        raise FileNotFoundError(f"The specified bucket does not exist: {path} (S3 at {_endpoint(fs)})") from None
    return [_list(spark, fs, root, deep) for root in roots]


def _roots(fs: Any, where: Any, path: str) -> list[Any]:
    if is_glob(path):
        return [status.getPath() for status in fs.globStatus(where) or ()]
    return [fs.makeQualified(where)] if fs.exists(where) else []


def _endpoint(fs: Any) -> str:
    return str(fs.getConf().get("fs.s3a.endpoint") or "AWS")


def _list(spark: SparkSession, fs: Any, root: Any, deep: bool) -> Statuses:
    found = fs.listFiles(root, deep)
    if s3_pages.is_long(found):
        files = s3_pages.files_of(fs, str(root.toString()), deep=deep)
        if files is not None:
            found.close()
            return _seen(spark, root, None, files)
    jvm: Any = spark._jvm
    statuses = jvm.org.apache.hadoop.util.functional.RemoteIterators.toList(found)
    return _seen(spark, root, statuses, _values(statuses))


def is_glob(path: str) -> bool:
    """Whether a path has one of the signs of Hadoop's globs."""
    return any(sign in path for sign in "*?{[")


def as_glob(path: str) -> str:
    """The glob that finds this path alone."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", path)


def _seen(spark: SparkSession, root: Any, found: Any, files: list[File]) -> Statuses:
    cut = len(str(root.toString()).rstrip("/"))
    places = [n for n, file in enumerate(files) if not hidden(file.path[cut:])]
    return Statuses(spark, root, found, [files[n] for n in places], places)


def of_index(spark: SparkSession, index: Any) -> Statuses:
    """The files of one of Spark's indexes that lie directly at one of its partitions."""
    jvm: Any = spark._jvm
    found = jvm.scala.collection.JavaConverters.seqAsJavaList(index.allFiles())
    files = _values(found)
    folders = set(index.rootPaths().mkString("\n").split("\n"))
    places = [n for n, file in enumerate(files) if file.path.rpartition("/")[0] in folders]
    return Statuses(spark, index.rootPaths().apply(0), found, [files[n] for n in places], places)


def files_below(spark: SparkSession, path: str) -> list[File]:
    """Every file under a path, however deep."""
    return [file for each in list_below(spark, path, deep=True) for file in each.files]


def _values(found: Any) -> list[File]:
    files = [File(path, int(size), int(modified), etag) for path, size, modified, etag in _STATUS.findall(found.toString())]
    if len(files) != found.size():  # a name that looks like a status
        files = [File(each.getPath().toString(), int(each.getLen()), int(each.getModificationTime())) for each in found]
    return files
