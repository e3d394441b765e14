"""CREATE TABLE AS, INSERT INTO and UNLOAD, through boto3 and awswrangler."""

import io
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.conftest import Server
from tests.services.athena.conftest import Athena


def keys(lake: Athena, prefix: str) -> list[str]:
    return [each["Key"] for each in lake.s3.list_objects_v2(Bucket=lake.name, Prefix=prefix).get("Contents", [])]


@pytest.mark.parametrize("format_", ["PARQUET", "ORC"])
def test_create_table_as(lake: Athena, format_: str) -> None:
    lake.run(
        f"CREATE TABLE made WITH (format = '{format_}', external_location = 's3://{lake.name}/made/', partitioned_by = ARRAY['p']) AS "
        "SELECT x AS id, CAST(x AS decimal(10, 2)) d, ARRAY[x] a, CASE WHEN x > 2 THEN 'big' ELSE 'small' END p FROM (VALUES 1, 2, 3) t(x)"
    )
    assert lake.rows("SELECT id, d, a, p FROM made ORDER BY 1") == [
        ("1", "1.00", "[1]", "small"),
        ("2", "2.00", "[2]", "small"),
        ("3", "3.00", "[3]", "big"),
    ]
    assert sorted(lake.rows("SHOW PARTITIONS made")) == [("p=big",), ("p=small",)]
    assert lake.fail("CREATE TABLE made AS SELECT 1 AS x").startswith("TABLE_ALREADY_EXISTS")
    reason = lake.fail(f"CREATE TABLE other WITH (external_location = 's3://{lake.name}/made/') AS SELECT 1 AS x")
    assert reason.startswith("HIVE_PATH_ALREADY_EXISTS")
    assert lake.rows("SHOW TABLES") == [("made",)]


def test_insert_into(lake: Athena) -> None:
    lake.run(f"CREATE EXTERNAL TABLE t (a bigint, s string) PARTITIONED BY (k int) STORED AS PARQUET LOCATION 's3://{lake.name}/t/'")
    lake.run("INSERT INTO t VALUES (1, 'x', 7), (2, NULL, 8)")
    found = lake.run("INSERT INTO t SELECT a + 10, s, k FROM t")
    assert lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["UpdateCount"] == 2
    assert lake.rows("SELECT * FROM t ORDER BY a") == [("1", "x", "7"), ("2", None, "8"), ("11", "x", "7"), ("12", None, "8")]
    assert lake.fail("INSERT INTO t VALUES ('x', 'y', 1)").startswith("TYPE_MISMATCH: Insert query has mismatched column types")
    assert len(keys(lake, "t/")) == 4


def test_nothing_is_left_of_a_failed_write(lake: Athena) -> None:
    lake.run(f"CREATE EXTERNAL TABLE t (a integer) STORED AS PARQUET LOCATION 's3://{lake.name}/t/'".replace("integer", "int"))
    assert lake.fail("INSERT INTO t SELECT 1 / (x - 2) FROM (VALUES 1, 2) v(x)") == "DIVISION_BY_ZERO: Division by zero"
    assert lake.fail("CREATE TABLE c AS SELECT CAST('x' AS integer) n").startswith("INVALID_CAST_ARGUMENT")
    assert keys(lake, "t/") == [] and lake.rows("SHOW TABLES") == [("t",)]


def test_unload(lake: Athena) -> None:
    found = lake.run(
        f"UNLOAD (SELECT x, '(' AS s FROM (VALUES 1, 2) t(x)) TO 's3://{lake.name}/out/' WITH (format = 'PARQUET', compression = 'SNAPPY')"
    )
    (key,) = keys(lake, "out/")
    table = pq.read_table(io.BytesIO(lake.s3.get_object(Bucket=lake.name, Key=key)["Body"].read()))
    assert table.to_pydict() == {"x": [1, 2], "s": ["(", "("]}
    location = found["Statistics"]["DataManifestLocation"].removeprefix(f"s3://{lake.name}/")
    assert lake.s3.get_object(Bucket=lake.name, Key=location)["Body"].read().decode() == f"s3://{lake.name}/{key}\n"
    assert "wheatpaste refuses UNLOAD in the format AVRO" in lake.fail(
        f"UNLOAD (SELECT 1 AS x) TO 's3://{lake.name}/o2/' WITH (format = 'AVRO')"
    )


