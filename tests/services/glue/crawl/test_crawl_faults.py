"""Stopping a crawl, killing the server under one, and crawlers of existing tables."""

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
