"""What each run reads of a database's table that grows, on the Derby that Spark brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue._bookmarks.keys import extreme_query, order_of
from awsglue._bookmarks.store import BookmarkError
from awsglue._write.sql import run_transaction

DRIVER = "org.apache.derby.iapi.jdbc.AutoloadedDriver"
Run = Callable[..., Any]


@pytest.fixture
def database(unique: str) -> dict[str, Any]:
    return {"url": f"jdbc:derby:memory:{unique};create=true", "user": "u", "password": "p", "className": DRIVER}


@pytest.fixture
def sql(spark: Any, database: dict[str, Any]) -> Callable[..., None]:
    return lambda *statements: run_transaction(spark, database, statements, DRIVER)


@pytest.fixture
def read(glue: Any, job: Run, database: dict[str, Any]) -> Callable[..., list[Any]]:
    """`read("t", jobBookmarkKeys=["id"])`: the first column's values that a committed run of a job reads."""

    def rows(table: str, *, ctx: str = "rows", commit: bool = True, option: str = "job-bookmark-enable", **options: Any) -> list[Any]:
        def found() -> list[Any]:
            given = {**database, "dbtable": table, **options}
            frame = glue.create_dynamic_frame.from_options("custom.jdbc", given, transformation_ctx=ctx)
            return sorted((row[0] for row in frame.toDF().collect()), key=str)

        answer: list[Any] = job(found, commit=commit, option=option)
        return answer

    return rows


def test_keys_that_grow_with_gaps(sql: Any, read: Any) -> None:
    sql("create table t (id int, name varchar(9))", "insert into t values (1, 'a'), (5, 'b'), (null, 'none')")
    assert read("t", jobBookmarkKeys=["id"]) == [1, 5, None]
    assert read("t", jobBookmarkKeys=["id"]) == []
    sql("insert into t values (9, 'c'), (4, 'late')")  # not beyond the last key: AWS does not see it either
    assert read("t", jobBookmarkKeys=["id"], commit=False) == [9]
    assert read("t", jobBookmarkKeys="ID", option="job-bookmark-pause") == [9]
    assert read("t", jobBookmarkKeys=["id"]) == [9]
    assert read("t", jobBookmarkKeys=["id"], jobBookmarkKeysSortOrder="ASC") == []


def test_keys_that_shrink(sql: Any, read: Any) -> None:
    sql("create table t (id int)", "insert into t values (-1), (-2)")
    assert read("t", jobBookmarkKeys=["id"], jobBookmarksKeysSortOrder="desc") == [-1, -2]
    sql("insert into t values (-7), (3)")
    assert read("t", jobBookmarkKeys=["id"], jobBookmarksKeysSortOrder="desc") == [-7]


@pytest.mark.parametrize(
    ("kind", "values", "more"),
    [
        ("varchar(9)", "('a'), ('b''c')", "('b'), ('b''d')"),
        ("timestamp", "('2024-01-01 00:00:00'), ('2024-01-02 03:04:05.678901')", "('2024-01-02 03:04:05.678902')"),
        ("date", "('2024-01-01')", "('2024-01-02')"),
        ("decimal(20,4)", "(1.5), (12345678901234.5678)", "(12345678901234.5679)"),
        ("double", "(0.1), (0.3)", "(0.30000000000000004)"),
        ("bigint", "(9007199254740993)", "(9007199254740994)"),
    ],
)
def test_types_of_keys(sql: Any, read: Any, kind: str, values: str, more: str) -> None:
    sql(f"create table t (k {kind})", f"insert into t values {values}")
    assert len(read("t", jobBookmarkKeys=["k"])) == values.count("(")
    assert read("t", jobBookmarkKeys=["k"]) == []
    sql(f"insert into t values {more}")
    assert len(read("t", jobBookmarkKeys=["k"])) == 1


def test_times_in_another_zone_than_the_drivers(spark: Any, sql: Any, read: Any) -> None:
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        sql("create table t (k timestamp)", "insert into t values ('2024-11-03 01:30:00'), ('2024-11-03 05:30:00')")
        assert len(read("t", jobBookmarkKeys=["k"])) == 2
        sql("insert into t values ('2024-11-03 05:30:00.000001'), ('2024-11-03 06:30:00')")
        assert len(read("t", jobBookmarkKeys=["k"])) == 2
        assert read("t", jobBookmarkKeys=["k"]) == []
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)


def test_compound_keys(sql: Any, read: Any) -> None:
    sql("create table t (id int, day int, n int)", "insert into t values (1, 1, 9), (2, 2, 1), (3, 2, 2)")
    keys = {"jobBookmarkKeys": ["day", "n"]}
    assert read("t", **keys) == [1, 2, 3]
    assert read("t", **keys) == []
    sql("insert into t values (4, 1, 99), (5, 2, 3), (6, 3, 0)")
    assert read("t", **keys) == [5, 6]
    assert read("t", **keys) == []


