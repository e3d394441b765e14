"""SELECT over catalog tables, through boto3."""

import time

import pytest
from botocore.exceptions import ClientError
from tests.services.athena.conftest import Athena


def flights(lake: Athena) -> None:
    for day, delays in (("2024-01-01", [1, 2, None]), ("2024-01-02", [10, 20, 30])):
        lake.parquet(f"flights/day={day}/part.parquet", carrier=["AA", "UA", "AA"], delay=delays)
    lake.put("flights/day=2024-01-02/_SUCCESS", b"x")
    lake.run(
        f"CREATE EXTERNAL TABLE flights (carrier string, delay bigint) PARTITIONED BY (day date) STORED AS PARQUET LOCATION "
        f"'s3://{lake.name}/flights/'"
    )
    lake.run("MSCK REPAIR TABLE flights")


def test_select_over_partitions(lake: Athena) -> None:
    flights(lake)
    assert lake.rows("SELECT day, carrier, sum(delay) AS total, count(*) FROM flights GROUP BY 1, 2 ORDER BY 1, 2") == [
        ("2024-01-01", "AA", "1", "2"),
        ("2024-01-01", "UA", "2", "1"),
        ("2024-01-02", "AA", "40", "2"),
        ("2024-01-02", "UA", "20", "1"),
    ]


def test_partitions_are_pruned_in_the_catalog(lake: Athena) -> None:
    flights(lake)
    whole = lake.run("SELECT count(*) FROM flights")["Statistics"]["DataScannedInBytes"]
    half = lake.run("SELECT count(*) FROM flights WHERE day = DATE '2024-01-02' AND delay > 5")["Statistics"]["DataScannedInBytes"]
    assert 0 < half < whole
    assert lake.rows("SELECT count(*) FROM flights f JOIN flights g ON f.carrier = g.carrier WHERE f.day = DATE '2024-01-02'") == [("10",)]


def test_the_result_file_is_athenas_csv(lake: Athena) -> None:
    found = lake.run(
        "SELECT 'a \"b\"' AS \"Text\", CAST(NULL AS varchar) n, '' e, TIMESTAMP '2024-03-05 06:07:08' t, ARRAY['x', NULL] a, "
        "MAP(ARRAY['k'], ARRAY[1]) m, "
        "CAST(ROW(1, 'x') AS ROW(a integer, b varchar)) r, 1.50 d, 1e10 f, true b, DATE '2024-01-02' x"
    )
    key = found["ResultConfiguration"]["OutputLocation"].split(lake.name + "/", 1)[1]
    body = lake.s3.get_object(Bucket=lake.name, Key=key)["Body"].read().decode()
    assert body == (
        '"Text","n","e","t","a","m","r","d","f","b","x"\n'
        '"a ""b""",,"","2024-03-05 06:07:08.000","[x, null]","{k=1}","{a=1, b=x}","1.5","1.0E10","true","2024-01-02"\n'
    )


