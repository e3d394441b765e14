"""Transitions between storage classes and the legacy job helpers, on a real bucket and a real catalog."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue import devutils

WHO = {"accountId": "123456789012", "roleArn": "arn:aws:iam::123456789012:role/r", "retentionPeriod": 0}


def classes(aws: Any, bucket: str) -> dict[str, str]:
    found = aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    return {item["Key"]: item["StorageClass"] for item in found}


def test_a_path_moves_and_its_neighbour_does_not(glue: Any, aws: Any, unique: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=unique)
    for key in ("in/a", "in/sub/b", "in-other"):
        s3.put_object(Bucket=unique, Key=key, Body=b"x", Metadata={"kept": "yes"})
    glue.transition_s3_path(f"s3://{unique}/in", "GLACIER", {**WHO, "retentionPeriod": 1})
    assert set(classes(aws, unique).values()) == {"STANDARD"}  # too young
    glue.transition_s3_path(f"s3://{unique}/in", "glacier", {**WHO, "manifestFilePath": f"s3://{unique}/told"})
    assert classes(aws, unique) == {
        "in-other": "STANDARD", "in/a": "GLACIER", "in/sub/b": "GLACIER", "told/Failed.csv": "STANDARD", "told/Success.csv": "STANDARD",
    }  # fmt: skip
    assert s3.head_object(Bucket=unique, Key="in/a")["Metadata"] == {"kept": "yes"}
    assert s3.get_object(Bucket=unique, Key="told/Success.csv")["Body"].read().split() == [
        f"s3://{unique}/in/a".encode(), f"s3://{unique}/in/sub/b".encode(),
    ]  # fmt: skip


def test_the_partitions_of_a_table_move(glue: Any, aws: Any, unique: str) -> None:
    s3, catalog = aws.client("s3"), aws.client("glue")
    s3.create_bucket(Bucket=unique)
    catalog.create_database(DatabaseInput={"Name": unique})
    storage = {"Columns": [{"Name": "n", "Type": "int"}], "Location": f"s3://{unique}/t/"}
    catalog.create_table(
        DatabaseName=unique, TableInput={"Name": "t", "StorageDescriptor": storage, "PartitionKeys": [{"Name": "k", "Type": "string"}]}
    )
    for value in ("a", "b"):
        s3.put_object(Bucket=unique, Key=f"t/k={value}/f", Body=b"1\n")
        place = {"Location": f"s3://{unique}/t/k={value}/"}
        catalog.create_partition(DatabaseName=unique, TableName="t", PartitionInput={"Values": [value], "StorageDescriptor": place})
    glue.transition_table(unique, "t", "STANDARD_IA", {**WHO, "partitionPredicate": "k = 'b'"})
    assert classes(aws, unique) == {"t/k=a/f": "STANDARD", "t/k=b/f": "STANDARD_IA"}


@pytest.mark.parametrize(("target", "options", "told"), [("GLACIER", {}, "accountId and roleArn"), ("ICE", WHO, "ICE")])
def test_what_a_transition_needs(glue: Any, target: str, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        glue.transition_s3_path("s3://b/x", target, options)


def test_legacy_job_helpers(glue: Any, aws: Any, unique: str, tmp_path: Path) -> None:
    aws.client("s3").create_bucket(Bucket=unique)
    (tmp_path / "script.py").write_text("print(1)")
    jobs, job = devutils.GlueJobUtils(glue), devutils.Job()
    job.name, job.role = unique, "arn:aws:iam::123456789012:role/r"  # type: ignore[attr-defined]
    job.command = devutils.Command("glueetl", f"s3://{unique}/script.py")  # type: ignore[attr-defined]
    jobs.create_job(job, str(tmp_path / "script.py"))
    assert aws.client("s3").get_object(Bucket=unique, Key="script.py")["Body"].read() == b"print(1)"
    assert jobs.get_job(unique).command["ScriptLocation"] == f"s3://{unique}/script.py"  # type: ignore[attr-defined]
    job.description = "changed"  # type: ignore[attr-defined]
    jobs.update_job(job)
    assert unique in [each.name for each in jobs.get_jobs()]  # type: ignore[attr-defined]
    assert jobs.get_job(unique).description == "changed"  # type: ignore[attr-defined]
    jobs.delete_job(unique)
    assert unique not in [each.name for each in jobs.get_jobs()]  # type: ignore[attr-defined]
