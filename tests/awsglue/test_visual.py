"""The transforms of the visual editor, called as its generated scripts call them."""

from __future__ import annotations

import datetime
import importlib
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import records

from awsglue._frame.types import hive_type
from awsglue._gs import HOMES
from awsglue._gs.times import spark_pattern
from awsglue.dynamicframe import DynamicFrame

UTC = datetime.timezone.utc  # noqa: UP017 - Python 3.10


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    for name in HOMES:
        assert callable(getattr(importlib.import_module(name), name))


@pytest.fixture
def frame(glue: Any, spark: Any) -> Any:
    def of(query: str) -> Any:
        return DynamicFrame.fromDF(spark.sql(query), glue, "frame")

    return of


def test_an_import_gives_the_frame_a_method() -> None:
    import gs_uuid  # type: ignore[import-not-found]

    assert DynamicFrame.gs_uuid is gs_uuid.gs_uuid  # type: ignore[attr-defined]
    with pytest.raises(NotImplementedError, match="gs_rename_cols"):
        importlib.import_module("gs_rename_cols")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("gs_nonsense")


@pytest.mark.parametrize(
    ("given", "pattern"),
    [("%Y-%m-%d %H:%M:%S", "yyyy-MM-dd HH:mm:ss"), ("yyyy/MM", "yyyy/MM"), ("%dT%H", "dd'T'HH"), ("day %d", "'day' dd")],
)
def test_date_patterns(given: str, pattern: str) -> None:
    assert spark_pattern(given) == pattern


def test_date_codes_without_counterpart() -> None:
    with pytest.raises(ValueError, match="%U"):
        spark_pattern("%U")


def test_now(frame: Any) -> None:
    row = frame("select 1 a").gs_now().gs_now(colName="text", dateFormat="%Y").toDF().collect()[0]
    assert abs((row.timestamp - datetime.datetime.now(UTC).replace(tzinfo=None)).total_seconds()) < 86_400
    assert row.text == str(row.timestamp.year)


MOMENT = "2022-11-02T14:40:59.915Z"
TIMES = [
    ("iso", f"'{MOMENT}'", "iso"),
    ("detected text", f"'{MOMENT}'", "autodetect"),
    ("seconds", "1667400059.915D", "seconds"),
    ("milliseconds", "1667400059915L", "milliseconds"),
    ("microseconds", "1667400059915000L", "microseconds"),
    ("detected milliseconds", "'1667400059915'", "autodetect"),
    ("detected microseconds", "1667400059915000L", "autodetect"),
    ("nonsense", "'soon'", "autodetect"),
    ("beyond all time", "'99999999999999999999999'", "autodetect"),
]


@pytest.mark.parametrize(("value", "kind"), [case[1:] for case in TIMES], ids=[case[0] for case in TIMES])
def test_to_timestamp(frame: Any, value: str, kind: str, request: pytest.FixtureRequest) -> None:
    df = frame(f"select {value} v").gs_to_timestamp(colName="v", colType=kind, newColName="t").toDF()
    text = df.selectExpr("date_format(t, 'yyyy-MM-dd HH:mm:ss.SSS') t").collect()[0].t
    assert text == (None if "'soon'" in value or "9999999999" in value else "2022-11-02 14:40:59.915")


def test_format_timestamp(frame: Any) -> None:
    made = frame("select timestamp'2020-01-02 03:04:05' t").gs_format_timestamp(colName="t", dateFormat="%d/%m/%Y")
    assert records(made) == [{"t": "02/01/2020"}]


