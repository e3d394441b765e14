"""COPY, on files that play S3."""

import bz2
import gzip
import json
from datetime import date, datetime
from decimal import Decimal

import cramjam
import psycopg
import pytest

ROLE = "iam_role 'arn:aws:iam::123456789012:role/r'"


@pytest.fixture
def table(sql, request):
    name = request.node.name.split("[")[0]
    sql(f"drop table if exists {name}")
    sql(f"create table {name} (id int, name varchar(10), amt decimal(10,2), d date, ts timestamp, ok boolean)")
    return name


def test_csv(connection, s3, sql, table):
    notices = []
    connection.add_notice_handler(lambda diagnostic: notices.append(diagnostic.message_primary))
    s3.put("b/csv/1.csv", 'id,name,amt,d,ts,ok\n1,"a,""b""",1.5,2024-02-29,2024-02-29 01:02:03,true\n2,,,,,\n')
    s3.put("b/csv/2.csv", "id,name,amt,d,ts,ok\n3,\\N,7,2024-01-01,2024-01-01 00:00:00.5,f\n")
    cursor = connection.execute(f"copy {table} from 's3://b/csv/' {ROLE} csv ignoreheader 1 region 'us-east-1'")
    assert cursor.statusmessage == "COPY"
    assert notices == [f"Load into table '{table}' completed, 3 record(s) loaded successfully."]
    assert sql(f"select * from {table} order by id") == [
        (1, 'a,"b"', Decimal("1.50"), date(2024, 2, 29), datetime(2024, 2, 29, 1, 2, 3), True),
        (2, "", None, None, None, None),
        (3, None, Decimal("7.00"), date(2024, 1, 1), datetime(2024, 1, 1, 0, 0, 0, 500000), False),
    ]


@pytest.mark.parametrize(("option", "pack"), [("gzip", gzip.compress), ("bzip2", bz2.compress), ("", bytes)])
def test_compressions_and_a_column_list(s3, sql, option, pack):
    name = f"packed_{option or 'plain'}"
    sql(f"create table {name} (a int default 9, b varchar(5))")
    s3.put(f"b/{name}/x", pack(b"one|\ntwo|\n"))
    s3.put(f"b/{name}/y", pack(b"|\n"))
    sql(f"create table {name}_wide (b varchar(5), c varchar(5), a int default 9)")
    sql(f"copy {name}_wide (b, c) from 's3://b/{name}/' {ROLE} delimiter '|' emptyasnull {option}")
    assert sql(f"select * from {name}_wide order by b") == [("one", None, 9), ("two", None, 9), (None, None, 9)]


def test_a_bad_row_fails_the_load_and_is_explained(s3, sql, fails, table):
    s3.put("b/bad/1.csv", "1,a,1,2024-01-01,2024-01-01,t\nx,b,1,2024-01-01,2024-01-01,t\n")
    code, message = fails(f"copy {table} from 's3://b/bad/' {ROLE} csv")
    assert (code, message.split("\n")[0]) == (
        "XX000",
        f"Load into table '{table}' failed. Check 'stl_load_errors' system table for details.",
    )
    assert sql(f"select count(*) from {table}") == [(0,)]
    found = sql(
        "select filename, line_number, colname, type, raw_line, raw_field_value, err_code"
        " from stl_load_errors order by starttime desc limit 1"
    )
    assert found == [("s3://b/bad/1.csv", 2, "id", "int4", "x,b,1,2024-01-01,2024-01-01,t", "x", 1207)]


def test_a_text_that_is_too_long(s3, sql, fails, table):
    s3.put("b/long/1.csv", "1,short,1,,,\n2,much too long,1,,,\n")
    fails(f"copy {table} from 's3://b/long/' {ROLE} csv")
    assert sql(
        "select line_number, colname, col_length, raw_field_value, err_reason from stl_load_errors where filename like '%long%'"
    ) == [(2, "name", "10", "much too long", "String length exceeds DDL length")]
    sql(f"copy {table} from 's3://b/long/' {ROLE} csv truncatecolumns")
    assert sql(f"select name from {table} order by id") == [("short",), ("much too l",)]


def test_maxerror_loads_the_rest(s3, sql, fails, table):
    s3.put("b/some/1.csv", "1,a,1,,,\nx,b,1,,,\n3,c,1,,,\n4,far too long a name,1,,,\n")
    fails(f"copy {table} from 's3://b/some/' {ROLE} csv maxerror 1")
    assert sql(f"select count(*) from {table}") == [(0,)]
    sql(f"copy {table} from 's3://b/some/' {ROLE} csv maxerror 2")
    assert sql(f"select id from {table} order by id") == [(1,), (3,)]


def test_a_failed_load_fails_the_transaction(dsn, s3, sql, table):
    s3.put("b/tx/1.csv", "x,a,1,,,\n")
    with psycopg.connect(dsn) as one:
        one.execute(f"insert into {table} (id) values (1)")
        with pytest.raises(psycopg.Error, match="stl_load_errors"):
            one.execute(f"copy {table} from 's3://b/tx/' {ROLE} csv")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            one.execute("select 1")
        one.rollback()
    assert sql(f"select count(*) from {table}") == [(0,)]
    assert sql("select count(*) from stl_load_errors where filename = 's3://b/tx/1.csv'") == [(1,)]