@pytest.fixture
def wrangler(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    wr = pytest.importorskip("awswrangler")
    for service in ("athena", "glue", "s3", "sts"):
        setattr(wr.config, f"{service}_endpoint_url", server.endpoint)
    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(name, value)
    yield wr
    wr.config.reset()


@pytest.mark.filterwarnings("ignore")  # pandas' deprecations inside of awswrangler
@pytest.mark.parametrize("how", [{"ctas_approach": True}, {"ctas_approach": False}, {"ctas_approach": False, "unload_approach": True}])
def test_awswrangler_reads(lake: Athena, wrangler: Any, how: dict[str, bool]) -> None:
    lake.parquet("t/x.parquet", a=[1, 2, 3], s=["x", None, "z"], f=[1.5, None, 2.0])
    lake.run(f"CREATE EXTERNAL TABLE t (a bigint, s string, f double) STORED AS PARQUET LOCATION 's3://{lake.name}/t/'")
    extra = {"s3_output": f"s3://{lake.name}/wr/"}
    frame = wrangler.athena.read_sql_query("SELECT a, s, f FROM t ORDER BY a", database=lake.name, **extra, **how)
    assert frame["a"].tolist() == [1, 2, 3]
    assert frame["s"].fillna("NULL").tolist() == ["x", "NULL", "z"]
    assert frame["f"].fillna(-1).tolist() == [1.5, -1.0, 2.0]
    assert lake.rows("SHOW TABLES") == [("t",)]


@pytest.mark.filterwarnings("ignore")
def test_awswrangler_quotes_the_database_of_hive_statements(lake: Athena, wrangler: Any) -> None:
    lake.parquet("t/p=1/x.parquet", a=[1, 2])
    lake.run(f"CREATE EXTERNAL TABLE t (a bigint) PARTITIONED BY (p int) STORED AS PARQUET LOCATION 's3://{lake.name}/t/'")
    place = {"database": lake.name, "s3_output": f"s3://{lake.name}/wr/"}
    assert wrangler.athena.repair_table("t", **place) == "SUCCEEDED"
    assert lake.rows("SHOW PARTITIONS t") == [("p=1",)]
    assert wrangler.athena.show_create_table("t", **place).startswith("CREATE EXTERNAL TABLE `t`(")


LINES = {
    "text": ("TEXTFILE", ""),
    "commas": ("TEXTFILE", ", field_delimiter = ','"),
    "json": ("JSON", ""),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_are_read_back_as_they_were_written(lake: Athena, name: str) -> None:
    format_, more = LINES[name]
    query = (
        "SELECT a, b, s, d, f, x, t, k FROM (VALUES "
        "(1, true, 'plain \"x\"', DECIMAL '1.50', 1.5e10, DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05.678', 'p'), "
        "(-2, false, '', DECIMAL '-0.01', -0.1e0, DATE '0001-01-01', TIMESTAMP '1969-12-31 23:59:59.000', 'q'), "
        "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'p'), (3, true, 'ÿ日本', DECIMAL '9.99', 1e-7, NULL, NULL, 'q')"
        ") v(a, b, s, d, f, x, t, k)"
    )
    wanted = sorted(lake.rows(query), key=repr)
    lake.run(f"CREATE TABLE made WITH (format = '{format_}', partitioned_by = ARRAY['k']{more}) AS {query}")
    assert sorted(lake.rows("SELECT * FROM made"), key=repr) == wanted
    lake.run("INSERT INTO made SELECT * FROM made")
    assert sorted(lake.rows("SELECT DISTINCT * FROM made"), key=repr) == wanted
    assert lake.rows("SELECT count(*) FROM made") == [("8",)]
    lake.run("INSERT INTO made (s, k, a) VALUES ('only', 'r', 9)")
    assert lake.rows("SELECT * FROM made WHERE k = 'r'") == [("9", None, "only", None, None, None, None, "r")]


def test_what_lines_cannot_hold_is_refused(lake: Athena) -> None:
    lake.run(f"CREATE EXTERNAL TABLE t (s string, n int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://{lake.name}/t/'")
    for wrong in ("'a,b'", "'a' || chr(10)", "'\\N'"):
        assert "wheatpaste refuses a string with a delimiter" in lake.fail(f"INSERT INTO t VALUES ({wrong}, 1)")
    assert keys(lake, "t/") == []
    escaped = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '\\\\'"
    lake.run(f"CREATE EXTERNAL TABLE e (s string, n int) {escaped} LOCATION 's3://{lake.name}/e/'")
    lake.run("INSERT INTO e VALUES ('a,b\\c\\\\', 1), ('\\N', 2)")
    assert lake.rows("SELECT s, n FROM e ORDER BY n") == [("a,b\\c\\\\", "1"), ("\\N", "2")]
    assert "wheatpaste refuses array(integer) in a delimited text file" in lake.fail(
        f"UNLOAD (SELECT ARRAY[1] a) TO 's3://{lake.name}/u/' WITH (format = 'TEXTFILE')"
    )
    header = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
    lake.run(f"CREATE EXTERNAL TABLE h (s string) {header} LOCATION 's3://{lake.name}/h/' TBLPROPERTIES ('skip.header.line.count' = '1')")
    assert "wheatpaste refuses to write into a table with skip.header.line.count" in lake.fail("INSERT INTO h VALUES ('x')")


def test_a_result_is_reused(lake: Athena) -> None:
    lake.parquet("t/x.parquet", a=[1, 2, 3])
    lake.run(f"CREATE EXTERNAL TABLE t (a bigint) STORED AS PARQUET LOCATION 's3://{lake.name}/t'")
    wanted = {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 10}}}
    first = lake.run("SELECT sum(a) FROM t", **wanted)
    lake.parquet("t/y.parquet", a=[10])
    second = lake.run("SELECT sum(a) FROM t", **wanted)
    assert first["Statistics"]["ResultReuseInformation"] == {"ReusedPreviousResult": False}
    assert second["Statistics"]["ResultReuseInformation"] == {"ReusedPreviousResult": True}
    assert second["ResultConfiguration"]["OutputLocation"] == first["ResultConfiguration"]["OutputLocation"]
    assert lake.rows("SELECT sum(a) FROM t", **wanted) == [("6",)]
    assert lake.rows("SELECT sum(a) FROM t") == [("16",)]
    assert lake.rows("SELECT sum(a)  FROM t", **wanted) == [("16",)]  # another text
    assert lake.rows("SELECT sum(a) FROM t", **wanted) == [("16",)]  # the latest
