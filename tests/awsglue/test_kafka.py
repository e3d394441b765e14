"""Kafka as a source and a sink, against a real broker."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import fastavro
import pytest
from tests.conftest import wait_for
from tests.kafka_broker import Broker, Record
from tests.servers import free_port

pytest.importorskip("pyspark")
from awsglue.dynamicframe import DynamicFrame

pytestmark = pytest.mark.timeout(600)
PEOPLE = {"type": "record", "name": "person", "fields": [{"name": "id", "type": "int"}, {"name": "name", "type": ["null", "string"]}]}
Rows = list[dict[str, Any]]


@pytest.fixture
def topic(kafka: Broker, unique: str) -> str:
    return kafka.topic(unique, partitions=2)


@pytest.fixture
def streamed(glue: Any, spark: Any, tmp_path: Any) -> Callable[..., Rows]:
    """The rows of a stream's batches; it ends when it has had as many."""

    def run(stream: Any, count: int, meanwhile: Callable[[], Any] = lambda: None) -> Rows:
        rows: Rows = []

        def end() -> None:
            query = wait_for(lambda: next(iter(spark.streams.active), None))
            wait_for(lambda: not query.isActive or query.lastProgress)
            meanwhile()
            wait_for(lambda: not query.isActive or len(rows) >= count)
            query.stop()

        thread = Thread(target=end)
        thread.start()
        options = {"windowSize": "100 milliseconds", "checkpointLocation": str(tmp_path / "checkpoint"), "batchMaxRetries": "0"}
        glue.forEachBatch(stream, lambda df, n: rows.extend(row.asDict(recursive=True) for row in df.collect()), options)
        thread.join()
        return sorted(rows, key=repr)

    return run


@pytest.fixture
def source(glue: Any, kafka: Broker, topic: str) -> Callable[..., Any]:
    def read(**options: Any) -> Any:
        where = {"bootstrap.servers": kafka.address, "security.protocol": "PLAINTEXT", "topicName": topic}
        return glue.create_data_frame.from_options(connection_type="kafka", connection_options={**where, **options})

    return read


@pytest.mark.parametrize("schema", ["id INT, name STRING", "'id' INT, 'name' STRING", "struct<id:int,name:string>"])
def test_json_with_a_schema(kafka: Broker, topic: str, source: Any, streamed: Any, schema: str) -> None:
    kafka.send(topic, ['{"id": 1, "name": "a"}', '{"id": 2, "more": true}'])
    rows = streamed(source(classification="json", startingOffsets="earliest", schema=schema), 2)
    assert rows == [{"id": 1, "name": "a"}, {"id": 2, "name": None}]


