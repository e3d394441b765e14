"""S3's objects by their paths, asked of S3 itself, and those that are left out by where S3 stores them (excludeStorageClasses)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from awsglue._aws import client


def split_path(path: str) -> tuple[str, str]:
    """Bucket and key of an S3 path; ValueError for others."""
    url = urlsplit(path)
    if url.scheme not in ("s3", "s3a", "s3n") or not url.netloc:
        raise ValueError(f"Only of S3 paths are objects looked at, not {path!r}")
    return url.netloc, url.path.lstrip("/")


def objects_below(bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """The object of that key, or those below it as a folder; never a neighbour whose name only begins so."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    folder = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    return (item for page in pages for item in page.get("Contents", []) if item["Key"] == prefix or item["Key"].startswith(folder))


def excluded_classes(options: Mapping[str, Any]) -> frozenset[str]:
    """The storage classes to leave out: a list, or its JSON."""
    given = options.get("excludeStorageClasses") or []
    names = json.loads(given) if isinstance(given, str) else given
    return frozenset(str(name).upper() for name in names)


def objects_in(classes: Collection[str], roots: Collection[str]) -> set[str]:
    """The objects below S3 paths that are in one of these classes, as `bucket/key`. Hadoop's listings do not tell: S3 is asked itself."""
    found = set()
    for root in roots if classes else ():
        bucket, prefix = split_path(root)
        for item in objects_below(bucket, prefix):
            if item.get("StorageClass", "STANDARD") in classes:
                found.add(f"{bucket}/{item['Key']}")
    return found
