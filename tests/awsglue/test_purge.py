"""purge_table on a real catalog and a real bucket."""

from __future__ import annotations

from typing import Any

import pytest

KEYS = [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "string"}]


@pytest.fixture
def table(aws: Any, unique: str) -> str:
    """Database and table of that name: two files in each of four partitions, and a neighbour of the table's folder."""
    s3, glue = aws.client("s3"), aws.client("glue")
    s3.create_bucket(Bucket=unique)
    storage = {"Columns": [{"Name": "a", "Type": "int"}], "Location": f"s3://{unique}/t"}
    glue.create_database(DatabaseInput={"Name": unique})
    glue.create_table(DatabaseName=unique, TableInput={"Name": unique, "StorageDescriptor": storage, "PartitionKeys": KEYS})
    for year, month in (("2023", "1"), ("2023", "2"), ("2024", "1"), ("2024", "2")):
        place = f"t/year={year}/month={month}"
        for name in ("a", "b"):
            s3.put_object(Bucket=unique, Key=f"{place}/{name}", Body=b"x")
        partition = {"Values": [year, month], "StorageDescriptor": {**storage, "Location": f"s3://{unique}/{place}"}}
        glue.create_partition(DatabaseName=unique, TableName=unique, PartitionInput=partition)
    s3.put_object(Bucket=unique, Key="t2/neighbour", Body=b"x")
    return unique


def keys(aws: Any, bucket: str) -> list[str]:
    return [item["Key"] for item in aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def partitions(aws: Any, name: str) -> list[list[str]]:
    found = aws.client("glue").get_partitions(DatabaseName=name, TableName=name)["Partitions"]
    return [partition["Values"] for partition in found]


def test_files_within_the_retention_period_stay(glue: Any, aws: Any, table: str) -> None:
    before = keys(aws, table)
    glue.purge_table(table, table)  # 168 hours
    assert keys(aws, table) == before
    assert len(partitions(aws, table)) == 4


def test_a_predicate_chooses_partitions_and_emptied_ones_leave_the_catalog(glue: Any, aws: Any, table: str) -> None:
    options = {"retentionPeriod": 0, "partitionPredicate": "year = '2023' AND month < '2'", "manifestFilePath": f"s3://{table}/manifest"}
    glue.purge_table(table, table, options)
    assert partitions(aws, table) == [["2023", "2"], ["2024", "1"], ["2024", "2"]]
    assert not [key for key in keys(aws, table) if "year=2023/month=1/" in key]
    assert len([key for key in keys(aws, table) if key.startswith("t/")]) == 6
    told = aws.client("s3").get_object(Bucket=table, Key="manifest/Success.csv")["Body"].read().decode().split()
    assert told == [f"s3://{table}/t/year=2023/month=1/{name}" for name in ("a", "b")]


def test_a_whole_table_is_purged_and_its_neighbour_is_not(glue: Any, aws: Any, table: str) -> None:
    glue.purge_table(table, table, {"retentionPeriod": 0})
    assert keys(aws, table) == ["t2/neighbour"]
    assert partitions(aws, table) == []
    assert aws.client("glue").get_table(DatabaseName=table, Name=table)["Table"]["Name"] == table


def test_excluded_storage_classes_keep_their_partition(glue: Any, aws: Any, table: str) -> None:
    aws.client("s3").put_object(Bucket=table, Key="t/year=2024/month=2/cold", Body=b"x", StorageClass="GLACIER")
    glue.purge_table(table, table, {"retentionPeriod": 0, "excludeStorageClasses": ["GLACIER"]})
    assert keys(aws, table) == ["t/year=2024/month=2/cold", "t2/neighbour"]
    assert partitions(aws, table) == [["2024", "2"]]


def test_a_table_without_keys_and_a_missing_one(glue: Any, aws: Any, table: str) -> None:
    storage = {"Columns": [{"Name": "a", "Type": "int"}], "Location": f"s3://{table}/t2/"}
    aws.client("glue").create_table(DatabaseName=table, TableInput={"Name": "plain", "StorageDescriptor": storage})
    glue.purge_table(table, "plain", {"retentionPeriod": 0})
    assert "t2/neighbour" not in keys(aws, table)
    with pytest.raises(Exception, match="nope"):
        glue.purge_table(table, "nope")
