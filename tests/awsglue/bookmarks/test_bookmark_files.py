"""What each run reads of folders and tables that grow."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue import _report
from awsglue._bookmarks import turn
from awsglue._bookmarks.state import UnknownStateError
from awsglue._bookmarks.store import VersionMismatchException
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job

Run = Callable[..., Any]


def numbers(glue: Any, root: str, ctx: str = "source", format: str = "json", **options: Any) -> list[int]:
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [root], **options}, format, transformation_ctx=ctx)
    return sorted(row.n for row in frame.toDF().collect()) if list(frame.schema()) else []


def test_each_run_reads_what_is_new(glue: Any, job: Run, write: Any, kept: Path) -> None:
    root = write("a.json", '{"n":1}')
    assert job(lambda: numbers(glue, root)) == [1]
    assert job(lambda: numbers(glue, root)) == []
    write("b.json", '{"n":2}')
    assert job(lambda: numbers(glue, root), commit=False) == [2]
    assert job(lambda: numbers(glue, root), option="job-bookmark-pause") == [2]
    assert job(lambda: numbers(glue, root)) == [2]
    time.sleep(0.01)
    write("a.json", '{"n":10}')  # written again: read again
    assert job(lambda: numbers(glue, root)) == [10]
    found = json.loads(kept.read_text())["job"]
    assert (found["run"], found["attempt"], found["open"]) == (5, 0, False)
    state = found["state"]["source"]
    assert (state["jsonClass"], state["timestamps"]["RUN"]) == ("HadoopDataSourceJobBookmarkState", "4")
    assert len(state["timestamps"]["INCLUDE_LIST"].split(",")) == 2


def test_a_run_that_fails_changes_nothing(glue: Any, job: Run, write: Any) -> None:
    root = write("a.json", '{"n":1}')

    def fails() -> None:
        numbers(glue, root)
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        job(fails)
    assert job(lambda: numbers(glue, root)) == [1]


def test_contexts_and_names_are_apart(glue: Any, job: Run, write: Any) -> None:
    root = write("a.json", '{"n":1}')
    assert job(lambda: numbers(glue, root, "one")) == [1]
    assert job(lambda: numbers(glue, root, "two")) == [1]
    assert job(lambda: numbers(glue, root, "one"), name="another job") == [1]
    assert job(lambda: (numbers(glue, root, "one"), numbers(glue, root, "two"))) == ([], [])


def test_sources_without_a_context_are_named(glue: Any, job: Run, write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    root = write("a.json", '{"n":1}')
    for _ in range(2):
        assert job(lambda: numbers(glue, root, "")) == [1]
    said = capsys.readouterr().err
    assert f"{root} has no transformation_ctx" in said and "read whole" in said
    assert "no transformation_ctx" in _report.as_json()["sources"][-1]["notes"][0]
    assert job(lambda: numbers(glue, root, ""), option="job-bookmark-disable") == [1]
    assert capsys.readouterr().err == ""


def test_one_context_for_two_sources_is_named(glue: Any, job: Run, write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = write("one/a.json", '{"n":1}') + "/one", write("two/a.json", '{"n":2}') + "/two"
    job(lambda: (numbers(glue, one), numbers(glue, two)))
    assert f"'source' is used by {one} and by {two}" in capsys.readouterr().err


def test_two_runs_at_once(glue: Any, job: Run, write: Any) -> None:
    root = write("a.json", '{"n":1}')
    job(lambda: numbers(glue, root))
    Job(glue).init("job", {"job_bookmark_option": "job-bookmark-enable"})
    early = turn.current()
    assert early is not None
    job(lambda: numbers(glue, root))
    with pytest.raises(VersionMismatchException, match="Expected version 3 but found version 5"):
        early.commit()


def test_nothing_keeps_them(glue: Any, job: Run, write: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("WHEATPASTE_BOOKMARK_FILE")
    root = write("a.json", '{"n":1}')
    for _ in range(2):
        assert job(lambda: numbers(glue, root)) == [1]
    assert "EVERYTHING is read" in capsys.readouterr().err


@pytest.mark.parametrize("format", ["json", "csv", "parquet", "orc", "avro", "xml"])
def test_formats(glue: Any, spark: Any, job: Run, tmp_path: Path, format: str) -> None:
    where = str(tmp_path / "in")

    def add(n: int) -> None:
        rows = DynamicFrame.fromDF(spark.createDataFrame([(n,)], "n int"), glue)
        options = {"rowTag": "r", "rootTag": "all"} if format == "xml" else {}
        rows.write("s3", {"path": where}, format, options)

    def read() -> list[int]:
        options = {"csv": {"withHeader": True}, "xml": {"rowTag": "r"}}.get(format, {})
        frame = glue.create_dynamic_frame.from_options("s3", {"paths": [where]}, format, options, transformation_ctx="c")
        return sorted(int(row.n) for row in frame.toDF().collect()) if list(frame.schema()) else []

    if format == "avro":
        from tests.awsglue.conftest import JARS

        if JARS is None:
            pytest.skip("the jar for avro is not in the cache")
    for n in (1, 2):
        add(n)
        assert job(read) == [n]
    assert job(read) == []


def test_partitions_in_folder_names(glue: Any, spark: Any, job: Run, tmp_path: Path) -> None:
    where = str(tmp_path / "in")

    def read() -> list[tuple[int, int]]:
        frame = glue.create_dynamic_frame.from_options("s3", {"paths": [where]}, "parquet", transformation_ctx="c")
        return sorted((row.n, row.month) for row in frame.toDF().collect()) if list(frame.schema()) else []

    for month in (1, 2):
        spark.createDataFrame([(month * 10, month)], "n int, month int").write.mode("append").partitionBy("month").parquet(where)
        assert job(read) == [(month * 10, month)]
    assert job(read) == []


def test_bounded_runs(glue: Any, job: Run, write: Any) -> None:
    for n in (1, 2, 3):
        root = write(f"{n}.json", f'{{"n":{n}}}')
        time.sleep(0.01)
    found = [job(lambda: numbers(glue, root, boundedFiles="2")) for _ in range(3)]
    assert found == [[1, 2], [3], []]


def test_paths_that_overlap_are_read_once(glue: Any, job: Run, write: Any) -> None:
    root = write("a.json", '{"n":1}')
    write("b.json", '{"n":2}')

    def read() -> list[int]:
        paths = [root, f"{root}/", f"{root}/b.json", f"{root}/*.json"]
        frame = glue.create_dynamic_frame.from_options("s3", {"paths": paths}, "json", transformation_ctx="source")
        return sorted(row.n for row in frame.toDF().collect()) if list(frame.schema()) else []

    assert job(read) == [1, 2]
    assert _report.as_json()["sources"][-1]["listed"] == 2
    assert job(read) == []


def test_the_report_counts(glue: Any, job: Run, write: Any) -> None:
    root = write("a.json", '{"n":1}')
    job(lambda: numbers(glue, root))
    write("b.json", '{"n":2}')
    write("c.tmp", "no")
    job(lambda: numbers(glue, root, exclusions='["**.tmp"]'))
    job(lambda: numbers(glue, root, exclusions='["**.tmp"]'))
    second, third = _report.as_json()["sources"][-2:]
    counted = {"listed": 3, "excluded": 1, "skipped_by_bookmark": 1, "left_for_later": 0, "read": 1, "bytes": 7, "notes": []}
    told = {"name": root, "kind": "s3", "format": "json", "transformation_ctx": "source", **counted}
    assert {name: second[name] for name in told} == told
    assert (third["read"], third["skipped_by_bookmark"]) == (0, 2)
    assert "2 of 3 files were read by earlier runs" in third["notes"][0]


def test_a_context_that_was_a_tables(glue: Any, job: Run, write: Any, kept: Path) -> None:
    root = write("a.json", '{"n":1}')
    job(lambda: numbers(glue, root))
    state = json.loads(kept.read_text())
    state["job"]["state"]["source"] = {"jsonClass": "JdbcDataSourceJobBookmarkState", "timestamps": {}, "keys": []}
    kept.write_text(json.dumps(state))
    with pytest.raises(UnknownStateError, match="'source' is a JdbcDataSource"):
        job(lambda: numbers(glue, root))


def test_the_tables_of_the_catalog(glue: Any, spark: Any, job: Run, aws: Any, bucket: str) -> None:
    """Partition values are the catalog's; a partition whose files are old news is not read again; a new one is."""
    client, s3 = aws.client("glue"), aws.client("s3")
    client.create_database(DatabaseInput={"Name": bucket})

    def add(key: str, value: str, n: int) -> None:
        s3.put_object(Bucket=bucket, Key=f"t/{key}/{n}.json", Body=json.dumps({"n": n}).encode())
        serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
        storage = {"Location": f"s3://{bucket}/t/{key}/", "Columns": [{"Name": "n", "Type": "int"}], "SerdeInfo": serde}
        if value in made:
            return
        made.add(value)
        if len(made) == 1:
            table = {"Name": "t", "Parameters": {"classification": "json"}, "PartitionKeys": [{"Name": "k", "Type": "string"}]}
            client.create_table(
                DatabaseName=bucket, TableInput={**table, "StorageDescriptor": {**storage, "Location": f"s3://{bucket}/t/"}}
            )
        client.create_partition(DatabaseName=bucket, TableName="t", PartitionInput={"Values": [value], "StorageDescriptor": storage})

    def read() -> list[tuple[int, str]]:
        frame = glue.create_dynamic_frame.from_catalog(bucket, "t", transformation_ctx="t")
        return sorted((row.n, row.k) for row in frame.toDF().collect())

    made: set[str] = set()
    s3.put_object(Bucket=bucket, Key="t/old/9.json", Body=b'{"n": 9}')  # of no partition yet
    add("k=a", "a", 1)
    assert job(read) == [(1, "a")]
    add("k=a", "a", 2)
    add("elsewhere", "b", 3)
    assert job(read) == [(2, "a"), (3, "b")]
    assert job(read) == []
    told = _report.as_json()["sources"][-1]
    assert (told["kind"], told["listed"], told["skipped_by_bookmark"], told["read"]) == ("catalog", 3, 3, 0)
    s3.delete_object(Bucket=bucket, Key="t/k=a/1.json")
    add("old", "c", 8)
    assert job(read) == [(8, "c"), (9, "c")]
    assert job(read) == []
