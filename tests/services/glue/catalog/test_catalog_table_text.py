"""GetTable answers with the row's text where it can: it must say what GetTables, which goes through the shape, says."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

Make = Callable[..., dict[str, str]]
TABLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "no storage": {"StorageDescriptor": None},
    "empty storage": {"StorageDescriptor": {}},
    "times": {"LastAccessTime": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "LastAnalyzedTime": datetime(1969, 12, 31, tzinfo=UTC)},
    "retention": {"Retention": 7},
    "a parameter named as a member": {"Parameters": {"Retention": "9", "Compressed": "true", "StorageDescriptor": "x"}},
    "quotes and more": {"Description": 'a "Retention": 4, \\"b\\" \u00e9\u4e2d\U0001f33e', "Parameters": {'k"': '{"StorageDescriptor":{'}},
    "a parameter named as our own signs": {"Parameters": {"$wp.t": "5"}, "LastAccessTime": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)},
    "defaults that are given": {"StorageDescriptor": {"Compressed": True, "NumberOfBuckets": 4, "StoredAsSubDirectories": True}},
}


@pytest.mark.parametrize("members", TABLES.values(), ids=TABLES.keys())
def test_get_table_says_what_get_tables_says(glue: Any, database: str, members: dict[str, Any]) -> None:
    given = {name: value for name, value in members.items() if value is not None}
    glue.create_table(DatabaseName=database, TableInput={"Name": "T", "Parameters": {"a": "b"}, **given})
    (listed,) = glue.get_tables(DatabaseName=database)["TableList"]
    assert glue.get_table(DatabaseName=database, Name="t")["Table"] == listed
    assert {name: listed[name] for name in given if name != "StorageDescriptor"} == {
        name: value for name, value in given.items() if name != "StorageDescriptor"
    }


def test_attributes_to_get_chooses(glue: Any, make_table: Make) -> None:
    table = make_table("t", TableType="EXTERNAL_TABLE")
    found = glue.get_table(DatabaseName=table["DatabaseName"], Name="t", AttributesToGet=["NAME", "TABLE_TYPE"])["Table"]
    assert found == {"Name": "t", "TableType": "EXTERNAL_TABLE"}
