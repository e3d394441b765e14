"""Kafka: Glue's options as those of Spark's connector, and what its records' values are.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-connect-kafka-home.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue._aws import get_connection
from awsglue._frame.older import sql_function
from awsglue._frame.paths import quoted
from awsglue._java_errors import causes, message
from awsglue.utils import truth

RAW = "$json$data_infer_schema$_temporary$"
"""The column of a stream whose schema is found batch by batch (inferSchema)."""
HEADERS, ARRIVED = "glue_streaming_kafka_headers", "__src_timestamp"
PATIENCE = 30
"""Seconds that a broker has to answer in: Spark itself tries for many minutes, without a word."""
_PROVIDER = "org/apache/spark/sql/kafka010/KafkaSourceProvider.class"
_CLIENT = ("kafka.", "kafkaConsumer.", "fetchOffset.")  # options of Spark's own, passed on as they are
_PLACES = {"topicName": "subscribe", "assign": "assign", "subscribePattern": "subscribePattern"}
_PLAIN = {
    **_PLACES, "security.protocol": "kafka.security.protocol", "pollTimeoutMs": "kafkaConsumer.pollTimeoutMs",
    "numRetries": "fetchOffset.numRetries", "retryIntervalMs": "fetchOffset.retryIntervalMs", "minPartitions": "minPartitions",
    "maxOffsetsPerTrigger": "maxOffsetsPerTrigger", "minOffsetsPerTrigger": "minOffsetsPerTrigger", "maxTriggerDelay": "maxTriggerDelay",
    "includeHeaders": "includeHeaders", "failOnDataLoss": "failOnDataLoss", "groupIdPrefix": "groupIdPrefix",
    "endingOffsets": "endingOffsets",
}  # fmt: skip
_OURS = {
    "bootstrap.servers", "connectionName", "startingOffsets", "startingTimestamp", "classification", "delimiter", "schema", "inferSchema",
    "addRecordTimestamp", "emitConsumerLagMetrics", "typeOfData", "avroSchema",
}  # fmt: skip
_CERTIFICATES = ("KAFKA_CUSTOM_CERT", "KAFKA_CLIENT_KEYSTORE", "KAFKA_SKIP_CUSTOM_CERT_VALIDATION")
_LOGINS = {
    "PLAIN": ("org.apache.kafka.common.security.plain.PlainLoginModule", "KAFKA_SASL_PLAIN"),
    "SCRAM-SHA-256": ("org.apache.kafka.common.security.scram.ScramLoginModule", "KAFKA_SASL_SCRAM"),
    "SCRAM-SHA-512": ("org.apache.kafka.common.security.scram.ScramLoginModule", "KAFKA_SASL_SCRAM"),
}
"""KAFKA_SASL_MECHANISM, its login module, and the prefix of the connection's properties with the user's name and password."""


def read_kafka(spark: SparkSession, given: Mapping[str, Any], kind: str, *, batch: bool = False) -> DataFrame:
    """The records of topics as columns: a streaming DataFrame, or with `batch` those that are there. `kind` is their classification."""
    options = kafka_options(given, batch=batch)
    decode = _decoder(given, kind)  # what is wrong with a schema is told before anything is asked of a broker
    check_broker(spark, options, _topics(given))
    _tell(given, kind, batch=batch)
    reader = spark.read if batch else spark.readStream
    return decode(reader.format("kafka").options(**options).load())


# --- options ---------------------------------------------------------------------------------------------------------


def kafka_options(given: Mapping[str, Any], *, batch: bool = False) -> dict[str, str]:
    """Glue's options as those of Spark's connector. ValueError for what contradicts itself or is misspelt."""
    given = {name: value for name, value in given.items() if value is not None}
    check_names("A kafka source", given, {*_PLAIN, *_OURS})
    if sum(bool(given.get(name)) for name in _PLACES) != 1:
        raise ValueError("A kafka source needs exactly one of topicName, assign and subscribePattern")
    if given.get("startingOffsets") and given.get("startingTimestamp"):
        raise ValueError("A kafka source takes startingOffsets or startingTimestamp, not both")
    options = {_PLAIN.get(name, name): _text(value) for name, value in given.items() if name in _PLAIN or name.startswith(_CLIENT)}
    options |= servers(given)
    if given.get("startingTimestamp"):
        options["startingTimestamp"] = str(_milliseconds(str(given["startingTimestamp"])))
        options["startingOffsetsByTimestampStrategy"] = "latest"  # nothing is as young yet: what comes from now on is
    else:
        options["startingOffsets"] = _offsets(given.get("startingOffsets") or ("earliest" if batch else "latest"))
    if not batch:
        options.pop("endingOffsets", None)
    elif options.get("startingOffsets") == "latest":
        raise ValueError("A kafka source that is read at once cannot have startingOffsets latest: nothing is behind them")
    return options


def check_names(what: str, given: Mapping[str, Any], known: set[str]) -> None:
    """ValueError for a name that is all but one of the known; others are told and ignored, as Glue does."""
    others = [name for name in given if name not in known and not name.startswith(_CLIENT)]
    for name in others:
        close = get_close_matches(name.lower(), [each.lower() for each in known], 1, 0.85)
        meant = next((each for each in known if close and each.lower() == close[0]), None)
        if meant:
            raise ValueError(f"{what} has no option {name}; is {meant} meant?")
    _report.ignored(what, others, ())


def _text(value: Any) -> str:
    """An option's value as Spark takes it; what is given as a dict or list is the JSON that it stands for."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _offsets(given: Any) -> str:
    """earliest, latest, or JSON of offsets: Spark tells of others when the stream runs."""
    text = _text(given)
    if text not in ("earliest", "latest") and not text.lstrip().startswith("{"):
        raise ValueError(f'startingOffsets {text!r} is neither earliest nor latest nor JSON like {{"topic": {{"0": 23}}}}')
    return text


