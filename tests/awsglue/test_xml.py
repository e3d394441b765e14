"""XML read and written; on every Spark: `PYTHONPATH` with another pyspark in front runs these tests on that."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import records, schema_of

from awsglue import gluetypes as gt
from awsglue._frame.types import hive_type


def read(glue: Any, path: str | Path, options: dict[str, Any], **connection: Any) -> Any:
    return glue.create_dynamic_frame.from_options("s3", {"paths": [str(path)], **connection}, "xml", options)


def in_order(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row[key]))


def test_nested_rows_attributes_and_what_is_no_row(glue: Any, write: Any) -> None:
    text = (
        '<?xml version="1.0"?><all><row id="1"><name>Ann</name><tag>a</tag><tag>b</tag></row>\n<rows/>'
        '<row id="2"/><!-- none --><row id="3"><name kind="x">Zoë &amp; Co</name></row></all>'
    )
    found = in_order(records(read(glue, write("a.xml", text), {"rowTag": "row"})), "_id")
    assert [row["_id"] for row in found] == [1, 2, 3]
    assert found[0]["tag"] == ["a", "b"]
    assert found[2]["name"] == {"_VALUE": "Zoë & Co", "_kind": "x"}


def test_files_whose_names_mean_something_to_hadoop(glue: Any, tmp_path: Path) -> None:
    folder = tmp_path / "a b%20"
    folder.mkdir()
    for n, name in enumerate(("x,1.xml", "y[2]{3.xml", "z?*.xml")):
        (folder / name).write_text(f"<l><r><n>{n}</n></r></l>")
    (folder / "y2.xml").write_text("<l><r><n>3</n></r></l>")
    assert in_order(records(read(glue, folder, {"rowTag": "r"})), "n") == [{"n": n} for n in range(4)]


def test_another_encoding_and_compressed_files(glue: Any, tmp_path: Path) -> None:
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress("<l><r><n>Zoë</n></r></l>".encode("iso-8859-1")))
    assert records(read(glue, tmp_path, {"rowTag": "r", "encoding": "ISO-8859-1"})) == [{"n": "Zoë"}]


def test_what_is_known_of_a_file_comes_with_its_records(glue: Any, tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / f"{n}.xml").write_text(f"<l><r><n>{n}</n></r><r><n>{n}</n></r></l>")
    found = records(read(glue, tmp_path, {"rowTag": "r", "attachFilename": "file", "attachTimestamp": "at"}))
    assert sorted((row["n"], Path(row["file"]).name) for row in found) == [(1, "1.xml"), (1, "1.xml"), (2, "2.xml"), (2, "2.xml")]
    changed = {n: datetime.fromtimestamp(int((tmp_path / f"{n}.xml").stat().st_mtime), UTC).replace(tzinfo=None) for n in (1, 2)}
    assert {row["n"]: datetime.fromisoformat(row["at"]).replace(microsecond=0) for row in found} == changed


def test_a_file_that_is_cut_off_gives_an_error_record(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.xml", "<l>\n<r>\n<n>1</n>\n</r>\n<r>\n<n>2</n>\n"), {"rowTag": "r"})
    assert (records(frame), frame.errorsCount()) == ([{"n": 1}], 1)


def test_with_schema(glue: Any, write: Any) -> None:
    wanted = schema_of(("n", gt.IntegerType()), ("_id", gt.StringType()), ("c", gt.ChoiceType([gt.IntegerType(), gt.StringType()])))
    text = '<l><r id="01"><n>1</n><c>5</c></r><r id="02"><n>x</n><c>y</c></r></l>'
    frame = read(glue, write("a.xml", text), {"rowTag": "r", "withSchema": wanted})
    assert records(frame) == [{"n": 1, "_id": "01", "c": 5}, {"n": "x", "_id": "02", "c": "y"}]
    assert hive_type(frame.schema()).startswith("struct<n:struct<int:int,string:string>,_id:string,c:struct<int:int,string:string>")


def test_what_is_no_xml_is_an_error_record(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.xml", "<l><r><n>1</n></r><r><n>2</m></r><r><n>3</n></r></l>"), {"rowTag": "r"})
    assert (records(frame), frame.errorsCount()) == ([{"n": 1}, {"n": 3}], 1)
    assert records(frame.errorsAsDynamicFrame())[0]["error"]["dynamicRecord"] == "<r><n>2</m></r>"


def test_empty_values_are_nulls_on_demand(glue: Any, write: Any) -> None:
    path = write("a.xml", "<l><r><n>1</n><s></s></r><r><n>2</n><s>x</s></r></l>")
    assert [row["s"] for row in records(read(glue, path, {"rowTag": "r", "treatEmptyValuesAsNulls": True}))] == [None, "x"]


@pytest.fixture
def table(aws: Any, unique: str, tmp_path: Path) -> Callable[..., Path]:
    """Makes a table `t` of a database of the test's own over a folder; answers the folder."""

    def make(columns: dict[str, str], *months: str) -> Path:
        catalog, folder = aws.client("glue"), tmp_path / "t"
        storage = {"Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()], "Location": f"file://{folder}/"}
        catalog.create_database(DatabaseInput={"Name": unique})
        keys = [{"Name": "month", "Type": "string"}] if months else []
        given = {"Name": "t", "StorageDescriptor": storage, "PartitionKeys": keys, "Parameters": {"classification": "xml", "rowTag": "r"}}
        catalog.create_table(DatabaseName=unique, TableInput=given)
        for month in months or ("",):
            (folder / month).mkdir(parents=True)
        for month in months:
            place = {**storage, "Location": f"file://{folder}/{month}/"}
            catalog.create_partition(DatabaseName=unique, TableName="t", PartitionInput={"Values": [month], "StorageDescriptor": place})
        return folder

    return make


def test_a_table_of_the_catalog(glue: Any, table: Any, unique: str) -> None:
    folder = table({"n": "int", "s": "struct<x:string>"})
    (folder / "a.xml").write_text("<l><r><n>1</n><s><x>a</x></s></r><r><n>x</n></r><r><n>2</m></r></l>")
    frame = glue.create_dynamic_frame.from_catalog(unique, "t")
    assert in_order(records(frame), "n") == [{"n": 1, "s": {"x": "a"}}, {"n": "x", "s": None}]
    assert frame.errorsCount() == 1


def test_partitions_of_a_table(glue: Any, table: Any, unique: str) -> None:
    folder = table({"n": "int"}, "2024-01", "2024-02")
    for n, month in enumerate(("2024-01", "2024-02")):
        (folder / month / "a.xml").write_text(f"<l><r><n>{n}</n></r></l>")
    every = records(glue.create_dynamic_frame.from_catalog(unique, "t"))
    assert in_order(every, "n") == [{"n": 0, "month": "2024-01"}, {"n": 1, "month": "2024-02"}]
    some = records(glue.create_dynamic_frame.from_catalog(unique, "t", push_down_predicate="month > '2024-01'"))
    assert some == [{"n": 1, "month": "2024-02"}]


# --- written ---------------------------------------------------------------------------------------------------------


def test_it_is_written(glue: Any, write: Any, tmp_path: Path) -> None:
    frame = read_json(glue, write("a.json", '{"n": 1, "s": {"x": "a"}}\n{"n": 2, "s": null}\n'))
    frame.coalesce(1).write("s3", {"path": str(tmp_path / "o")}, "xml", {"rowTag": "r", "rootTag": "l"})
    text = re.sub(r"\s+", "", next((tmp_path / "o").glob("run-*.xml")).read_text())
    assert "<l><r><n>1</n><s><x>a</x></s></r><r><n>2</n></r></l>" in text


def test_it_is_written_into_partitions_and_read_back(glue: Any, write: Any, tmp_path: Path) -> None:
    lines = [f'{{"n": {n}, "k": "{key}", "t": ["a", "b"]}}' for n, key in enumerate(("a b", "c/d", "a b"))]
    frame = read_json(glue, write("a.json", "\n".join(lines)))
    options = {"path": str(tmp_path / "o"), "partitionKeys": ["k"], "compression": "gzip"}
    for _ in range(2):
        frame.write("s3", options, "xml", {"rowTag": "r", "rootTag": "l"})
    files = [path.relative_to(tmp_path / "o") for path in (tmp_path / "o").rglob("*") if path.is_file() and path.suffix != ".crc"]
    assert {str(path.parent) for path in files} == {"k=a b", "k=c%2Fd"}
    assert all(re.match(r"run-\d+.*\.xml\.gz$", path.name) for path in files), files
    back = records(read(glue, tmp_path / "o", {"rowTag": "r"}, recurse=True))
    assert sorted((row["n"], *row["t"]) for row in back) == sorted([(n, "a", "b") for n in range(3)] * 2)


def read_json(glue: Any, path: str) -> Any:
    return glue.create_dynamic_frame.from_options("s3", {"paths": [path]}, "json")
