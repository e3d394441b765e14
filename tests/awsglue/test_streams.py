"""Streams: batches, retries, what a batch that is run again leaves behind, and the options of sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.conftest import wait_for

from awsglue._read.kafka import RAW, kafka_options
from awsglue.dynamicframe import DynamicFrame

CHECKED = {"windowSize": "100 milliseconds"}


@contextmanager
def until_idle(spark: Any) -> Iterator[None]:
    """Stops the stream that begins within it once all that is there was read."""

    def stop() -> None:
        query = wait_for(lambda: next(iter(spark.streams.active), None))
        wait_for(
            lambda: not query.isActive or (query.lastProgress and not query.lastProgress["numInputRows"] and query.lastProgress["batchId"])
        )
        query.stop()

    thread = Thread(target=stop)
    thread.start()
    yield
    thread.join()


def written(folder: Path) -> list[int]:
    return sorted(json.loads(line)["a"] for file in folder.rglob("run-*") for line in file.read_text().splitlines())


def test_for_each_batch(glue: Any, spark: Any, write: Any, tmp_path: Path) -> None:
    folder = write("1.json", '{"a": 1}')
    seen: list[tuple[int, int]] = []
    failures = [RuntimeError("once")]

    def batch(df: Any, number: int) -> None:
        if failures:
            raise failures.pop()
        seen.append((df.collect()[0].a, number))

    def stop_after_the_batch() -> None:
        query = wait_for(lambda: next(iter(spark.streams.active), None))
        wait_for(lambda: query.lastProgress)
        query.stop()

    Thread(target=stop_after_the_batch).start()
    stream = spark.readStream.schema("a int").json(folder)
    glue.forEachBatch(frame=stream, batch_function=batch, options={"windowSize": "1 second", "checkpointLocation": str(tmp_path / "c")})
    assert seen == [(1, 0)]


def test_a_batch_that_fails_after_writing_leaves_its_rows_once(glue: Any, spark: Any, write: Any, tmp_path: Path) -> None:
    folder = write("1.json", '{"a": 1}\n{"a": 2}')
    failures = [RuntimeError("after the first write"), RuntimeError("after both")]

    def batch(df: Any, number: int) -> None:
        frame = DynamicFrame.fromDF(df, glue, "batch")
        for sink in ("one", "two"):
            glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / sink)}, "json")
            if failures and (sink, len(failures)) in (("one", 2), ("two", 1)):
                raise failures.pop(0)

    stream = spark.readStream.schema("a int").json(folder)
    with until_idle(spark):
        write("2.json", '{"a": 3}')
        glue.forEachBatch(stream, batch, {**CHECKED, "checkpointLocation": str(tmp_path / "c")})
    assert (written(tmp_path / "one"), written(tmp_path / "two")) == ([1, 2, 3], [1, 2, 3])


def test_a_stream_that_died_goes_on_where_it_was(glue: Any, spark: Any, write: Any, tmp_path: Path) -> None:
    """A batch that was written but not committed, as after a kill, is run again and replaces what it wrote."""
    folder, out = write("1.json", '{"a": 1}'), tmp_path / "o"
    options = {**CHECKED, "checkpointLocation": str(tmp_path / "c"), "batchMaxRetries": 0}

    def batch(df: Any, number: int) -> None:
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(df, glue), "s3", {"path": str(out)}, "json")
        if not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            raise RuntimeError("killed")

    stream = spark.readStream.schema("a int").json(folder)
    with pytest.raises(Exception, match="killed"):
        glue.forEachBatch(stream, batch, options)
    assert written(out) == [1]
    write("2.json", '{"a": 2}')
    with until_idle(spark):
        glue.forEachBatch(stream, batch, options)
    assert written(out) == [1, 2]


def test_a_schema_found_batch_by_batch(glue: Any, spark: Any, write: Any, tmp_path: Path) -> None:
    folder = write("1.txt", '{"a": 1, "b": {"c": "x"}}\n{"a": 2}')
    seen: list[Any] = []
    stream = spark.readStream.text(folder).withColumnRenamed("value", RAW)
    with until_idle(spark):
        write("2.txt", '{"z": 1}')
        options = {**CHECKED, "checkpointLocation": str(tmp_path / "c")}
        glue.forEachBatch(stream, lambda df, n: seen.extend(row.asDict(recursive=True) for row in df.collect()), options)
    rows = [{key: value for key, value in row.items() if value is not None} for row in seen]
    assert sorted(rows, key=repr) == [{"a": 1, "b": {"c": "x"}}, {"a": 2}, {"z": 1}]


def test_a_sample_of_a_stream(glue: Any, spark: Any, write: Any) -> None:
    stream = spark.readStream.schema("a int").json(write("1.json", "\n".join(f'{{"a": {n}}}' for n in range(9))))
    frame = glue.getSampleStreamingDynamicFrame(stream, {"windowSize": "100 milliseconds", "recordPollingLimit": "5"})
    assert frame.count() == 5
    assert not spark.streams.active
    with pytest.raises(ValueError, match="windowSize"):
        glue.getSampleStreamingDynamicFrame(stream, {})
    with pytest.raises(ValueError, match="pollingTimeInMs"):
        glue.getSampleStreamingDynamicFrame(stream, {"windowSize": "1 minute"})


@pytest.mark.parametrize("options", [{}, {"windowSize": "1 s"}, {"windowSize": "1 s", "checkpointLocation": "x", "batchMaxRetries": 101}])
def test_for_each_batch_checks_its_options(glue: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"checkpointLocation|batchMaxRetries"):
        glue.forEachBatch(None, lambda df, n: None, options)


def test_kafka_options() -> None:
    given = {
        "bootstrap.servers": "b:9092", "security.protocol": "SSL", "topicName": "t", "startingTimestamp": "1970-01-01T00:00:01Z",
        "maxOffsetsPerTrigger": 5, "includeHeaders": "true", "pollTimeoutMs": "512", "numRetries": 3, "classification": "json",
    }  # fmt: skip
    assert kafka_options(given) == {
        "kafka.bootstrap.servers": "b:9092", "kafka.security.protocol": "SSL", "subscribe": "t", "startingTimestamp": "1000",
        "startingOffsetsByTimestampStrategy": "latest",
        "maxOffsetsPerTrigger": "5", "includeHeaders": "true", "kafkaConsumer.pollTimeoutMs": "512", "fetchOffset.numRetries": "3",
    }  # fmt: skip
    assert kafka_options({"bootstrap.servers": "b", "assign": "x"})["startingOffsets"] == "latest"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"bootstrap.servers": "b"}, "topicName"),
        ({"bootstrap.servers": "b", "topicName": "t", "assign": "x"}, "exactly one"),
        ({"topicName": "t"}, "bootstrap.servers"),
        ({"topicName": "t", "startingOffsets": "earliest", "startingTimestamp": "2020-01-01T00:00:00Z"}, "not both"),
    ],
)
def test_kafka_options_that_are_wrong(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        kafka_options(options)