def _milliseconds(moment: str) -> int:
    try:
        found = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"startingTimestamp {moment!r} is no moment like 2023-04-04T08:00:00Z or 2023-04-04T08:00:00-04:00") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def servers(given: Mapping[str, Any]) -> dict[str, str]:
    """Where the brokers are and how to log in, by the options or by the Glue connection that they name."""
    named = given.get("bootstrap.servers") or given.get("kafka.bootstrap.servers")
    found = _connection(str(given["connectionName"])) if given.get("connectionName") else {}
    if named:
        found["kafka.bootstrap.servers"] = str(named)
    if not found:
        raise ValueError("kafka needs the option bootstrap.servers, or connectionName")
    explicit = {"security.protocol", "kafka.security.protocol"} & set(given)
    return {name: value for name, value in found.items() if not (explicit and name == "kafka.security.protocol")}


def _connection(name: str) -> dict[str, str]:
    properties = get_connection(name).get("ConnectionProperties") or {}
    if not properties.get("KAFKA_BOOTSTRAP_SERVERS"):
        raise ValueError(f"The connection {name!r} has no KAFKA_BOOTSTRAP_SERVERS")
    for each in _CERTIFICATES:
        if properties.get(each) and properties[each].lower() != "false":
            raise NotImplementedError(f"The property {each} of the connection {name!r}")
    encrypted = truth(properties.get("KAFKA_SSL_ENABLED", "true"))
    found = {"kafka.bootstrap.servers": properties["KAFKA_BOOTSTRAP_SERVERS"]}
    login = _login(name, properties)
    if login or encrypted:
        found["kafka.security.protocol"] = ("SASL_SSL" if encrypted else "SASL_PLAINTEXT") if login else "SSL"
    return found | login


def _login(name: str, properties: Mapping[str, str]) -> dict[str, str]:
    mechanism = properties.get("KAFKA_SASL_MECHANISM")
    if not mechanism:
        return {}
    if mechanism not in _LOGINS:
        raise NotImplementedError(f"KAFKA_SASL_MECHANISM {mechanism} of the connection {name!r} (built: {', '.join(_LOGINS)})")
    module, prefix = _LOGINS[mechanism]
    if not properties.get(f"{prefix}_USERNAME"):
        raise NotImplementedError(f"The connection {name!r} without {prefix}_USERNAME: credentials in Secrets Manager")
    words = [json.dumps(properties.get(f"{prefix}_{member}", "")) for member in ("USERNAME", "PASSWORD")]
    return {
        "kafka.sasl.mechanism": mechanism,
        "kafka.sasl.jaas.config": f"{module} required username={words[0]} password={words[1]};",
    }


def _topics(given: Mapping[str, Any]) -> list[str]:
    """The topics that are named."""
    if given.get("assign"):
        try:
            return list(json.loads(_text(given["assign"])))
        except ValueError:
            raise ValueError(f'assign {given["assign"]!r} is no JSON like {{"topic": [0, 1]}}') from None
    return [name.strip() for name in str(given.get("topicName") or "").split(",") if name.strip()]


def _tell(given: Mapping[str, Any], kind: str, *, batch: bool) -> None:
    name = next(_text(given[place]) for place in _PLACES if given.get(place))
    _report.add(_report.Source(name, "kafka", kind, ""))
    if truth(given.get("emitConsumerLagMetrics", False)):
        _report.note("emitConsumerLagMetrics: glue.driver.streaming.maxConsumerLagInMs is not measured here")
    if given.get("endingOffsets") and not batch:
        _report.note("endingOffsets ends a kafka source that is read at once (create_dynamic_frame); a stream has no end")


# --- brokers ---------------------------------------------------------------------------------------------------------


