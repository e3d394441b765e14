"""Moving the objects of paths and tables to another storage class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsglue._aws import client
from awsglue._objects import split_path
from awsglue._purge import chosen_locations, old_objects, write_manifests

_CLASSES = ("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "GLACIER_IR", "DEEP_ARCHIVE", "REDUCED_REDUNDANCY")


def transition_path(path: str, target: str, options: Mapping[str, Any]) -> None:
    """Copies what is old enough under an S3 path onto itself in the storage class `target`. RuntimeError when copies are refused.

    AWS does this by an S3 Batch Operations job, for which it demands accountId and roleArn; here the job's own role copies.
    """
    wanted = target.upper()
    if wanted not in _CLASSES:
        raise ValueError(f"{target!r} is no storage class: {', '.join(_CLASSES)}")
    missing = [name for name in ("accountId", "roleArn") if not options.get(name)]
    if missing:
        raise ValueError(f"A transition needs the option {' and '.join(missing)}")
    bucket, _ = split_path(path)
    moved: list[str] = []
    failed: list[str] = []
    for item in old_objects(path, options)[0]:
        if item.get("StorageClass", "STANDARD") != wanted:
            _copy(bucket, item["Key"], wanted, moved, failed)
    write_manifests(options.get("manifestFilePath"), bucket, moved, failed)
    if failed:
        raise RuntimeError(f"{len(failed)} files under {path} could not be moved to {wanted}: {failed[:3]}")


def _copy(bucket: str, key: str, wanted: str, moved: list[str], failed: list[str]) -> None:
    s3 = client("s3")
    try:
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": key}, StorageClass=wanted, MetadataDirective="COPY")
    except s3.exceptions.ClientError as error:
        failed.append(f"{key}: {error}")
    else:
        moved.append(key)


def transition_table(spark: Any, table: Mapping[str, Any], target: str, options: Mapping[str, Any], catalog_id: str | None) -> None:
    """Moves a table's location, or those of the partitions that `partitionPredicate` chooses."""
    for location, _ in chosen_locations(spark, table, options, catalog_id):
        transition_path(location, target, options)
