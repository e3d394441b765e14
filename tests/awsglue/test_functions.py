"""Users' functions: what they are given, what becomes of what they return, and that they run once."""

from __future__ import annotations

import datetime
import re
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import records

from awsglue._frame.types import hive_type
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import Filter, Map

EVERYTHING = """
select cast(id as tinyint) b, cast(id as smallint) h, cast(id as int) i, id l, cast(id as float) f, id / 4D d, id % 2 = 0 y, 'é' s,
       cast(id + 0.25 as decimal(10,4)) p, date'2020-02-29' day, timestamp'2020-02-29 01:02:03.000004' at,
       timestamp_ntz'2020-02-29 01:02:03.5' plain, X'00ff' bin, array(id, null) a, map('k', id) m,
       named_struct('x', id, 'y', named_struct('z', array(named_struct('w', 'v')))) n, cast(null as struct<q:int>) none,
       if(id = 0, null, named_struct('x', id)) sometimes, cast(null as array<int>) nolist, if(id = 1, null, id) holes
from range(3)
"""


@pytest.fixture
def everything(glue: Any, spark: Any) -> DynamicFrame:
    return DynamicFrame.fromDF(spark.sql(EVERYTHING), glue, "everything")


def test_every_type_comes_and_goes_unchanged(everything: DynamicFrame) -> None:
    mapped = everything.map(lambda record: record)
    kept = "struct<" + hive_type(everything.schema()).removeprefix("struct<")
    assert hive_type(mapped.schema()) == kept.replace("none:struct<q:int>", "none:string").replace("nolist:array<int>", "nolist:string")
    assert records(mapped) == records(everything)


def test_functions_are_given_pythons_types(everything: DynamicFrame) -> None:
    def told(record: Any) -> dict[str, str]:
        return {name: type(value).__name__ for name, value in record.items()}

    found = records(everything.map(told))[2]
    assert found == {
        "b": "int", "h": "int", "i": "int", "l": "int", "f": "float", "d": "float", "y": "bool", "s": "str", "p": "Decimal", "day": "date",
        "at": "datetime", "plain": "datetime", "bin": "bytes", "a": "list", "m": "DynamicRecord", "n": "DynamicRecord", "none": "NoneType",
        "sometimes": "DynamicRecord", "nolist": "NoneType", "holes": "int",
    }  # fmt: skip


def test_values_are_as_in_a_row(everything: DynamicFrame) -> None:
    row = everything.toDF().where("i = 2").collect()[0]
    wanted = (row.p, row.day, row.at, row.plain, bytes(row.bin))

    def same(record: Any) -> bool:
        return (record["p"], record["day"], record["at"], record["plain"], record["bin"]) == wanted

    assert everything.filter(lambda record: record["i"] == 2 and same(record)).count() == 1
    assert wanted[0] == Decimal("2.2500")
    assert wanted[1] == datetime.date(2020, 2, 29)


NEW: list[tuple[str, Any, str]] = [
    ("int", lambda n: n, "int"),
    ("long", lambda n: n + 2**40, "bigint"),
    ("int and long", lambda n: n * 2**40, "struct<int:int,long:bigint>"),
    ("beyond", lambda n: 2**70 + n, "decimal(22,0)"),
    ("text or number", lambda n: n if n else "x", "struct<string:string,int:int>"),
    ("float or int", lambda n: n / 2 if n else 7, "struct<int:int,double:double>"),
    ("decimal", lambda n: Decimal("1.25"), "decimal(3,2)"),
    ("list", lambda n: [n] * n, "array<int>"),
    ("mixed list", lambda n: [n, "x"], "array<struct<int:int,string:string>>"),
    ("structs that differ", lambda n: {"a": 1} if n else {"b": "x"}, "struct<b:string,a:int>"),
    ("struct or list", lambda n: {"a": 1} if n else [1], "struct<array:array<int>,struct:struct<a:int>>"),
    ("nothing", lambda n: None, "string"),
    ("tuple", lambda n: (1, 2), "array<int>"),
    ("bytearray", lambda n: bytearray(b"x"), "binary"),
    ("date", lambda n: datetime.date(2020, 1, 1), "date"),
]


@pytest.mark.parametrize(("make", "kind"), [case[1:] for case in NEW], ids=[case[0] for case in NEW])
def test_types_of_new_fields(everything: DynamicFrame, make: Any, kind: str) -> None:
    frame = everything.select_fields(["i"]).map(lambda record: {"i": record["i"], "new": make(record["i"])})
    found = hive_type(frame.schema().getField("new").dataType)
    assert sorted(re.split("[<>,]", found)) == sorted(re.split("[<>,]", kind))  # alternatives come in any order
    assert frame.count() == 3