def test_results_in_pages_with_types(lake: Athena) -> None:
    found = lake.run(
        "SELECT x, CAST(x AS decimal(10, 2)) d, CAST(x AS varchar(5)) s, ARRAY[x] a FROM UNNEST(sequence(1, 2500)) t(x) ORDER BY 1"
    )
    first = lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert len(first["ResultSet"]["Rows"]) == 1000
    columns = [(c["Name"], c["Type"], c["Precision"], c["Scale"]) for c in first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
    assert columns == [("x", "bigint", 19, 0), ("d", "decimal", 10, 2), ("s", "varchar", 5, 0), ("a", "array", 0, 0)]
    rows = lake.rows("SELECT x FROM UNNEST(sequence(1, 2500)) t(x) ORDER BY 1")
    assert rows == [(str(n),) for n in range(1, 2501)]


def test_a_cell_with_a_line_feed_stays_one(lake: Athena) -> None:
    assert lake.rows("SELECT 'a' || chr(10) || 'b', CAST(NULL AS varchar), 'c\"'") == [("a\nb", None, 'c"')]


def test_text_formats(lake: Athena) -> None:
    lake.put("csv/a.csv", b"id,name\n1,x\nbad,y\n")
    lake.run(
        "CREATE EXTERNAL TABLE csv (id int, name string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        f"LOCATION 's3://{lake.name}/csv/' TBLPROPERTIES ('skip.header.line.count'='1')"
    )
    assert lake.rows("SELECT * FROM csv ORDER BY name") == [("1", "x"), (None, "y")]
    lake.put("json/a.json", b'{"ID": 1, "tags": {"a": ["x"]}}\n')
    serde = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
    lake.run(f"CREATE EXTERNAL TABLE js (id bigint, tags map<string,array<string>>) {serde} LOCATION 's3://{lake.name}/json/'")
    assert lake.rows("SELECT id, tags['a'][1], \"$path\" FROM js") == [("1", "x", f"s3://{lake.name}/json/a.json")]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT nosuch(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'nosuch' not registered"),
        ("SELECT * FROM nosuch", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog."),
        ("SELECT * FROM nosuch.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nosuch' does not exist"),
        ("SELEC 1", "SYNTAX_ERROR: line 1:1: mismatched input 'SELEC'"),
        ("SELECT 1 / 0", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT CAST('x' AS integer)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"),
        ("SELECT soundex('a')", "NOT_SUPPORTED: line 1:8: wheatpaste refuses the function soundex"),
        ("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "NOT_SUPPORTED: wheatpaste refuses MERGE statements"),
    ],
)
def test_failures_say_what_athena_says(lake: Athena, sql: str, reason: str) -> None:
    assert lake.fail(sql).startswith(reason)


@pytest.mark.parametrize(
    ("names", "reason"), [(["id", "ID"], "Table descriptor contains duplicate columns"), ([], "Table descriptor contains no columns")]
)
def test_tables_whose_columns_cannot_be_told_apart(lake: Athena, names: list[str], reason: str) -> None:
    """Crawlers make them: of a header that names a column twice, of files that nothing reads."""
    lake.put("twice/a.csv", b"1,2\n")
    serde = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","}}
    place = {"Location": f"s3://{lake.name}/twice/", "InputFormat": "org.apache.hadoop.mapred.TextInputFormat", "SerdeInfo": serde}
    descriptor = {**place, "Columns": [{"Name": name, "Type": "bigint"} for name in names]}
    lake.glue.create_table(DatabaseName=lake.name, TableInput={"Name": "twice", "StorageDescriptor": descriptor})
    assert lake.fail("SELECT * FROM twice") == f"HIVE_INVALID_METADATA: Hive metadata for table twice is invalid: {reason}"


def test_faults_of_the_lake(lake: Athena) -> None:
    lake.put("bad/x.parquet", b"this is no parquet")
    lake.run(f"CREATE EXTERNAL TABLE bad (x int) STORED AS PARQUET LOCATION 's3://{lake.name}/bad/'")
    assert lake.fail("SELECT * FROM bad").startswith("HIVE_CANNOT_OPEN_SPLIT")
    lake.run("CREATE EXTERNAL TABLE gone (x int) STORED AS PARQUET LOCATION 's3://no-such-bucket-of-ours/x/'")
    assert "NoSuchBucket" in lake.fail("SELECT * FROM gone")
    lake.run(f"CREATE EXTERNAL TABLE nothing (x int) STORED AS PARQUET LOCATION 's3://{lake.name}/nothing/'")
    assert lake.rows("SELECT count(*) FROM nothing") == [("0",)]
    reason = lake.fail("SELECT 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket-of-ours/"})
    assert "Unable to verify/create output bucket no-such-bucket-of-ours" in reason