CASES: list[tuple[str, str, str, dict[str, Any], list[dict[str, Any]]]] = [
    ("concat", "select 2020 y, null m", "gs_concat", {"colName": "d", "colList": ["y", "m"], "spacer": "-"},
     [{"y": 2020, "m": None, "d": "2020-"}]),
    ("concat over itself", "select 'a' x, 'b' y", "gs_concat", {"colName": "x", "colList": ["x", "y"]}, [{"x": "ab", "y": "b"}]),
    ("split", "select '2020-01 02' t", "gs_split", {"colName": "t", "pattern": "[- ]", "newColName": "p"},
     [{"t": "2020-01 02", "p": ["2020", "01", "02"]}]),
    ("array to columns", "select array(1, 2) l", "gs_array_to_cols", {"colName": "l", "colList": "a, b,c"},
     [{"l": [1, 2], "a": 1, "b": 2, "c": None}]),
    ("some of the array", "select array('x', 'y', 'z') l", "gs_array_to_cols", {"colName": "l", "colList": "a,c", "indexes": "1,3"},
     [{"l": ["x", "y", "z"], "a": "x", "c": "z"}]),
    ("flatten", "select 1 i, named_struct('b', named_struct('c', 2), 'd', 3) a", "gs_flatten", {},
     [{"i": 1, "a.b.c": 2, "a.d": 3}]),
    ("flatten a level", "select named_struct('b', named_struct('c', 2)) a", "gs_flatten", {"maxLevels": 1, "separator": "_"},
     [{"a_b": {"c": 2}}]),
    ("derived", "select 2 a, 3 b", "gs_derived", {"colName": "a", "expr": "a * b"}, [{"a": 6, "b": 3}]),
    ("derived, by case", "select 2 a, 3 b", "gs_derived", {"colName": "A", "expr": "a * b"}, [{"A": 6, "b": 3}]),
    ("array to columns, by case", "select array('x', 'y') l, 1 EVENT", "gs_array_to_cols", {"colName": "l", "colList": "L,Event"},
     [{"L": "x", "Event": "y"}]),
    ("explode, by case", "select 1 i, array(2) l", "gs_explode", {"colName": "l", "newCol": "I"}, [{"l": [2], "I": 2}]),
    ("parse JSON, by case", "select '{\"n\": 1}' j", "gs_parse_json", {"colName": "j", "newColName": "J"}, [{"J": {"n": 1}}]),
    ("regex, by case", "select 'id 7' t", "gs_regex_extract", {"colName": "t", "regex": r"(\w+) (\d)", "newCols": "T,N"},
     [{"T": "id", "N": "7"}]),
    ("regex", "select 'id 7' t union all select 'x'", "gs_regex_extract", {"colName": "t", "regex": r"(\w+) (\d)", "newCols": "w,n"},
     [{"t": "id 7", "w": "id", "n": "7"}, {"t": "x", "w": None, "n": None}]),
    ("regex, its page's name", "select 'id 7' t", "gs_regex_extractor", {"colName": "t", "regex": r"(\w+) \d", "newCols": "w"},
     [{"t": "id 7", "w": "id"}]),
    ("regex, no groups", "select '4.5 x' t union all select ''", "gs_regex_extract", {"colName": "t", "regex": r"^\d\S*", "newCols": "n"},
     [{"t": "4.5 x", "n": "4.5"}, {"t": "", "n": None}]),
    ("explode", "select 1 i, array('a', 'b') l union all select 2, array()", "gs_explode", {"colName": "l", "newCol": "l"},
     [{"i": 1, "l": "a"}, {"i": 1, "l": "b"}]),
    ("explode keeps rows", "select 2 i, cast(array() as array<string>) l", "gs_explode", {"colName": "l", "newCol": "e", "outer": True},
     [{"i": 2, "l": [], "e": None}]),
    ("explode a map", "select map('k', 1) m", "gs_explode", {"colName": "m", "newCol": "key,value"},
     [{"m": {"k": 1}, "key": "k", "value": 1}]),
    ("explode by a name with dots", "select array(1) `a.b`", "gs_explode", {"colName": "`a.b`", "newCol": "e"}, [{"a.b": [1], "e": 1}]),
    ("null rows", "select cast(null as string) a, '' b union all select null, null", "gs_null_rows", {}, [{"a": None, "b": ""}]),
    ("empty rows", "select cast(null as string) a, '' b union all select 'x', null", "gs_null_rows", {"extended": True},
     [{"a": "x", "b": None}]),
    ("pivot", "select 'i' g, 'a' k, 1 v union all select 'i', 'b', 2 union all select 'i', 'a', 3", "gs_pivot",
     {"aggCol": "v", "aggFunction": "mean", "colList": ["k"]}, [{"g": "i", "a": 2.0, "b": 2.0}]),
    ("unpivot", "select 'i' g, 1 a, cast(null as int) b, 3 c", "gs_unpivot", {"colList": ["a", "b", "c"]},
     [{"g": "i", "name": "a", "value": 1}, {"g": "i", "name": "c", "value": 3}]),
    ("parse JSON", "select '{\"n\": [1]}' j", "gs_parse_json", {"colName": "j"}, [{"j": {"n": [1]}}]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "name", "arguments", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_transforms(frame: Any, query: str, name: str, arguments: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
    assert sorted(records(getattr(frame(query), name)(**arguments)), key=repr) == sorted(wanted, key=repr)


def test_with_spark_minding_case_both_columns_stay(spark: Any, frame: Any) -> None:
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        assert records(frame("select 2 a").gs_derived(colName="A", expr="a + 1")) == [{"a": 2, "A": 3}]
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_identifiers(frame: Any) -> None:
    made = frame("select id a from range(4)").gs_uuid().gs_sequence_id(colName="n").gs_sequence_id(colName="u", unique=True)
    rows = made.toDF().collect()
    assert len({row.uuid for row in rows}) == len({row.n for row in rows}) == len({row.u for row in rows}) == 4
    assert all(len(row.uuid) == 36 for row in rows)
    assert hive_type(made.schema()) == "struct<a:bigint,uuid:string,n:bigint,u:decimal(38,0)>"


def test_partitions(frame: Any) -> None:
    assert frame("select 1 a").gs_repartition(numPartitionsStr="3").getNumPartitions() == 3


def test_choices_and_errors_pass_through(glue: Any, write: Any) -> None:
    folder = write("a.json", '{"a": 1, "j": "{}"}\n{"a": "x", "j": "{"}\n')
    read = glue.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    made = read.gs_concat(colName="c", colList=["j"]).gs_parse_json(colName="j", newColName="k")
    assert hive_type(made.schema().getField("a").dataType) == "struct<int:int,string:string>"
    assert (made.count(), made.errorsCount()) == (1, 1)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda f: f.gs_split(colName="nope", pattern=","), "nope"),
        (lambda f: f.gs_array_to_cols(colName="a", colList="b"), "no array"),
        (lambda f: f.gs_explode(colName="a", newCol="b"), "neither array"),
        (lambda f: f.gs_to_timestamp(colName="a", colType="fortnights"), "fortnights"),
        (lambda f: f.gs_regex_extract(colName="a", regex="(a)(b)", newCols="x"), "2 groups"),
        (lambda f: f.gs_pivot(aggCol="a", aggFunction="mode", colList="a"), "mode"),
        (lambda f: f.gs_lookup("t", "a", "b"), "database.table"),
    ],
)
def test_what_cannot_be(frame: Any, call: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call(frame("select 'x' a"))