MEMBERS: list[tuple[str, Any, list[dict[str, Any]]]] = [
    ("other orders", lambda n: {"a": n, "b": "x"} if n % 2 else {"b": "y", "a": n}, [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
    ("as many, but others", lambda n: {"a": n} if n % 2 else {"b": n}, [{"a": 1, "b": None}, {"a": None, "b": 2}]),
    ("fewer", lambda n: {"a": n, "b": n} if n % 2 else {"a": n}, [{"a": 1, "b": 1}, {"a": 2, "b": None}]),
    ("names that are no text", lambda n: {1: n}, [{"1": 1}, {"1": 2}]),
    ("some of them", lambda n: {1: n, "b": n} if n % 2 else {"1": n}, [{"1": 1, "b": 1}, {"1": 2, "b": None}]),
    ("nothing is made up", lambda n: defaultdict(int, {"a": n} if n % 2 else {"b": n}), [{"a": 1, "b": None}, {"a": None, "b": 2}]),
]


@pytest.mark.parametrize(("make", "wanted"), [case[1:] for case in MEMBERS], ids=[case[0] for case in MEMBERS])
def test_members_of_what_functions_return(glue: Any, spark: Any, make: Any, wanted: list[dict[str, Any]]) -> None:
    frame = DynamicFrame.fromDF(spark.range(1, 3, 1, 1), glue).map(lambda record: make(record["id"]))
    assert records(frame) == wanted


def test_batches_of_different_types_come_together(glue: Any, spark: Any) -> None:
    """More records than a batch holds, each batch of its own types."""
    frame = DynamicFrame.fromDF(spark.range(0, 25_000, 1, 1), glue)
    mapped = frame.map(
        lambda r: {"id": r["id"], **({"v": 1, "o": {"a": [1]}} if r["id"] < 10_000 else {"v": "x", "o": {"a": None, "b": 2}})}
    )
    assert hive_type(mapped.schema()) in (
        "struct<id:bigint,v:struct<int:int,string:string>,o:struct<a:array<int>,b:int>>",
        "struct<id:bigint,v:struct<string:string,int:int>,o:struct<a:array<int>,b:int>>",
    )
    rows = mapped.resolveChoice(specs=[("v", "cast:string")]).toDF().groupBy("v").count().collect()
    assert {row.v: row["count"] for row in rows} == {"1": 10_000, "x": 15_000}


def test_a_function_runs_once_per_record(glue: Any, spark: Any, tmp_path: Path) -> None:
    calls = str(tmp_path / "calls")

    def count(record: Any) -> Any:
        with open(calls, "a") as log:
            log.write("x")
        if record["id"] == 3:
            raise RuntimeError("no three")
        return record

    mapped = Map.apply(DynamicFrame.fromDF(spark.range(0, 10, 1, 2), glue), count)
    mapped.schema()
    assert (mapped.count(), mapped.errorsCount(), len(records(mapped))) == (9, 1, 9)
    assert len(Path(calls).read_text()) == 10


ERRORS: list[tuple[str, Any, str]] = [
    ("raises", lambda r: 1 / r["id"], "division by zero"),
    ("returns nothing", lambda r: r if r["id"] else None, "None"),
    ("returns an empty record", lambda r: r if r["id"] else {}, "None"),
    ("returns something else", lambda r: r if r["id"] else [1], "list"),
    ("holds what no column can", lambda r: {"v": r["id"] or object()}, "object"),
]


@pytest.mark.parametrize(("function", "told"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS])
def test_what_goes_wrong_is_an_error_record(glue: Any, spark: Any, function: Any, told: str) -> None:
    def run(record: Any) -> Any:
        made = function(record)
        return {"id": made} if isinstance(made, float) else made

    mapped = DynamicFrame.fromDF(spark.range(2), glue).map(run)
    assert mapped.count() == 1
    error = records(mapped.errorsAsDynamicFrame())[0]["error"]
    assert told in error["msg"]
    assert error["source"] == "map"
    if told == "division by zero":
        assert error["dynamicRecord"] == '{"id": 0}'
        assert "test_functions.py" in error["scriptLine"]
        assert "ZeroDivisionError" in error["stackTrace"]


def test_a_filter_drops_or_records_by_the_kind_of_error(glue: Any, spark: Any) -> None:
    def judge(record: Any) -> bool:
        if record["id"] == 0:
            raise KeyError("missing")
        if record["id"] == 1:
            raise RuntimeError("odd")
        return bool(record["id"] % 2)

    kept = Filter.apply(DynamicFrame.fromDF(spark.range(5), glue), judge)
    assert [r["id"] for r in records(kept)] == [3]
    assert [(e["error"]["msg"], e["error"]["dynamicRecord"]) for e in records(kept.errorsAsDynamicFrame())] == [("odd", '{"id": 1}')]


def test_partitions_have_their_numbers(glue: Any, spark: Any) -> None:
    frame = DynamicFrame.fromDF(spark.range(0, 4, 1, 2), glue)

    def number(at: int, elements: Any) -> Any:
        for element in elements:
            element["isError"] = element["record"]["id"] == 3
            yield {**element, "record": {**element["record"], "at": at}}

    made = frame.mapPartitionsWithIndex(number)
    assert sorted((r["id"], r["at"]) for r in records(made)) == [(0, 0), (1, 0), (2, 1)]
    assert made.errorsCount() == 1


def test_workers_are_of_the_driver_s_python(glue: Any, spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def python(record: Any) -> dict[str, str]:
        return {"prefix": sys.prefix}

    sc = spark.sparkContext
    monkeypatch.setattr(sc, "pythonExec", "python3")  # the first of PATH, as Spark has it
    monkeypatch.setenv("PYSPARK_PYTHON", "python3")
    assert GlueContext(sc).spark_session.sparkContext.pythonExec == "python3", "what is asked for"
    monkeypatch.delenv("PYSPARK_PYTHON")
    made = DynamicFrame.fromDF(spark.range(1), GlueContext(sc)).map(python)
    assert sc.pythonExec == sys.executable
    assert records(made) == [{"prefix": sys.prefix}]
