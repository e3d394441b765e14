"""What the run report knows of single records: one value of each type of a choice, one record of each failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from awsglue import _failures, _report
from awsglue.transforms import Filter


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run has a process of its own; here the tests before this one have left their places."""
    monkeypatch.setattr(_failures, "_counters", [])
    monkeypatch.setattr(_failures, "_watchers", [])


def frame_of(glue: Any, folder: Path, *lines: str) -> Any:
    (folder / "in.json").write_text("\n".join(lines) + "\n")
    return glue.create_dynamic_frame.from_options("file", {"paths": [str(folder)]}, "json", transformation_ctx="told")


def columns() -> dict[str, Any]:
    return {each["name"]: each["example"] for each in _report.as_json()["columns"]}


def test_a_choice_has_a_value_of_each_type(glue: Any, tmp_path: Path) -> None:
    lines = [{"price": 1, "tags": [{"v": 1}]}, {"price": "n/a", "tags": [{"v": None}, {"v": "x" * 300}]}, {"price": 2, "tags": []}]
    frame = frame_of(glue, tmp_path, *map(json.dumps, lines))
    assert [frame.schema().field_map["price"].dataType.typeName(), frame.count()] == ["choice", 3]
    assert columns() == {"price": "1 (int), n/a (string)", "tags.[].v": f"1 (int), {'x' * 100} (string)"}


def test_records_that_a_filter_fails_on_are_counted_once(glue: Any, tmp_path: Path) -> None:
    frame = frame_of(glue, tmp_path, *(json.dumps({"n": n, "of": n % 3}) for n in range(9)))
    kept = Filter.apply(frame=frame, f=lambda record: record["n"] // record["of"] > 1)
    assert [kept.count(), kept.count(), kept.errorsCount()] == [4, 4, 3]
    (found,) = _report.as_json()["error_records"]
    assert (found["count"], found["message"]) == (3, "integer division or modulo by zero")
    assert found["place"].startswith("filter (test_report_examples.py:")
    assert json.loads(found["example"])["of"] == 0


def test_a_name_that_no_record_has_is_told_of_a_filter(glue: Any, tmp_path: Path) -> None:
    frame = frame_of(glue, tmp_path, *(json.dumps({"n": n, "o": {"p": n}} if n else {"n": n}) for n in range(9)))
    assert [frame.filter(lambda r: r["o"]["p"] > 4).count(), _report.as_json()["error_records"]] == [4, []]
    kept = frame.filter(lambda r: r["nn"] > 4)
    assert [kept.count(), kept.errorsCount()] == [0, 0]  # as in Glue
    (found,) = _report.as_json()["error_records"]
    assert (found["count"], found["message"]) == (9, "KeyError: 'nn' counts as false")
    assert json.loads(found["example"])["n"] == 0


def test_a_malformed_line_is_named_with_its_file(glue: Any, tmp_path: Path) -> None:
    frame = frame_of(glue, tmp_path, '{"n": 1}', '{"n": ', '{"n": 3}')
    assert [frame.count(), frame.errorsCount()] == [2, 1]
    (note,) = _report.as_json()["notes"]
    assert f"{tmp_path}/in.json: not every record is JSON ('{{\"n\":')" in note and "errorsAsDynamicFrame()" in note


def test_nothing_is_said_of_sound_files(glue: Any, tmp_path: Path) -> None:
    assert frame_of(glue, tmp_path, '{"n": 1}', '{"n": 3}').count() == 2
    assert _report.as_json()["notes"] == [] == _report.as_json()["error_records"]


def test_options_that_there_are_not_are_told(glue: Any, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"n": 1}')
    frame = glue.create_dynamic_frame.from_options("file", {"paths": [str(tmp_path)], "recurs": True}, "json", {"multyline": True})
    glue.write_dynamic_frame.from_options(frame, "file", {"path": str(tmp_path / "out"), "partitionkeys": ["n"]}, "json")
    notes = " ".join(_report.as_json()["notes"])
    assert "A source of files has no option recurs" in notes and "The format json has no option multyline" in notes
    assert "A sink of file files has no option partitionkeys" in notes


def test_an_argument_that_from_catalog_has_not_is_told(glue: Any) -> None:
    with pytest.raises(ValueError, match="table_name"):
        glue.create_dynamic_frame.from_catalog("sales", pushdown_predicate="p = 1")
    assert "from_catalog has no option pushdown_predicate: ignored, as Glue does" in _report.as_json()["notes"]
