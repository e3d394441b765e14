"""UNLOAD and ALTER TABLE."""

import gzip
import json

import pytest

ROLE = "iam_role 'arn:aws:iam::123456789012:role/r'"


@pytest.fixture
def table(sql, request):
    name = request.node.name.split("[")[0]
    sql(f"create table {name} (id int, name varchar(10), ok boolean, f float8)")
    sql(f"insert into {name} values (1, 'a|b', true, 1), (2, null, false, 2.5)")
    return name


@pytest.mark.parametrize(
    ("options", "key", "expected"),
    [
        ("", "0000_part_00", "1|a|b|t|1\n2||f|2.5\n"),
        ("parallel off null as '\\\\N'", "000", "1|a|b|t|1\n2|\\N|f|2.5\n"),
        ("format as csv header parallel off", "000", "id,name,ok,f\n1,a|b,t,1\n2,,f,2.5\n"),
        ("delimiter '\\t' addquotes header", "0000_part_00", 'id\tname\tok\tf\n"1"\t"a|b"\t"t"\t"1"\n"2"\t\t"f"\t"2.5"\n'),
        ("format json", "0000_part_00.json", '{"id":1,"name":"a|b","ok":true,"f":1.0}\n{"id":2,"name":null,"ok":false,"f":2.5}\n'),
    ],
)
def test_texts(connection, s3, table, sql, options, key, expected, request):
    place = f"u/{abs(hash(options))}/"
    cursor = connection.execute(f"unload ('select * from {table} order by id') to 's3://{place}' {ROLE} {options}")
    assert cursor.statusmessage == "UNLOAD"
    assert (s3.folder / place / key).read_text() == expected
    sql(f"drop table {table}")


def test_gzip_manifest_and_what_is_there_already(s3, table, sql, fails):
    sql(f"unload ('select id from {table} order by id') to 's3://u/gz/x_' {ROLE} gzip manifest verbose")
    assert gzip.decompress((s3.folder / "u/gz/x_0000_part_00.gz").read_bytes()) == b"1\n2\n"
    manifest = json.loads((s3.folder / "u/gz/x_manifest").read_text())
    assert manifest["entries"][0]["url"] == "s3://u/gz/x_0000_part_00.gz" and manifest["meta"]["record_count"] == 2
    assert "is not empty" in fails(f"unload ('select 1') to 's3://u/gz/x_' {ROLE}")[1]
    sql(f"unload ('select 1') to 's3://u/gz/x_' {ROLE} cleanpath")
    assert sorted(p.name for p in (s3.folder / "u/gz").iterdir()) == ["x_0000_part_00"]


def test_parquet_by_partitions_comes_back(s3, table, sql):
    sql(f"unload ('select id, name, ok from {table}') to 's3://u/pq/' {ROLE} format parquet partition by (ok)")
    keys = sorted(str(p.relative_to(s3.folder / "u/pq")) for p in (s3.folder / "u/pq").rglob("*.parquet"))
    assert keys == ["ok=false/0000_part_00.parquet", "ok=true/0000_part_00.parquet"]
    sql("create table back (id int, name varchar(10))")
    sql(f"copy back from 's3://u/pq/' {ROLE} parquet")
    assert sql("select * from back order by id") == [(1, "a|b"), (2, None)]


@pytest.mark.parametrize("option", ["fixedwidth '1:2'", "kms_key_id 'x'", "sparkle"])
def test_options_that_are_not_there(fails, option):
    assert fails(f"unload ('select 1') to 's3://u/none/' {ROLE} {option}")[0] in ("0A000", "42601")


def test_alter_table(sql, fails):
    sql("create table alt (a int, b varchar(5))")
    sql("insert into alt values (1, 'x')")
    sql("alter table alt add column c varchar(3) default 'def' not null")
    assert sql("select * from alt") == [(1, "x", "def")]
    assert fails("insert into alt values (2, 'y', 'long')")[0] == "22001"
    sql("alter table alt alter column c type varchar(10)")
    sql("insert into alt values (2, 'y', 'long')")
    assert fails("alter table alt alter column c type varchar(2)")[0] == "22001"
    sql("alter table alt rename column b to bb")
    sql("alter table alt rename to alt2")
    sql("alter table alt2 drop column c")
    sql("alter table alt2 alter sortkey (bb)")
    sql("alter table alt2 alter distkey a")
    assert sql("select \"column\", type, distkey, sortkey from pg_table_def where tablename = 'alt2' order by 1") == [
        ("a", "integer", True, 0),
        ("bb", "character varying(5)", False, 1),
    ]
    assert fails("insert into alt2 values (3, 'too long')")[0] == "22001"
    sql("create table more (a int, bb varchar(5))")
    sql("insert into more values (9, 'm')")
    sql("alter table alt2 append from more")
    assert sql("select count(*) from alt2") == [(3,)]
    assert sql("select count(*) from more") == [(0,)]
    assert fails("alter table alt2 frobnicate")[0] == "42601"
