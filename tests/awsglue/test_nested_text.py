"""Objects and arrays as text (cast:string, mappings to string, csv) and as the maps that a catalog declares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import kinds, read, records

from awsglue import gluetypes as gt
from awsglue._frame.anything import has_variant
from awsglue._frame.resolve import resolve_with
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import ApplyMapping

LINES = """\
{"id":1,"o":{"z":1,"b":"x","n":null,"deep":{"l":[1.50,"t",true]}},"tags":["a"],"links":[{"url":"u1"}]}
{"id":2,"o":{"z":"one","b":"\\"q\\"","deep":{"l":[]}},"tags":[],"links":null}
"""
OBJECTS = ['{"z":1,"b":"x","deep":{"l":[1.5,"t",true]}}', '{"z":"one","b":"\\"q\\"","deep":{"l":[]}}']
TEXTS = [{"o": o, "tags": tags, "links": links} for o, tags, links in zip(OBJECTS, ['["a"]', "[]"], ['[{"url":"u1"}]', None], strict=True)]
MAPPINGS = [("o", "struct", "o", "string"), ("tags", "array", "tags", "string"), ("links", "array", "links", "string")]


@pytest.fixture
def orders(glue: Any, write: Any) -> DynamicFrame:
    return read(glue, write("a.json", LINES), "json")


WAYS: list[tuple[str, Callable[[DynamicFrame], DynamicFrame]]] = [
    ("mapped", lambda f: ApplyMapping.apply(f, MAPPINGS)),
    ("cast", lambda f: f.resolveChoice(specs=[(name, "cast:string") for name in ("o", "tags", "links")]).drop_fields("id")),
]


@pytest.mark.parametrize("looked_at", [False, True])
@pytest.mark.parametrize("way", [way for _, way in WAYS], ids=[name for name, _ in WAYS])
def test_nested_values_become_their_json(orders: DynamicFrame, way: Callable[[DynamicFrame], DynamicFrame], looked_at: bool) -> None:
    if looked_at:
        orders.schema()
    assert records(way(orders)) == TEXTS


def test_csv_holds_their_json(glue: Any, orders: DynamicFrame, tmp_path: Path) -> None:
    place = str(tmp_path / "csv")
    glue.write_dynamic_frame.from_options(orders.select_fields(["id", "o"]).coalesce(1), "s3", {"path": place}, "csv", {"quoteChar": -1})
    assert next(Path(place).glob("run-*")).read_text().splitlines() == ["id,o", *(f"{n},{text}" for n, text in enumerate(OBJECTS, 1))]


def test_csv_without_quotes_has_none(glue: Any, spark: Any, tmp_path: Path) -> None:
    rows = [("a,b", "", 1, 2.0), ('say "x"', None, 1, 1e20), ("two\r\nlines", "\\n", 2, None)]
    frame = DynamicFrame.fromDF(spark.createDataFrame(rows, "t string, e string, part int, n double").coalesce(1), glue, "f")
    place = {"path": str(tmp_path / "csv"), "partitionKeys": ["part"]}
    glue.write_dynamic_frame.from_options(frame, "s3", place, "csv", {"quoteChar": -1})
    texts = [next((tmp_path / "csv" / f"part={part}").glob("run-*")).read_text().splitlines() for part in (1, 2)]
    assert texts == [["t,e,n", "a,b,,2.0", 'say "x",,1.0E20'], ["t,e,n", "two", "lines,\\n,"]]


def test_csv_without_quotes_keeps_what_is_special_to_the_writer(glue: Any, spark: Any, tmp_path: Path) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([("#c", 1.5), ("a\0b", None)], "`#t` string, n double").coalesce(1), glue, "f")
    glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "csv")}, "csv", {"quoteChar": -1, "separator": "."})
    assert next((tmp_path / "csv").glob("run-*")).read_text() == "#t.n\n#c.1.5\na\0b.\n"


@pytest.mark.parametrize("value", ["", None, "two\n\nlines"])
def test_csv_without_quotes_loses_no_empty_line(glue: Any, spark: Any, tmp_path: Path, value: str | None) -> None:
    """Spark's writer leaves such lines out, without a word."""
    frame = DynamicFrame.fromDF(spark.createDataFrame([("a",), (value,)], "t string"), glue, "f")
    with pytest.raises(Exception, match=r"without quotes \(quoteChar -1\) has no way to hold an empty line"):
        glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "csv")}, "csv", {"quoteChar": -1})


def with_maps(glue: Any, frame: DynamicFrame, looked_at: bool) -> DynamicFrame:
    """The frame with its field `m` as a catalog declares it, after a look at its types or without one."""
    if looked_at:
        frame.schema()
    declared = gt.StructType([gt.Field("m", gt.MapType(gt.LongType()))])
    return DynamicFrame(resolve_with(frame._jdf, declared), glue, "maps")


@pytest.mark.skipif(not has_variant(), reason="Spark 3 keeps objects among other values as their JSON")
@pytest.mark.parametrize("looked_at", [False, True])
def test_objects_among_other_values_become_maps_too(glue: Any, write: Any, looked_at: bool) -> None:
    frame = read(glue, write("a.json", '{"m":{"k":1}}\n{"m":"x"}\n{"m":{"k":"y","j":2}}\n'), "json")
    as_maps = with_maps(glue, frame, looked_at)
    assert [row.m for row in as_maps.toDF().collect()] == [{"k": 1}, None, {"k": None, "j": 2}]


@pytest.mark.parametrize("looked_at", [False, True])
def test_objects_become_maps_where_they_are_declared_so(glue: Any, write: Any, looked_at: bool) -> None:
    frame = read(glue, write("a.json", '{"m":{"k":1,"j":"x"}}\n{"m":{"k":3000000000}}\n{"m":{}}\n{"m":null}'), "json")
    as_maps = with_maps(glue, frame, looked_at)
    assert kinds(as_maps) == "struct<m:map<string,bigint>>"
    assert [row.m for row in as_maps.toDF().collect()] == [{"k": 1, "j": None}, {"k": 3_000_000_000}, {}, None]


def test_a_nested_struct_that_loses_its_last_field_goes(orders: DynamicFrame) -> None:
    dropped = orders.drop_fields(["o.deep.l", "tags", "links", "id"])
    assert kinds(dropped) == "struct<o:struct<z:struct<int:int,string:string>,b:string,n:string>>"
    assert kinds(orders.drop_fields(["o.z", "o.b", "o.n", "o.deep.l", "tags", "links"])) == "struct<id:int>"
