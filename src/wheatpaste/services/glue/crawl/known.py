"""Incremental crawls: folders that no crawl has seen, and the tables that they are new partitions of."""

from collections.abc import Mapping, Sequence
from typing import Any

from wheatpaste.services.glue.crawl.changes import location
from wheatpaste.services.glue.crawl.grouping import Partition, Table, hive
from wheatpaste.services.glue.crawl.tree import File, Group, group_of, join, with_unsampled


def new_objects(bucket: str, objects: list[tuple[str, int]], seen: frozenset[str]) -> list[tuple[str, int]]:
    """The objects whose folders are not among ``seen``."""
    return [(key, size) for key, size in objects if f"s3://{bucket}/{key.rpartition('/')[0]}" not in seen]


def known_tables(bucket: str, files: list[File], tables: Sequence[Mapping[str, Any]]) -> tuple[list[Table], list[File]]:
    """Tables that grow, with their new partitions only; and the files that belong to none of them."""
    folders: dict[str, list[File]] = {}
    for file in files:
        folders.setdefault(file.key.rpartition("/")[0] + "/", []).append(file)
    grown: list[Table] = []
    for table in tables:
        partitions = []
        for prefix in list(folders):
            found = _partition(bucket, prefix, folders[prefix], table)
            if found is not None:
                partitions.append(found)
                del folders[prefix]
        if partitions:
            whole = join(partition.group for partition in partitions)
            place = location(table).removeprefix(f"s3://{bucket}/") + "/"
            grown.append(Table(place, whole, tuple(_level(key) for key in table["PartitionKeys"]), tuple(partitions)))
    return grown, [file for same in folders.values() for file in same]


def _level(key: dict[str, Any]) -> str | None:
    return None if key["Name"].startswith("partition_") else str(key["Name"])


def _partition(bucket: str, prefix: str, files: list[File], table: Mapping[str, Any]) -> Partition | None:
    """The folder as a partition of the table: it lies as deep below it as the table has keys, and has its format and compression."""
    root = location(table) + "/"
    below = f"s3://{bucket}/{prefix}"
    keys = table.get("PartitionKeys") or []
    names = below[len(root) :].rstrip("/").split("/") if below.startswith(root) and below != root else []
    group = _group(files)
    if not keys or len(names) != len(keys) or group is None:
        return None
    parameters = table.get("Parameters") or {}
    if (parameters.get("classification"), parameters.get("compressionType")) != (group.finding.classification, group.finding.compression):
        return None
    values = tuple(pair[1] if (pair := hive(name)) and pair[0] == key["Name"] else name for name, key in zip(names, keys, strict=True))
    return Partition(values, prefix, group)


def _group(files: list[File]) -> Group | None:
    groups = [group_of(file) for file in files if file.finding]
    return with_unsampled(join(groups), files) if groups and len({group.identity for group in groups}) == 1 else None
