"""The inspector on real files: each format and compression, whole, broken and cut off."""

import bz2
import gzip
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import cramjam
import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc, parquet

from wheatpaste.services.glue.crawl.inspector import inspect
from wheatpaste.services.glue.crawl.types import render

CSV = b"id,name,price\n" + b"".join(b"%d,item %d,%d.5\n" % (i, i, i) for i in range(100))
SCHEMA = {"id": "bigint", "name": "string", "price": "double"}


def look(data, key="f", classifiers=()):
    return inspect(key, [[data, 0, len(data)]], list(classifiers))


def finding(data, key="f", classifiers=()):
    return look(data, key, classifiers)["finding"]


def schema(found):
    return {name: render(kind) for name, kind in found["columns"]}


def zipped(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, CSV)
    return out.getvalue()


def hadoop_snappy(data):
    packed = bytes(cramjam.snappy.compress_raw(data))
    return len(data).to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed


def arrow_compressed(codec):
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, codec) as stream:
        stream.write(CSV)
    return out.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("compression", "data", "key"),
    [
        ("none", CSV, "f.csv"),
        ("gzip", gzip.compress(CSV), "f.csv.gz"),
        ("bzip2", bz2.compress(CSV), "f.csv.bz2"),
        ("zip", zipped("f.csv"), "f.zip"),
        ("snappy", bytes(cramjam.snappy.compress(CSV)), "f.sz"),
        ("snappy", hadoop_snappy(CSV), "f.csv.snappy"),
        ("zstd", arrow_compressed("zstd"), "f.csv.zst"),
        ("lz4", arrow_compressed("lz4"), "f.csv.lz4"),
    ],
)
def test_compressions(compression, data, key):
    found = finding(data, key)
    assert found["compression"] == compression
    assert schema(found) == SCHEMA
    assert found["records"] == 100


@pytest.mark.parametrize(
    ("data", "key", "why"),
    [
        (gzip.compress(CSV)[:40] + b"broken" * 50, "f.gz", "gzip data cannot be decompressed"),
        (bz2.compress(CSV)[:20] + b"broken" * 50, "f.bz2", "bzip2 data cannot be decompressed"),
        (zipped("a", "b"), "f.zip", "archive of 2 files"),
        (b"PAR1" + b"\0" * 100, "f.parquet", "Parquet footer"),
        (b"ORC" + b"\0" * 100, "f.orc", "ORC footer"),
        (b"Obj\x01" + b"\0" * 10, "f.avro", "Avro file"),
        (b"\0" * 50, "f.snappy", "snappy"),
    ],
)
def test_broken_files_say_why(data, key, why):
    answer = look(data, key)
    assert why in answer.get("unreadable", str(answer))


def test_a_long_text_is_judged_by_its_first_megabyte():
    data = b"a,b\n" + b"".join(b"%06d,%06d\n" % (i, i * 7919 % 1_000_000) for i in range(200_000))
    assert finding(data)["records"] == pytest.approx(200_000, rel=0.01)
    assert finding(gzip.compress(data, 1))["records"] == pytest.approx(200_000, rel=0.2)


TABLE = pa.table(
    {
        "Id": pa.array([1, 2], pa.int64()),
        "small": pa.array([1, 2], pa.int16()),
        "ratio": pa.array([1.5, 2.5], pa.float32()),
        "flag": [True, False],
        "day": [date(2013, 1, 1)] * 2,
        "at": pa.array([datetime(2013, 1, 1)] * 2, pa.timestamp("us")),
        "amount": pa.array([Decimal("1.25")] * 2, pa.decimal128(10, 2)),
        "tags": [["a"], []],
        "in": [{"x": 1, "y": "z"}] * 2,
        "raw": [b"\0", b"\1"],
    }
)
COLUMNS = {
    "id": "bigint", "small": "smallint", "ratio": "float", "flag": "boolean", "day": "date", "at": "timestamp", "amount": "decimal(10,2)",
    "tags": "array<string>", "in": "struct<x:bigint,y:string>", "raw": "binary",
}  # fmt: skip


def test_parquet_has_exact_types_and_counts():
    out = io.BytesIO()
    maps = pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int32()))
    parquet.write_table(TABLE.append_column("props", maps), out, compression="snappy")
    found = finding(out.getvalue(), "part.snappy.parquet")
    assert schema(found) == {**COLUMNS, "props": "map<string,int>"}
    assert (found["classification"], found["compression"], found["records"]) == ("parquet", "none", 2)


def test_orc_has_exact_types_and_counts():
    out = io.BytesIO()
    orc.write_table(TABLE, out, compression="zlib")
    found = finding(out.getvalue())
    assert schema(found) == COLUMNS
    assert (found["classification"], found["records"]) == ("orc", 2)


def test_avro_has_the_writers_schema():
    fields = [
        {"name": "Id", "type": "long"},
        {"name": "note", "type": ["null", "string"]},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
        {"name": "in", "type": {"type": "record", "name": "In", "fields": [{"name": "x", "type": "int"}]}},
        {"name": "again", "type": ["null", "In"]},
        {"name": "list", "type": {"type": "array", "items": "double"}},
        {"name": "map", "type": {"type": "map", "values": "boolean"}},
    ]
    schema_of = {"type": "record", "name": "R", "namespace": "n", "fields": fields}
    record = {
        "Id": 1, "note": None, "day": date(2013, 1, 1), "amount": Decimal("1.25"), "kind": "A", "in": {"x": 1}, "again": {"x": 2},
        "list": [1.0], "map": {"k": True},
    }  # fmt: skip
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema(schema_of), [record] * 3)
    found = finding(out.getvalue())
    assert schema(found) == {
        "id": "bigint", "note": "string", "day": "date", "amount": "decimal(10,2)", "kind": "string", "in": "struct<x:int>",
        "again": "struct<x:int>", "list": "array<double>", "map": "map<string,boolean>",
    }  # fmt: skip
    literal = json.loads(found["serde"]["avro.schema.literal"])
    assert [field["name"] for field in literal["fields"]] == [field["name"] for field in fields]


def test_custom_classifiers_come_first_in_their_order():
    json_lines = b'{"rows": [{"a": 1}, {"a": 2}]}\n'
    paths = [{"JsonClassifier": {"Name": "n", "JsonPath": path}} for path in ("$.nothing", "$.rows[*]")]
    assert schema(finding(json_lines, classifiers=paths)) == {"a": "int"}
    assert schema(finding(json_lines)) == {"rows": "array<struct<a:int>>"}
    grok = {"GrokClassifier": {"Name": "g", "Classification": "mine", "GrokPattern": "%{INT:id:int},%{GREEDYDATA:rest}"}}
    assert finding(CSV, classifiers=[grok])["classification"] == "mine"


def test_what_nothing_recognizes_is_unknown():
    assert finding(b"\x89PNG\r\n\x1a\n\0\0\0")["classification"] == "UNKNOWN"
    assert finding(b"just a sentence\n")["classification"] == "UNKNOWN"


def test_files_in_pieces_are_read_as_one():
    pieces = [[CSV[:100], 0, 100], [CSV, 100, len(CSV) - 100]]
    assert inspect("f", pieces, [])["finding"]["records"] == 100
