"""Streaming jobs that read Kafka, against a real broker: started, killed and started again, they lose nothing, double nothing and go on."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.conftest import CACHE, Server, wait_for
from tests.kafka_broker import Broker
from tests.servers import free_port

from wheatpaste.engines.spark import jars

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(900)]
OVER = ("FAILED", "STOPPED", "SUCCEEDED", "ERROR", "TIMEOUT")
SCRIPT = """
import sys, time
import boto3
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
s3 = boto3.client("s3")
place = "s3://" + args["bucket"] + "/"
dataframe_ApacheKafka_node1 = glueContext.create_data_frame.from_catalog(
    database="shop", table_name="orders", transformation_ctx="dataframe_ApacheKafka_node1",
    additional_options={"startingOffsets": "earliest", "inferSchema": "false", "maxOffsetsPerTrigger": 10},
)

def hold(batchId):
    '''The first time that it is asked for, waits to be killed.'''
    if s3.list_objects_v2(Bucket=args["bucket"], Prefix=f"hold/{batchId}")["KeyCount"] == 0 and batchId in HELD:
        s3.put_object(Bucket=args["bucket"], Key=f"hold/{batchId}", Body=b"")
        time.sleep(600)

def processBatch(data_frame, batchId):
    if data_frame.count() > 0:
        frame = DynamicFrame.fromDF(data_frame, glueContext, "from_data_frame")
        glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": place + "json/"}, "json")
        if batchId == BETWEEN:
            hold(batchId)
        glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": place + "parquet/"}, "glueparquet")
        hold(batchId)
    print("batch", batchId, flush=True)

glueContext.forEachBatch(
    frame=dataframe_ApacheKafka_node1, batch_function=processBatch,
    options={"windowSize": "100 milliseconds", "checkpointLocation": place + "checkpoint/"},
)
job.commit()
"""
SMALL = """
import sys
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
args = getResolvedOptions(sys.argv, ["servers", "topic"])
glueContext = GlueContext(SparkContext())
where = {"bootstrap.servers": args["servers"], "topicName": args["topic"], "schema": "id INT", "startingOffsets": "earliest"}
"""
WHOLE = "print(glueContext.create_dynamic_frame.from_options('kafka', where).count())\n"
STREAM = "stream = glueContext.create_data_frame.from_options(connection_type='kafka', connection_options=where)\n"
UNREADABLE = """
where.pop("schema")
stream = glueContext.create_data_frame.from_options(connection_type='kafka', connection_options={**where, "inferSchema": "true"})
glueContext.forEachBatch(
    stream, lambda df, n: df.select("nothing").show(),
    {"windowSize": "1 second", "checkpointLocation": "s3://shop/checkpoint/", "batchMaxRetries": 0},
)
"""


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


class Shop:
    """A server's user: a bucket, a role, jobs, and a table of a topic."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.clients()
        trust = policy(Principal={"Service": "glue.amazonaws.com"}, Action="sts:AssumeRole")
        self.role = server.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        server.client("iam").put_role_policy(RoleName="r", PolicyName="all", PolicyDocument=policy(Action="*", Resource="*"))
        self.s3.create_bucket(Bucket="shop")

    def clients(self) -> None:
        self.s3, self.glue = self.server.client("s3"), self.server.client("glue")

    def table(self, kafka: Broker, topic: str) -> None:
        properties = {"KAFKA_BOOTSTRAP_SERVERS": kafka.address, "KAFKA_SSL_ENABLED": "false"}
        self.glue.create_connection(ConnectionInput={"Name": "bus", "ConnectionType": "KAFKA", "ConnectionProperties": properties})
        self.glue.create_database(DatabaseInput={"Name": "shop"})
        storage = {
            "Columns": [{"Name": "n", "Type": "int"}, {"Name": "text", "Type": "string"}],
            "Location": topic,
            "Parameters": {"typeOfData": "kafka", "topicName": topic, "connectionName": "bus"},
        }
        table = {"Name": "orders", "StorageDescriptor": storage, "Parameters": {"classification": "json"}}
        self.glue.create_table(DatabaseName="shop", TableInput=table)

    def job(self, name: str, code: str, kind: str = "gluestreaming", **arguments: str) -> None:
        self.s3.put_object(Bucket="shop", Key=f"{name}.py", Body=code.encode())
        command = {"Name": kind, "ScriptLocation": f"s3://shop/{name}.py"}
        given = {f"--{key.replace('_', '-')}": value for key, value in arguments.items()}
        self.glue.create_job(Name=name, Role=self.role, Command=command, GlueVersion="6.0", DefaultArguments=given)

    def start(self, name: str) -> str:
        return str(self.glue.start_job_run(JobName=name)["JobRunId"])

    def over(self, name: str, run: str, seconds: float = 400) -> dict[str, Any]:
        """The run, once it has ended."""
        return dict(wait_for(lambda: self._over(name, run), seconds=seconds))

    def _over(self, name: str, run: str) -> dict[str, Any] | None:
        found: dict[str, Any] = self.glue.get_job_run(JobName=name, RunId=run)["JobRun"]
        return found if found["JobRunState"] in OVER else None

    def reaches(self, name: str, run: str, check: Callable[[], bool]) -> None:
        """Waits until it holds; what ends the run before is told."""
        wait_for(lambda: check() or self._over(name, run), seconds=400)
        assert check(), self._over(name, run)

    def is_held(self, batch: int) -> bool:
        return bool(self.s3.list_objects_v2(Bucket="shop", Prefix=f"hold/{batch}")["KeyCount"])

    def written(self) -> dict[str, list[int]]:
        """Every number in each sink, as often as it is there."""
        return {"json": sorted(self._json()), "parquet": sorted(self._parquet())}

    def _json(self) -> list[int]:
        return [json.loads(line)["n"] for text in self._objects("json/") for line in text.splitlines()]

    def _parquet(self) -> list[int]:
        return [n for data in self._objects("parquet/") for n in pq.read_table(io.BytesIO(data)).column("n").to_pylist()]

    def _objects(self, prefix: str) -> list[bytes]:
        while True:
            found = self.s3.list_objects_v2(Bucket="shop", Prefix=f"{prefix}run-").get("Contents", [])
            try:
                return [self.s3.get_object(Bucket="shop", Key=each["Key"])["Body"].read() for each in found]
            except self.s3.exceptions.NoSuchKey:
                continue  # replaced since the listing


