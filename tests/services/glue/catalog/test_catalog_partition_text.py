"""Partitions that leave as they were stored are the same as those that are made from their shapes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

COLUMNS = [{"Name": "a", "Type": "int", "Comment": 'a "quoted" ü'}]
TRAPS = ("Compressed", "NumberOfBuckets", "StoredAsSubDirectories", "SortColumns", "StorageDescriptor", 'a"Compressed')
STORAGES: list[dict[str, Any]] = [
    {"Columns": COLUMNS, "Location": "s3://b/\U0001f600/"},
    {"Compressed": True, "NumberOfBuckets": 3, "SortColumns": [{"Column": "a", "SortOrder": 1}], "StoredAsSubDirectories": True},
    {"Compressed": False, "Parameters": {"NumberOfBuckets": "x"}},
    {"Columns": [], "SerdeInfo": {"Parameters": {trap: f'"{trap}":{{' for trap in TRAPS}}},
    {},
]
BODIES: list[dict[str, Any]] = [
    {},
    {"Parameters": {}},
    {"Parameters": dict.fromkeys(TRAPS, '{"$wp.t":1000}')},
    {"LastAccessTime": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), "LastAnalyzedTime": datetime(2024, 5, 6, 7, 8, 9, 125000, UTC)},
    *({"StorageDescriptor": storage} for storage in STORAGES),
    *({"StorageDescriptor": storage, "Parameters": dict.fromkeys(TRAPS, ":{")} for storage in STORAGES),
]


@pytest.mark.parametrize("exclude", [False, True])
def test_listed_partitions_are_those_that_get_partition_shows(glue: Any, make_table: Callable[..., Any], exclude: bool) -> None:
    names = make_table(keys=[("n", "int"), ("text", "string")])
    inputs = [{**body, "Values": [str(n), 'ü"\\\U0001f600']} for n, body in enumerate(BODIES)]
    assert glue.batch_create_partition(**names, PartitionInputList=inputs)["Errors"] == []
    alone = [glue.get_partition(**names, PartitionValues=each["Values"])["Partition"] for each in inputs]
    assert [{**a, "CreationTime": 0} for a in alone[4:5]] == [
        {
            **names,
            "CatalogId": "123456789012",
            "CreationTime": 0,
            "Values": inputs[4]["Values"],
            "StorageDescriptor": {
                **STORAGES[0],
                "Compressed": False,
                "NumberOfBuckets": 0,
                "SortColumns": [],
                "StoredAsSubDirectories": False,
            },
        }
    ]
    batch = glue.batch_get_partition(**names, PartitionsToGet=[{"Values": each["Values"]} for each in inputs])["Partitions"]
    assert batch == alone
    if exclude:
        for each in alone:
            each.get("StorageDescriptor", {}).pop("Columns", None)
    assert glue.get_partitions(**names, Expression="n >= 0", ExcludeColumnSchema=exclude)["Partitions"] == alone
