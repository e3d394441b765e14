"""Files by path: the connection types s3, file, parquet and orc."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from awsglue import _report
from awsglue._bookmarks.window import File
from awsglue._frame.frame import Frame
from awsglue._objects import excluded_classes, objects_in
from awsglue._read import listing
from awsglue._read.formats import LAKES, format_of, read_columnar, read_format, read_lake
from awsglue._read.grouping import groups, in_groups
from awsglue._read.listed import Chosen, ListedFiles
from awsglue._read.selection import Selection, now
from awsglue._read.spec import ReadSpec, empty_frame
from awsglue._read.statuses import list_below
from awsglue.utils import truth

_ENDINGS = {"gzip": (".gz", ".gzip"), "bzip2": (".bz2",), "snappy": (".snappy",), "zstd": (".zst",), "none": (), "": ()}


def read_paths(spec: ReadSpec) -> Frame:
    """The files under `paths`; only those directly there unless `recurse`. Without any file the frame is empty.

    Parquet and ORC are Spark's own: it finds partition columns in the names of folders, and reads these without `recurse`.
    """
    given = spec.options.get("paths", spec.options.get("path"))
    if not given:
        raise ValueError("A source of files needs the connection option paths: a list of folders or files")
    paths = [given] if isinstance(given, str) else list(given)
    name = format_of(spec)  # before anything is listed: nothing is found where the format is wrong, and all seems well
    if name in LAKES:
        return read_lake(spec, name, paths)
    columnar = name in ("parquet", "orc")
    recurse = truth(spec.options.get("recurse", False))
    began = now()
    listings = [each for path in paths for each in list_below(spec.spark, path, deep=recurse or columnar)]
    roots = [each.path for each in listings]
    selection = _selection(spec, paths, began, objects_in(excluded_classes(spec.options), roots), shallow=columnar and not recurse)
    chosen = selection.of(listings)
    if not chosen:
        if columnar and not recurse and selection.source.excluded and selection.source.excluded == selection.source.listed:
            raise ValueError(f"There is no {name} file directly in {selection.source.name}; `recurse` reads the folders below")
        return empty_frame(spec.spark)
    if columnar:
        spec.format, base = name, str(spec.options.get("basePath") or "")
        recursive = recurse and not base and not _in_partitions(chosen)
        frame = read_columnar(spec, ListedFiles(spec.spark, chosen, recursive, base=base))
    else:
        frame = read_format(spec, ListedFiles(spec.spark, chosen, timestamp=str(spec.format_options.get("attachTimestamp") or "")))
    return in_groups(frame, groups(spec.options, selection.source.bytes or 0))


def _selection(spec: ReadSpec, paths: list[str], began: int, stored_elsewhere: Collection[str], *, shallow: bool) -> Selection:
    """`shallow`: of folders below only those called key=value are looked into."""
    patterns = listing.exclusion_patterns(spec.options.get("exclusions"))
    endings = _endings(spec.options.get("compressionType"))

    def keeps(file: File, root: str) -> bool:
        if stored_elsewhere and file.path.partition("://")[2] in stored_elsewhere:
            return False
        if patterns and listing.excluded(file.path, root, patterns):
            return False
        if endings and not file.path.endswith(endings):
            raise NotImplementedError(f"compressionType for files whose names do not end in {' or '.join(endings)}: {file.path}")
        return not shallow or all("=" in step for step in _steps(file, root))

    source = _report.add(_report.Source(", ".join(map(str, paths)), spec.connection_type, spec.format, spec.ctx))
    return Selection(source, spec.options, began, keeps if patterns or endings or shallow or stored_elsewhere else None)


def _in_partitions(chosen: list[Chosen]) -> bool:
    """Whether the files lie in folders called key=value, which Spark reads as partitions unless it is told to look for files only."""
    return any("=" in step for each in chosen for step in _steps(each.below.files[each.positions[0]], each.below.path))


def _steps(file: File, root: str) -> list[str]:
    """The folders between a root and a file below it."""
    return [step for step in file.path[len(root.rstrip("/")) :].split("/")[:-1] if step]


def _endings(compression: Any) -> tuple[str, ...]:
    name = str(compression or "").lower()
    if name not in _ENDINGS:
        raise NotImplementedError(f"The compressionType {compression} (built: {', '.join(filter(None, _ENDINGS))})")
    return _ENDINGS[name]