def test_rows_that_come_while_the_run_reads_are_the_next_runs(glue: Any, job: Run, sql: Any, read: Any, database: dict[str, Any]) -> None:
    sql("create table t (id int)", "insert into t values (1)")

    def slow() -> list[int]:
        given = {**database, "dbtable": "t", "jobBookmarkKeys": ["id"]}
        frame = glue.create_dynamic_frame.from_options("custom.jdbc", given, transformation_ctx="rows")
        sql("insert into t values (2)")
        return sorted(row.ID for row in frame.toDF().collect())

    assert job(slow) == [1]
    assert read("t", jobBookmarkKeys=["id"]) == [2]


def test_the_primary_key_without_gaps(sql: Any, read: Any) -> None:
    sql("create table t (id int primary key, n int)", "insert into t values (1, 1), (2, 2)")
    assert read("t") == [1, 2]
    sql("insert into t values (3, 3)")
    assert read("t") == [3]
    assert read("u.t") == []  # the same table by its schema, under the same bookmark


@pytest.mark.parametrize(
    ("columns", "values", "why"),
    [
        ("id int", "(1)", "has no primary key"),
        ("id int primary key", "(1), (3)", "has gaps in its primary key ID"),
        ("a int, b int, primary key (a, b)", "(1, 1)", "several columns (A, B)"),
        ("id varchar(9) primary key", "('a')", "(ID) that is no whole number"),
    ],
)
def test_without_a_usable_key_the_table_is_read_whole(
    sql: Any, read: Any, capsys: pytest.CaptureFixture[str], columns: str, values: str, why: str
) -> None:
    sql(f"create table t ({columns})", f"insert into t values {values}")
    assert [len(read("t")) for _ in range(2)] == [values.count("(")] * 2
    said = capsys.readouterr().err
    assert why in said and "jobBookmarkKeys" in said


def test_what_cannot_be_a_key_is_named(sql: Any, read: Any) -> None:
    sql("create table t (id int, flag boolean)", "insert into t values (1, true)")
    with pytest.raises(ValueError, match="'nope' is no column of t"):
        read("t", jobBookmarkKeys=["nope"])
    with pytest.raises(ValueError, match="boolean, which has no order"):
        read("t", jobBookmarkKeys=["flag"])
    with pytest.raises(ValueError, match="asc or desc"):
        read("t", jobBookmarkKeys=["id"], jobBookmarkKeysSortOrder="up")


def test_other_keys_need_another_bookmark(sql: Any, read: Any) -> None:
    sql("create table t (id int, n int)", "insert into t values (1, 1)")
    read("t", jobBookmarkKeys=["id"])
    for other in ({"jobBookmarkKeys": ["n"]}, {"jobBookmarkKeys": ["id"], "jobBookmarkKeysSortOrder": "desc"}):
        with pytest.raises(BookmarkError, match="kept by ID asc"):
            read("t", **other)
    assert read("t", ctx="other", jobBookmarkKeys=["n"]) == [1]


def test_an_empty_table(sql: Any, read: Any) -> None:
    sql("create table t (id int)")
    assert read("t", jobBookmarkKeys=["id"]) == []
    sql("insert into t values (1)")
    assert read("t", jobBookmarkKeys=["id"]) == [1]
    sql("delete from t")
    assert read("t", jobBookmarkKeys=["id"]) == []
    sql("insert into t values (1), (2)")
    assert read("t", jobBookmarkKeys=["id"]) == [2]


def test_hash_partitions_and_sample_queries(sql: Any, read: Any) -> None:
    sql("create table t (id int)", "insert into t values (1), (2), (3)")
    split = {"hashexpression": "id", "hashpartitions": "2", "jobBookmarkKeys": ["id"]}
    assert read("t", **split) == [1, 2, 3]
    sql("insert into t values (4), (5)")
    assert read("t", **split) == [4, 5]
    for _ in range(2):  # a sample query has no bookmark, as in AWS
        assert read("t", sampleQuery="select id from t where id > 3", jobBookmarkKeys=["id"]) == [4, 5]


QUERIES = [
    (["a"], "asc", "select max(a) as a from t"),
    (["a"], "desc", "select min(a) as a from t"),
    (["a", "b"], "asc", "select a, max(b) as b from t where a = (select max(a) from t) group by a"),
]


@pytest.mark.parametrize(("names", "order", "wanted"), QUERIES)
def test_the_query_for_the_last_key(names: list[str], order: str, wanted: str) -> None:
    assert extreme_query("t", names, order) == wanted


def test_sort_orders() -> None:
    assert [order_of(given) for given in (None, "ASC", "desc", "")] == ["asc", "asc", "desc", "asc"]
