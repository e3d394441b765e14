"""The folders of a target with what is in them, and the schema of what belongs together."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce

from wheatpaste.services.glue.crawl.finding import Finding
from wheatpaste.services.glue.crawl.types import Column, merge_columns


@dataclass(frozen=True)
class File:
    """One object; ``finding`` is None for one that the sample left out. Unreadable ones are no files here."""

    key: str
    size: int
    finding: Finding | None = None


@dataclass
class Folder:
    """``prefix`` is the whole key prefix with its trailing slash (empty: the bucket)."""

    prefix: str
    files: list[File] = field(default_factory=list)
    folders: dict[str, "Folder"] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The folder's own name; empty for a bucket."""
        return self.prefix.rstrip("/").rpartition("/")[2]

    def leaves(self, path: tuple["Folder", ...] = ()) -> Iterator[tuple[tuple["Folder", ...], "Folder"]]:
        """Each folder that has files, with the folders that lead to it from here (this one left out)."""
        if self.files:
            yield path, self
        for inner in self.folders.values():
            yield from inner.leaves((*path, inner))


def build(prefix: str, files: Iterable[File]) -> Folder:
    """The tree of ``files``, whose keys all begin with ``prefix``."""
    root = Folder(prefix)
    for file in files:
        folder = root
        *names, _ = file.key[len(prefix) :].split("/")
        for name in names:
            folder = folder.folders.setdefault(name, Folder(f"{folder.prefix}{name}/"))
        folder.files.append(file)
    return root


@dataclass(frozen=True)
class Group:
    """Files that are read as one: ``finding`` is the one with the most columns, for format and parameters."""

    finding: Finding
    columns: tuple[Column, ...]
    files: int
    size: int
    records: int
    record_size: int

    @property
    def identity(self) -> tuple[str, ...]:
        """What other files must share to join."""
        return self.finding.identity


def group_of(file: File) -> Group:
    """One classified file as a group."""
    if file.finding is None:
        raise ValueError(f"{file.key} was not looked into")
    return Group(file.finding, file.finding.columns, 1, file.size, file.finding.records, file.finding.record_size)


def join(groups: Iterable[Group]) -> Group:
    """The union of the groups' columns, and the sum of their figures."""
    return reduce(_join, groups)


def _join(one: Group, other: Group) -> Group:
    records = one.records + other.records
    weight = one.record_size * one.records + other.record_size * other.records
    widest = one.finding if len(one.finding.columns) >= len(other.finding.columns) else other.finding
    columns = one.columns if one.columns == other.columns else tuple(merge_columns(list(one.columns), list(other.columns)))
    size = round(weight / records) if records else max(one.record_size, other.record_size)
    return Group(widest, columns, one.files + other.files, one.size + other.size, records, size)


def with_unsampled(group: Group, files: Iterable[File]) -> Group:
    """The group with the files that were not looked into: their records are estimated from the others'."""
    left = [file for file in files if file.finding is None]
    size = group.size + sum(file.size for file in left)
    records = round(group.records * size / group.size) if group.size else group.records
    return dataclasses.replace(group, files=group.files + len(left), size=size, records=records)
