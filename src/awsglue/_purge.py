"""Deleting old files of paths and tables."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from awsglue._aws import catalog, client
from awsglue._objects import excluded_classes, objects_below, split_path
from awsglue._read.catalog import NO_VALUE, TableRead, chosen_partitions

log = logging.getLogger("awsglue")
_BATCH = 1000
_WEEK = 168


def purge_path(path: str, options: Mapping[str, Any]) -> bool:
    """Deletes what is old enough under an S3 path; whether nothing is left there. RuntimeError when a deletion is refused."""
    bucket, _ = split_path(path)
    old, kept = old_objects(path, options)
    deleted, failed = _delete(bucket, [item["Key"] for item in old])
    write_manifests(options.get("manifestFilePath"), bucket, deleted, failed)
    if failed:
        raise RuntimeError(f"{len(failed)} files under {path} could not be deleted: {failed[:3]}")
    return kept == 0


def old_objects(path: str, options: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """The objects under a path that are older than `retentionPeriod` hours and in no excluded storage class, and how many others."""
    before = datetime.now(timezone.utc) - timedelta(hours=float(options.get("retentionPeriod", _WEEK)))  # noqa: UP017 - Python 3.10
    excluded = excluded_classes(options)
    found = list(objects_below(*split_path(path)))
    old = [item for item in found if item["LastModified"] <= before and item.get("StorageClass", "STANDARD").upper() not in excluded]
    return old, len(found) - len(old)


def _delete(bucket: str, keys: list[str]) -> tuple[list[str], list[str]]:
    deleted: list[str] = []
    failed: list[str] = []
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        answer = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True})
        refused = {error["Key"] for error in answer.get("Errors", [])}
        deleted += [key for key in batch if key not in refused]
        failed += sorted(refused)
    return deleted, failed


def write_manifests(where: Any, bucket: str, deleted: list[str], failed: list[str]) -> None:
    """Success.csv and Failed.csv at `where`, if that is wanted."""
    if not where:
        return
    target, prefix = split_path(str(where))
    for name, keys in (("Success.csv", deleted), ("Failed.csv", failed)):
        text = io.StringIO()
        csv.writer(text).writerows([f"s3://{bucket}/{key}"] for key in keys)
        client("s3").put_object(Bucket=target, Key=f"{prefix.rstrip('/')}/{name}".lstrip("/"), Body=text.getvalue().encode())


def purge_table(spark: Any, table: Mapping[str, Any], options: Mapping[str, Any], catalog_id: str | None) -> None:
    """Purges a table's location, or those of the partitions that `partitionPredicate` chooses; emptied partitions are dropped."""
    for location, values in chosen_locations(spark, table, options, catalog_id):
        if purge_path(location, options) and values is not None:
            client("glue").delete_partition(
                DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionValues=values, **catalog(catalog_id)
            )


def chosen_locations(
    spark: Any, table: Mapping[str, Any], options: Mapping[str, Any], catalog_id: str | None
) -> Iterator[tuple[str, list[str] | None]]:
    """The folders of a table without partition keys, or of the partitions that `partitionPredicate` chooses, with their values."""
    read = TableRead(spark, table, str(options.get("partitionPredicate") or ""), {}, catalog_id)
    if not read.keys:
        yield _folder(str(read.storage.get("Location") or "")), None
        return
    for part in chosen_partitions(read):
        yield _folder(part.location), [value if value is not None else NO_VALUE for value in part.values]


def _folder(location: str) -> str:
    """A location as a prefix that matches nothing beside it."""
    return location.rstrip("/") + "/"
