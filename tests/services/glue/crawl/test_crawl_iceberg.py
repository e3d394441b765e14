"""Iceberg targets: tables that PyIceberg wrote come back into the catalog, and PyIceberg reads them from there."""

import json

import pyarrow as pa
import pytest
from pyiceberg.catalog import load_catalog
from tests.services.glue.crawl.conftest import columns

from wheatpaste.services.glue.crawl.finding import UnreadableError
from wheatpaste.services.glue.crawl.iceberg import newest, read_metadata

ROWS = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["ann", "bob"], "tags": [["x"], []]})


def iceberg(server, lake):
    """PyIceberg's Glue catalog on the server."""
    keys = {"access-key-id": "test", "secret-access-key": "test", "region": "us-east-1", "endpoint": server.endpoint}
    settings = {f"{service}.{name}": value for service in ("glue", "s3") for name, value in keys.items()}
    return load_catalog("c", type="glue", warehouse=lake.uri("raw"), **settings)


def crawler(lake, **target):
    targets = {"IcebergTargets": [{"Paths": [lake.uri("raw/")], **target}]}
    lake.glue.create_crawler(Name=lake.name, Role="R", DatabaseName=f"{lake.name}2", Targets=targets)


def test_a_table_comes_back_and_follows_its_latest_metadata(server, lake):
    catalog = iceberg(server, lake)
    catalog.create_namespace(lake.name)
    written = catalog.create_table(f"{lake.name}.orders", ROWS.schema, location=lake.uri("raw/orders"))
    written.append(ROWS)
    crawler(lake)
    assert lake.crawl()["Status"] == "SUCCEEDED"
    table = lake.glue.get_table(DatabaseName=f"{lake.name}2", Name="orders")["Table"]
    assert columns(table) == {"id": "bigint", "name": "string", "tags": "array<string>"}
    assert table["Parameters"]["table_type"] == "ICEBERG"
    assert table["StorageDescriptor"]["Location"] == lake.uri("raw/orders")
    assert catalog.load_table(f"{lake.name}2.orders").scan().to_arrow() == ROWS
    written.append(ROWS)
    lake.crawl()
    assert catalog.load_table(f"{lake.name}2.orders").scan().count() == 4
    lake.crawl()
    newest_crawl, updating, _ = lake.glue.list_crawls(CrawlerName=lake.name)["Crawls"]
    assert (updating["Summary"], newest_crawl["Summary"]) == ("TablesUpdated: 1", "No changes")


def test_broken_metadata_is_left_out(lake):
    lake.put(**{"raw/bad/metadata/v1.metadata.json": "{oops"})
    crawler(lake)
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert lake.glue.get_tables(DatabaseName=f"{lake.name}2")["TableList"] == []
    assert "the Iceberg metadata cannot be read" in lake.lines()


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, {"raw/a/": "raw/a/metadata/00010-u.metadata.json", "raw/x/b/": "raw/x/b/metadata/v2.metadata.json"}),
        (1, {"raw/a/": "raw/a/metadata/00010-u.metadata.json"}),
    ],
)
def test_the_newest_metadata_of_each_table(depth, expected):
    keys = [f"raw/a/metadata/{n:05}-u.metadata.json" for n in (9, 10)] + [f"raw/x/b/metadata/v{n}.metadata.json" for n in (1, 2)]
    others = ["raw/a/metadata/snap-1.avro", "raw/a/data/f.parquet", "raw/c/metadata/latest.json"]
    assert newest([*keys, *others], "raw/", depth) == expected


def test_types():
    kinds = {"a": "decimal(9, 2)", "b": "timestamptz", "c": "fixed[4]", "d": {"type": "map", "key": "string", "value": "int"}}
    fields = [{"id": n, "name": name, "required": False, "type": kind} for n, (name, kind) in enumerate(kinds.items())]
    found = read_metadata(json.dumps({"location": "s3://b/t", "schema": {"fields": fields}}))
    assert [c["Type"] for c in found["columns"]] == ["decimal(9,2)", "timestamp", "binary", "map<string,int>"]
    with pytest.raises(UnreadableError, match="geometry"):
        read_metadata(json.dumps({"location": "x", "schema": {"fields": [{**fields[0], "type": "geometry"}]}}))