def drivers(run: str) -> list[int]:
    """The processes of the run's Spark drivers."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _is_driver(folder, run)]


def _is_driver(folder: Path, run: str) -> bool:
    try:
        return run.encode() in (folder / "environ").read_bytes() and b"SparkSubmit" in (folder / "cmdline").read_bytes()
    except OSError:
        return False


def orders(numbers: range) -> list[str]:
    return [json.dumps({"n": n, "text": f"order {n}"}) for n in numbers]


def test_kill_9_of_the_driver_and_of_the_server(own_server: Callable[..., Server], kafka: Broker, unique: str) -> None:
    topic = kafka.topic(unique, partitions=2)
    shop = Shop(own_server("--warm", "0"))
    shop.table(kafka, topic)
    shop.job("j", SCRIPT.replace("HELD", "(1, 3)").replace("BETWEEN", "3"), bucket="shop")
    kafka.send(topic, orders(range(30)), partition=0)
    kafka.send(topic, orders(range(30, 60)), partition=1)

    first = shop.start("j")
    shop.reaches("j", first, lambda: shop.is_held(1))  # it has written batch 1, and has yet to say so in its checkpoint
    (driver,) = drivers(first)
    os.kill(driver, signal.SIGKILL)
    assert shop.over("j", first)["JobRunState"] == "FAILED"
    assert len(shop.written()["json"]) == 20

    second = shop.start("j")
    shop.reaches("j", second, lambda: shop.is_held(3))  # after batches 1 and 2; batch 3 is in one sink of two
    shop.server.kill()
    shop.server.start()
    shop.clients()
    assert shop.over("j", second)["JobRunState"] == "FAILED"

    third = shop.start("j")
    shop.reaches("j", third, lambda: len(set(shop.written()["parquet"])) >= 60)
    kafka.send(topic, orders(range(60, 70)))
    shop.reaches("j", third, lambda: len(set(shop.written()["parquet"])) >= 70)
    kafka.stop()  # a broker that is away for a while ends no stream
    kafka.start()
    kafka.send(topic, orders(range(70, 75)))
    shop.reaches("j", third, lambda: len(set(shop.written()["parquet"])) >= 75)
    shop.glue.batch_stop_job_run(JobName="j", JobRunIds=[third])
    assert shop.over("j", third)["JobRunState"] == "STOPPED"
    assert shop.written() == {"json": list(range(75)), "parquet": list(range(75))}


def test_jobs_that_fail_and_one_with_a_connector_of_its_own(own_server: Callable[..., Server], kafka: Broker, unique: str) -> None:
    topic = kafka.topic(unique)
    kafka.send(topic, ['{"id": 1}', '{"id": 2}'])
    shop = Shop(own_server("--warm", "0"))
    own = [file for name in ("kafka", "pool2") for file in sorted((jars.kept(CACHE, "spark-4.1") or CACHE).glob(f"*{name}*.jar"))]
    for file in own:
        shop.s3.upload_file(str(file), "shop", f"jars/{file.name}")
    extra = ",".join(f"s3://shop/jars/{file.name}" for file in own)
    shop.job("own", SMALL + WHOLE, "glueetl", servers=kafka.address, topic=topic, extra_jars=extra)
    shop.job("away", SMALL + STREAM, servers=f"127.0.0.1:{free_port()}", topic=topic)
    shop.job("missing", SMALL + STREAM, servers=kafka.address, topic="no-such-topic")
    shop.job("batch", SMALL + UNREADABLE, servers=kafka.address, topic=topic)
    runs = {name: shop.start(name) for name in ("own", "away", "missing", "batch")}
    done = {name: shop.over(name, run) for name, run in runs.items()}
    assert len(own) == 4
    assert done["own"]["JobRunState"] == "SUCCEEDED", done["own"]["ErrorMessage"]
    said = (shop.server.home / "runs" / runs["own"] / "stdout").read_text()
    assert "2" in said.splitlines() and f"  {topic}: 2 rows" in said, said
    told = {
        "away": "ConnectionError: No Kafka broker answers at 127.0.0.1:",
        "missing": "LookupError: There is no topic 'no-such-topic' at the Kafka broker",
        "batch": "nothing",
    }
    for name, words in told.items():
        assert done[name]["JobRunState"] == "FAILED"
        assert words in done[name]["ErrorMessage"], done[name]["ErrorMessage"]
    assert done["away"]["ExecutionTime"] < 180
