"""Redshift COPY of 1 M rows of CSV, against DuckDB reading the same file."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import psycopg

from benchmarks import targets
from benchmarks.objects import client
from benchmarks.report import Figure, ratio

ROWS = 1_000_000
DIRECT = """
import duckdb, os, tempfile, time
with tempfile.TemporaryDirectory() as d:
    c = duckdb.connect(d + "/w.db", config={{"threads": 2}})
    taken = []
    for i in range(3):
        c.execute(f"CREATE TABLE t{{i}} (id BIGINT, amount DOUBLE, day DATE, name VARCHAR)")
        t = time.perf_counter()
        c.execute(f"INSERT INTO t{{i}} SELECT * FROM read_csv('{file}', columns={{{{'id': 'BIGINT', 'amount': 'DOUBLE', 'day': 'DATE', 'name': 'VARCHAR'}}}}, header=false)")
        taken.append(time.perf_counter() - t)
print(sorted(taken)[1])
"""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, targets.wheatpaste() as target:
        file = Path(folder) / "rows.csv"
        with file.open("w") as out:
            out.writelines(f"{i},{i * 0.25},2013-{i % 12 + 1:02}-{i % 28 + 1:02},customer number {i % 5000}\n" for i in range(ROWS))
        size = file.stat().st_size / 1e6
        s3 = client(target)
        s3.create_bucket(Bucket="stage")
        s3.upload_file(str(file), "stage", "rows.csv")
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        redshift = boto3.client("redshift", endpoint_url=target.endpoint, region_name="us-east-1", **keys)
        redshift.create_cluster(
            ClusterIdentifier="bench", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword="Benchmark-1", DBName="dev"
        )
        while (cluster := redshift.describe_clusters(ClusterIdentifier="bench")["Clusters"][0])["ClusterStatus"] != "available":
            time.sleep(0.05)
        place = cluster["Endpoint"]
        with psycopg.connect(
            host=place["Address"], port=place["Port"], user="admin", password="Benchmark-1", dbname="dev", autocommit=True
        ) as connection:
            taken = []
            for turn in range(3):
                connection.execute(f"CREATE TABLE t{turn} (id BIGINT, amount FLOAT8, day DATE, name VARCHAR(64)) DISTKEY(id)".encode())
                started = time.perf_counter()
                connection.execute(f"COPY t{turn} FROM 's3://stage/rows.csv' IAM_ROLE 'arn:aws:iam::123456789012:role/copy' CSV".encode())
                taken.append(time.perf_counter() - started)
            rows = connection.execute("SELECT count(*) FROM t2").fetchone()
        if rows != (ROWS,):
            raise RuntimeError(f"loaded {rows} of {ROWS} rows")
        ours = size / statistics.median(taken)
        theirs = size / float(
            subprocess.run([sys.executable, "-c", DIRECT.format(file=file)], check=True, capture_output=True, text=True).stdout
        )
        yield Figure("COPY of 1 M rows of CSV", "wheatpaste", round(ours, 1), "MB/s")
        yield Figure("the same file into a table", "DuckDB directly", round(theirs, 1), "MB/s")
        yield ratio("COPY of 1 M rows of CSV", ours, theirs, "DuckDB", 0.5)