def test_json_whose_schema_is_found(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    kafka.send(topic, ['{"id": 1, "tags": ["x"]}'])
    assert streamed(source(classification="json", startingOffsets="earliest", inferSchema="true"), 1) == [{"id": 1, "tags": ["x"]}]


def test_latest_is_the_default(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    kafka.send(topic, ['{"id": 1}'])
    rows = streamed(source(classification="json", schema="id INT"), 1, lambda: kafka.send(topic, ['{"id": 2}']))
    assert rows == [{"id": 2}]


def test_from_a_moment_on(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    for n, day in enumerate((1, 2, 3), 1):
        moment = datetime(2026, 1, day, tzinfo=UTC)
        kafka.send(topic, [f'{{"id": {n}}}'], partition=0, timestamp=int(moment.timestamp() * 1000))
    rows = streamed(source(schema="id INT", startingTimestamp="2026-01-01T20:00:00-04:00"), 2)  # 2026-01-02T00:00:00Z
    assert rows == [{"id": 2}, {"id": 3}]


def test_headers_and_the_time_of_arrival(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    kafka.send(topic, ['{"id": 1}'], headers={"origin": b"till 4"}, timestamp=1767225600123)
    kafka.send(topic, ['{"id": 2}'], timestamp=1767225600000)
    stream = source(schema="id INT", startingOffsets="earliest", includeHeaders="true", addRecordTimestamp="true")
    kind = dict(stream.dtypes)["glue_streaming_kafka_headers"]
    assert kind == "array<struct<key:string,value:string>>"
    first, second = streamed(stream, 2)
    assert (first["__src_timestamp"], second["__src_timestamp"]) == ("2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.000Z")
    assert first["glue_streaming_kafka_headers"] == [{"key": "origin", "value": "till 4"}]
    assert not second["glue_streaming_kafka_headers"]


def test_csv(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    kafka.send(topic, ["1|a,b|2.5", "2||"])
    stream = source(classification="csv", delimiter="|", schema="id INT, name STRING, price DOUBLE", startingOffsets="earliest")
    assert streamed(stream, 2) == [{"id": 1, "name": "a,b", "price": 2.5}, {"id": 2, "name": None, "price": None}]


def encoded(value: Any, schema: Any) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(schema), value)
    return buffer.getvalue()


def test_avro(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    wanted = [{"id": 1, "name": "a"}, {"id": 2, "name": None}]
    kafka.send(topic, [encoded(each, PEOPLE) for each in wanted])
    assert streamed(source(classification="avro", schema=json.dumps(PEOPLE), startingOffsets="earliest"), 2) == wanted


def test_avro_arrays_of_records(kafka: Broker, topic: str, source: Any, streamed: Any) -> None:
    schema, wanted = {"type": "array", "items": PEOPLE}, [{"id": 1, "name": "a"}, {"id": 2, "name": None}]
    kafka.send(topic, [encoded(wanted, schema)])
    assert streamed(source(classification="avro", avroSchema=json.dumps(schema), startingOffsets="earliest"), 2) == wanted


# --- what is there, at once ------------------------------------------------------------------------------------------


@pytest.fixture
def whole(glue: Any, kafka: Broker, topic: str) -> Callable[..., Rows]:
    """The rows of a DynamicFrame of the topic."""

    def read(**options: Any) -> Rows:
        where = {"bootstrap.servers": kafka.address, "topicName": topic, "classification": "json"}
        frame = glue.create_dynamic_frame.from_options("kafka", {**where, **options})
        return sorted((row.asDict(recursive=True) for row in frame.toDF().collect()), key=repr)

    return read


def test_everything_that_is_there(kafka: Broker, topic: str, whole: Any) -> None:
    kafka.send(topic, ['{"id": 1, "name": "a"}', '{"id": 2}'])
    assert whole(inferSchema="true") == [{"id": 1, "name": "a"}, {"id": 2, "name": None}]
    assert whole(schema="id INT") == [{"id": 1}, {"id": 2}]


def test_offsets_on_both_sides(kafka: Broker, topic: str, whole: Any) -> None:
    for place in (0, 1):
        kafka.send(topic, [f'{{"id": "{place}{n}"}}' for n in range(1, 5)], partition=place)
    start, end = {topic: {"0": 1, "1": -2}}, {topic: {"0": 3, "1": -1}}
    rows = whole(schema="id STRING", startingOffsets=json.dumps(start), endingOffsets=json.dumps(end))
    assert [row["id"] for row in rows] == ["02", "03", "11", "12", "13", "14"]
    assert len(whole(schema="id STRING", startingOffsets="earliest", endingOffsets="latest")) == 8
    with pytest.raises(ValueError, match="cannot have startingOffsets latest"):
        whole(schema="id STRING", startingOffsets="latest")


def test_several_topics(kafka: Broker, topic: str, whole: Any) -> None:
    other = kafka.topic(f"{topic}-b")
    kafka.send(topic, ['{"id": 1}'], partition=0)
    kafka.send(topic, ['{"id": 9}'], partition=1)
    kafka.send(other, ['{"id": 2}'])
    places: list[tuple[dict[str, Any], list[int]]] = [
        ({"topicName": f"{topic}, {other}"}, [1, 2, 9]),
        ({"topicName": None, "subscribePattern": f"{topic}.*"}, [1, 2, 9]),
        ({"topicName": None, "assign": json.dumps({topic: [0], other: [0]})}, [1, 2]),
    ]
    for place, wanted in places:
        assert [row["id"] for row in whole(schema="id INT", **place)] == wanted, place


# --- tables and connections of the catalog ---------------------------------------------------------------------------


@pytest.fixture
def table(aws: Any, kafka: Broker, topic: str, unique: str) -> Callable[..., dict[str, str]]:
    """A table of the topic and the connection that it names."""
    glue = aws.client("glue")

    def make(classification: str = "json", **serde: str) -> dict[str, str]:
        properties = {"KAFKA_BOOTSTRAP_SERVERS": kafka.address, "KAFKA_SSL_ENABLED": "false"}
        glue.create_connection(ConnectionInput={"Name": unique, "ConnectionType": "KAFKA", "ConnectionProperties": properties})
        glue.create_database(DatabaseInput={"Name": unique})
        storage = {
            "Columns": [{"Name": "id", "Type": "int"}, {"Name": "name", "Type": "string"}],
            "Location": topic,
            "Parameters": {"typeOfData": "kafka", "topicName": topic, "connectionName": unique},
            "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": serde},
        }
        made = {"Name": "people", "StorageDescriptor": storage, "Parameters": {"classification": classification}}
        glue.create_table(DatabaseName=unique, TableInput=made)
        return {"database": unique, "table_name": "people"}

    return make


def test_a_table_of_the_catalog(glue: Any, kafka: Broker, topic: str, table: Any, streamed: Any) -> None:
    named = table()
    kafka.send(topic, ['{"id": 1, "name": "a"}'])
    stream = glue.create_data_frame.from_catalog(**named, additional_options={"startingOffsets": "earliest", "inferSchema": "false"})
    assert streamed(stream, 1) == [{"id": 1, "name": "a"}]
    assert [row.asDict() for row in glue.create_dynamic_frame.from_catalog(**named).toDF().collect()] == [{"id": 1, "name": "a"}]


def test_a_table_of_csv_is_read_and_written(glue: Any, spark: Any, kafka: Broker, topic: str, table: Any) -> None:
    named = table("csv", **{"field.delim": ";"})
    frame = DynamicFrame.fromDF(spark.sql("select 1 id, 'a;b' name"), glue)
    glue.write_dynamic_frame.from_catalog(frame, **named)
    assert [record.value for record in kafka.read(topic)] == [b'1;"a;b"']
    assert [row.asDict() for row in glue.create_dynamic_frame.from_catalog(**named).toDF().collect()] == [{"id": 1, "name": "a;b"}]


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"KAFKA_CUSTOM_CERT": "s3://b/cert.pem"}, "KAFKA_CUSTOM_CERT"),
        ({"KAFKA_SASL_MECHANISM": "GSSAPI"}, "KAFKA_SASL_MECHANISM GSSAPI"),
        ({"KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_SASL_SCRAM_SECRETS_ARN": "arn:aws:secretsmanager:x"}, "Secrets Manager"),
    ],
)
def test_connections_that_are_refused(glue: Any, aws: Any, unique: str, properties: dict[str, str], told: str) -> None:
    wanted = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", **properties}
    aws.client("glue").create_connection(ConnectionInput={"Name": unique, "ConnectionType": "KAFKA", "ConnectionProperties": wanted})
    with pytest.raises(NotImplementedError, match=told):
        glue.create_data_frame.from_options("kafka", {"connectionName": unique, "topicName": "t", "schema": "a INT"})