def test_json(s3, sql):
    sql("create table js (id int, name varchar(10), data super, at timestamp)")
    s3.put("b/json/1.json", '{"id": 1, "name": "a", "data": {"k": [1, 2]}, "at": "2024-01-01 00:00:00"}\n{"id": "2",\n "other": 5}')
    sql(f"copy js from 's3://b/json/' {ROLE} json 'auto'")
    assert sql("select id, name, json_serialize(data), at from js order by id") == [
        (1, "a", '{"k":[1,2]}', datetime(2024, 1, 1)),
        (2, None, None, None),
    ]
    s3.put("b/paths.json", json.dumps({"jsonpaths": ["$.id", "$['data']['k'][1]"]}))
    sql(f"copy js (id, name) from 's3://b/json/' {ROLE} format as json 's3://b/paths.json'")
    assert sql("select id, name from js where name = '2'") == [(1, "2")]


@pytest.mark.parametrize("text", ["1.5", "1e3", "0x1f", "1_000", "3000000000", "x"])
def test_what_is_no_integer_is_not_rounded_to_one(s3, sql, fails, unique, text):
    name = f"ints_{unique}"
    sql(f"create table {name} (at date, id int)")
    s3.put(f"b/{name}.csv", f"01/02/2024, 7 \n02/02/2024,{text}\n03/02/2024,\n")
    load = f"copy {name} from 's3://b/{name}.csv' {ROLE} csv dateformat 'DD/MM/YYYY'"
    assert "stl_load_errors" in fails(load)[1]
    errors = "select line_number, colname, raw_field_value, err_code from stl_load_errors where filename = 's3://b/{}'"
    assert sql(errors.format(f"{name}.csv")) == [(2, "id", text, 1207)]
    sql(f"{load} maxerror 1")
    assert sql(f"select id from {name} order by at") == [(7,), (None,)]
    s3.put(f"b/{name}.json", json.dumps({"id": text}))
    assert "stl_load_errors" in fails(f"copy {name} from 's3://b/{name}.json' {ROLE} json 'auto'")[1]


def test_a_nul_in_a_row_that_fails_is_shown(s3, sql, fails, unique):
    sql(f"create table {unique} (a int, b int)")
    s3.put(f"b/{unique}.csv", "1,2\0\n")
    assert "stl_load_errors" in fails(f"copy {unique} from 's3://b/{unique}.csv' {ROLE} csv")[1]
    assert sql(f"select raw_field_value from stl_load_errors where filename = 's3://b/{unique}.csv'") == [("2\\0",)]


def test_json_keys_of_any_case(s3, sql):
    sql("create table js_case (id int, name varchar(10), data super)")
    s3.put("b/case/1.json", '{"ID": 1, "Name": "a", "DATA": {"K": 1}}\n{"id": 2, "other": "b"}')
    sql(f"copy js_case from 's3://b/case/' {ROLE} json 'auto ignorecase'")
    assert sql("select id, name, json_serialize(data) from js_case order by id") == [(1, "a", '{"K":1}'), (2, None, None)]
    sql("truncate js_case")
    sql(f"copy js_case from 's3://b/case/' {ROLE} json 'auto'")
    assert sql("select id, name from js_case order by id nulls last") == [(2, None), (None, None)]


@pytest.mark.parametrize("option", ["auto", "auto ignorecase"])
def test_json_that_is_no_object(s3, sql, fails, option):
    """A document that is one array has no keys: it is no row of NULLs."""
    name = f"js_array_{len(option)}"
    sql(f"create table {name} (id int)")
    s3.put(f"b/{name}.json", '[{"id": 1}, {"id": 2}]')
    assert "stl_load_errors" in fails(f"copy {name} from 's3://b/{name}.json' {ROLE} json '{option}'")[1]
    assert sql(f"select count(*) from {name}") == [(0,)]
    reasons = sql(f"select err_reason from stl_load_errors where filename = 's3://b/{name}.json'")
    assert reasons == [("Invalid JSONPath format: Member is not an object.",)]


def test_parquet(s3, sql, fails, tmp_path):
    import duckdb

    path = tmp_path / "x.parquet"
    duckdb.sql("select 1 as a, 'x' as b, 1.5::decimal(10,2) as c union all select 2, null, null").write_parquet(str(path))
    s3.put("b/pq/1", path.read_bytes())
    sql("create table pq (id int, name varchar(3), amt decimal(12,4))")
    sql(f"copy pq from 's3://b/pq/' {ROLE} format as parquet")
    assert sql("select * from pq order by id") == [(1, "x", Decimal("1.5000")), (2, None, None)]
    sql("create table narrow (id int)")
    assert "Unmatched number of columns" in fails(f"copy narrow from 's3://b/pq/' {ROLE} parquet")[1]
    sql("create table typed (id varchar(3), name varchar(3), amt int)")
    assert "incompatible Parquet schema" in fails(f"copy typed from 's3://b/pq/' {ROLE} parquet")[1]


