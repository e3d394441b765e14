"""What MySQL and MariaDB hold is what a script sees, and what it writes is what they hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.database_servers import PASSWORD, USER, DatabaseServer

from awsglue._read.connection import DatabaseError
from awsglue.dynamicframe import DynamicFrame

MARIADB = "org.mariadb.jdbc.Driver"
AT = dt.datetime(2020, 2, 29, 1, 2, 3, 123456)
KINDS: list[tuple[str, str, str, Any]] = [  # a column, a value in SQL, the type and the value that a script sees
    ("tinyint(1)", "2", "boolean", True),
    ("boolean", "false", "boolean", False),
    ("tinyint", "-128", "byte", -128),
    ("tinyint unsigned", "255", "short", 255),
    ("smallint unsigned", "65535", "int", 65535),
    ("mediumint", "-5", "int", -5),
    ("int unsigned", "4294967295", "long", 4294967295),
    ("bigint", "-9223372036854775808", "long", -9223372036854775808),
    ("bigint unsigned", "18446744073709551615", "decimal", Decimal("18446744073709551615")),
    ("decimal(38,10)", "-1234567890123456789012345678.0123456789", "decimal", Decimal("-1234567890123456789012345678.0123456789")),
    ("float", "1.5", "float", 1.5),
    ("double", "2.2", "double", 2.2),
    ("bit(1)", "b'1'", "boolean", True),
    ("bit(8)", "b'10000001'", "long", 129),
    ("date", "'2020-02-29'", "date", dt.date(2020, 2, 29)),
    ("datetime(6)", "'2020-02-29 01:02:03.123456'", "timestamp", AT),
    ("timestamp(6) null", "'2020-02-29 01:02:03.123456'", "timestamp", AT),
    ("time", "'23:59:59'", "timestamp", dt.datetime(1970, 1, 1, 23, 59, 59)),
    ("year", "2024", "date", dt.date(2024, 1, 1)),
    ("json", """'{"a": 1}'""", "string", '{"a": 1}'),
    ("enum('ß','longer')", "'ß'", "string", "ß"),
    ("char(5)", "'ab'", "string", "ab"),
    ("set('x','y')", "'x,y'", "string", "x,y"),
    ("blob", "x'00ff'", "binary", bytearray(b"\x00\xff")),
    ("binary(3)", "'ab'", "binary", bytearray(b"ab\x00")),
    ("text", "'wheat 🌾'", "string", "wheat 🌾"),
    ("longtext", "repeat('é', 70000)", "string", "é" * 70000),
    ("varchar(20)", "'ends in blanks  '", "string", "ends in blanks  "),
]


@pytest.mark.parametrize("driver", ["", MARIADB])
def test_every_type(sql: Any, read: Any, plain: Any, unique: str, driver: str) -> None:
    columns = ", ".join(f"c{n} {kind}" for n, (kind, *_) in enumerate(KINDS))
    sql(f"create table {unique} ({columns})")
    sql(f"insert into {unique} values ({', '.join(value for _, value, *_ in KINDS)}); insert into {unique} values ()")
    frame = read(unique, **({"customJdbcDriverClassName": driver} if driver else {}))
    assert [field.dataType.typeName() for field in frame.schema()] == [kind for *_, kind, _ in KINDS]
    one, nothing = sorted(frame.toDF().collect(), key=lambda row: row.c2 is None)
    assert list(one) == [value for *_, value in KINDS]
    assert set(nothing) == {None}
    of_spark = plain(unique).where("c2 is not null").collect()[0]
    other = {KINDS[n][0] for n, value in enumerate(of_spark) if value != one[n]}
    assert other == {"bit(8)", "enum('ß','longer')", "char(5)"}  # digits, and blanks, of Spark's own


@pytest.mark.parametrize(("connection_type", "scheme"), [("mysql", "mysql"), ("mysql", "mariadb"), ("mariadb", "mariadb")])
def test_names_are_names_by_every_url(glue: Any, server_of_mysql: DatabaseServer, unique: str, scheme: str, connection_type: str) -> None:
    server_of_mysql.sql(f"create table `{unique} X` (`select` int, `Mixed Case` text, `a``b` int, `dot.ted` int)")
    server_of_mysql.sql(f"insert into `{unique} X` values (1, 'm', 2, 3)")
    options = {"url": server_of_mysql.url(scheme), "user": USER, "password": PASSWORD, "dbtable": f"`{unique} X`"}
    frame = glue.create_dynamic_frame.from_options(connection_type, options)
    assert frame.toDF().collect()[0].asDict() == {"select": 1, "Mixed Case": "m", "a`b": 2, "dot.ted": 3}


TRUSTING = "?useSSL=true&requireSSL=true&verifyServerCertificate=false"
URLS = [
    ("", "?useSSL=false"), ("", "?useSSL=false&allowPublicKeyRetrieval=true&serverTimezone=UTC"), ("", "?sslMode=DISABLED"),
    ("", "?sslMode=REQUIRED"), ("", TRUSTING), ("", "?useUnicode=true&characterEncoding=UTF-8&rewriteBatchedStatements=true"),
    (MARIADB, "?useSSL=false"), (MARIADB, "?sslMode=REQUIRED"), ("com.mysql.jdbc.Driver", "?useSSL=false"),
]  # fmt: skip


@pytest.mark.parametrize(("driver", "parameters"), URLS)
def test_urls_that_scripts_write(glue: Any, server_of_mysql: DatabaseServer, unique: str, parameters: str, driver: str) -> None:
    server_of_mysql.sql(f"create table {unique} (n int, s text); insert into {unique} values (1, '✓')")
    options = {"url": server_of_mysql.url("mysql", parameters), "user": USER, "password": PASSWORD, "dbtable": unique}
    frame = glue.create_dynamic_frame.from_options("mysql", {**options, **({"className": driver} if driver else {})})
    assert frame.toDF().collect() == [(1, "✓")]


def test_zero_dates(sql: Any, read: Any, login: dict[str, str], unique: str) -> None:
    sql(f"set sql_mode = ''; create table {unique} (d date, t datetime); insert into {unique} values ('0000-00-00', '0000-00-00 00:00:00')")
    with pytest.raises(Exception, match="Zero date value prohibited"):
        read(unique).toDF().collect()
    login["url"] += "?zeroDateTimeBehavior=CONVERT_TO_NULL"
    assert read(unique, url=login["url"]).toDF().collect() == [(None, None)]


def test_values_that_are_written(glue: Any, spark: Any, sql: Any, read: Any, login: dict[str, str], unique: str) -> None:
    df = spark.sql(
        "select 1 as `select`, 3000000000L l, 1.5d d, cast(12.30 as decimal(6,2)) p, true b, date'2020-02-29' day, "
        "timestamp'2020-02-29 01:02:03' at, 'wheat 🌾 \"q\" \\'s\\'' s, cast('x' as binary) raw, cast(null as string) nothing"
    )
    glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(df, glue), "mysql", {**login, "dbtable": unique})
    wanted = [["1", "3000000000", "1.5", "12.30", "1", "2020-02-29", "2020-02-29 01:02:03", "wheat 🌾 \"q\" 's'", "x", "NULL"]]
    assert sql(f"select `select`, l, d, p, b+0, day, at, s, raw, nothing from {unique}") == wanted
    glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(df, glue), "mysql", {**login, "dbtable": unique})
    assert sql(f"select count(*) from {unique}") == [["2"]]
    assert read(unique).toDF().distinct().collect() == df.collect()


def test_writing_into_a_table_that_is_there(glue: Any, spark: Any, sql: Any, login: dict[str, str], unique: str) -> None:
    sql(f"create table {unique} (id int auto_increment primary key, name varchar(3) not null, made timestamp default current_timestamp)")

    def write(df: Any) -> None:
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(df, glue), "mysql", {**login, "dbtable": unique})

    write(spark.createDataFrame([("abc",)], "NAME string"))
    assert sql(f"select id, name from {unique} where made is not null") == [["1", "abc"]]
    with pytest.raises(DatabaseError, match=f"sink {unique}: .*Data too long for column 'name'"):
        write(spark.createDataFrame([("much too long",)], "name string"))
    with pytest.raises(Exception, match=r"(?i)nope"):
        write(spark.createDataFrame([("abc", 1)], "name string, nope int"))
    with pytest.raises(DatabaseError, match="Incorrect integer value"):
        write(spark.createDataFrame([("x", "abc")], "id string, name string"))
    for nested in ("array<int>", "struct<a: int>", "map<string, int>"):
        with pytest.raises(NotImplementedError, match=f"'deep'.*mysql sink {unique}"):
            write(spark.createDataFrame([("abc", None)], f"name string, deep {nested}"))
    assert sql(f"select count(*) from {unique}") == [["1"]]


@pytest.mark.parametrize("name", ["preactions", "postactions"])
def test_actions_are_redshifts(glue: Any, spark: Any, login: dict[str, str], unique: str, name: str) -> None:
    frame = DynamicFrame.fromDF(spark.range(1), glue)
    with pytest.raises(NotImplementedError, match=name):
        glue.write_dynamic_frame.from_options(frame, "mysql", {**login, "dbtable": unique, name: "delete from t"})


@pytest.mark.parametrize("driver", ["", "com.mysql.cj.jdbc.Driver"])
def test_plain_spark(spark: Any, sql: Any, login: dict[str, str], unique: str, driver: str) -> None:
    named = {"driver": driver} if driver else {}
    rows = spark.createDataFrame([(1, "🌾")], "id int, name string")
    rows.write.format("jdbc").options(**login, **named, dbtable=unique).save()
    assert sql(f"select * from {unique}") == [["1", "🌾"]]
    properties = {"user": USER, "password": PASSWORD, **named}
    assert spark.read.jdbc(login["url"], unique, properties=properties).collect() == [(1, "🌾")]
    assert spark.read.format("jdbc").options(**login, **named, query=f"select id + 1 as n from {unique}").load().collect() == [(2,)]