# --- the sink --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sink(glue: Any, spark: Any, kafka: Broker, topic: str) -> Callable[..., list[Record]]:
    """What the topic holds once rows of SQL were written to it."""

    def write(sql: str, **options: Any) -> list[Record]:
        where = {"bootstrap.servers": kafka.address, "topic": topic, "classification": "json"}
        frame = DynamicFrame.fromDF(spark.sql(sql), glue)
        glue.write_dynamic_frame.from_options(frame=frame, connection_type="kafka", connection_options={**where, **options})
        return kafka.read(topic)

    return write


def test_what_is_written(sink: Any) -> None:
    sql = "select 1 id, 'a' name, array(named_struct('x', 1)) nested, timestamp'2026-01-02 03:04:05' at"
    (found,) = sink(sql, **{"compression.type": "gzip"})
    assert json.loads(found.value) == {"id": 1, "name": "a", "nested": [{"x": 1}], "at": "2026-01-02 03:04:05.000000"}
    assert found.key is None


def test_keys_and_partitions(sink: Any) -> None:
    found = sink("select id, concat('k', id) name from range(3)", key="name", partition=1)
    assert sorted((record.key, record.partition) for record in found) == [(b"k0", 1), (b"k1", 1), (b"k2", 1)]


def test_a_column_names_the_topic(sink: Any, topic: str) -> None:
    found = sink(f"select '{topic}' topic, 1 id", topic=None)
    assert [json.loads(record.value) for record in found] == [{"topic": topic, "id": 1}]


