"""The files of a catalog table: below its location, or at its partitions'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from awsglue import _report
from awsglue._bookmarks.window import File
from awsglue._objects import excluded_classes
from awsglue._read import listing
from awsglue._read.files import PartitionedFiles
from awsglue._read.listed import ListedFiles
from awsglue._read.relation import Partition
from awsglue._read.selection import Selection, now
from awsglue._read.statuses import list_below, of_index

if TYPE_CHECKING:
    from awsglue._read.catalog import TableRead


def files_at(read: TableRead, location: str) -> ListedFiles | None:
    """What is below a table's location; None when nothing is to be read."""
    began = now()
    chosen = _selection(read, began).of(list_below(read.spark, location, deep=True))
    return ListedFiles(read.spark, chosen) if chosen else None


def files_of(read: TableRead, partitions: Sequence[Partition]) -> ListedFiles | None:
    """What is at the partitions' locations, not in folders below them; None when nothing is to be read.

    To a bookmark, a file is as new as its partition: old files become part of the table when the catalog gets their partition.
    """
    began = now()
    places = PartitionedFiles(read.spark, read.inner_keys, partitions)
    found = of_index(read.spark, places.index())
    created = {_folder(part.location): part.created for part in partitions}
    found.files = [
        each._replace(modified=max(each.modified, created.get(_folder(each.path.rpartition("/")[0]), 0))) for each in found.files
    ]
    chosen = _selection(read, began).of([found])
    return ListedFiles(read.spark, chosen, places=places) if chosen else None


def _folder(location: str) -> str:
    """A folder as both the catalog and a listing may spell it."""
    return re.sub("^file:/+", "/", location.rstrip("/"))


def source_of(read: TableRead) -> _report.Source:
    """The table in the run's report."""
    found, skipped = read.partitions or (None, None)
    made = _report.Source(read.name, "catalog", read.parameters.get("classification"), read.ctx)
    made.partitions, made.partitions_skipped = found, skipped
    return _report.add(made)


def _selection(read: TableRead, began: int) -> Selection:
    options = read.options or {}
    if excluded_classes(options):
        raise NotImplementedError("The option excludeStorageClasses for a table of the Data Catalog; a source of S3 paths has it")
    patterns = listing.exclusion_patterns(options.get("exclusions") or read.parameters.get("exclusions"))
    location = str(read.storage.get("Location") or "")
    source = source_of(read)

    def keeps(file: File, root: str) -> bool:
        return not listing.excluded(file.path, location or root, patterns)

    return Selection(source, options, began, keeps if patterns else None)
