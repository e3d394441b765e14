"""Files of every format as a table's typed columns, read through the code that the worker runs."""

import bz2
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cramjam
import duckdb
import fastavro
import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from wheatpaste.engines.duckdb import settings
from wheatpaste.engines.duckdb.failures import LakeError, explained
from wheatpaste.engines.duckdb.lake_tables import LakeTable, register

Read = Callable[..., list[tuple[Any, ...]]]
BIGINT, VARCHAR, DOUBLE, DATE, BOOLEAN = ({"name": name} for name in ("bigint", "varchar", "double", "date", "boolean"))
INTEGER, TIMESTAMP, DECIMAL = {"name": "integer"}, {"name": "timestamp", "args": [3]}, {"name": "decimal", "args": [6, 2]}


def rows(
    format_: str,
    files: Sequence[Path],
    columns: dict[str, Any],
    *,
    parameters: dict[str, str] | None = None,
    keys: dict[str, Any] | None = None,
    values: Sequence[Sequence[str | None]] = (),
    select: str = "*",
    suffix: str = "",
    path: bool = False,
) -> list[tuple[Any, ...]]:
    """The rows of a table over ``files``."""
    listed = [(str(file), f"s3://b/{file.name}{suffix}", list(values[n]) if values else []) for n, file in enumerate(files)]
    table = LakeTable.read(
        {
            "relation": "t",
            "columns": list(columns.items()),
            "keys": list((keys or {}).items()),
            "groups": [{"format": format_, "parameters": parameters or {}, "files": listed}],
            "used": list(columns),
            "path": path,
        }
    )
    connection = duckdb.connect(config=settings.START)
    for statement in settings.shut(map(str, files)):
        connection.execute(statement)
    try:
        register(connection, table)
        return connection.execute(f"SELECT {select} FROM t").fetchall()
    except duckdb.Error as error:
        raise explained(error) from error


def made(folder: Path, data: bytes, name: str = "file") -> Path:
    target = folder / name
    target.write_bytes(data)
    return target


def test_lazy_simple_has_hives_own_idea_of_a_cell(tmp_path: Path) -> None:
    data = b'1,a,1.5,2024-03-05,true\nx,"q,7.,2024-13-01,yes\n\n2.9,\\N\r\n3,e,NaN,2024-1-2,FALSE,extra\n4'
    columns = {"i": BIGINT, "s": VARCHAR, "d": DOUBLE, "day": DATE, "b": BOOLEAN}
    found = rows(
        "text", [made(tmp_path, data)], columns, parameters={"field.delim": ","}, select="i, s, CAST(d AS VARCHAR), CAST(day AS VARCHAR), b"
    )
    assert found == [
        (1, "a", "1.5", "2024-03-05", True),
        (None, '"q', "7.0", None, None),
        (None, None, None, None, None),
        (2, None, None, None, None),
        (3, "e", "nan", "2024-01-02", False),
        (4, None, None, None, None),
    ]


def test_lazy_simple_defaults_collections_and_headers(tmp_path: Path) -> None:
    data = b"header\n1\x01a\x02b\x01k\x03v\x02w\x03\\N\x015\x02x\n2\x01\x01\x01\n"
    columns = {
        "i": INTEGER,
        "a": {"name": "array", "items": [VARCHAR]},
        "m": {"name": "map", "items": [VARCHAR, VARCHAR]},
        "r": {"name": "row", "items": [INTEGER, VARCHAR], "members": ["n", "s"]},
    }
    found = rows("text", [made(tmp_path, data)], columns, parameters={"skip.header.line.count": "1"})
    assert found[0] == (1, ["a", "b"], {"k": "v", "w": None}, {"n": 5, "s": "x"})
    assert found[1][:3] == (2, [], {})


