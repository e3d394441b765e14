"""Tables of a real Data Catalog (the project's own server), on local files: reading, and keeping it up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.conftest import LAZY
from tests.awsglue.frames import records

from awsglue import _aws, _report
from awsglue._frame.types import hive_type
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import ApplyMapping, DropNullFields

OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"


def put(location: str, name: str, text: str) -> str:
    file = Path(location.removeprefix("file://")) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return f"file://{file.parent}/"


def test_cells_have_the_declared_types(glue: Any, table: Any, unique: str) -> None:
    columns = [
        ("n", "bigint"),
        ("d", "double"),
        ("b", "boolean"),
        ("day", "date"),
        ("at", "timestamp"),
        ("p", "decimal(5,2)"),
        ("s", "string"),
    ]
    put(
        table(columns, skip_header_line_count="1"),
        "a.csv",
        'n,d,b,day,at,p,s\n1,1.5,true,2020-02-29,2020-02-29 01:02:03,1.10,"a, b"\n,,,,,,\n\\N,1e3,FALSE,,,,x\n',
    )
    frame = glue.create_dynamic_frame.from_catalog(database=unique, table_name="t", transformation_ctx="t")
    assert hive_type(frame.schema()) == "struct<n:bigint,d:double,b:boolean,day:date,at:timestamp,p:decimal(5,2),s:string>"
    assert [list(record.values()) for record in records(frame)] == [
        [1, 1.5, True, "2020-02-29", "2020-02-29 01:02:03", 1.1, "a, b"],
        [None, None, None, None, None, None, ""],
        [None, 1000.0, False, None, None, None, "x"],
    ]


WRONG = [
    ("bigint", "NA"), ("bigint", "1.5"), ("bigint", "99999999999999999999"), ("int", "3000000000"), ("double", "1.5d"), ("double", "x"),
    ("date", "2020"), ("date", "2020-13-01"), ("timestamp", "01:02:03"), ("boolean", "yes"), ("decimal(3,1)", "12345"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "cell"), WRONG)
def test_a_cell_of_another_type_stays_what_it_is(glue: Any, table: Any, unique: str, kind: str, cell: str) -> None:
    put(table([("c", kind), ("k", "string")]), "a.csv", f"{cell},x\n")
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    assert records(frame) == [{"c": cell, "k": "x"}]
    assert hive_type(frame.schema()) == "struct<c:string,k:string>"


def test_both_kinds_make_a_choice_as_documented(glue: Any, table: Any, unique: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(table([("provider id", "bigint")]), "a.csv", "10001\nsee note\n")
    frame = glue.create_dynamic_frame.from_catalog(name_space=unique, table_name="t")
    frame.printSchema()
    assert capsys.readouterr().out == "root\n|-- provider id: choice\n|    |-- long\n|    |-- string\n\n"
    assert frame.toDF().dtypes == [("provider id", "struct<long:bigint,string:string>")]
    assert records(frame.resolveChoice(specs=[("provider id", "cast:long")])) == [{"provider id": 10001}, {"provider id": None}]
    matched = frame.resolveChoice(choice="match_catalog", database=unique, table_name="t")
    assert hive_type(matched.schema()) == "struct<provider id:bigint>"


def test_apply_mapping_needs_no_look_at_the_data(glue: Any, table: Any, unique: str, spark: Any) -> None:
    put(table([("n", "bigint"), ("s", "string")]), "a.csv", "1,a\nx,b\n")
    jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup(None))
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    mapped = ApplyMapping.apply(frame, [("n", "long", "n", "int"), ("s", "string", "s", "string")])
    df = mapped.toDF()
    assert len(spark.sparkContext.statusTracker().getJobIdsForGroup(None)) == jobs
    assert df.dtypes == [("n", "int"), ("s", "string")]
    assert [tuple(row) for row in df.collect()] == [(1, "a"), (None, "b")]


def test_declared_columns_stay_though_empty(glue: Any, table: Any, unique: str) -> None:
    put(table([("n", "bigint"), ("s", "string")]), "a.csv", ",a\n")
    frame = DropNullFields.apply(glue.create_dynamic_frame.from_catalog(unique, "t"))
    assert hive_type(frame.schema()) == "struct<n:bigint,s:string>"


def test_short_and_long_rows(glue: Any, table: Any, unique: str) -> None:
    put(table([("a", "int"), ("b", "int")]), "a.csv", "1\n1,2,3\n")
    assert records(glue.create_dynamic_frame.from_catalog(unique, "t")) == [{"a": 1, "b": None}, {"a": 1, "b": 2}]


def test_open_csv(glue: Any, table: Any, unique: str) -> None:
    given = {"separatorChar": ";", "quoteChar": "'", "escapeChar": "\\"}
    put(table([("a", "string"), ("b", "string")], serde=OPEN_CSV, serde_parameters=given), "a.csv", "'x;y';z\n")
    assert records(glue.create_dynamic_frame.from_catalog(unique, "t")) == [{"a": "x;y", "b": "z"}]


@pytest.fixture
def months(catalog: Any, table: Any, unique: str) -> str:
    """Three partitions: one in its folder, one somewhere else, one whose folder is gone."""
    location: str = table([("n", "int")], keys=[("month", "string"), ("year", "int")])
    places = [
        (["01", "2013"], put(location, "month=01/year=2013/a.csv", "1\n")),
        (["02", "2013"], put(location, "elsewhere/a.csv", "2\n")),
        (["03", "2014"], location + "gone/"),
    ]
    put(location, "month=99/year=2099/unregistered.csv", "99\n")
    for values, place in places:
        storage = {"Location": place, "SerdeInfo": {"SerializationLibrary": LAZY}}
        catalog.create_partition(DatabaseName=unique, TableName="t", PartitionInput={"Values": values, "StorageDescriptor": storage})
    return location


def test_partitions_are_the_catalogs_not_the_folders(glue: Any, months: str, unique: str) -> None:
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    assert hive_type(frame.schema()) == "struct<n:int,month:string,year:int>"
    assert sorted(records(frame), key=str) == [{"n": 1, "month": "01", "year": 2013}, {"n": 2, "month": "02", "year": 2013}]


@pytest.mark.parametrize(
    ("predicates", "wanted"),
    [
        ({"push_down_predicate": "month = '02'"}, [2]),
        ({"push_down_predicate": "(year > 2000 and month in ('01', '03'))"}, [1]),
        ({"push_down_predicate": "year = 1999"}, []),
        ({"additional_options": {"catalogPartitionPredicate": "month='01' and year=2013"}}, [1]),
        ({"push_down_predicate": "month = '01'", "additional_options": {"catalogPartitionPredicate": "year=2014"}}, []),
    ],
)
def test_predicates(glue: Any, months: str, unique: str, predicates: dict[str, Any], wanted: list[int]) -> None:
    frame = glue.create_dynamic_frame.from_catalog(database=unique, table_name="t", **predicates)
    assert sorted(r["n"] for r in records(frame)) == wanted
    assert [field.name for field in frame.schema()] == ["n", "month", "year"]


def test_a_partition_key_that_the_files_hold_too(glue: Any, catalog: Any, table: Any, unique: str) -> None:
    location = table([("month", "int"), ("n", "int")], keys=[("month", "string")])
    storage = {"Location": put(location, "x/a.csv", "7,1\n")}
    catalog.create_partition(DatabaseName=unique, TableName="t", PartitionInput={"Values": ["07"], "StorageDescriptor": storage})
    assert records(glue.create_dynamic_frame.from_catalog(unique, "t", push_down_predicate="month = '07'")) == [{"n": 1, "month": "07"}]


def test_json_documents_on_one_line_as_firehose_writes_them(glue: Any, table: Any, unique: str) -> None:
    location = table([("n", "bigint"), ("t", "string"), ("m", "int")], "json", [("day", "string")])
    glue_client = _aws.client("glue")
    for day, text in (("a", '{"n":1,"x":1.5}{"n":2,"t":"}{"}'), ("b", '{"n":3}{"n":"4"}{"n":}{"n":5}')):
        storage = {"Location": put(f"{location}day={day}/", "1", text), "Columns": []}
        glue_client.create_partition(DatabaseName=unique, TableName="t", PartitionInput={"Values": [day], "StorageDescriptor": storage})
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    assert frame.errorsCount() == 1
    found = sorted(records(frame), key=lambda each: str(each["n"]))
    assert [(each["n"], each["day"]) for each in found] == [(1, "a"), (2, "a"), (3, "b"), ("4", "b"), (5, "b")]
    assert [each["t"] for each in found[:2]] == [None, "}{"] and found[0]["x"] == 1.5


def test_additional_options_that_there_are_not_are_told(glue: Any, table: Any, unique: str) -> None:
    put(table([("n", "bigint")]), "a.csv", "1\n")
    glue.create_dynamic_frame.from_catalog(unique, "t", additional_options={"recurse": True})
    assert _report.as_json()["notes"] == []
    frame = glue.create_dynamic_frame.from_catalog(unique, "t", additional_options={"push_down_predicate": "n = 2"})
    assert frame.count() == 1
    wanted = "additional_options of from_catalog has no option push_down_predicate: ignored, as Glue does"
    assert _report.as_json()["notes"] == [wanted]


def test_json_has_the_declared_types_where_the_values_are_such(glue: Any, table: Any, unique: str) -> None:
    columns = [("userid", "bigint"), ("price", "double"), ("day", "date"), ("tags", "array<int>"), ("unseen", "string")]
    put(
        table(columns, "json", serde="org.openx.data.jsonserde.JsonSerDe"),
        "a.json",
        '{"more":"x","price":2,"userId":1,"day":"2020-02-29","tags":[1]}\n{"userId":"x"}\n',
    )
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    assert records(frame)[0] == {"userid": 1, "price": 2.0, "day": "2020-02-29", "tags": [1], "more": "x", "unseen": None}
    assert hive_type(frame.schema().getField("userid").dataType) == "struct<long:bigint,string:string>"
    assert hive_type(frame.schema().getField("price").dataType) == "double"
    assert [field.name for field in frame.schema()] == ["userid", "price", "day", "tags", "unseen", "more"]


@pytest.mark.parametrize("format", ["parquet", "orc"])
def test_columnar_tables(glue: Any, spark: Any, table: Any, unique: str, format: str) -> None:
    location = table([("id", "bigint"), ("later", "string")], format)
    spark.range(2).write.format(format).save(location + "x")
    found = records(glue.create_dynamic_frame.from_catalog(unique, "t"))
    assert sorted(found, key=str) == [{"id": 0, "later": None}, {"id": 1, "later": None}]
    assert glue.create_data_frame.from_catalog(unique, "t").count() == 2


def test_no_files_is_no_rows_but_all_columns(glue: Any, table: Any, unique: str) -> None:
    table([("n", "bigint"), ("s", "string")])
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    assert (frame.count(), hive_type(frame.schema())) == (0, "struct<n:bigint,s:string>")


def test_what_is_not_there_is_named(glue: Any, catalog: Any, unique: str) -> None:
    with pytest.raises(LookupError, match=f"{unique}.nope"):
        glue.create_dynamic_frame.from_catalog(database=unique, table_name="nope")
    with pytest.raises(LookupError, match="no-such-connection"):
        glue.extract_jdbc_conf("no-such-connection")


@pytest.mark.parametrize("arguments", [{}, {"database": "a", "name_space": "b", "table_name": "t"}, {"database": "a"}])
def test_wrong_arguments(glue: Any, arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"database|table_name"):
        glue.create_dynamic_frame.from_catalog(**arguments)


@pytest.mark.parametrize(("classification", "parameters"), [("ion", {}), ("parquet", {"table_type": "ICEBERG"})])
def test_tables_that_are_not_read_are_refused(
    glue: Any, catalog: Any, unique: str, classification: str, parameters: dict[str, str]
) -> None:
    storage = {"Columns": [], "Location": "file:///nowhere/"}
    catalog.create_table(
        DatabaseName=unique,
        TableInput={"Name": "t", "StorageDescriptor": storage, "Parameters": {"classification": classification, **parameters}},
    )
    with pytest.raises(NotImplementedError, match=f"{unique}.t"):
        glue.create_dynamic_frame.from_catalog(unique, "t")


# --- sinks -----------------------------------------------------------------------------------------------------------


def sink(glue: Any, database: str, path: str, frame: DynamicFrame, format: str = "glueparquet", **options: Any) -> None:
    made = glue.getSink(path=path, connection_type="s3", enableUpdateCatalog=True, transformation_ctx="sink", **options)
    made.setCatalogInfo(catalogDatabase=database, catalogTableName="out")
    made.setFormat(format)
    made.writeFrame(frame)


@pytest.fixture
def out(tmp_path: Path) -> str:
    return f"file://{tmp_path}/out/"


def test_nothing_is_written_for_a_database_or_keys_that_are_not_there(glue: Any, spark: Any, catalog: Any, unique: str, out: str) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([(1, "a")], "n long, k string"), glue)
    with pytest.raises(LookupError, match=f"Database {unique}no not found"):
        sink(glue, f"{unique}no", out, frame)
    assert not Path(out.removeprefix("file://")).exists()
    sink(glue, unique, out, frame)
    before = sorted(Path(out.removeprefix("file://")).rglob("*.parquet"))
    with pytest.raises(ValueError, match="partitionKeys"):
        sink(glue, unique, out, frame, partitionKeys=["k"])
    assert before and sorted(Path(out.removeprefix("file://")).rglob("*.parquet")) == before


def test_a_missing_table_is_made_with_its_partitions(glue: Any, spark: Any, catalog: Any, unique: str, out: str) -> None:
    df = spark.createDataFrame([(1, "a b", 1.5), (2, "c/d", 2.5)], "n long, k string, x double")
    sink(glue, unique, out, DynamicFrame.fromDF(df, glue), partitionKeys=["k"])
    made = catalog.get_table(DatabaseName=unique, Name="out")["Table"]
    assert [(c["Name"], c["Type"]) for c in made["StorageDescriptor"]["Columns"]] == [("n", "bigint"), ("x", "double")]
    assert [(c["Name"], c["Type"]) for c in made["PartitionKeys"]] == [("k", "string")]
    assert made["Parameters"]["classification"] == "parquet"
    found = catalog.get_partitions(DatabaseName=unique, TableName="out")["Partitions"]
    assert sorted(part["Values"] for part in found) == [["a b"], ["c/d"]]
    back = glue.create_dynamic_frame.from_catalog(unique, "out")
    assert sorted(records(back), key=str) == [{"n": 1, "x": 1.5, "k": "a b"}, {"n": 2, "x": 2.5, "k": "c/d"}]


def test_new_columns_and_partitions_are_merged(glue: Any, spark: Any, catalog: Any, unique: str, out: str) -> None:
    sink(glue, unique, out, DynamicFrame.fromDF(spark.createDataFrame([(1, "a")], "n long, k string"), glue), partitionKeys=["k"])
    more = DynamicFrame.fromDF(spark.createDataFrame([(2, "b", "new"), (3, "a", "new")], "n long, k string, y string"), glue)
    sink(glue, unique, out, more, partitionKeys=["k"])
    columns = catalog.get_table(DatabaseName=unique, Name="out")["Table"]["StorageDescriptor"]["Columns"]
    assert [column["Name"] for column in columns] == ["n", "y"]
    back = records(glue.create_dynamic_frame.from_catalog(unique, "out"))
    assert sorted((r["n"], r["y"], r["k"]) for r in back) == [(1, None, "a"), (2, "new", "b"), (3, "new", "a")]  # type: ignore[type-var]


def test_log_leaves_the_table_as_it_is(glue: Any, spark: Any, catalog: Any, unique: str, out: str) -> None:
    sink(glue, unique, out, DynamicFrame.fromDF(spark.createDataFrame([(1, "a")], "n long, k string"), glue), partitionKeys=["k"])
    more = DynamicFrame.fromDF(spark.createDataFrame([(2, "b", "new")], "n long, k string, y string"), glue)
    sink(glue, unique, out, more, partitionKeys=["k"], updateBehavior="LOG")
    columns = catalog.get_table(DatabaseName=unique, Name="out")["Table"]["StorageDescriptor"]["Columns"]
    assert [column["Name"] for column in columns] == ["n"]
    assert [p["Values"] for p in catalog.get_partitions(DatabaseName=unique, TableName="out")["Partitions"]] == [["a"]]


@pytest.mark.parametrize("format", ["json", "csv"])
def test_text_tables_are_read_back_through_the_catalog(glue: Any, spark: Any, catalog: Any, unique: str, out: str, format: str) -> None:
    frame = DynamicFrame.fromDF(spark.sql("select 1L n, timestamp'2020-02-29 01:02:03.5' at, 'x, y' s"), glue)
    sink(glue, unique, out, frame, format)
    assert records(glue.create_dynamic_frame.from_catalog(unique, "out")) == [{"n": 1, "at": "2020-02-29 01:02:03.500000", "s": "x, y"}]


def test_other_partition_keys_and_formats_are_refused(glue: Any, spark: Any, catalog: Any, unique: str, out: str) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([(1, "a")], "n long, k string"), glue)
    sink(glue, unique, out, frame, partitionKeys=["k"])
    with pytest.raises(ValueError, match="partitionKeys"):
        sink(glue, unique, out, frame, partitionKeys=["n"])
    with pytest.raises(NotImplementedError, match="orc"):
        sink(glue, unique, out, frame, "orc")


def test_writing_to_a_table_by_its_name(glue: Any, spark: Any, table: Any, unique: str) -> None:
    table([("n", "bigint"), ("s", "string")], "csv", skip_header_line_count="1")
    frame = DynamicFrame.fromDF(spark.createDataFrame([(1, "x")], "n long, s string"), glue)
    glue.write_dynamic_frame.from_catalog(frame=frame, database=unique, table_name="t", transformation_ctx="w")
    assert records(glue.create_dynamic_frame.from_catalog(unique, "t")) == [{"n": 1, "s": "x"}]


def test_a_table_of_a_database_is_read_through_its_connection(glue: Any, catalog: Any, unique: str) -> None:
    url = f"jdbc:derby:memory:{unique};create=true"
    catalog.create_connection(
        ConnectionInput={"Name": unique, "ConnectionType": "JDBC", "ConnectionProperties": {"JDBC_CONNECTION_URL": url}}
    )
    storage = {"Columns": [{"Name": "n", "Type": "int"}], "Location": "db.sys.systables"}
    parameters = {"classification": "oracle", "connectionName": unique}
    catalog.create_table(DatabaseName=unique, TableInput={"Name": "t", "StorageDescriptor": storage, "Parameters": parameters})
    options = {"className": "org.apache.derby.iapi.jdbc.AutoloadedDriver"}
    assert glue.create_dynamic_frame.from_catalog(unique, "t", additional_options=options).count() > 0


def test_connections(glue: Any, catalog: Any, unique: str) -> None:
    properties = {"JDBC_CONNECTION_URL": "jdbc:redshift://127.0.0.1:5439/dev", "USERNAME": "u", "PASSWORD": "hush"}
    catalog.create_connection(ConnectionInput={"Name": unique, "ConnectionType": "JDBC", "ConnectionProperties": properties})
    conf = glue.extract_jdbc_conf(unique)
    assert {key: conf[key] for key in ("user", "password", "vendor", "url", "fullUrl")} == {
        "user": "u",
        "password": "hush",
        "vendor": "redshift",
        "url": "jdbc:redshift://127.0.0.1:5439",
        "fullUrl": "jdbc:redshift://127.0.0.1:5439/dev",
    }


def test_purging(glue: Any, server: Any, catalog: Any, unique: str) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket=unique)
    for key in ("old/a", "old/b", "older"):
        s3.put_object(Bucket=unique, Key=key, Body=b"x")
    glue.purge_s3_path(f"s3://{unique}/old/", {"retentionPeriod": 1})
    assert s3.list_objects_v2(Bucket=unique)["KeyCount"] == 3  # too young
    glue.purge_s3_path(f"s3://{unique}/old", {"retentionPeriod": 0, "manifestFilePath": f"s3://{unique}/manifest/"})
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=unique)["Contents"]] == [
        "manifest/Failed.csv",
        "manifest/Success.csv",
        "older",
    ]
    assert f"s3://{unique}/old/a" in s3.get_object(Bucket=unique, Key="manifest/Success.csv")["Body"].read().decode()
