"""Stopping a crawl, killing the server under one, and crawlers of existing tables."""

import json

import pytest
from botocore.exceptions import ClientError
from tests.services.glue.crawl.conftest import Lake, columns

CSV = "id,name\n1,ann\n2,bob\n"


def code(operation, **members):
    with pytest.raises(ClientError) as error:
        operation(**members)
    return error.value.response["Error"]["Code"]


def test_a_running_crawler_is_left_alone_and_can_be_stopped(lake):
    lake.put(**{f"raw/t/day={day}/f.csv": CSV for day in range(60)})
    lake.crawler()
    lake.glue.start_crawler(Name=lake.name)
    assert code(lake.glue.start_crawler, Name=lake.name) == "CrawlerRunningException"
    assert code(lake.glue.delete_crawler, Name=lake.name) == "CrawlerRunningException"
    assert code(lake.glue.update_crawler, Name=lake.name, Description="x") == "CrawlerRunningException"
    lake.glue.stop_crawler(Name=lake.name)
    assert lake.finished()["Status"] == "CANCELLED"
    assert lake.glue.list_crawls(CrawlerName=lake.name)["Crawls"][0]["State"] == "STOPPED"
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert len(lake.partitions("t")) == 60


def test_history_can_be_filtered(lake):
    lake.put(**{"raw/t/f.csv": CSV})
    lake.crawler()
    lake.crawl()
    lake.glue.update_crawler(Name=lake.name, Targets={"S3Targets": [{"Path": f"s3://{lake.name}-none/"}]})
    lake.crawl()

    def states(*filters):
        shown = [dict(zip(("FieldName", "FilterOperator", "FieldValue"), f, strict=True)) for f in filters]
        return [c["State"] for c in lake.glue.list_crawls(CrawlerName=lake.name, Filters=shown)["Crawls"]]

    assert states() == ["FAILED", "COMPLETED"]
    assert states(("STATE", "EQ", "FAILED")) == ["FAILED"]
    started = lake.glue.list_crawls(CrawlerName=lake.name)["Crawls"][0]["StartTime"]
    assert states(("START_TIME", "LT", str(round(started.timestamp() * 1000)))) == ["COMPLETED"]
    first = lake.glue.list_crawls(CrawlerName=lake.name, MaxResults=1)
    second = lake.glue.list_crawls(CrawlerName=lake.name, MaxResults=1, NextToken=first["NextToken"])
    assert [c["State"] for c in first["Crawls"] + second["Crawls"]] == ["FAILED", "COMPLETED"]
    assert "NextToken" not in second


def test_a_crawl_goes_on_after_kill_9_and_ends_right(own_server, unique):
    server = own_server()
    lake = Lake(server.client, unique)
    lake.put(**{f"raw/t/day={day}/f.csv": CSV for day in range(40)}, **{"raw/u/f.json": '{"a": 1}'})
    lake.crawler()
    lake.glue.start_crawler(Name=unique)
    server.kill()
    again = own_server(home=server.home)
    lake.s3, lake.glue, lake.logs = (again.client(service) for service in ("s3", "glue", "logs"))
    assert lake.finished()["Status"] == "SUCCEEDED"
    assert set(lake.tables()) == {"t", "u"}
    assert len(lake.partitions("t")) == 40
    assert [c["State"] for c in lake.glue.list_crawls(CrawlerName=unique)["Crawls"]] == ["COMPLETED"]


def test_a_catalog_target_refreshes_the_table_and_makes_none(lake):
    lake.put(**{f"raw/t/day={day}/f.csv": CSV for day in (1, 2)})
    lake.glue.create_database(DatabaseInput={"Name": lake.name})
    storage = {
        "Columns": [{"Name": "old", "Type": "string"}],
        "Location": lake.uri("raw/t/"),
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"},
    }
    table = {"Name": "mine", "StorageDescriptor": storage, "PartitionKeys": [{"Name": "day", "Type": "int"}]}
    lake.glue.create_table(DatabaseName=lake.name, TableInput=table)
    targets = {"CatalogTargets": [{"DatabaseName": lake.name, "Tables": ["mine"]}]}
    lake.glue.create_crawler(Name=lake.name, Role="R", Targets=targets, SchemaChangePolicy={"DeleteBehavior": "LOG"})
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert set(lake.tables()) == {"mine"}
    found = lake.tables()["mine"]
    assert columns(found) == {"id": "bigint", "name": "string"}
    assert found["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith("OpenCSVSerde")
    assert found["PartitionKeys"] == [{"Name": "day", "Type": "int"}]
    partitions = lake.partitions("mine")
    assert set(partitions) == {("1",), ("2",)}
    assert partitions["1",]["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith("OpenCSVSerde")


def test_two_crawlers_of_one_path_at_once_make_one_table(lake):
    lake.put(**{f"raw/t/day={day}/f.csv": CSV for day in range(20)})
    lake.crawler()
    other = f"{lake.name}-2"
    targets = {"S3Targets": [{"Path": lake.uri()}]}
    lake.glue.create_crawler(Name=other, Role="GlueRole", DatabaseName=lake.name, Targets=targets)
    lake.glue.start_crawler(Name=other)
    assert lake.crawl()["Status"] == "SUCCEEDED", lake.lines()
    lake.name, name = other, lake.name
    assert lake.finished()["Status"] == "SUCCEEDED", lake.lines()
    lake.name = name
    assert set(lake.tables()) == {"t"}
    assert len(lake.partitions("t")) == 20


def test_names_and_partition_values_that_the_catalog_does_not_take_are_left_out_and_told(lake):
    fields = {"": 1, "a\nb": 2, "c\0d": 3, "k" * 256: 4, "ok": 5}
    lake.put(**{"raw/j/f.json": json.dumps(fields)})
    lake.put(**{f"raw/t/{folder}/f.csv": CSV for folder in ("day=", "day=a%00", "day=1", "day=a b", "day=a%20b", "Day=1")})
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED", lake.lines()
    assert columns(lake.tables()["j"]) == {"ok": "int"}
    assert lake.tables()["j"]["StorageDescriptor"]["SerdeInfo"]["Parameters"] == {"paths": "ok"}
    assert set(lake.partitions("t")) == {("1",), ("a b",)}
    for said in (
        "no column can be named so: '', 'a\\nb', 'c\\x00d', 'kkk",
        "t/day=/ is left out: a partition value",
        "same partition values",
    ):
        assert said in lake.lines()


def test_a_table_that_the_catalog_refuses_fails_the_crawl_and_no_other_table_is_lost(lake):
    lake.put(**{"raw/big/f.json": json.dumps({"m": {f"key-{at:06}": at for at in range(9000)}}), "raw/t/f.csv": CSV})
    lake.crawler()
    ended = lake.crawl()
    assert ended["Status"] == "FAILED"
    assert ended["ErrorMessage"].startswith(f"The table at {lake.uri('raw/big/')} could not be written: 1 validation error detected")
    assert ended["ErrorMessage"].endswith("Member must have length less than or equal to 131072")
    assert set(lake.tables()) == {"t"}


def test_what_no_classifier_recognizes_is_told_in_the_log(lake):
    lake.put(**{"raw/t/f.csv": "id,name\n"})
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert f"{lake.uri('raw/t/')} is recognized by no classifier" in lake.lines()
