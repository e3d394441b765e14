"""The same readers and sinks on s3://, against the project's own server."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.dynamicframe import DynamicFrame


def test_sink_catalog_and_back(glue: Any, spark: Any, aws: Any, bucket: str) -> None:
    aws.client("glue").create_database(DatabaseInput={"Name": bucket})
    frame = DynamicFrame.fromDF(spark.createDataFrame([(1, "a b"), (2, "c"), (3, None)], "n long, k string"), glue)
    sink = glue.getSink(connection_type="s3", path=f"s3://{bucket}/out/", enableUpdateCatalog=True, partitionKeys=["k"])
    sink.setCatalogInfo(catalogDatabase=bucket, catalogTableName="out")
    sink.setFormat("glueparquet", compression="snappy")
    sink.writeFrame(frame)
    keys = [item["Key"] for item in aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"] if not item["Key"].endswith("/")]
    assert all(key.rsplit("/", 1)[-1].startswith("run-") for key in keys)
    found = aws.client("glue").get_partitions(DatabaseName=bucket, TableName="out")["Partitions"]
    assert sorted((part["Values"][0], part["StorageDescriptor"]["Location"]) for part in found) == [
        ("__HIVE_DEFAULT_PARTITION__", f"s3://{bucket}/out/k=__HIVE_DEFAULT_PARTITION__/"),
        ("a b", f"s3://{bucket}/out/k=a b/"),
        ("c", f"s3://{bucket}/out/k=c/"),
    ]
    back = glue.create_dynamic_frame.from_catalog(bucket, "out", push_down_predicate="k is null or k = 'a b'")
    assert sorted((row.n, row.k) for row in back.toDF().collect()) == [(1, "a b"), (3, None)]


def test_paths_recursion_and_exclusions(glue: Any, aws: Any, bucket: str) -> None:
    for key, number in {"in/a.json": 1, "in/sub/b.json": 2, "in/sub/c.tmp": 3, "in/_hidden": 4}.items():
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps({"n": number}).encode())

    def numbers(**options: Any) -> list[int]:
        frame = glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}/in/"], **options}, "json")
        return sorted(row.n for row in frame.toDF().collect())

    assert numbers() == [1]
    assert numbers(recurse="True") == [1, 2, 3]
    assert numbers(recurse=True, exclusions='["**.tmp"]') == [1, 2]
    assert numbers(recurse=True, exclusions=json.dumps([f"s3://{bucket}/in/sub/**"])) == [1]


def test_a_missing_bucket_is_named(glue: Any, bucket: str) -> None:
    with pytest.raises(FileNotFoundError, match=f"The specified bucket does not exist: s3://{bucket}-not/in/"):
        glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}-not/in/"], "recurse": True}, "json").count()


def test_avro(glue: Any, spark: Any, bucket: str) -> None:
    frame = DynamicFrame.fromDF(spark.sql("select 1 n, 'x' s, cast(1.5 as decimal(5,2)) d"), glue)
    frame.write("s3", {"path": f"s3://{bucket}/avro/"}, "avro")
    back = glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}/avro/"]}, "avro")
    assert [str(value) for value in back.toDF().collect()[0]] == ["1", "x", "1.50"]


@pytest.mark.parametrize("recurse", [True, False])
def test_partitions_above_the_path_are_those_below_its_base(glue: Any, spark: Any, bucket: str, recurse: bool) -> None:
    root = f"s3://{bucket}/in/"
    spark.sql("select 1 n, 2020 y, 'a' m").write.partitionBy("y", "m").parquet(root)
    options = {"paths": [f"{root}y=2020/"], "basePath": root, "recurse": recurse}
    frame = glue.create_dynamic_frame.from_options("s3", options, "parquet")
    assert [tuple(row) for row in frame.toDF().select("n", "y", "m").collect()] == [(1, 2020, "a")]


def test_a_bucket_needs_no_slash(glue: Any, aws: Any, bucket: str) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key="n.json", Body='{"n":1}')
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}"]}, "json")
    assert [row.n for row in frame.toDF().collect()] == [1]
