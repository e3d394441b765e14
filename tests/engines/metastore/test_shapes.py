"""Shapes survive the way to Hive's structures and back; names and filters are turned as Hive and Glue write them."""

from typing import Any

import pytest

from wheatpaste.engines.metastore.databases import glob
from wheatpaste.engines.metastore.folders import bucket_and_prefix, local
from wheatpaste.engines.metastore.partitions import condition, expression
from wheatpaste.engines.metastore.shapes import (
    HCATALOG,
    OPENX,
    kept,
    partition_name,
    partition_to_glue,
    partition_to_hive,
    partition_values,
    table_to_glue,
    table_to_hive,
)

STORAGE = {
    "Columns": [{"Name": "id", "Type": "bigint"}, {"Name": "s", "Type": "struct<a:int>", "Comment": "c"}],
    "Location": "s3://b/t/",
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "Compressed": False,
    "NumberOfBuckets": 4,
    "SerdeInfo": {"Name": "n", "SerializationLibrary": OPENX, "Parameters": {"paths": "id,s"}},
    "BucketColumns": ["id"],
    "SortColumns": [{"Column": "id", "SortOrder": 1}],
    "Parameters": {"classification": "json"},
    "StoredAsSubDirectories": False,
}
TABLE = {
    "Name": "t",
    "Owner": "me",
    "Retention": 0,
    "StorageDescriptor": STORAGE,
    "PartitionKeys": [{"Name": "dt", "Type": "date"}],
    "TableType": "EXTERNAL_TABLE",
    "Parameters": {"classification": "json"},
}
VIEW = {"Name": "v", "Retention": 0, "TableType": "VIRTUAL_VIEW", "ViewOriginalText": "select 1", "Parameters": {}, "PartitionKeys": []}


@pytest.mark.parametrize("table", [TABLE, {**VIEW, "StorageDescriptor": {**STORAGE, "SerdeInfo": {"Parameters": {}}}}])
def test_a_table_survives(table: dict[str, Any]) -> None:
    assert table_to_glue(table_to_hive({**table, "DatabaseName": "d"})) == table


def test_a_partition_survives() -> None:
    partition = {"Values": ["2024-01-01"], "StorageDescriptor": STORAGE, "Parameters": {"a": "b"}}
    assert partition_to_glue(partition_to_hive("d", "t", partition)) == partition


def test_a_views_location_is_null() -> None:
    assert table_to_hive({**VIEW, "DatabaseName": "d", "StorageDescriptor": {"Columns": [], "Location": ""}}).sd.location is None


def test_open_x_json_is_presented_as_what_spark_has() -> None:
    assert table_to_hive({**TABLE, "DatabaseName": "d"}).sd.serdeInfo.serializationLib == HCATALOG


@pytest.mark.parametrize("parameter", ["mapping.userid", "ignore.malformed.json", "dots.in.keys"])
def test_open_x_json_is_not_when_its_own_features_are_used(parameter: str) -> None:
    storage = {**STORAGE, "SerdeInfo": {"SerializationLibrary": OPENX, "Parameters": {parameter: "true"}}}
    assert table_to_hive({**TABLE, "DatabaseName": "d", "StorageDescriptor": storage}).sd.serdeInfo.serializationLib == OPENX


def test_what_hive_cannot_say_is_kept() -> None:
    columns = [{"Name": "id", "Type": "bigint", "Parameters": {"p": "1"}}]
    old = {**TABLE, "Description": "text", "StorageDescriptor": {**STORAGE, "Columns": columns}}
    new = table_to_glue(table_to_hive({**old, "DatabaseName": "d"}))
    assert new["Parameters"]["comment"] == "text"
    assert kept(new, old) == old


@pytest.mark.parametrize(
    ("values", "name"),
    [(["2024-01-01", "7"], "dt=2024-01-01/h=7"), (["a/b:c%", "é ü"], "dt=a%2Fb%3Ac%25/h=é ü"), (["x\ny", "+"], "dt=x%0Ay/h=+")],
)
def test_partition_names(values: list[str], name: str) -> None:
    assert partition_name(["dt", "h"], values) == name
    assert partition_values(name) == values


@pytest.mark.parametrize(
    ("filter", "glue"),
    [
        ('dt >= "2024-01-01" and h = 7', "dt >= '2024-01-01' and h = 7"),
        ('name = "O\'Neil"', "name = 'O''Neil'"),
        ("name = 'say \"x\"'", "name = 'say \"x\"'"),
        ("dt = 2024-01-01", "dt = '2024-01-01'"),
        ('(a = "1" or a = "2024-01-01")', "(a = '1' or a = '2024-01-01')"),
        ("", ""),
    ],
)
def test_filters(filter: str, glue: str) -> None:
    assert expression(filter) == glue


def test_conditions_know_their_type() -> None:
    assert condition({"Name": "y", "Type": "int"}, "2024") == "y = 2024"
    assert condition({"Name": "y", "Type": "string"}, "O'N") == "y = 'O''N'"


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*", "x", True),
        (None, "x", True),
        ("a*", "Abc", True),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        ("a.b", "axb", False),
        ("t_*", "t_1", True),
    ],
)
def test_patterns(pattern: str | None, name: str, matches: bool) -> None:
    assert bool(glob(pattern).fullmatch(name)) is matches


def test_locations() -> None:
    assert bucket_and_prefix("s3a://b/x/y/") == ("b", "x/y/")
    assert bucket_and_prefix("s3://b") == ("b", "")
    assert bucket_and_prefix("file:/x") is None
    assert str(local("file:///a%20b")) == "/a b"
    assert local("s3://b/x") is None
