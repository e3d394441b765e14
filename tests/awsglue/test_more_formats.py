"""Formats and options beyond the common ones: what is read, and what becomes an error record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import records, schema_of

from awsglue import gluetypes as gt
from awsglue._frame.types import hive_type
from awsglue.dynamicframe import DynamicFrame


def read(glue: Any, path: str, format: str, format_options: dict[str, Any] | None = None, **options: Any) -> DynamicFrame:
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [path], **options}, format, format_options or {})
    return frame


# --- json ------------------------------------------------------------------------------------------------------------

DOCUMENT = '{"meta": 1,\n "value": [{"a": 1, "b": {"c": ["x"]}}, {"a": "two", "b": {"c": ["y", "z"]}}]}'
PATHS: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("array", "$.value", [{"a": 1, "b": {"c": ["x"]}}, {"a": "two", "b": {"c": ["y", "z"]}}]),
    ("elements", "$.value[*]", [{"a": 1, "b": {"c": ["x"]}}, {"a": "two", "b": {"c": ["y", "z"]}}]),
    ("one of them", "$.value[1]", [{"a": "two", "b": {"c": ["y", "z"]}}]),
    ("member of each", "$['value'][*].b", [{"c": ["x"]}, {"c": ["y", "z"]}]),
    ("nothing there", "$.other", []),
]


@pytest.mark.parametrize(("path", "wanted"), [case[1:] for case in PATHS], ids=[case[0] for case in PATHS])
def test_json_path(glue: Any, write: Any, path: str, wanted: list[dict[str, Any]]) -> None:
    frame = read(glue, write("a.json", DOCUMENT), "json", {"jsonPath": path, "multiLine": "true"})
    assert sorted(records(frame), key=repr) == sorted(wanted, key=repr)


def test_json_path_keeps_types_and_errors(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", '{"v": {"a": 1}}\nnonsense\n{"v": {"a": "x"}}\n'), "json", {"jsonPath": "$.v"})
    assert hive_type(frame.schema()) == "struct<a:struct<int:int,string:string>>"
    assert (frame.count(), frame.errorsCount()) == (2, 1)


def test_json_path_keeps_marks_of_no_text(glue: Any, write: Any) -> None:
    """Nulls, quotes in texts, big numbers and dots in names: what other Sparks than 4.1 read in another way."""
    rows = '{"v": {"b c.d": [{"s": "s\\"q", "n": 12345678901234567890}, null, {"s": "{1}"}]}}\n{"v": null}\n{"w": 1}\n'
    frame = read(glue, write("a.json", rows), "json", {"jsonPath": "$.v['b c.d'][*]"})
    found = sorted(((record["s"], record["n"]) for record in records(frame)), key=repr)
    assert found == sorted([('s"q', 12345678901234567890), (None, None), ("{1}", None)], key=repr)


@pytest.mark.parametrize("path", ["value", "$.a..b", "$[?(@.a)]"])
def test_json_paths_that_are_not_read(glue: Any, write: Any, path: str) -> None:
    with pytest.raises(ValueError, match="jsonPath"):
        read(glue, write("a.json", DOCUMENT), "json", {"jsonPath": path})


def test_json_with_schema_keeps_what_does_not_fit_as_a_choice(glue: Any, write: Any) -> None:
    wanted = schema_of(("n", gt.LongType()), ("when", gt.DateType()), ("s", gt.StructType([gt.Field("x", gt.DoubleType())])))
    folder = write("a.json", '{"n": 1, "when": "2020-01-02", "s": {"x": 2}, "other": 1}\n{"n": "many"}\n')
    frame = read(glue, folder, "json", {"withSchema": wanted})
    assert hive_type(frame.schema()) == "struct<n:struct<bigint:bigint,string:string>,when:date,s:struct<x:double>>".replace(
        "<bigint:bigint", "<long:bigint"
    )
    assert records(frame) == [{"n": 1, "when": "2020-01-02", "s": {"x": 2.0}}, {"n": "many", "when": None, "s": None}]


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("format", "text"), [("csv", "a\n1\n"), ("json", '{"a": "1"}\n')])
def test_attached_names_and_times(glue: Any, write: Any, format: str, text: str) -> None:
    folder = write(f"a.{format}", text)
    frame = read(glue, folder, format, {"withHeader": True, "attachFilename": "f", "attachTimestamp": "t"})
    assert [(field.name, field.dataType.typeName()) for field in frame.schema()] == [("a", "string"), ("t", "timestamp"), ("f", "string")]
    row = frame.toDF().collect()[0]
    assert (row.a, row.f.endswith(f"a.{format}")) == ("1", True)
    assert abs(row.t.timestamp() - Path(folder, f"a.{format}").stat().st_mtime) < 1


# --- grokLog ---------------------------------------------------------------------------------------------------------

APACHE = '10.0.0.1 - bob [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.0" 200 2326'


def test_grok_log(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.log", f"{APACHE}\n\nno log line\n"), "grokLog", {"logFormat": "%{COMMONAPACHELOG}"})
    assert records(frame) == [
        {
            "clientip": "10.0.0.1", "ident": None, "auth": "bob", "timestamp": "10/Oct/2000:13:55:36 -0700", "verb": "GET",
            "request": "/a?b=c", "httpversion": "1.0", "rawrequest": None, "response": "200", "bytes": "2326",
        }
    ]  # fmt: skip
    assert [error["error"]["dynamicRecord"] for error in records(frame.errorsAsDynamicFrame())] == ["no log line"]


def test_grok_types_and_custom_patterns(glue: Any, write: Any) -> None:
    options = {"logFormat": r"%{ORDER:order} %{NUMBER:n:int} (?<rest>.*)", "customPatterns": r"ORDER [A-Z]{2}(-)?\d+"}
    frame = read(glue, write("a.log", "AB-12 7 a (b)\nCD9 2.5 x\nEF1 - y\n"), "grokLog", options)
    assert hive_type(frame.schema()) == "struct<order:string,n:struct<int:int,string:string>,rest:string>"
    assert records(frame) == [{"order": "AB-12", "n": 7, "rest": "a (b)"}, {"order": "CD9", "n": "2.5", "rest": "x"}]
    strict = read(glue, write("a.log", "AB-12 7 a\n"), "grokLog", {**options, "StrictMode": "true"})
    assert records(strict) == [{"order": "AB-12", "n": "7", "rest": "a"}]


@pytest.mark.parametrize(
    ("options", "told"),
    [({}, "logFormat"), ({"logFormat": "%{NOPE:x}"}, "NOPE"), ({"logFormat": "%{INT:x:date}"}, "date"), ({"logFormat": "x"}, "field")],
)
def test_bad_grok_patterns(glue: Any, write: Any, options: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(glue, write("a.log", "x\n"), "grokLog", options)


def test_jobs_and_crawlers_know_the_same_patterns() -> None:
    from awsglue._read.grok_patterns import PATTERNS
    from wheatpaste.services.glue.crawl.grok_patterns import PATTERNS as theirs

    assert theirs == PATTERNS


# --- ion, excel ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("format", "package"), [("ion", "amazon.ion"), ("excel", "openpyxl")])
def test_formats_of_a_library_name_it(glue: Any, write: Any, monkeypatch: pytest.MonkeyPatch, format: str, package: str) -> None:
    real = importlib_find_spec()
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *a: None if name in (package, package.split(".")[0]) else real(name, *a))
    with pytest.raises(NotImplementedError, match=f"{format}.*additional-python-modules {package}"):
        read(glue, write("a.bin", "x"), format)


def importlib_find_spec() -> Any:
    import importlib.util

    return importlib.util.find_spec


def test_ion(glue: Any, write: Any, spark: Any) -> None:
    pytest.importorskip("amazon.ion")
    frame = read(glue, write("a.ion", '{a: 1, b: [x, "y"], c: {d: 2.5}}\n{a: null, b: [], c: {d: 1.0}}\n'), "ion")
    assert [record["a"] for record in records(frame)] == [1, None]


def test_excel(glue: Any, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [["n", "s"], [1, "x"], [2, "y"], ["sum", None]]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert records(read(glue, str(tmp_path), "excel", {"skipFooter": 1})) == [{"n": 1, "s": "x"}, {"n": 2, "s": "y"}]
    assert records(read(glue, str(tmp_path), "excel", {"numberRows": 1})) == [{"n": 1, "s": "x"}]
