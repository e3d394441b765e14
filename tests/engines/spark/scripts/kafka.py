"""Kafka on every Glue version: written, read at once, and read as a stream. Prints one JSON line."""

import json
import sys
import threading
import time

from pyspark.context import SparkContext

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["servers", "topic", "bucket"])
glue = GlueContext(SparkContext.getOrCreate())
spark = glue.spark_session
where = {"bootstrap.servers": args["servers"], "topicName": args["topic"]}
PERSON = {"type": "record", "name": "p", "fields": [{"name": "id", "type": "int"}, {"name": "name", "type": ["null", "string"]}]}
avro = {**where, "classification": "avro", "schema": json.dumps(PERSON), "startingOffsets": "earliest"}

frame = DynamicFrame.fromDF(spark.sql("select * from values (1, 'a'), (2, null) as t(id, name)"), glue)
glue.write_dynamic_frame.from_options(frame, "kafka", {**where, "classification": "avro", "avroSchema": json.dumps(PERSON)})
whole = sorted(tuple(row) for row in glue.create_dynamic_frame.from_options("kafka", avro).toDF().collect())
seen: list[tuple[int, str]] = []


def stop_when_seen() -> None:
    until = time.monotonic() + 120
    while len(seen) < 3 and time.monotonic() < until:
        time.sleep(0.1)
    for query in spark.streams.active:
        query.stop()


stream = glue.create_data_frame.from_options(connection_type="kafka", connection_options={**avro, "includeHeaders": "true"})
later = DynamicFrame.fromDF(spark.sql("select 3 id, 'c' name"), glue)
glue.write_dynamic_frame.from_options(later, "kafka", {**where, "classification": "avro", "avroSchema": json.dumps(PERSON)})
threading.Thread(target=stop_when_seen, daemon=True).start()
glue.forEachBatch(
    stream,
    lambda df, number: seen.extend((row.id, row.name) for row in df.collect()),
    {"windowSize": "1 second", "checkpointLocation": f"s3://{args['bucket']}/checkpoint-{args['topic']}/"},
)
print(json.dumps({"whole": whole, "seen": sorted(seen)}))