def test_parameters_and_prepared_statements(lake: Athena) -> None:
    assert lake.rows("SELECT x FROM (VALUES 1, 2, 3) t(x) WHERE x > ? AND x < ?", ExecutionParameters=["1", "3"]) == [("2",)]
    lake.run(f"PREPARE {lake.name} FROM SELECT ? || 'y', ?")
    assert lake.rows(f"EXECUTE {lake.name} USING 'x, (', 1 + 1") == [("x, (y", "2")]
    lake.run(f"DEALLOCATE PREPARE {lake.name}")
    assert lake.fail(f"EXECUTE {lake.name} USING 1") == f"NOT_FOUND: Prepared statement not found: {lake.name}"


def test_client_request_tokens(lake: Athena) -> None:
    token = lake.name * 3
    first = lake.start("SELECT 1", ClientRequestToken=token)
    assert lake.start("SELECT 1", ClientRequestToken=token) == first
    with pytest.raises(ClientError, match="Idempotent parameters do not match"):
        lake.start("SELECT 2", ClientRequestToken=token)


def test_results_of_a_query_that_has_none(lake: Athena) -> None:
    execution = lake.start("SELECT nosuch")
    lake.wait(execution)
    with pytest.raises(ClientError, match=r"Final query state: FAILED$"):
        lake.athena.get_query_results(QueryExecutionId=execution)
    with pytest.raises(ClientError, match="was not found"):
        lake.athena.get_query_execution(QueryExecutionId="00000000-0000-0000-0000-000000000000")


def test_stop(lake: Athena) -> None:
    execution = lake.start(
        "SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), "
        "UNNEST(sequence(1, 10000)) c(z) WHERE x * y = z + 1"
    )
    lake.athena.stop_query_execution(QueryExecutionId=execution)
    found = lake.wait(execution)
    assert found["Status"]["State"] == "CANCELLED"
    assert lake.rows("SELECT 1") == [("1",)]