def test_escaped_delimiters(tmp_path: Path) -> None:
    found = rows(
        "text",
        [made(tmp_path, b"a\\,b,c\\\\,d\n")],
        {"x": VARCHAR, "y": VARCHAR, "z": VARCHAR},
        parameters={"field.delim": ",", "escape.delim": "\\"},
    )
    assert found == [("a,b", "c\\", "d")]


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", lambda data: bytes(cramjam.zstd.compress(data))),
        (".snappy", lambda data: len(data).to_bytes(4, "big") + _chunk(data)),
    ],
)
def test_compression_goes_by_the_name(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    data = "".join(f"{n}\tä{n}\n" for n in range(30000)).encode()
    found = rows(
        "text",
        [made(tmp_path, pack(data))],
        {"n": BIGINT, "s": VARCHAR},
        parameters={"field.delim": "\t"},
        suffix=suffix,
        select="count(*), sum(n), max(s)",
    )
    assert found == [(30000, 449985000, "ä9999")]


def _chunk(data: bytes) -> bytes:
    packed = bytes(cramjam.snappy.compress_raw(data))
    return len(packed).to_bytes(4, "big") + packed


def test_open_csv_quotes_and_types(tmp_path: Path) -> None:
    data = b'"a, ""x""",1,19787,1709618828000\nplain,"2","19788","2024-03-05 06:07:08.120"\n"back\\\\slash \\" quote",3,0,0\n'
    found = rows(
        "csv",
        [made(tmp_path, data)],
        {"s": VARCHAR, "n": BIGINT, "d": DATE, "t": TIMESTAMP},
        select="s, n, CAST(d AS VARCHAR), CAST(t AS VARCHAR)",
    )
    assert found == [
        ('a, "x"', 1, "2024-03-05", "2024-03-05 06:07:08"),
        ("plain", 2, "2024-03-06", "2024-03-05 06:07:08.12"),
        ('back\\slash " quote', 3, "1970-01-01", "1970-01-01 00:00:00"),
    ]


def test_open_csv_bad_cells_are_errors(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"HIVE_BAD_DATA: Error parsing field value 'x' for field 1"):
        rows("csv", [made(tmp_path, b"a,x\n")], {"s": VARCHAR, "n": BIGINT})
    with pytest.raises(LakeError, match=r"NOT_SUPPORTED: wheatpaste refuses a line of this CSV file"):
        rows("csv", [made(tmp_path, b'a"b,1\n')], {"s": VARCHAR, "n": BIGINT})


def test_json_names_in_any_case_and_nested(tmp_path: Path) -> None:
    data = b'{"ID":1,"Tags":["a",null],"Who":{"Name":"x","age":"7"},"p":1.50}\n\n{"id":2,"who":null}\n'
    columns = {
        "id": BIGINT,
        "tags": {"name": "array", "items": [VARCHAR]},
        "who": {"name": "row", "items": [VARCHAR, INTEGER], "members": ["name", "age"]},
        "p": DECIMAL,
    }
    found = rows("json", [made(tmp_path, data)], columns, select="id, tags, who, CAST(p AS VARCHAR)")
    assert found == [(1, ["a", None], {"name": "x", "age": 7}, "1.50"), (2, None, None, None)]


def test_malformed_json_is_an_error_or_a_row_of_nulls(tmp_path: Path) -> None:
    file = made(tmp_path, b'{"id":1}\n{"id":\n')
    with pytest.raises(LakeError, match=r"^HIVE_CURSOR_ERROR: Row is not a valid JSON Object"):
        rows("json", [file], {"id": BIGINT})
    assert rows("json", [file], {"id": BIGINT}, parameters={"ignore.malformed.json": "true"}) == [(1,), (None,)]
    with pytest.raises(LakeError, match=r"^HIVE_BAD_DATA"):
        rows("json", [made(tmp_path, b'{"id":"x"}\n', "bad")], {"id": BIGINT})


def test_orc_and_avro(tmp_path: Path) -> None:
    table = pa.table({"ID": [1, None], "m": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())), "s": ["a", "b"]})
    pa.orc.write_table(table, tmp_path / "x.orc")
    columns = {"id": BIGINT, "m": {"name": "map", "items": [VARCHAR, BIGINT]}, "nosuch": VARCHAR}
    assert rows("orc", [tmp_path / "x.orc"], columns) == [(1, {"k": 1}, None), (None, None, None)]
    schema = {
        "type": "record",
        "name": "r",
        "fields": [{"name": "id", "type": "long"}, {"name": "t", "type": {"type": "long", "logicalType": "timestamp-millis"}}],
    }
    with (tmp_path / "x.avro").open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), [{"id": 7, "t": 1709618828123}])
    assert rows("avro", [tmp_path / "x.avro"], {"id": BIGINT, "t": TIMESTAMP}, select="id, CAST(t AS VARCHAR)") == [
        (7, "2024-03-05 06:07:08.123")
    ]


