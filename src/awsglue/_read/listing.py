"""Files under a path, through Hadoop: the same for s3://, file:// and hdfs://."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pyspark.sql import SparkSession


def _file_system(spark: SparkSession, path: str) -> tuple[Any, Any]:
    jvm: Any = spark._jvm
    where = jvm.org.apache.hadoop.fs.Path(path)
    return where.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()), where


def exists(spark: SparkSession, path: str) -> bool:
    """Whether there is a file or folder at the path."""
    fs, where = _file_system(spark, path)
    return bool(fs.exists(where))


def hidden(below: str) -> bool:
    """Whether Hadoop hides the file of this path below a root: a name on the way begins with a dot or an underscore."""
    if "/_" not in below and "/." not in below and not below.startswith((".", "_")):
        return False  # nearly all
    return any(step.startswith((".", "_")) and "=" not in step for step in below.split("/"))


def exclusion_patterns(given: Any) -> list[str]:
    """The `exclusions` option: a string that holds a JSON list (a plain list will do too)."""
    if not given:
        return []
    wrong = f"exclusions must be a JSON list of patterns, as in '[\"**.tmp\"]', not {given!r}"
    try:
        patterns = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise ValueError(wrong) from error
    if not isinstance(patterns, list):
        raise ValueError(wrong)
    return [str(pattern) for pattern in patterns]


_LOCAL = re.compile(r"^file:/+")


def excluded(path: str, root: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern matches the file's whole URL or what follows the source's path."""
    path, root = _LOCAL.sub("/", path), _LOCAL.sub("/", root)
    relative = path[len(root) :].lstrip("/") if path.startswith(root) else path
    return any(re.fullmatch(glob_regex(pattern), text) for pattern in patterns for text in (path, relative))


_GLOB = re.compile(r"\\(.)|(\*\*)|(\*)|(\?)|(\[!?[^\]]+\])|(\{[^}]*\})|(.)", re.DOTALL)


def glob_regex(pattern: str) -> str:
    """A glob as a regular expression: `*` stays within a level, `**` crosses levels, `{a,b}` are alternatives."""
    return "".join(_glob_part(match) for match in _GLOB.finditer(pattern))


def _glob_part(match: re.Match[str]) -> str:
    escaped, deep, star, one, group, alternatives, other = match.groups()
    if deep:
        return ".*"
    if star:
        return "[^/]*"
    if one:
        return "[^/]"
    if group:
        return "[^" + group[2:] if group.startswith("[!") else str(group)
    if alternatives:
        return "(?:" + "|".join(glob_regex(part) for part in alternatives[1:-1].split(",")) + ")"
    return re.escape(escaped or other)
