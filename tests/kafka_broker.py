"""A real Apache Kafka for tests: one node in KRaft mode, out of Maven artifacts that are fetched once by a lock and kept in the cache.

Records are written and read by Kafka's own Java clients, in a JVM that py4j talks to.
"""

import subprocess
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests import servers

from wheatpaste.engines.once import Progress, silent
from wheatpaste.engines.spark import java

LOCK = Path(__file__).with_suffix(".txt")
BYTES = "org.apache.kafka.common.serialization.ByteArray"
SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""


def provide(cache: Path, progress: Progress = silent) -> Path:
    """The folder with Kafka's jars; fetched when it is not there. Raises jars.JarsMissing."""
    return servers.provide(LOCK, cache, "kafka", progress=progress)


@dataclass(frozen=True)
class Record:
    """What a reader of a topic sees of one record."""

    value: bytes
    key: bytes | None
    partition: int
    headers: dict[str, bytes]


@dataclass
class Broker:
    """A broker that runs, with a client of its own."""

    binary: Path
    libraries: Path
    folder: Path
    port: int = field(default_factory=servers.free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> "Broker":
        """Start it on its data, which are made when there are none, and wait until it answers."""
        settings = self.folder / "server.properties"
        if not settings.exists():
            settings.write_text(SETTINGS.format(port=self.port, controller=servers.free_port(), folder=self.folder))
            identity = str(uuid.uuid4())
            self._run("kafka.tools.StorageTool", "format", "-t", identity, "-c", str(settings)).wait(60)
        self.process = self._run("kafka.Kafka", str(settings))
        servers.wait_until_it_answers(self.process, self.port, self.folder / "log")
        return self

    def stop(self) -> None:
        """Its end, at once: the data are as after a fall of the machine."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        options = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        argv = [str(self.binary), *options, "-cp", f"{self.libraries}/*", *words]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    # --- its client ---

    @cached_property
    def _gateway(self) -> Any:
        import pyspark
        from py4j.java_gateway import JavaGateway

        bridge = next((Path(pyspark.__file__).parent / "jars").glob("py4j-*.jar"))
        log = (self.folder / "client.log").open("ab")
        return JavaGateway.launch_gateway(
            jarpath=str(bridge), classpath=f"{self.libraries}/*", javaopts=["-Xmx256m"], java_path=str(self.binary),
            die_on_exit=True, redirect_stdout=log, redirect_stderr=log,
        )  # fmt: skip

    def _properties(self, **settings: str) -> Any:
        made = self._gateway.jvm.java.util.Properties()
        for name, value in {"bootstrap_servers": self.address, **settings}.items():
            made.put(name.replace("_", "."), value)
        return made

    @cached_property
    def _admin(self) -> Any:
        return self._gateway.jvm.org.apache.kafka.clients.admin.Admin.create(self._properties())

    @cached_property
    def _producer(self) -> Any:
        settings = {"key_serializer": f"{BYTES}Serializer", "value_serializer": f"{BYTES}Serializer"}
        return self._gateway.jvm.org.apache.kafka.clients.producer.KafkaProducer(self._properties(**settings))

    def topic(self, name: str, partitions: int = 1) -> str:
        """Make a topic; its name."""
        jvm = self._gateway.jvm
        wanted = jvm.org.apache.kafka.clients.admin.NewTopic(name, partitions, self._gateway.jvm.Short.parseShort("1"))
        self._admin.createTopics(jvm.java.util.List.of(wanted)).all().get()
        return name

    def send(
        self,
        topic: str,
        values: Iterable[str | bytes],
        *,
        key: bytes | None = None,
        partition: int | None = None,
        timestamp: int | None = None,
        headers: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write records, and wait until the broker has them; the timestamp in milliseconds."""
        made = self._gateway.jvm.org.apache.kafka.clients.producer.ProducerRecord
        for value in values:
            data = value.encode() if isinstance(value, str) else value
            record = made(topic, partition, timestamp, key, data)
            for name, text in (headers or {}).items():
                record.headers().add(name, text)
            self._producer.send(record)
        self._producer.flush()

    def read(self, topic: str) -> list[Record]:
        """Every record of the topic, partition by partition."""
        jvm = self._gateway.jvm
        settings = {"key_deserializer": f"{BYTES}Deserializer", "value_deserializer": f"{BYTES}Deserializer"}
        consumer = jvm.org.apache.kafka.clients.consumer.KafkaConsumer(self._properties(**settings))
        try:
            places = jvm.java.util.ArrayList()
            for each in consumer.partitionsFor(topic):
                places.add(jvm.org.apache.kafka.common.TopicPartition(topic, each.partition()))
            ends = consumer.endOffsets(places)
            consumer.assign(places)
            consumer.seekToBeginning(places)
            found: list[Record] = []
            while any(consumer.position(place) < ends[place] for place in places):
                found += map(_record, _each(consumer.poll(jvm.java.time.Duration.ofMillis(1000))))
            return sorted(found, key=lambda record: record.partition)
        finally:
            consumer.close()

    def close(self) -> None:
        """End the client and the broker."""
        if "_gateway" in self.__dict__:
            self._gateway.shutdown()
        self.stop()


def _each(found: Any) -> Iterator[Any]:
    items = found.iterator()
    while items.hasNext():
        yield items.next()


def _record(each: Any) -> Record:
    return Record(each.value(), each.key(), each.partition(), {header.key(): header.value() for header in _each(each.headers())})


@contextmanager
def running(cache: Path) -> Iterator[Broker]:
    """A broker of its own data, on a free port of 127.0.0.1."""
    libraries = provide(cache)
    with tempfile.TemporaryDirectory(prefix="wp-kafka-") as folder:
        broker = Broker(java.provide(cache).binary, libraries, Path(folder))
        try:
            yield broker.start()
        finally:
            broker.close()