def test_parquet_by_name_with_partitions_and_path(tmp_path: Path) -> None:
    pq.write_table(pa.table({"B": ["x"], "a": pa.array([1], pa.int32())}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": pa.array([2], pa.int64()), "c": [1.5]}), tmp_path / "2.parquet")
    files = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    found = rows(
        "parquet",
        files,
        {"a": BIGINT, "b": VARCHAR, "c": DOUBLE},
        keys={"day": DATE, "n": BIGINT},
        values=[("2024-01-02", "7"), (None, "8")],
    )
    assert sorted((a, b, c, str(day), n) for a, b, c, day, n in found) == [(1, "x", None, "2024-01-02", 7), (2, None, 1.5, "None", 8)]
    assert sorted(rows("parquet", files, {"a": BIGINT}, path=True, select='a, "$path"')) == [
        (1, "s3://b/1.parquet"),
        (2, "s3://b/2.parquet"),
    ]


def test_parquet_of_another_type_is_bad_data(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "1.parquet")
    with pytest.raises(
        LakeError, match=r"HIVE_BAD_DATA: Field a's type VARCHAR in parquet file s3://b/1.parquet is incompatible with type bigint"
    ):
        rows("parquet", [tmp_path / "1.parquet"], {"a": BIGINT})
    with pytest.raises(LakeError, match=r"HIVE_CANNOT_OPEN_SPLIT"):
        rows("parquet", [made(tmp_path, b"PAR1 no parquet", "corrupt")], {"a": BIGINT})


def test_wrong_partition_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'x' for bigint partition key: n"):
        rows("text", [made(tmp_path, b"1\n")], {"i": BIGINT}, keys={"n": BIGINT}, values=[("x",)])


def test_no_files_no_rows(tmp_path: Path) -> None:
    assert rows("parquet", [], {"a": BIGINT}, keys={"k": VARCHAR}) == []


def test_other_files_are_out_of_reach(tmp_path: Path) -> None:
    secret = made(tmp_path, b"secret", "secret")
    connection = duckdb.connect(config=settings.START)
    for statement in settings.shut([]):
        connection.execute(statement)
    for sql in (
        f"SELECT * FROM read_text('{secret}')",
        f"COPY (SELECT 1) TO '{secret}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(sql)
    assert secret.read_bytes() == b"secret"


def test_timestamps_are_rounded_to_milliseconds(tmp_path: Path) -> None:
    moments = pa.array([1709618828123456, None, -1500], pa.timestamp("us"))
    pq.write_table(pa.table({"t": moments, "z": moments.cast(pa.timestamp("us", "UTC"))}), tmp_path / "1.parquet")
    found = rows("parquet", [tmp_path / "1.parquet"], {"t": TIMESTAMP, "z": TIMESTAMP}, select="CAST(t AS VARCHAR), CAST(z AS VARCHAR)")
    assert found == [("2024-03-05 06:07:08.123",) * 2, (None, None), ("1969-12-31 23:59:59.999",) * 2]


def test_json_objects_in_a_text_column(tmp_path: Path) -> None:
    file = made(tmp_path, b'{"s": {"b": [1, 2.5, "x", null, true], "a": {}}}\n')
    assert rows("json", [file], {"s": VARCHAR}) == [('{"b":[1,2.5,"x",null,true],"a":{}}',)]
    with pytest.raises(LakeError, match=r"^NOT_SUPPORTED: wheatpaste refuses the JSON number 1.50"):
        rows("json", [made(tmp_path, b'{"s": 1.50}\n', "other")], {"s": VARCHAR})


def test_bytes_are_no_text(tmp_path: Path) -> None:
    pa.orc.write_table(pa.table({"s": pa.array([b"x"], pa.binary())}), tmp_path / "x.orc")
    with pytest.raises(LakeError, match=r"^HIVE_BAD_DATA"):
        rows("orc", [tmp_path / "x.orc"], {"s": VARCHAR})


def test_json_keeps_decimals_as_written(tmp_path: Path) -> None:
    assert rows(
        "json", [made(tmp_path, json.dumps({"s": 1.5, "d": 2.345}).encode())], {"s": VARCHAR, "d": DECIMAL}, select="s, CAST(d AS VARCHAR)"
    ) == [("1.5", "2.35")]
