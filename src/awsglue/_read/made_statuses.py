"""Hadoop's file statuses out of plain values: all of them cross over to the JVM as one text.

Hadoop reads what it writes itself: an `ArrayWritable` of `FileStatus`, each a protocol buffer after its length.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyspark.sql import SparkSession

from awsglue._bookmarks.window import File

# The fields of Hadoop's FileStatusProto that are set, as tags: number << 3 | kind (0: a number, 2: text).
_FILE = b"\x08\x02"  # fileType: FT_FILE
_PATH, _LENGTH, _MODIFIED, _BLOCK = b"\x12", b"\x18", b"\x38", b"\x58"


def made(spark: SparkSession, files: Iterable[File], block: int) -> Any:
    """A Java array of FileStatus; `block` is the file system's block size."""
    jvm: Any = spark._jvm
    kind = jvm.java.lang.Class.forName("org.apache.hadoop.fs.FileStatus")
    found = jvm.org.apache.hadoop.io.ArrayWritable(kind)
    found.readFields(jvm.java.io.DataInputStream(jvm.java.io.ByteArrayInputStream(written(files, block))))
    return jvm.scala.Predef.genericWrapArray(found.get()).toArray(jvm.scala.reflect.ClassTag.apply(kind))


def written(files: Iterable[File], block: int) -> bytes:
    """The files as an ArrayWritable writes them."""
    tail = _BLOCK + _number(block)
    parts = [b""]
    for file in files:
        path = file.path.encode()
        head = _FILE + _PATH + _number(len(path)) + path
        message = head + _LENGTH + _number(file.size) + _MODIFIED + _number(file.modified) + tail
        parts.append(len(message).to_bytes(4, "big") + message)
    parts[0] = (len(parts) - 1).to_bytes(4, "big")
    return b"".join(parts)


def _number(value: int) -> bytes:
    """A whole number in seven bits a byte, the lowest first."""
    if value < 128:
        return bytes((value,))
    digits = bytearray()
    while value >= 128:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)
