"""A Spark before 4.1 names the files that it writes itself: they are written aside, and moved into place under their names.

What tells a write's files from others hangs on their names: the partitions that a catalog sink registers, and what a stream's batch
replaces when it runs again. Scripts look for `run-…` too.
"""

from __future__ import annotations

from typing import Any

from pyspark import __version__


def is_needed() -> bool:
    return tuple(int(part) for part in __version__.split(".")[:2]) < (4, 1)


def save(spark: Any, writer: Any, path: str, prefix: str) -> None:
    """Write a Spark writer's rows under the path, in files whose names begin with the prefix. Nothing shows before all are written."""
    hadoop = spark._jvm.org.apache.hadoop.fs
    where = hadoop.Path(f"{path.rstrip('/')}/_{prefix}")
    fs = where.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
    try:
        writer.save(where.toString())
        root, target = fs.makeQualified(where).toString(), hadoop.Path(path)
        for folder, name in _files(fs, where, root):
            place = hadoop.Path(target, folder) if folder else target
            fs.mkdirs(place)
            source = hadoop.Path(hadoop.Path(where, folder) if folder else where, name)
            if not fs.rename(source, hadoop.Path(place, f"{prefix}-r-{name.removeprefix('part-')}")):
                raise OSError(f"The file {source.toString()} could not be moved into {place.toString()}")
    finally:
        fs.delete(where, True)


def _files(fs: Any, where: Any, root: str) -> list[tuple[str, str]]:
    """The folder of each written file below the root, and its name."""
    found, listed = fs.listFiles(where, True), []
    while found.hasNext():
        folder, _, name = found.next().getPath().toString().removeprefix(root).lstrip("/").rpartition("/")
        listed.append((folder, name))
    return listed
