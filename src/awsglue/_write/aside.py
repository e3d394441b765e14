"""A Spark before 4.1 names the files that it writes itself: they are written aside, and moved into place under their names.

What tells a write's files from others hangs on their names: the partitions that a catalog sink registers, and what a stream's batch
replaces when it runs again. Scripts look for `run-…` too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyspark import __version__


def is_needed() -> bool:
    return tuple(int(part) for part in __version__.split(".")[:2]) < (4, 1)


def save(spark: Any, write: Callable[[str], None], path: str, prefix: str, ending: str = "") -> None:
    """Have rows written under the path, in files whose names begin with the prefix. Nothing shows before all are written.

    `write` writes into the folder it is given; `ending`: of the files' names, where Spark gives them none or that of text.
    """
    hadoop = spark._jvm.org.apache.hadoop.fs
    hidden = hadoop.Path(f"{path.rstrip('/')}/_{prefix}")
    where = hadoop.Path(hidden, "rows")  # some sinks look at what they wrote, and would not see what is hidden itself
    fs = where.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
    try:
        write(where.toString())
        root, target = fs.makeQualified(where).toString(), hadoop.Path(path)
        for folder, name in _files(fs, where, root):
            place = hadoop.Path(target, folder) if folder else target
            fs.mkdirs(place)
            source = hadoop.Path(hadoop.Path(where, folder) if folder else where, name)
            if not fs.rename(source, hadoop.Path(place, f"{prefix}-r-{_named(name, ending)}")):
                raise OSError(f"The file {source.toString()} could not be moved into {place.toString()}")
    finally:
        fs.delete(hidden, True)


def _named(name: str, ending: str) -> str:
    name = name.removeprefix("part-")
    if ".txt" in name:
        return name.replace(".txt", ending or ".txt")
    number, dot, codec = name.partition(".")
    return f"{number}{ending}{dot}{codec}" if ending else name


def _files(fs: Any, where: Any, root: str) -> list[tuple[str, str]]:
    """The folder of each written file below the root, and its name; not of marks of success, nor of what holds at most a line's end."""
    found, listed = fs.listFiles(where, True), []
    while found.hasNext():
        file = found.next()
        folder, _, name = file.getPath().toString().removeprefix(root).lstrip("/").rpartition("/")
        if not name.startswith("_") and file.getLen() > 1:
            listed.append((folder, name))
    return listed
