"""``python -m benchmarks [row …] [--list]``: measure, then write ``results/latest.json``, ``latest.md`` and ``latest.svg``."""

import argparse
import importlib
import sys

from benchmarks.report import Results

ROWS = {
    "start": "up to first answer; idle memory",
    "catalog": "GetTable and CreateTable through boto3 and raw, 1 and 16 at once",
    "partitions": "GetPartitions with an expression",
    "objects": "S3 GET and PUT of 64 MiB and 4 KiB",
    "listing": "a page of a listing of 1,000,000 keys; 16 mixed writers",
    "athena": "count and sum of 10 M rows of Parquet",
    "job": "the demo's Glue job against plain PySpark",
    "demo": "the whole demo against the demo of the day the spine landed",
    "starts": "a Glue job's script, from StartJobRun: waiting driver, new driver against plain PySpark, 20 at once",
    "redshift": "COPY of 1 M rows of CSV",
    "transforms": "awsglue's transforms on 5 M records against plain Spark",
    "bookmarks": "a source of 100,000 files under bookmarks",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("rows", nargs="*", help=f"which rows (default: all): {', '.join(ROWS)}")
    parser.add_argument("--list", action="store_true", help="say what each row measures")
    options = parser.parse_args()
    if options.list:
        sys.exit("\n".join(f"{name:11} {what}" for name, what in ROWS.items()))
    unknown = [row for row in options.rows if row not in ROWS]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    results = Results.load()
    for name in options.rows or ROWS:
        print(f"== {name}: {ROWS[name]}", flush=True)
        results.measure(name, importlib.import_module(f"benchmarks.{name}").measure)
        results.write()


main()
