"""Glue job: raw CSV from the catalog → one wide table of flights, as partitioned Parquet and in Redshift.

Arguments: --JOB_NAME, --raw_database, --lake_database, --lake_path (s3://…/), --connection (a Glue connection to Redshift), --redshift_tmp (s3://…/),
--metrics_path (s3://… object that gets the counts of this run as JSON).
"""

import json
import sys
import time

import boto3
from flights import quality
from flights.counts import Counts
from flights.sinks import to_lake, to_warehouse
from flights.transforms import clean_flights, clean_planes, clean_weather, enrich
from pyspark.context import SparkContext

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions

OPTIONS = ["JOB_NAME", "raw_database", "lake_database", "lake_path", "connection", "redshift_tmp", "metrics_path"]


def main() -> None:
    started = time.time()
    args = getResolvedOptions(sys.argv, OPTIONS)
    glue = GlueContext(SparkContext.getOrCreate())
    job = Job(glue)
    job.init(args["JOB_NAME"], args)
    log = glue.get_logger()
    counts = Counts()

    def raw(table: str, bookmark: str = ""):
        return glue.create_dynamic_frame.from_catalog(database=args["raw_database"], table_name=table, transformation_ctx=bookmark)

    # Flights have a bookmark: each run takes those that came since the last one. What they are joined with is read whole, every time.
    flights = clean_flights(raw("flights", bookmark="raw_flights"))
    flights = enrich(flights, clean_weather(raw("weather")), clean_planes(raw("planes")))

    to_lake(glue, flights, args["lake_path"], args["lake_database"], "flights")
    lake = glue.create_dynamic_frame.from_catalog(database=args["lake_database"], table_name="flights")
    counts.rows("lake", lake.count())
    counts.seconds("to Parquet", time.time() - started)
    log.info(f"lake: {counts}")

    log.info(f"data quality: {quality.check(lake)} rules passed")
    loading = time.time()
    to_warehouse(glue, lake, args["connection"], "flights", args["redshift_tmp"])
    counts.seconds("to Redshift", time.time() - loading)
    bucket, key = args["metrics_path"].removeprefix("s3://").split("/", 1)
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(counts.as_dict()).encode())
    job.commit()


if __name__ == "__main__":
    main()
