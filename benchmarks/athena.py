"""Athena: count and sum over 10 M rows of Parquet, start to result, against DuckDB called directly on the same files."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from benchmarks import targets
from benchmarks.objects import client
from benchmarks.report import Figure

ROWS, FILES = 10_000_000, 8
QUERY = "SELECT count(*), sum(x) FROM {table}"
MAKE = """
import duckdb, sys
c = duckdb.connect()
for i in range({files}):
    c.execute(f"COPY (SELECT (i * 7919) % 1000003 AS x, i AS id, 'name ' || (i % 1000) AS name FROM range({{i * {each}}}, {{(i + 1) * {each}}}) t(i)) TO '{folder}/{{i}}.parquet' (FORMAT PARQUET)")
"""
DIRECT = """
import duckdb, sys, time
c = duckdb.connect(config={{"threads": {threads}}})
taken = []
for _ in range(8):
    t = time.perf_counter(); r = c.execute("SELECT count(*), sum(x) FROM read_parquet('{folder}/*.parquet')").fetchall(); taken.append(time.perf_counter() - t)
print(min(taken[1:]), sorted(taken[1:])[len(taken) // 2 - 1], r)
"""


def ask(athena: Any, sql: str) -> tuple[float, list[str]]:
    """Seconds from StartQueryExecution to its rows, polled every 5 ms, and the first row."""
    started = time.perf_counter()
    query = athena.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": "bench"}, ResultConfiguration={"OutputLocation": "s3://results/"}
    )
    while True:
        execution = athena.get_query_execution(QueryExecutionId=query["QueryExecutionId"])["QueryExecution"]
        if execution["Status"]["State"] == "SUCCEEDED":
            break
        if execution["Status"]["State"] in ("FAILED", "CANCELLED"):
            raise RuntimeError(execution["Status"]["StateChangeReason"])
        time.sleep(0.005)
    rows = athena.get_query_results(QueryExecutionId=query["QueryExecutionId"])["ResultSet"]["Rows"]
    return time.perf_counter() - started, [cell["VarCharValue"] for cell in rows[1]["Data"]]


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, targets.wheatpaste() as target:
        subprocess.run([sys.executable, "-c", MAKE.format(files=FILES, each=ROWS // FILES, folder=folder)], check=True)
        s3 = client(target)
        for bucket in ("lake", "results"):
            s3.create_bucket(Bucket=bucket)
        for file in sorted(Path(folder).iterdir()):
            s3.upload_file(str(file), "lake", f"t/{file.name}")
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        glue, athena = (boto3.client(s, endpoint_url=target.endpoint, region_name="us-east-1", **keys) for s in ("glue", "athena"))
        glue.create_database(DatabaseInput={"Name": "bench"})
        columns = [{"Name": "x", "Type": "bigint"}, {"Name": "id", "Type": "bigint"}, {"Name": "name", "Type": "string"}]
        serde = {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"}
        formats = {
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        }
        descriptor = {"Columns": columns, "Location": "s3://lake/t/", "SerdeInfo": serde, **formats}
        glue.create_table(DatabaseName="bench", TableInput={"Name": "t", "TableType": "EXTERNAL_TABLE", "StorageDescriptor": descriptor})
        cold, row = ask(athena, QUERY.format(table="t"))
        if row[0] != str(ROWS):
            raise RuntimeError(f"counted {row[0]} of {ROWS} rows")
        yield Figure("first query of the server", "wheatpaste", round(cold, 3), "s", reach="≤ 1 s", met=cold <= 1.0)
        warm, direct = [], []
        for _ in range(3):  # alternately, so that both see the same noise
            warm += [ask(athena, QUERY.format(table="t"))[0] for _ in range(5)]
            out = subprocess.run(
                [sys.executable, "-c", DIRECT.format(threads=2, folder=folder)], check=True, capture_output=True, text=True
            ).stdout
            direct.append(float(out.split()[1]))
        ours, theirs = statistics.median(warm), statistics.median(direct)
        yield Figure(
            "warm, start to rows", "wheatpaste", round(ours, 4), "s", reach="≤ 1.3 × DuckDB + 50 ms", met=ours <= 1.3 * theirs + 0.05
        )
        yield Figure("the same on the files", "DuckDB directly", round(theirs, 4), "s")
