"""Files by path: what the readers make of them and what the sinks leave behind."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import read, records

from awsglue._frame.types import hive_type
from awsglue.dynamicframe import DynamicFrame


def test_a_partition_key_of_every_column_says_so(glue: Any, write: Any, tmp_path: Path) -> None:
    frame = read(glue, write("a.json", '{"n":1,"m":2}'), "json")
    with pytest.raises(ValueError, match=r"partitionKeys names every column \(m, n\)"):
        glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "out"), "partitionKeys": ["m", "n"]}, "json")


def test_a_join_with_a_source_without_data_is_empty(glue: Any, write: Any, tmp_path: Path) -> None:
    frame, nothing = read(glue, write("a.json", '{"n":1,"m":2}'), "json"), read(glue, str(tmp_path / "nothing"), "json")
    for joined in (frame.join(["n"], ["id"], nothing), nothing.join(["id"], ["n"], frame)):
        assert (joined.count(), sorted(joined.toDF().columns)) == (0, ["m", "n"])
    with pytest.raises(ValueError, match="no field 'id'"):
        frame.join(["id"], ["n"], frame)


JSON: list[tuple[str, str, dict[str, Any], str, list[dict[str, Any]]]] = [
    ("whole numbers", '{"a":1}\n{"a":2}\n', {}, "struct<a:int>", [{"a": 1}, {"a": 2}]),
    ("large ones", '{"a":3000000000}\n', {}, "struct<a:bigint>", [{"a": 3000000000}]),
    ("both", '{"a":1}\n{"a":3000000000}\n', {}, "struct<a:struct<int:int,long:bigint>>", [{"a": 1}, {"a": 3000000000}]),
    (
        "beyond 64 bits",
        '{"a":12345678901234567890}\n{"a":1.0}\n',
        {},
        "struct<a:struct<decimal:decimal(38,0),double:double>>",
        [{"a": 12345678901234567890}, {"a": 1.0}],
    ),
    ("fractions", '{"a":1.5}\n{"a":2e3}\n', {}, "struct<a:double>", [{"a": 1.5}, {"a": 2000.0}]),
    ("fractions by how they are written", '{"a":1.0}\n{"a": -1e0 }\n', {}, "struct<a:double>", [{"a": 1.0}, {"a": -1.0}]),
    (
        "numbers of all kinds",
        '{"a":-5}\n{"a":2147483648}\n{"a":9223372036854775808}\n{"a":0.1}\n{"a":""}\n',
        {},
        "struct<a:struct<int:int,long:bigint,decimal:decimal(38,0),double:double>>",
        [{"a": -5}, {"a": 2147483648}, {"a": 9223372036854775808}, {"a": 0.1}, {"a": None}],
    ),
    ("beyond 38 digits", '{"a":%s}\n' % ("1" * 40), {}, "struct<a:double>", [{"a": float("1" * 40)}]),
    (
        "numbers in a document",
        '[{"a":1.50},{"a":2}]',
        {"multiline": True},
        "struct<a:struct<int:int,double:double>>",
        [{"a": 1.5}, {"a": 2}],
    ),
    ("numbers inside", '{"o":{"l":[1.5,2]}}\n', {}, "struct<o:struct<l:array<struct<int:int,double:double>>>>", [{"o": {"l": [1.5, 2]}}]),
    ("numbers in quotes are text", '{"a":"1"}\n', {}, "struct<a:string>", [{"a": "1"}]),
    ("text and numbers", '{"a":"1"}\n{"a":1}\n', {}, "struct<a:struct<int:int,string:string>>", [{"a": "1"}, {"a": 1}]),
    ("truth", '{"a":true}\n{"a":null}\n', {}, "struct<a:boolean>", [{"a": True}, {"a": None}]),
    ("truth and text", '{"a":true}\n{"a":"x"}\n', {}, "struct<a:struct<boolean:boolean,string:string>>", [{"a": True}, {"a": "x"}]),
    ("never a value", '{"a":null,"b":1}\n', {}, "struct<a:string,b:int>", [{"a": None, "b": 1}]),
    ("arrays", '{"a":[1,"x",null]}\n', {}, "struct<a:array<struct<int:int,string:string>>>", [{"a": [1, "x", None]}]),
    ("a document", '[{"a":\n1},\n{"a":2}]', {"multiline": True}, "struct<a:int>", [{"a": 1}, {"a": 2}]),
    ("lines, and multiline", '{"a":1}\n{"a":2}\n', {"multiline": True}, "struct<a:int>", [{"a": 1}, {"a": 2}]),
    (
        "documents",
        '{"a":\n1}\r\n\n{\n"a":"}\\n{"}',
        {"multiline": True},
        "struct<a:struct<int:int,string:string>>",
        [{"a": 1}, {"a": "}\n{"}],
    ),
    ("the other spelling", '[{"a":\n1}]', {"multiLine": "true"}, "struct<a:int>", [{"a": 1}]),
]


@pytest.mark.parametrize(("text", "options", "kind", "wanted"), [case[1:] for case in JSON], ids=[case[0] for case in JSON])
def test_json(glue: Any, write: Any, text: str, options: dict[str, Any], kind: str, wanted: list[dict[str, Any]]) -> None:
    frame = read(glue, write("a.json", text), "json", options)
    assert hive_type(frame.schema()) == kind
    assert records(frame) == wanted


def test_numbers_that_are_none(glue: Any, write: Any) -> None:
    for text, options in (('{"a":NaN}\n{"a":-Infinity}\n', {}), ('[{"a":NaN},{"a":-Infinity}]', {"multiline": True})):
        rows = read(glue, write("a.json", text), "json", options).toDF().collect()
        assert [str(row.a) for row in rows] == ["nan", "-inf"]


def test_a_mapping_makes_nothing_that_it_does_not_take(glue: Any, write: Any) -> None:
    """Whoever maps a source first pays for the types that the mapping names, not for every type that may occur."""
    frame = read(glue, write("a.json", '{"s":"x","n":1.5,"o":{"b":2.5}}\n'), "json")
    df = frame.apply_mapping([("s", "string", "s", "string"), ("n", "double", "n", "double")]).toDF()
    assert [tuple(row) for row in df.collect()] == [("x", 1.5)]
    assert "struct(int" not in df._jdf.queryExecution().optimizedPlan().toString()
    inside = frame.apply_mapping([("o.b", "double", "b", "double"), ("n", "double", "n", "string")]).toDF()
    assert [tuple(row) for row in inside.collect()] == [(2.5, "1.5")]


def test_a_field_of_nulls_has_the_null_type(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", '{"a":null,"b":1}\n'), "json")
    assert frame.schema().getField("a").dataType.typeName() == "null"


def test_bad_lines_are_error_records(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", '{"a":1}\nnonsense\n{"a":2}\n'), "json")
    assert (frame.count(), frame.errorsCount()) == (2, 1)
    assert records(frame.errorsAsDynamicFrame())[0]["error"]["dynamicRecord"] == "nonsense"
    assert records(frame) == [{"a": 1}, {"a": 2}]


def test_fail_fast_fails(glue: Any, write: Any) -> None:
    with pytest.raises(Exception, match=r"(?i)malformed|fail"):
        records(read(glue, write("a.json", '{"a":1}\nnonsense\n'), "json", isFailFast=True))


def test_xml(glue: Any, write: Any) -> None:
    text = '<all><row id="1"><name>Ann</name></row><row id="2"><name>Bob</name></row></all>'
    frame = read(glue, write("a.xml", text), "xml", {"rowTag": "row"})
    assert records(frame) == [{"_id": 1, "name": "Ann"}, {"_id": 2, "name": "Bob"}]
    with pytest.raises(ValueError, match="rowTag"):
        read(glue, write("a.xml", text), "xml")


TREE = {
    "top.json": '{"n":1}',
    "sub/deep.json": '{"n":2}',
    "k=v/part.json": '{"n":3}',
    "sub/skip.tmp.json": '{"n":4}',
    "_hidden/x.json": '{"n":5}',
}
FOUND: list[tuple[str, dict[str, Any], list[int]]] = [
    ("only what is directly there", {}, [1]),
    ("recurse", {"recurse": True}, [1, 2, 3, 4]),
    ("recurse as text", {"recurse": "True"}, [1, 2, 3, 4]),
    ("exclusions", {"recurse": True, "exclusions": '["**.tmp.json"]'}, [1, 2, 3]),
    ("a folder excluded", {"recurse": True, "exclusions": '["sub/**"]'}, [1, 3]),
    ("grouping loses nothing", {"recurse": True, "groupFiles": "inPartition", "groupSize": "1048576"}, [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("options", "wanted"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_which_files(glue: Any, write: Any, options: dict[str, Any], wanted: list[int]) -> None:
    for name, text in TREE.items():
        root = write(name, text)
    frame = read(glue, root, "json", **options)
    assert sorted(r["n"] for r in records(frame)) == wanted
    assert [field.name for field in frame.schema()] == ["n"]


def test_one_path_may_be_a_string_and_a_file(glue: Any, write: Any) -> None:
    root = write("a.json", '{"n":1}')
    assert records(glue.create_dynamic_frame_from_options("s3", {"paths": f"{root}/a.json"}, format="json")) == [{"n": 1}]


def test_nothing_to_read_is_an_empty_frame(glue: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for format in ("json", "csv", "parquet"):
        frame = read(glue, str(tmp_path / "nothing"), format)
        assert (frame.count(), list(frame.schema())) == (0, [])
    assert "nothing" in caplog.text


@pytest.mark.parametrize("format", ["json", "csv", "parquet", "orc"])
def test_a_frame_of_nothing_writes_nothing(glue: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, format: str) -> None:
    """Every run of a job with bookmarks that finds nothing new does this."""
    out = str(tmp_path / "out")
    glue.write_dynamic_frame.from_options(
        read(glue, str(tmp_path / "nothing"), "json"), "s3", {"path": out, "partitionKeys": ["k"]}, format
    )
    assert not Path(out).exists() and f"nothing is written to {out}" in caplog.text


def test_records_without_fields_are_no_nothing(glue: Any, write: Any, tmp_path: Path) -> None:
    frame = read(glue, write("a.json", '{"n":1}'), "json").select_fields(["m"])
    with pytest.raises(ValueError, match="have no fields"):
        glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "out")}, "json")


def test_the_file_name_can_be_a_column(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", '{"n":1}'), "json", {"attachFilename": "from"})
    assert records(frame)[0]["from"].endswith("in/a.json")


def test_parquet_finds_partitions_in_folder_names(glue: Any, spark: Any, tmp_path: Path) -> None:
    spark.range(4).selectExpr("id", "id % 2 as k").write.partitionBy("k").parquet(str(tmp_path / "p"))
    frame = read(glue, str(tmp_path / "p"), "parquet", recurse="True")
    assert sorted((r["id"], r["k"]) for r in records(frame)) == [(0, 0), (1, 1), (2, 0), (3, 1)]


def test_parquet_in_other_folders_needs_recurse(glue: Any, spark: Any, tmp_path: Path) -> None:
    spark.range(2).write.parquet(str(tmp_path / "p" / "sub" / "deep"))
    assert read(glue, str(tmp_path / "p"), "parquet", recurse=True).count() == 2
    with pytest.raises(ValueError, match=f"no parquet file .*{tmp_path}/p.*recurse"):
        read(glue, str(tmp_path / "p"), "parquet")


REFUSED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("hyper", "hyper", {}, {}),
    ("lzo", "csv", {}, {"compressionType": "lzo"}),
    ("gz", "json", {}, {"compressionType": "gzip"}),
]


@pytest.mark.parametrize(("name", "format", "format_options", "options"), REFUSED, ids=[case[0] for case in REFUSED])
def test_refused_by_name(glue: Any, write: Any, name: str, format: str, format_options: dict[str, Any], options: dict[str, Any]) -> None:
    with pytest.raises(NotImplementedError, match=f"(?i){name}"):
        read(glue, write("a.json", '{"n":1}'), format, format_options, **options)


@pytest.mark.parametrize("format", ["jsonn", "iceberg", "hudi", "delta"])
def test_a_format_is_looked_at_before_the_files(glue: Any, write: Any, format: str) -> None:
    """A table of a lake format has no file directly in its folder."""
    folder = write("data/a.parquet", "PAR1")
    with pytest.raises(NotImplementedError, match=f"format {format}.*(built|--datalake-formats {format})"):
        read(glue, folder, format)
    with pytest.raises(NotImplementedError, match=f"format {format}"):
        glue.create_data_frame.from_options(connection_type="s3", connection_options={"paths": [folder]}, format=format)


@pytest.mark.parametrize("kind", ["dynamodb", "mongodb", "snowflake", "bigquery", "opensearch", "kinesis", "marketplace.spark"])
def test_connection_types_that_are_not_built_are_refused_by_name(glue: Any, spark: Any, kind: str) -> None:
    with pytest.raises(NotImplementedError, match=kind):
        glue.create_dynamic_frame.from_options(kind, {})
    with pytest.raises(NotImplementedError, match=kind):
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(spark.range(1), glue), kind, {})


# --- sinks -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def typed(glue: Any, spark: Any) -> DynamicFrame:
    df = spark.sql(
        "select 1 i, 2L l, 1.5d d, 'a \"b\", c' s, true b, date'2020-02-29' day, timestamp'2020-02-29 01:02:03.004' at, "
        "cast(1.10 as decimal(5,2)) price, "
        "named_struct('x', 1) st, array('p') ar, '' empty, cast(null as string) nothing"
    )
    return DynamicFrame.fromDF(df, glue, "typed")


def written(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))


@pytest.mark.parametrize("format", ["parquet", "glueparquet", "orc", "json"])
def test_what_is_written_is_read_again(glue: Any, typed: DynamicFrame, tmp_path: Path, format: str) -> None:
    glue.write_dynamic_frame.from_options(
        frame=typed, connection_type="s3", connection_options={"path": str(tmp_path / "o")}, format=format
    )
    files = written(tmp_path / "o")
    assert files and all(file.name.startswith("run-") and "-part-r-" in file.name for file in files)
    back = records(read(glue, str(tmp_path / "o"), format.removeprefix("glue")))[0]
    wanted = records(typed)[0]
    if format == "json":  # as JSON types it
        wanted.pop("nothing")
        wanted["at"] = "2020-02-29 01:02:03.004000"
    assert {key: back[key] for key in wanted} == wanted


def test_csv_text(glue: Any, typed: DynamicFrame, tmp_path: Path) -> None:
    glue.write_dynamic_frame.from_options(typed, "s3", {"path": str(tmp_path / "o")}, "csv")
    assert written(tmp_path / "o")[0].read_text() == (
        "i,l,d,s,b,day,at,price,st,ar,empty,nothing\n"
        '1,2,1.5,"a ""b"", c",true,2020-02-29,2020-02-29 01:02:03.004000,1.10,"{""x"":1}","[""p""]","",\n'
    )


def test_csv_options(glue: Any, typed: DynamicFrame, tmp_path: Path) -> None:
    options = {"separator": "|", "writeHeader": "false", "quoteChar": -1}
    glue.write_dynamic_frame.from_options(typed.select_fields(["s", "i"]), "s3", {"path": str(tmp_path / "o")}, "csv", options)
    assert written(tmp_path / "o")[0].read_text() == 'a "b", c|1\n'


def test_compression_partitions_and_appending(glue: Any, spark: Any, tmp_path: Path) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([("a b", 1), ("c", 2)], "k string, n int"), glue)
    options = {"path": str(tmp_path / "o"), "partitionKeys": ["k"], "compression": "gzip"}
    for _ in range(2):
        glue.write_dynamic_frame.from_options(frame, "s3", options, "json")
    files = written(tmp_path / "o")
    assert len(files) == 4
    assert {file.parent.name for file in files} == {"k=a b", "k=c"}
    assert all(file.name.endswith(".json.gz") for file in files)
    assert records(read(glue, str(tmp_path / "o/k=c"), "json")) == [{"n": 2}, {"n": 2}]


def test_an_unresolved_choice_is_its_value_in_json_and_csv(glue: Any, write: Any, tmp_path: Path) -> None:
    frame = read(glue, write("a.json", '{"a":1}\n{"a":"x"}\n'), "json")
    for format, wanted in (("json", '{"a":1}\n{"a":"x"}\n'), ("csv", "a\n1\nx\n")):
        glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / format)}, format)
        assert written(tmp_path / format)[0].read_text() == wanted


def test_choices_within_lists_and_objects_are_written_as_they_were_read(glue: Any, write: Any, tmp_path: Path) -> None:
    rows = [
        {"k": "x", "v": 1, "l": [1, 'a"b', None], "o": {"p": 2.5, "q": [{"r": 1}]}, "t": "é\n"},
        {"k": "y z", "v": "1", "l": [2], "o": {"p": "p", "q": [{"r": "s"}, {"r": None}]}},
        {"k": "x", "v": True, "l": [], "o": None},
    ]
    frame = read(glue, write("a.json", "\n".join(map(json.dumps, rows))), "json")
    sink = {"path": str(tmp_path / "o"), "partitionKeys": ["k"], "compression": "gzip"}
    glue.write_dynamic_frame.from_options(frame, "s3", sink, "json")
    files = [path for path in (tmp_path / "o").rglob("run-*") if path.suffix != ".crc"]
    assert {path.parent.name for path in files} == {"k=x", "k=y z"}
    assert all(path.name.endswith(".json.gz") for path in files), files
    found = [(path.parent.name[2:], json.loads(line)) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()]
    wanted = [(row.pop("k"), row) for row in rows]
    wanted[1][1]["o"]["q"][1] = {}  # a null of an object is left out
    del wanted[2][1]["o"]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_sinks_answer_the_error_records(glue: Any, write: Any, tmp_path: Path) -> None:
    frame = read(glue, write("a.json", '{"a":1}\nnonsense\n'), "json")
    errors = frame.write("s3", {"path": str(tmp_path / "o")}, "json")
    assert (errors.count(), errors.name.endswith("_errors")) == (1, True)


def test_a_collection_is_written_into_folders(glue: Any, typed: DynamicFrame, tmp_path: Path) -> None:
    parts = typed.split_fields(["i"], "one", "rest")
    glue.write_dynamic_frame_from_options(parts, "s3", {"path": str(tmp_path / "o")}, "json")
    assert {file.parent.name for file in written(tmp_path / "o")} == {"one", "rest"}


def test_sinks_refuse_what_they_cannot(glue: Any, typed: DynamicFrame, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="path"):
        glue.write_dynamic_frame.from_options(typed, "s3", {}, "json")
    with pytest.raises(ValueError, match="nope"):
        glue.write_dynamic_frame.from_options(typed, "s3", {"path": str(tmp_path / "o"), "partitionKeys": ["nope"]}, "json")
    with pytest.raises(NotImplementedError, match="hyper"):
        glue.write_dynamic_frame.from_options(typed, "s3", {"path": str(tmp_path / "o")}, "hyper")
    with pytest.raises(TypeError, match="DataFrame"):
        glue.write_dynamic_frame.from_options(typed.toDF(), "s3", {"path": str(tmp_path / "o")}, "json")
    with pytest.raises(ValueError, match="setCatalogInfo"):
        glue.write_dynamic_frame.from_options(typed, "s3", {"path": str(tmp_path / "o"), "enableUpdateCatalog": True}, "json")
    assert not (tmp_path / "o").exists()