def test_what_is_written_as_avro(sink: Any) -> None:
    (record,) = sink("select 1 id, 'a' name", classification="avro", avroSchema=json.dumps(PEOPLE))
    assert fastavro.schemaless_reader(io.BytesIO(record.value), fastavro.parse_schema(PEOPLE), None) == {"id": 1, "name": "a"}


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"topic": None}, ValueError, "needs the option topic"),
        ({"topics": "x"}, ValueError, "has no option topics; is topic meant"),
        ({"partition": "first"}, ValueError, "neither a number nor a column"),
        ({"classification": "parquet"}, NotImplementedError, "classification parquet"),
        ({"topic": "nowhere-at-all", "max.block.ms": "3000"}, Exception, "nowhere-at-all"),
    ],
)
def test_sinks_that_are_wrong(sink: Any, options: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        sink("select 1 id", **options)


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"topicName": "not-there"}, LookupError, "There is no topic 'not-there' at the Kafka broker 127.0.0.1:"),
        ({"startingOffset": "earliest"}, ValueError, "has no option startingOffset; is startingOffsets meant"),
        ({"topicname": "x"}, ValueError, "is topicName meant"),
        ({"schema": "id INTT"}, ValueError, "no list of columns like"),
        ({"schema": "id INT,, name STRING"}, ValueError, "no list of columns like"),
        ({"classification": "avro", "schema": "id INT"}, ValueError, "JSON of an Avro record"),
        ({"classification": "csv", "schema": None}, ValueError, "csv needs the option schema"),
        ({"classification": "xml"}, NotImplementedError, "classification xml"),
        ({"startingTimestamp": "yesterday"}, ValueError, "no moment like"),
        ({"startingOffsets": "first"}, ValueError, "startingOffsets 'first'"),
        ({"topicName": None, "assign": "t"}, ValueError, "no JSON like"),
        ({"connectionName": "no-such-connection"}, LookupError, "no-such-connection"),
    ],
)
def test_sources_that_are_wrong(aws: Any, source: Any, options: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        source(**{"schema": "id INT", **options})


def test_no_broker_is_told_in_time(glue: Any, spark: Any) -> None:
    where = {"bootstrap.servers": f"127.0.0.1:{free_port()}", "kafka.default.api.timeout.ms": "4000", "kafka.request.timeout.ms": "2000"}
    began = time.monotonic()
    with pytest.raises(ConnectionError, match=r"No Kafka broker answers at 127\.0\.0\.1:"):
        glue.create_data_frame.from_options("kafka", {**where, "topicName": "t", "schema": "id INT"})
    with pytest.raises(ConnectionError, match="No Kafka broker answers"):
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(spark.range(1), glue), "kafka", {**where, "topic": "t"})
    assert time.monotonic() - began < 30
