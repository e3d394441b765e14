"""The Iceberg targets of a crawl: each table below their paths, with its latest metadata."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from wheatpaste.call import Aws
from wheatpaste.service import Shape
from wheatpaste.services.glue.crawl.definition import split_path
from wheatpaste.services.glue.crawl.iceberg import newest
from wheatpaste.services.glue.crawl.journal import Journal
from wheatpaste.services.glue.crawl.reading import Inspector, Target, list_objects


class IcebergTable(NamedTuple):
    """A table as found: its root (a key prefix of the bucket), and what its latest metadata (an s3:// URI) says."""

    bucket: str
    root: str
    uri: str
    metadata: Shape


def paths(shape: Mapping[str, Any]) -> list[Target]:
    """The include paths of an ``IcebergTarget`` shape."""
    places = [split_path(path) for path in shape.get("Paths") or []]
    return [Target(bucket, path, tuple(shape.get("Exclusions") or ())) for bucket, path in places]


def find_iceberg(
    aws: Aws, shape: Mapping[str, Any], inspector: Inspector, journal: Journal, stopping: Callable[[], bool]
) -> list[IcebergTable]:
    """The tables of one target; one whose metadata cannot be read is logged and left out."""
    found: list[IcebergTable] = []
    for target in paths(shape):
        keys = [key for key, _ in list_objects(aws, target, journal, stopping)]
        for root, key in newest(keys, target.prefix, shape.get("MaximumTraversalDepth") or 0).items():
            metadata = inspector.ask("iceberg", target.bucket, key)
            if metadata is not None:
                found.append(IcebergTable(target.bucket, root, f"s3://{target.bucket}/{key}", metadata))
    return found
