"""The Data Catalog as a source and as a sink: what is read from it and written to it again is the same catalog."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.dynamicframe import DynamicFrame

SOURCE = "com.amazonaws.services.glue.connections.DataCatalogConnection"
COLUMNS = [{"Name": "a", "Type": "int", "Comment": "the a"}, {"Name": "b", "Type": "string"}]
STORAGE = {
    "Columns": COLUMNS,
    "Location": "s3://b/t/",
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "Compressed": False,
    "NumberOfBuckets": -1,
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","}},
    "BucketColumns": [],
    "SortColumns": [{"Column": "a", "SortOrder": 1}],
    "Parameters": {"CamelCase": "Kept"},
    "StoredAsSubDirectories": False,
}
TABLE = {
    "Name": "t",
    "StorageDescriptor": STORAGE,
    "PartitionKeys": [{"Name": "day", "Type": "string"}],
    "TableType": "EXTERNAL_TABLE",
    "Parameters": {"classification": "csv"},
    "Retention": 0,
}


@pytest.fixture
def catalog(aws: Any, unique: str) -> Any:
    catalog = aws.client("glue")
    catalog.create_database(DatabaseInput={"Name": unique, "Description": "mine", "Parameters": {"Owner": "me"}})
    catalog.create_table(DatabaseName=unique, TableInput=TABLE)
    partitions = [{"Values": [day], "StorageDescriptor": {**STORAGE, "Location": f"s3://b/t/{day}/"}} for day in ("1", "2")]
    catalog.batch_create_partition(DatabaseName=unique, TableName="t", PartitionInputList=partitions)
    return catalog


def whole(catalog: Any, database: str) -> Any:
    """The database, its table and its partitions, without what the catalog computes."""
    found = catalog.get_database(Name=database)["Database"]
    table = catalog.get_table(DatabaseName=database, Name="t")["Table"]
    partitions = catalog.get_partitions(DatabaseName=database, TableName="t")["Partitions"]
    given = {name: found[name] for name in ("Name", "Description", "Parameters")}
    return given, {name: table[name] for name in TABLE}, [(each["Values"], each["StorageDescriptor"]) for each in partitions]


def read(glue: Any, database: str) -> DynamicFrame:
    options = {"catalog.name": "datacatalog", "catalog.database": database, "catalog.region": "us-east-1"}
    frame: DynamicFrame = glue.create_dynamic_frame.from_options(connection_type=SOURCE, connection_options=options)
    return frame


def test_a_database_is_read_and_made_again(glue: Any, catalog: Any, unique: str) -> None:
    rows = read(glue, unique).toDF()
    found = {row["type"]: row.asDict(recursive=True) for row in rows.collect()}
    assert found["database"]["items"][0]["parameters"] == {"Owner": "me"}
    assert found["table"]["items"][0]["storageDescriptor"]["serdeInfo"]["parameters"] == {"field.delim": ","}
    assert [(item["namespaceName"], item["tableName"], item["values"]) for item in found["partition"]["items"]] == [
        (unique, "t", ["1"]),
        (unique, "t", ["2"]),
    ]
    kept = DynamicFrame.fromDF(rows.localCheckpoint(), glue, "kept")
    before = whole(catalog, unique)
    catalog.delete_database(Name=unique)
    for _ in range(2):  # once more overwrites
        glue.write_dynamic_frame.from_options(kept, "catalog", {"catalog.name": "datacatalog", "catalog.region": "us-east-1"})
        assert whole(catalog, unique) == before


def test_what_it_cannot_do_is_said(glue: Any, spark: Any, aws: Any, unique: str) -> None:
    with pytest.raises(LookupError, match=f"There is no database {unique}"):
        read(glue, unique)
    with pytest.raises(NotImplementedError, match=r"catalog\.tableVersions"):
        glue.create_dynamic_frame.from_options(SOURCE, {"catalog.database": unique, "catalog.tableVersions": True})
    wrong = DynamicFrame.fromDF(spark.sql("select 'tableToDelete' type, array(named_struct('name', 'x')) items"), glue, "")
    with pytest.raises(ValueError, match="A record of type 'tableToDelete'"):
        glue.write_dynamic_frame.from_options(wrong, "catalog", {})
