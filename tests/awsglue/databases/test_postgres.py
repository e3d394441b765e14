"""PostgreSQL as scripts use it: its own types, schemas, names in quotes, views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.conftest import JARS
from tests.database_servers import PostgresServer

from awsglue._read.connection import DatabaseError
from awsglue.dynamicframe import DynamicFrame

AT = dt.datetime(2020, 2, 29, 1, 2, 3, 123456)
KINDS: list[tuple[str, str, str, Any]] = [  # a column, a value in SQL, the type and the value that a script sees
    ("smallint", "-1", "short", -1),
    ("bigint", "9007199254740993", "long", 9007199254740993),
    ("numeric", "1.5", "decimal", Decimal("1.500000000000000000")),
    ("numeric(38,10)", "1234567890123456789012345678.0123456789", "decimal", Decimal("1234567890123456789012345678.0123456789")),
    ("real", "1.5", "float", 1.5),
    ("double precision", "2.2", "double", 2.2),
    ("boolean", "true", "boolean", True),
    ("bit(1)", "B'1'", "boolean", True),
    ("bit(8)", "B'10000001'", "binary", bytearray(b"10000001")),
    ("date", "'2020-02-29'", "date", dt.date(2020, 2, 29)),
    ("timestamp", "'2020-02-29 01:02:03.123456'", "timestamp", AT),
    ("timestamptz", "'2020-02-29 03:02:03.123456+02'", "timestamp", AT),
    ("time", "'23:59:59'", "timestamp", dt.datetime(1970, 1, 1, 23, 59, 59)),
    ("interval", "'1 day'", "string", "1 day"),
    ("text", "'wheat 🌾'", "string", "wheat 🌾"),
    ("char(4)", "'ab'", "string", "ab  "),
    ("bytea", "'\\x00ff'", "binary", bytearray(b"\x00\xff")),
    ("json", """'{"a":  1}'""", "string", '{"a":  1}'),
    ("jsonb", """'{"a":  1}'""", "string", '{"a": 1}'),
    ("uuid", "'A0000000-0000-0000-0000-000000000001'", "string", "a0000000-0000-0000-0000-000000000001"),
    ("inet", "'10.0.0.1/8'", "string", "10.0.0.1/8"),
    ("int[]", "'{1,null,3}'", "array", [1, None, 3]),
    ("text[]", "'{a,\"b c\"}'", "array", ["a", "b c"]),
    ("numeric(9,2)[]", "'{1.25}'", "array", [Decimal("1.25")]),
]


@pytest.fixture
def login(postgres_server: PostgresServer) -> dict[str, str]:
    assert JARS is not None, "the drivers are not in the cache: wheatpaste doctor --fetch"
    return {"url": postgres_server.url(), "user": "postgres", "password": "any"}


@pytest.fixture
def sql(postgres_server: PostgresServer) -> Callable[[str], list[Any]]:
    return postgres_server.sql


@pytest.fixture
def read(glue: Any, login: dict[str, str]) -> Callable[..., Any]:
    return lambda table, **options: glue.create_dynamic_frame.from_options("postgresql", {**login, "dbtable": table, **options})


def test_every_type(spark: Any, sql: Any, read: Any, login: dict[str, str], unique: str) -> None:
    sql(f"create type {unique}_mood as enum ('sad', 'happy')")
    kinds = [*KINDS, (f"{unique}_mood", "'happy'", "string", "happy")]
    sql(f"create table {unique} ({', '.join(f'c{n} {kind}' for n, (kind, *_) in enumerate(kinds))})")
    sql(f"insert into {unique} values ({', '.join(value for _, value, *_ in kinds)}); insert into {unique} (c0) values (null)")
    frame = read(unique)
    assert [field.dataType.typeName() for field in frame.schema()] == [kind for *_, kind, _ in kinds]
    one, nothing = sorted(frame.toDF().collect(), key=lambda row: row.c0 is None)
    assert list(one) == [value for *_, value in kinds]
    assert set(nothing) == {None}
    plain = spark.read.format("jdbc").options(**login, dbtable=unique).load()
    assert sorted(plain.collect(), key=lambda row: row.c0 is None)[0] == one


def test_schemas_views_and_names_in_quotes(sql: Any, read: Any, unique: str) -> None:
    sql(f'create schema "{unique} S"; create table "{unique} S"."T.x" ("Id" int, "select" text, "a""b" int)')
    sql(f"""insert into "{unique} S"."T.x" values (1, 'one', 10), (2, 'two', 20), (null, 'none', 30)""")
    sql(f'create view {unique} as select "Id" as id, "select" as word from "{unique} S"."T.x" where "Id" is not null')
    frame = read(f'"{unique} S"."T.x"', hashfield="Id", hashpartitions="3")
    assert sorted(frame.toDF().collect(), key=str) == [(1, "one", 10), (2, "two", 20), (None, "none", 30)]
    assert frame.getNumPartitions() == 3
    assert sorted(read(f"public.{unique}").toDF().collect()) == [(1, "one"), (2, "two")]
    assert read(unique, hashfield="word").toDF().count() == 2
    with pytest.raises(DatabaseError, match='relation "nowhere" does not exist'):
        read("nowhere")


@pytest.mark.parametrize(("expression", "lowest"), [("n", -(2**31)), ("n + 0.5", 0), ("n::bigint * 3", -(2**31))])
def test_parts_have_every_row_once(sql: Any, read: Any, unique: str, expression: str, lowest: int) -> None:
    sql(f"create table {unique} as select n from generate_series(-20, 20) n union all select {lowest} union all select null")
    frame = read(unique, hashexpression=expression, hashpartitions=5)
    assert (frame.count(), frame.getNumPartitions()) == (43, 5)
    assert read(unique, hashfield="n").count() == 43


def test_values_that_are_written(glue: Any, spark: Any, sql: Any, read: Any, login: dict[str, str], unique: str) -> None:
    df = spark.sql(
        "select 1 as `Order`, 3000000000L l, cast(12.30 as decimal(6,2)) p, true b, date'2020-02-29' day, "
        "timestamp'2020-02-29 01:02:03.123456' at, 'wheat 🌾 \"q\"' s, cast('x' as binary) raw, array(1, 2) list, cast(null as int) nothing"
    )
    glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(df, glue), "postgresql", {**login, "dbtable": f"public.{unique}"})
    wanted = (1, 3000000000, Decimal("12.30"), True, dt.date(2020, 2, 29), AT, 'wheat 🌾 "q"', b"x", [1, 2], None)
    assert sql(f"select \"Order\", l, p, b, day, at at time zone 'UTC', s, raw, list, nothing from {unique}") == [wanted]
    assert read(unique).toDF().collect() == df.collect()


def test_writing_into_types_of_its_own(glue: Any, spark: Any, sql: Any, login: dict[str, str], unique: str) -> None:
    sql(f"create table {unique} (id uuid, body jsonb, name varchar(3))")
    df = spark.createDataFrame([("a0000000-0000-0000-0000-000000000001", '{"a": 1}', "abc")], "id string, body string, name string")

    def write(frame: Any, **more: str) -> None:
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(frame, glue), "postgresql", {**login, "dbtable": unique, **more})

    with pytest.raises(DatabaseError, match="type uuid but expression is of type character varying"):
        write(df)
    write(df, url=login["url"] + "?stringtype=unspecified")
    assert sql(f"select id::text, body->'a', name from {unique}") == [("a0000000-0000-0000-0000-000000000001", 1, "abc")]
    with pytest.raises(DatabaseError, match="value too long for type character varying"):
        write(df.selectExpr("id", "body", "'too long' as name"), url=login["url"] + "?stringtype=unspecified")
    with pytest.raises(NotImplementedError, match="'body'"):
        write(df.selectExpr("id", "struct(1 as a) as body"))


def test_a_catalog_table_of_it(glue: Any, aws: Any, sql: Any, login: dict[str, str], unique: str) -> None:
    sql(f"create schema {unique}; create table {unique}.orders (id int, word text); insert into {unique}.orders values (1, 'a'), (2, 'b')")
    client = aws.client("glue")
    properties = {"JDBC_CONNECTION_URL": login["url"], "USERNAME": "postgres", "PASSWORD": "any"}
    client.create_connection(ConnectionInput={"Name": unique, "ConnectionType": "JDBC", "ConnectionProperties": properties})
    client.create_database(DatabaseInput={"Name": unique})
    columns = [{"Name": "id", "Type": "int"}, {"Name": "word", "Type": "string"}]
    parameters = {"classification": "postgresql", "connectionName": unique}
    described = {"Name": "orders", "StorageDescriptor": {"Columns": columns, "Location": f"db.{unique}.orders"}, "Parameters": parameters}
    client.create_table(DatabaseName=unique, TableInput=described)
    options = {"sampleQuery": f"select * from {unique}.orders where id = 2"}
    frame = glue.create_dynamic_frame.from_catalog(unique, "orders", additional_options=options)
    assert frame.toDF().collect() == [(2, "b")]
    assert glue.create_dynamic_frame.from_catalog(unique, "orders").count() == 2


def test_enforced_encryption_is_not_done_without(glue: Any, aws: Any, sql: Any, login: dict[str, str], unique: str) -> None:
    sql(f"create table {unique} (n int)")
    url = login["url"] + "?sslmode=disable"
    properties = {"JDBC_CONNECTION_URL": url, "USERNAME": "postgres", "PASSWORD": "any", "JDBC_ENFORCE_SSL": "true"}
    aws.client("glue").create_connection(ConnectionInput={"Name": unique, "ConnectionType": "JDBC", "ConnectionProperties": properties})
    with pytest.raises(DatabaseError, match="server does not support SSL"):
        glue.create_dynamic_frame.from_options("postgresql", {"connectionName": unique, "dbtable": unique})