def test_a_manifest(s3, sql, fails):
    sql("create table man (a int)")
    s3.put("b/man/1", "1\n")
    s3.put("b/man/2", "2\n")
    s3.put("b/m.json", json.dumps({"entries": [{"url": "s3://b/man/2", "mandatory": True}]}))
    sql(f"copy man from 's3://b/m.json' {ROLE} manifest csv")
    assert sql("select * from man") == [(2,)]
    s3.put("b/m2.json", json.dumps({"entries": [{"url": "s3://b/man/9", "mandatory": True}]}))
    assert "does not exist" in fails(f"copy man from 's3://b/m2.json' {ROLE} manifest csv")[1]


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (f"from 's3://b/none/' {ROLE} csv", "The specified S3 prefix 'none/' does not exist"),
        (f"from 's3://b/csv/' {ROLE} csv sparkle", 'syntax error at or near "sparkle"'),
        (f"from 's3://b/csv/' {ROLE} avro 'auto'", "COPY … AVRO is not supported"),
        ("from 's3://b/csv/' csv", "Must specify credentials"),
        (f"(nope) from 's3://b/csv/' {ROLE} csv", 'column "nope"'),
        (f"from 'dynamodb://t' {ROLE}", "COPY from dynamodb is not supported"),
    ],
)
def test_what_cannot_be_loaded_is_told(sql, fails, rest, message):
    sql("create table if not exists told (a int)")
    assert message in fails(f"copy told {rest}")[1]


def test_no_row_is_read_from_a_file_the_statement_does_not_name(s3, fails):
    s3.put("b/secret.csv", "1\n")
    assert fails(f'select * from "{s3.folder}/b/secret.csv"')[0] == "42P01"


def test_as_a_glue_job_stages_and_copies(s3, sql, table):
    s3.put(
        "b/glue/part-0.csv",
        '1,"say ""hi""",1.50,2024-02-29,2024-02-29 01:02:03.000000,true\n2,@NULL@,@NULL@,@NULL@,@NULL@,@NULL@\n3,"",,,,\n',
    )
    columns = '"id", "name", "amt", "d", "ts", "ok"'
    keys = "CREDENTIALS 'aws_access_key_id=test;aws_secret_access_key=test;token=x'"
    options = "FORMAT AS CSV NULL AS '@NULL@' DATEFORMAT 'auto' TIMEFORMAT 'auto'"
    sql(f"COPY public.{table} ({columns}) FROM 's3://b/glue/' {keys} {options}")
    assert sql(f"select * from {table} order by id") == [
        (1, 'say "hi"', Decimal("1.50"), date(2024, 2, 29), datetime(2024, 2, 29, 1, 2, 3), True),
        (2, None, None, None, None, None),
        (3, "", None, None, None, None),
    ]


def test_a_bad_field_among_null_texts_is_explained_too(s3, sql, fails, table):
    s3.put("b/mixed/1.csv", "1,@NULL@,1.5,@NULL@,@NULL@,t\n2,b,oops,2024-01-01,@NULL@,t\n")
    fails(f"copy {table} from 's3://b/mixed/' {ROLE} csv null as '@NULL@'")
    found = sql("select line_number, colname, raw_field_value, err_code from stl_load_errors where filename = 's3://b/mixed/1.csv'")
    assert found == [(2, "amt", "oops", 1207)]


@pytest.mark.parametrize(("packed", "option"), [(gzip.compress, "gzip"), (bz2.compress, "bzip2"), (cramjam.zstd.compress, "zstd")])
def test_maxerror_in_packed_files(s3, sql, fails, table, packed, option):
    s3.put(f"b/rejected_{option}/1.csv", bytes(packed(b"1,a,1,,,\nx,b,1,,,\n3,far too long a name\n")))
    assert fails(f"copy {table} from 's3://b/rejected_{option}/' {ROLE} csv {option} maxerror 1")[0] == "XX000"
    sql(f"copy {table} from 's3://b/rejected_{option}/' {ROLE} csv {option} maxerror 2")
    assert sql(f"select id from {table}") == [(1,)]
    query = f"select distinct line_number, colname from stl_load_errors where filename like 's3://b/rejected_{option}/%' order by 1"
    assert sql(query) == [(2, "id"), (3, "name")]


def test_maxerror_among_null_texts(s3, sql, table):
    s3.put("b/mixed2/1.csv", "1,@NULL@,1.5,@NULL@,,t\n2,b,oops,2024-01-01,,t\n3,far too long a name,1,,,\n4,d,2,,,f\n")
    sql(f"copy {table} from 's3://b/mixed2/' {ROLE} csv null as '@NULL@' maxerror 5")
    assert sql(f"select id, name from {table} order by id") == [(1, None), (4, "d")]
    assert sql("select line_number, colname from stl_load_errors where filename = 's3://b/mixed2/1.csv' order by 1") == [
        (2, "amt"),
        (3, "name"),
    ]