def test_listing_and_statistics(lake: Athena) -> None:
    group = lake.name
    lake.athena.create_work_group(Name=group, Configuration={"ResultConfiguration": {"OutputLocation": lake.output}})
    ids = [lake.run(f"SELECT {n}", WorkGroup=group)["QueryExecutionId"] for n in range(3)]
    assert lake.athena.list_query_executions(WorkGroup=group)["QueryExecutionIds"] == ids[::-1]
    found = lake.athena.batch_get_query_execution(QueryExecutionIds=[ids[0], "nosuch"])
    assert [each["Query"] for each in found["QueryExecutions"]] == ["SELECT 0"]
    assert found["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "nosuch"
    timeline = lake.athena.get_query_runtime_statistics(QueryExecutionId=ids[0])["QueryRuntimeStatistics"]
    assert timeline["Rows"]["OutputRows"] == 1
    assert timeline["Timeline"]["TotalExecutionTimeInMillis"] >= timeline["Timeline"]["EngineExecutionTimeInMillis"]


def test_json_cast_to_rows_and_approximations(lake: Athena) -> None:
    assert lake.rows(
        """SELECT CAST(json_parse('[{"a": 1, "b": ["x"]}, {"a": "2"}]') AS ARRAY(ROW(a bigint, b ARRAY(varchar)))),
                  CAST(json_parse('{"k": 1.5}') AS MAP(varchar, double))['k']"""
    ) == [("[{a=1, b=[x]}, {a=2, b=null}]", "1.5")]
    assert lake.rows(
        "SELECT approx_percentile(x, 0.9), approx_distinct(x), listagg(CAST(x AS varchar), ',') WITHIN GROUP "
        "(ORDER BY x DESC) FROM (VALUES 1, 2, 3) t(x)"
    ) == [("3", "3", "3,2,1")]
    assert lake.rows("SELECT a, count(*) FROM (VALUES 1, 1, 2) t(a) GROUP BY ROLLUP (a) ORDER BY a NULLS FIRST") == [
        (None, "3"),
        ("1", "2"),
        ("2", "1"),
    ]


def test_projected_partitions(lake: Athena) -> None:
    for day in ("2024-01-01", "2024-01-02"):
        lake.put(f"p/{day}/x", f"{day[-1]}\n".encode())
    lake.run(
        f"CREATE EXTERNAL TABLE p (a int) PARTITIONED BY (d string) ROW FORMAT DELIMITED LOCATION 's3://{lake.name}/p/' TBLPROPERTIES ("
        "'projection.enabled'='true', 'projection.d.type'='date', 'projection.d.format'='yyyy-MM-dd', "
        "'projection.d.range'='2023-12-01,2024-02-01', "
        f"'storage.location.template'='s3://{lake.name}/p/${{d}}/')"
    )
    assert lake.rows("SELECT d, a FROM p ORDER BY 1") == [("2024-01-01", "1"), ("2024-01-02", "2")]
    assert lake.run("SELECT a FROM p WHERE d = '2024-01-02'")["Statistics"]["DataScannedInBytes"] == 2


def test_more_queries_than_run_at_once_wait_their_turn(lake: Athena) -> None:
    started = [
        lake.start(f"SELECT {n}, count(*) FROM UNNEST(sequence(1, 5000)) a(x), UNNEST(sequence(1, 2000)) b(y) WHERE x * y % 7 = 1")
        for n in range(9)
    ]
    states = [lake.wait(each)["Status"]["State"] for each in started]
    assert states == ["SUCCEEDED"] * 9


def test_the_first_look_at_a_short_query_sees_its_end(lake: Athena) -> None:
    lake.rows("SELECT 1")
    execution, began = lake.start("SELECT 2 AS two"), time.monotonic()
    status = lake.athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
    assert status["State"] == "SUCCEEDED" or time.monotonic() - began > 0.25  # or it has waited as long as it may
    lake.wait(execution)
    told = lake.athena.get_query_runtime_statistics(QueryExecutionId=execution)["QueryRuntimeStatistics"]
    assert told["Rows"] == {"InputBytes": 0, "OutputRows": 1, "OutputBytes": len('"two"\n"2"\n')}
    assert told["Timeline"]["TotalExecutionTimeInMillis"] >= told["Timeline"]["EngineExecutionTimeInMillis"]


def test_a_result_that_cannot_be_kept_fails_its_query(lake: Athena) -> None:
    gone = {"ResultConfiguration": {"OutputLocation": f"s3://{lake.name}-nosuch/x/"}}
    for sql in ("SELECT 1", "SHOW DATABASES"):
        assert "Unable to verify/create output bucket" in lake.fail(sql, **gone)


def test_left_joins_of_unnest_keep_the_order_of_the_items(lake):
    source = "(VALUES (1, ARRAY[3, 2, 1], ARRAY['a']), (2, ARRAY[], NULL), (3, NULL, ARRAY['x', 'y'])) t(id, a, b)"
    assert lake.rows(f"SELECT id, x, n FROM {source} LEFT JOIN UNNEST(a) WITH ORDINALITY AS u(x, n) ON true") == [
        ("1", "3", "1"),
        ("1", "2", "2"),
        ("1", "1", "3"),
        ("2", None, None),
        ("3", None, None),
    ]
    assert lake.rows(f"SELECT id, x, y FROM {source} LEFT JOIN UNNEST(a, b) AS u(x, y) ON true") == [
        ("1", "3", "a"),
        ("1", "2", None),
        ("1", "1", None),
        ("2", None, None),
        ("3", None, "x"),
        ("3", None, "y"),
    ]
    rows = "(VALUES (1, ARRAY[CAST(ROW(1, 'p') AS ROW(k integer, v varchar))], MAP(ARRAY['m'], ARRAY[5])), (2, NULL, NULL)) t(id, a, m)"
    assert lake.rows(f"SELECT id, k, v FROM {rows} LEFT JOIN UNNEST(a) AS u(k, v) ON true") == [("1", "1", "p"), ("2", None, None)]
    assert lake.rows(f"SELECT id, k, v FROM {rows} LEFT JOIN UNNEST(m) AS u(k, v) ON true") == [("1", "m", "5"), ("2", None, None)]
