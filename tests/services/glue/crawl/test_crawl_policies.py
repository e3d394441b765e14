"""What a second crawl does with what has changed."""

import json

import pytest
from tests.services.glue.crawl.conftest import columns

CSV = "id,name\n1,ann\n2,bob\n"
WIDER = "id,name,price\n1,ann,1.5\n2,bob,2.5\n"
LOG = {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}


def configuration(**members):
    return json.dumps({"Version": 1.0, **members})


def empty(lake, prefix):
    for item in lake.s3.list_objects_v2(Bucket=lake.name, Prefix=prefix).get("Contents", []):
        lake.s3.delete_object(Bucket=lake.name, Key=item["Key"])


def test_update_in_database_replaces_the_schema_and_what_the_crawler_did_not_set(lake):
    lake.put(**{"raw/t/f.csv": WIDER})
    lake.crawler("raw/t/")
    lake.crawl()
    table = lake.tables()["t"]
    mine = {k: table[k] for k in ("Name", "StorageDescriptor", "PartitionKeys", "TableType")}
    lake.glue.update_table(DatabaseName=lake.name, TableInput={**mine, "Parameters": {**table["Parameters"], "mine": "1"}})
    lake.put(**{"raw/t/f.csv": CSV})
    lake.crawl()
    table = lake.tables()["t"]
    assert columns(table) == {"id": "bigint", "name": "string"}
    assert "mine" not in table["Parameters"]
    assert lake.glue.get_crawler_metrics(CrawlerNameList=[lake.name])["CrawlerMetricsList"][0]["TablesUpdated"] == 1


def test_log_keeps_the_schema_and_still_adds_partitions(lake):
    lake.put(**{"raw/t/day=1/f.csv": CSV})
    lake.crawler("raw/t/", SchemaChangePolicy=LOG)
    lake.crawl()
    lake.put(**{"raw/t/day=1/f.csv": WIDER, "raw/t/day=2/f.csv": WIDER})
    lake.crawl()
    assert columns(lake.tables()["t"]) == {"id": "bigint", "name": "string"}
    assert set(lake.partitions("t")) == {("1",), ("2",)}
    assert columns(lake.partitions("t")["1",]) == {"id": "bigint", "name": "string"}
    assert "UpdateBehavior is LOG" in lake.lines()


def test_merge_new_columns_keeps_old_ones(lake):
    lake.put(**{"raw/t/f.csv": WIDER})
    lake.crawler("raw/t/", Configuration=configuration(CrawlerOutput={"Tables": {"AddOrUpdateBehavior": "MergeNewColumns"}}))
    lake.crawl()
    lake.put(**{"raw/t/f.csv": "id,price,extra\n1,2,3\n4,5,6\n"})
    lake.crawl()
    assert columns(lake.tables()["t"]) == {"id": "bigint", "name": "string", "price": "double", "extra": "bigint"}


@pytest.mark.parametrize("behavior", ["DEPRECATE_IN_DATABASE", "DELETE_FROM_DATABASE", "LOG"])
def test_lost_tables(lake, behavior):
    lake.put(**{"raw/a/f.csv": CSV, "raw/b/f.json": '{"a": 1}'})
    lake.crawler(SchemaChangePolicy={"DeleteBehavior": behavior})
    lake.crawl()
    empty(lake, "raw/b/")
    lake.crawl()
    tables = lake.tables()
    assert ("b" in tables) == (behavior != "DELETE_FROM_DATABASE")
    assert ("DEPRECATED_BY_CRAWLER" in tables.get("b", {}).get("Parameters", {})) == (behavior == "DEPRECATE_IN_DATABASE")
    lake.put(**{"raw/b/f.json": '{"a": 1}'})
    lake.crawl()
    assert "DEPRECATED_BY_CRAWLER" not in lake.tables()["b"]["Parameters"]


@pytest.mark.parametrize(("behavior", "left"), [("DELETE_FROM_DATABASE", {("2",)}), ("LOG", {("1",), ("2",)})])
def test_lost_partitions(lake, behavior, left):
    lake.put(**{"raw/t/day=1/f.csv": CSV, "raw/t/day=2/f.csv": CSV})
    lake.crawler("raw/t/", SchemaChangePolicy={"DeleteBehavior": behavior})
    lake.crawl()
    empty(lake, "raw/t/day=1/")
    lake.crawl()
    assert set(lake.partitions("t")) == left


def test_new_folders_only(lake):
    lake.put(**{"raw/t/day=1/f.csv": CSV, "raw/u/f.json": '{"a": 1}'})
    lake.crawler(SchemaChangePolicy=LOG, RecrawlPolicy={"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"})
    lake.crawl()
    assert set(lake.tables()) == {"t", "u"}
    lake.put(**{"raw/t/day=1/more.csv": CSV, "raw/t/day=2/f.csv": CSV, "raw/v/f.json": '{"z": "s"}', "raw/u/g.json": '{"a": 1, "b": 2}'})
    lake.crawl()
    assert set(lake.tables()) == {"t", "u", "v"}
    partitions = lake.partitions("t")
    assert set(partitions) == {("1",), ("2",)}
    assert partitions["1",]["Parameters"]["objectCount"] == "1"
    assert columns(lake.tables()["u"]) == {"a": "int"}
    lake.crawl()
    assert lake.glue.list_crawls(CrawlerName=lake.name)["Crawls"][0]["Summary"] == "No changes"


def test_a_table_of_the_same_name_elsewhere_is_left_alone(lake):
    lake.glue.create_database(DatabaseInput={"Name": lake.name})
    lake.glue.create_table(DatabaseName=lake.name, TableInput={"Name": "t", "StorageDescriptor": {"Location": "s3://elsewhere/t/"}})
    lake.put(**{"raw/t/f.csv": CSV})
    lake.crawler("raw/t/")
    lake.crawl()
    names = set(lake.tables())
    assert len(names) == 2
    assert lake.tables()["t"]["StorageDescriptor"]["Location"] == "s3://elsewhere/t/"


def test_partition_keys_that_change_replace_the_partitions(lake):
    lake.put(**{"raw/t/day=1/f.csv": CSV, "raw/t/day=2/f.csv": CSV})
    lake.crawler("raw/t/")
    lake.crawl()
    empty(lake, "raw/t/")
    lake.put(**{f"raw/t/year=2013/day={day}/f.csv": CSV for day in (1, 2)})
    lake.crawl()
    assert [key["Name"] for key in lake.tables()["t"]["PartitionKeys"]] == ["year", "day"]
    assert set(lake.partitions("t")) == {("2013", "1"), ("2013", "2")}
