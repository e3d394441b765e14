"""Files by path: the connection types s3, file, parquet and orc."""

from __future__ import annotations

import logging
from typing import Any

from awsglue._frame.frame import Frame
from awsglue._read import listing
from awsglue._read.files import PathFiles
from awsglue._read.formats import read_format
from awsglue._read.spec import ReadSpec, empty_frame
from awsglue.utils import truth

log = logging.getLogger("awsglue")
_ENDINGS = {"gzip": (".gz", ".gzip"), "bzip2": (".bz2",), "snappy": (".snappy",), "zstd": (".zst",), "none": (), "": ()}


def read_paths(spec: ReadSpec) -> Frame:
    """The files under `paths`; only those directly there unless `recurse`. Without any file the frame is empty."""
    given = spec.options.get("paths", spec.options.get("path"))
    if not given:
        raise ValueError("A source of files needs the connection option paths: a list of folders or files")
    paths = [given] if isinstance(given, str) else list(given)
    if str(spec.format).lower() in ("parquet", "orc"):
        return _read_columnar(spec, paths)
    chosen = _chosen(spec, paths)
    if not chosen:
        log.warning("There are no files to read under %s: the frame is empty", ", ".join(paths))
        return empty_frame(spec.spark)
    return read_format(spec, PathFiles(spec.spark, chosen, timestamp=str(spec.format_options.get("attachTimestamp") or "")))


def _read_columnar(spec: ReadSpec, paths: list[str]) -> Frame:
    """Glue reads these with Spark's reader, which finds partition columns in folder names by itself."""
    from awsglue._read.formats import read_columnar

    patterns = listing.exclusion_patterns(spec.options.get("exclusions"))
    spec.format = str(spec.format).lower()
    chosen = _chosen(spec, paths) if patterns else [path for path in paths if _has_file(spec, path)]
    if not chosen:
        log.warning("There are no files to read under %s: the frame is empty", ", ".join(paths))
        return empty_frame(spec.spark)
    deep = truth(spec.options.get("recurse", False)) and not any(_in_partitions(spec, path) for path in chosen)
    return read_columnar(spec, PathFiles(spec.spark, chosen, recursive=bool(patterns) or deep))


def _in_partitions(spec: ReadSpec, path: str) -> bool:
    """Whether the files lie in folders called key=value, which Spark reads as partitions unless it is told to look for files only."""
    first = None if _is_glob(path) else next(listing.files_below(spec.spark, path), None)
    return first is not None and any("=" in step for step in first.path[len(path.rstrip("/")) :].split("/")[:-1])


def _chosen(spec: ReadSpec, paths: list[str]) -> list[str]:
    patterns = listing.exclusion_patterns(spec.options.get("exclusions"))
    endings = _endings(spec.options.get("compressionType"))
    recurse = truth(spec.options.get("recurse", False))
    chosen: list[str] = []
    for path in paths:
        if recurse and not patterns and not endings:
            chosen += [path] if _has_file(spec, path) else []
        else:
            chosen += _listed(spec, path, recurse, patterns, endings)
    return chosen


def _has_file(spec: ReadSpec, path: str) -> bool:
    return _is_glob(path) or next(listing.files_below(spec.spark, path), None) is not None


def _is_glob(path: str) -> bool:
    return any(sign in path for sign in "*?{[")


def _endings(compression: Any) -> tuple[str, ...]:
    name = str(compression or "").lower()
    if name not in _ENDINGS:
        raise NotImplementedError(f"The compressionType {compression} (built: {', '.join(filter(None, _ENDINGS))})")
    return _ENDINGS[name]


def _listed(spec: ReadSpec, path: str, recurse: bool, patterns: list[str], endings: tuple[str, ...]) -> list[str]:
    """The folder itself where that means the same, for Spark lists it again; else its files one by one."""
    if _is_glob(path):
        return [path]
    entries = list(listing.files_below(spec.spark, path)) if recurse else listing.children(spec.spark, path)
    files = [entry.path for entry in entries if not entry.is_dir]
    kept = [file for file in files if not listing.excluded(file, path, patterns)]
    wrong = [file for file in kept if endings and not file.endswith(endings)]
    if wrong:
        raise NotImplementedError(f"compressionType for files whose names do not end in {' or '.join(endings)}: {wrong[0]}")
    return [path] if kept and len(kept) == len(entries) else kept