def check_broker(spark: SparkSession, options: Mapping[str, str], topics: list[str]) -> None:
    """ConnectionError where no broker answers in time, LookupError for a topic that is not there."""
    jvm = spark._jvm
    if jvm.java.lang.Thread.currentThread().getContextClassLoader().getResource(_PROVIDER) is None:
        raise NotImplementedError("The connection type kafka needs Spark's Kafka connector on the class path: spark-sql-kafka-0-10")
    settings = jvm.java.util.Properties()
    for name, value in {"kafka.default.api.timeout.ms": str(PATIENCE * 1000), "kafka.request.timeout.ms": "10000", **options}.items():
        if name.startswith("kafka."):
            settings.put(name.removeprefix("kafka."), value)
    where, admin = options["kafka.bootstrap.servers"], None
    try:
        admin = jvm.org.apache.kafka.clients.admin.AdminClient.create(settings)
        admin.describeCluster().nodes().get()
        described = admin.describeTopics(jvm.java.util.ArrayList(topics)).values()
        for topic in topics:
            _described(described, topic, where)
    except (LookupError, ConnectionError):
        raise
    except Exception as error:
        raise ConnectionError(f"No Kafka broker answers at {where}: {_words(error)}") from error
    finally:
        if admin is not None:
            admin.close(jvm.java.time.Duration.ofSeconds(1))


def _described(described: Any, topic: str, where: str) -> None:
    try:
        described[topic].get()
    except Exception as error:
        if "UnknownTopicOrPartition" in str(error) or "InvalidTopic" in str(error):
            raise LookupError(f"There is no topic {topic!r} at the Kafka broker {where}") from error
        raise


def _words(error: Exception) -> str:
    """The innermost cause, in the client's words."""
    chain = causes(error)
    return message(chain[-1]) if chain else str(error)


# --- records ---------------------------------------------------------------------------------------------------------


def _decoder(given: Mapping[str, Any], kind: str) -> Any:
    """A function that makes columns of a frame of records; without a schema of the text that `expanded` looks into later."""
    schema = given.get("schema") or (given.get("avroSchema") if kind == "avro" else None)
    infers = truth(given.get("inferSchema", False))
    if kind not in ("avro", "csv", "json"):
        raise NotImplementedError(f"The classification {kind} of a kafka source (built: avro, csv, json)")
    if kind != "json" and (infers or not schema):
        raise ValueError(f"A kafka source of {kind} needs the option schema, and cannot have inferSchema: json alone is looked into")
    if infers or not schema:
        return lambda raw: raw.select(_value().alias(RAW), *_extra(given))
    parsed = {"avro": _avro, "csv": _csv, "json": _json}[kind](given, schema)
    return lambda raw: _flat(raw.select(parsed.alias("__parsed"), *_extra(given)), many=kind == "avro" and _is_list(schema))


def _value() -> Column:
    return F.col("value").cast("string")


def _json(given: Mapping[str, Any], schema: Any) -> Column:
    return F.from_json(_value(), _columns(schema))


def _csv(given: Mapping[str, Any], schema: Any) -> Column:
    columns = ", ".join(f"{quoted(f.name)} {f.dataType.simpleString()}" for f in _columns(schema))
    return F.from_csv(_value(), columns, {"sep": str(given.get("delimiter") or ",")})


def _avro(given: Mapping[str, Any], schema: Any) -> Column:
    from pyspark.sql.avro.functions import from_avro

    text = _text(schema)
    try:
        kind = json.loads(text)
    except ValueError:
        kind = None
    inner = kind.get("items") if _is_list(schema) and isinstance(kind, dict) else kind
    if not isinstance(inner, dict) or inner.get("type") != "record" or not inner.get("fields"):
        raise ValueError(f"The schema of a kafka source of avro must be the JSON of an Avro record, or of an array of them, not {text!r}")
    return from_avro(F.col("value"), text)


def _is_list(schema: Any) -> bool:
    return bool(re.match(r'\s*\{(?:[^{}\[\]]*,)?\s*"type"\s*:\s*"array"', _text(schema)))


def _columns(schema: Any) -> st.StructType:
    """Columns in Spark's words; AWS's own example has their names in apostrophes."""
    wrong = f"The schema {str(schema)!r} of a kafka source is no list of columns like 'id INT, name STRING'"
    try:
        found = st._parse_datatype_string(re.sub(r"'([^']+)'(?=\s*:?\s*\w)", r"`\1`", str(schema)))
    except Exception as error:
        raise ValueError(f"{wrong}: {str(error).strip().splitlines()[0]}") from error
    if not isinstance(found, st.StructType):
        raise ValueError(wrong)
    return found


def _extra(given: Mapping[str, Any]) -> list[Column]:
    extra: list[Column] = []
    if truth(given.get("addRecordTimestamp", False)):
        moment = F.to_utc_timestamp("timestamp", F.expr("current_timezone()"))
        extra.append(F.date_format(moment, "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").alias(ARRIVED))
    if truth(given.get("includeHeaders", False)):
        text = F.transform("headers", lambda each: F.struct(each.key.alias("key"), each.value.cast("string").alias("value")))
        extra.append(text.alias(HEADERS))
    return extra


def _flat(frame: DataFrame, *, many: bool) -> DataFrame:
    others = frame.columns[1:]
    if many:
        return frame.select(sql_function("inline", F.col("__parsed")), *others)
    return frame.select("__parsed.*", *others)
