"""Bookmarks on the rows of real MySQL, MariaDB and PostgreSQL servers: their key types, their names, their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.database_servers import PASSWORD, USER

from awsglue._read.connection import DatabaseError

pytest.importorskip("pyspark")

Run = Callable[..., Any]


@pytest.fixture(scope="module", params=["mysql", "mariadb", "postgresql"])
def server_of(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue({"postgresql": "postgres_server"}.get(request.param, f"{request.param}_server"))


@pytest.fixture
def read(glue: Any, job: Run, server_of: Any) -> Callable[..., list[Any]]:
    """`read("t", jobBookmarkKeys=["id"])`: the column n that a committed run of a job reads."""
    mysql = server_of.kind != "postgresql"
    login = {"url": server_of.url("mysql") if mysql else server_of.url(), "user": USER if mysql else "postgres", "password": PASSWORD}

    def rows(table: str, **options: Any) -> list[Any]:
        def found() -> list[Any]:
            given = {**login, "dbtable": table, **options}
            kind = "mysql" if mysql else "postgresql"
            frame = glue.create_dynamic_frame.from_options(kind, given, transformation_ctx="rows")
            return sorted(row["n"] for row in frame.toDF().collect())

        answer: list[Any] = job(found)
        return answer

    return rows


MOMENTS = ("'2024-02-28', '2024-02-29 01:02:03.456789'", "'2024-02-29 01:02:03.456790'", "'2024-02-29 01:02:03.456788'")
KEYS: list[tuple[str, str, str, str, str]] = [  # servers, type, two values, one beyond, one not beyond
    ("mp", "bigint", "1, 9007199254740993", "9007199254740994", "7"),
    ("m", "bigint unsigned", "1, 18446744073709551614", "18446744073709551615", "7"),
    ("mp", "decimal(38,10)", "0.1, 1234567890123456789012345678.0123456788", "1234567890123456789012345678.0123456789", "-1"),
    ("mp", "date", "'2024-02-28', '2024-02-29'", "'2024-03-01'", "'2023-01-01'"),
    ("m", "datetime(6)", *MOMENTS),
    ("p", "timestamp(6)", *MOMENTS),
    ("p", "timestamptz", "'2024-02-28 00:00+00', '2024-02-29 01:00:00.000001+02'", "'2024-02-29 00:00+00'", "'2024-02-29 00:00+02'"),
    ("mp", "time", "'01:02:03', '01:02:04'", "'23:59:59'", "'00:00:01'"),
    ("m", "year", "2023, 2024", "2025", "2020"),
    ("mp", "varchar(20)", "'a', 'it''s'", "'x\\y'", "'b'"),
    ("mp", "char(4)", "'a', 'b'", "'c'", "'aa'"),
    ("p", "text collate \"C\"", "'B', 'a'", "'b'", "'Z'"),
    ("p", "numeric", "1, 2.5", "2.50000000000000001", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("servers", "kind", "values", "beyond", "before"), KEYS, ids=[key[1] for key in KEYS])
def test_types_of_keys(server_of: Any, read: Any, unique: str, servers: str, kind: str, values: str, beyond: str, before: str) -> None:
    if server_of.kind[0] not in servers:
        pytest.skip(f"{server_of.kind} has no {kind} of this form")
    one, two = values.split(", ")
    if server_of.kind != "postgresql":
        beyond = beyond.replace("\\", "\\\\")
    server_of.sql(f"create table {unique} (n int, k {kind}); insert into {unique} values (1, {one}), (2, {two})")
    options = {"jobBookmarkKeys": ["k"]}
    assert read(unique, **options) == [1, 2]
    assert read(unique, **options) == []
    server_of.sql(f"insert into {unique} values (3, {beyond}), (4, {before})")
    assert read(unique, **options) == [3]
    assert read(unique, **options) == []


def test_names_in_quotes(server_of: Any, read: Any, unique: str) -> None:
    mark = '"' if server_of.kind == "postgresql" else "`"
    table, day, number = (f"{mark}{name}{mark}" for name in (f"{unique} Mixed", "Group", "Order No"))
    server_of.sql(f"create table {table} (n int, {day} int, {number} int); insert into {table} values (1, 1, 9), (2, 2, 1), (3, 2, 2)")
    keys = {"jobBookmarkKeys": ["Group", "Order No"], "jobBookmarkKeysSortOrder": "asc"}
    assert read(table, **keys) == [1, 2, 3]
    server_of.sql(f"insert into {table} values (4, 1, 99), (5, 2, 3), (6, 3, 0)")
    assert read(table, **keys, hashfield="Order No", hashpartitions=3) == [5, 6]
    assert read(table, **keys) == []


def test_a_primary_key_of_its_own_schema(server_of: Any, read: Any, unique: str) -> None:
    word, far = "schema" if server_of.kind == "postgresql" else "database", f"{unique}_far"
    server_of.sql(f"create {word} {far}; create table {far}.{unique} (n int primary key); create table {unique} (a int primary key, n int)")
    server_of.sql(f"insert into {unique}_far.{unique} values (1), (2); insert into {unique} values (1, 7), (2, 6)")
    assert read(f"{unique}_far.{unique}") == [1, 2]
    server_of.sql(f"insert into {unique}_far.{unique} values (3)")
    assert read(f"{unique}_far.{unique}") == [3]


def test_keys_that_are_not_monotonic_are_not_seen_and_descending_ones_are(server_of: Any, read: Any, unique: str) -> None:
    server_of.sql(f"create table {unique} (n int); insert into {unique} values (5), (-2)")
    options = {"jobBookmarkKeys": "n", "jobBookmarksKeysSortOrder": "DESC"}
    assert read(unique, **options) == [-2, 5]
    server_of.sql(f"insert into {unique} values (9), (0), (-100)")
    assert read(unique, **options) == [-100]


def test_a_key_without_a_greatest_value_is_told(server_of: Any, read: Any, unique: str) -> None:
    server_of.sql(f"create table {unique} (n int, k {'xml' if server_of.kind == 'postgresql' else 'point'})")
    with pytest.raises((DatabaseError, ValueError), match="k"):
        read(unique, jobBookmarkKeys=["k"])
