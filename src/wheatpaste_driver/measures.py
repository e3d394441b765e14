"""What Spark itself counted of a run: stages and tasks, and the rows, files and bytes of every scan and every write.

It is in Spark's status stores anyway, whether its UI is on or not; it is asked for once, when the context is about to stop, and for job
metrics every few seconds (`meter`): no listener, no pass over data. What was counted before the script began (a waiting driver has
warmed up) is left out.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wheatpaste_driver import lakes

PATIENCE = 2000  # milliseconds until Spark's listeners have heard of everything
MOST_QUERIES = 500  # whose plans are looked at
PAGE = 50  # of them at a time
ROWS, FILES = "number of output rows", "number of written files"
COUNTED = (
    "inputRecords", "inputBytes", "outputRecords", "outputBytes", "numCompleteTasks", "numFailedTasks", "numKilledTasks",
    "executorRunTime", "jvmGcTime", "shuffleReadBytes", "shuffleWriteBytes", "memoryBytesSpilled", "diskBytesSpilled",
)  # fmt: skip
LOCATION = re.compile(r"Location: \w+(?:\(\d+ paths\))?\[([^\]]*)")
WRITE = re.compile(r"(?:Execute )?(InsertInto\w+|SaveIntoDataSourceCommand|AppendData|Overwrite\w+|ReplaceData|WriteDelta|\w*AsSelect)\b")
LAKE_TABLE = re.compile(r"\bIceberg\w*Write\(table=([^,)]+)")
DATABASE_TABLE = re.compile(r"\bdbtable -> ([^,)]+)", re.IGNORECASE)
SPARK_XML = "com.databricks.spark.xml.DefaultSource@"
Shape = dict[str, Any]
Counts = dict[str, int]
Gauges = Callable[[Any], dict[str, float]]  # of a context: `heap` or `gauges`


class Tally:
    """What the stages of a run have counted, also those that Spark has forgotten meanwhile: it keeps the last 1000."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], Counts] = {}  # by application, stage and attempt: those that Spark had the last time
        self._forgotten: Counts | None = None  # sums; None: no context was ever asked
        self._lock = threading.Lock()

    def add(self, application: str, stages: list[Shape]) -> None:
        """All stages that a context knows, with what they have counted so far."""
        now = {(application, each["stageId"], each["attemptId"]): _counts(each) for each in stages}
        with self._lock:
            gone = [key for key in self._known if key[0] == application and key not in now]
            self._forgotten = _sum([self._forgotten or _sum([]), *(self._known.pop(key) for key in gone)])
            self._known |= now

    def totals(self) -> Counts | None:
        """Sums over all stages; None when no context was ever asked."""
        with self._lock:
            return None if self._forgotten is None else _sum([self._forgotten, *self._known.values()])


def _counts(stage: Shape) -> Counts:
    counts = {name: int(stage.get(name) or 0) for name in COUNTED}
    return {**counts, "stages": 1, "completedStages": int(stage["status"] == "COMPLETE")}


def _sum(several: list[Counts]) -> Counts:
    return {name: sum(each[name] for each in several) for name in (*COUNTED, "stages", "completedStages")}


class Processors:
    """How busy the machine's processors are, whoever uses them. Of Linux only; py4j does not reach what the JVM knows of it."""

    def __init__(self) -> None:
        self._before = self._times()

    def load(self) -> float | None:
        """From 0 to 1, since it was asked the last time; None where the system does not tell, and for no time at all."""
        before, now = self._before, self._times()
        self._before = now
        if before is None or now is None:
            return None
        idle, total = now[0] - before[0], now[1] - before[1]
        return max(0.0, 1 - idle / total) if total > 0 else None

    @staticmethod
    def _times() -> tuple[int, int] | None:
        """Ticks without work, and all of them."""
        try:
            words = Path("/proc/stat").read_text().split("\n", 1)[0].split()
        except OSError:
            return None
        ticks = [int(word) for word in words[1:9]]  # user nice system idle iowait irq softirq steal
        return ticks[3] + ticks[4], sum(ticks)


def watch(measure: Callable[[Any], Shape], keep: Callable[[Shape], None]) -> None:
    """Have `keep` given the measures of every context that the script stops itself."""
    from pyspark import SparkContext

    usual = SparkContext.stop

    def stop(context: Any) -> None:
        if context._jsc is not None:
            keep(measure(context))
        usual(context)

    SparkContext.stop = stop  # type: ignore[method-assign]


def collect(context: Any, began: int, tally: Tally, gauges: Gauges) -> Shape:
    """Since `began`, in epoch milliseconds: `scans`, `writes`, `gauges`, `application` and, if Spark would not tell, `missing`: why. Stages
    go to the tally."""
    try:
        return _collect(context, began, tally, gauges)
    except Exception as error:  # noqa: BLE001  the script's result stands whatever its measures do; the report says that they are missing
        return {"scans": [], "writes": [], "gauges": {}, "missing": f"{type(error).__name__}: {str(error)[:200].partition(chr(10))[0]}"}


def _collect(context: Any, began: int, tally: Tally, gauges: Gauges) -> Shape:
    late = not _heard(context._jsc.sc())
    told = _teller(context._jvm)
    every = count(context, began, tally)
    stages = {each["stageId"]: each for each in reversed(every)}
    queries = list(_queries(told, began))
    found: Shape = {"gauges": gauges(context), "application": str(context._jsc.sc().applicationId())}
    found["scans"] = [scan for query in queries for scan in _once(query, list(_scans(query)), stages)]
    found["writes"] = list(lakes.written(queries, lambda query: _writes(query, stages), stages))
    if late:
        found["missing"] = f"Spark was still counting after {PATIENCE} ms: figures may be too small"
    return found


def _teller(jvm: Any) -> Callable[[Any], Any]:
    """Gives what an object of Spark's stores holds, as JSON says it."""
    mapper = jvm.com.fasterxml.jackson.databind.ObjectMapper()
    mapper.registerModule(jvm.com.fasterxml.jackson.module.scala.DefaultScalaModule())
    return lambda value: json.loads(mapper.writeValueAsString(value))


def count(context: Any, began: int, tally: Tally) -> list[Shape]:
    """The run's stages that Spark remembers, newest first; the tally has them then."""
    spark = context._jsc.sc()
    store = spark.statusStore()
    defaults = [getattr(store, f"stageList$default${n}")() for n in (4, 5)]
    every = _teller(context._jvm)(store.stageList(None, False, False, *defaults))
    mine = [each for each in every if (each.get("submissionTime") or began) >= began]
    tally.add(str(spark.applicationId()), mine)
    return mine


def heap(context: Any) -> dict[str, float]:
    """Bytes of the JVM's heap: now, and the most there may be; at most until now, where it tells."""
    runtime = context._jvm.java.lang.Runtime.getRuntime()
    found = {"heap_used": runtime.totalMemory() - runtime.freeMemory(), "heap_max": runtime.maxMemory()}
    return found | _reached(lambda: {"heap_peak": _peak(context._jvm)})


def _peak(jvm: Any) -> int:
    pools = [pool for pool in jvm.java.lang.management.ManagementFactory.getMemoryPoolMXBeans() if pool.getType().name() == "HEAP"]
    return sum(int(pool.getPeakUsage().getUsed()) for pool in pools)


def _reached(ask: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What Java answers; nothing where py4j cannot ask: that of Spark 3.3 reaches no class that its module does not open."""
    from py4j.protocol import Py4JError

    try:
        return ask()
    except Py4JError:
        return {}


def gauges(context: Any) -> dict[str, float]:
    """The heap, and in bytes too: the rest of the JVM's memory, what blocks take on disk, what S3 has given and been given so far. What the
    JVM does not tell is absent. For job metrics only: Java is asked some twenty things."""
    jvm = context._jvm
    found = heap(context) | _reached(lambda: _rest(jvm)) | _reached(lambda: _blocks(jvm)) | _reached(lambda: _s3(jvm))
    return {name: value for name, value in found.items() if value >= 0}  # -1: not known


def _rest(jvm: Any) -> dict[str, float]:
    usage = jvm.java.lang.management.ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()
    return {"rest_used": usage.getUsed(), "rest_max": usage.getMax()}


def _blocks(jvm: Any) -> dict[str, float]:
    managers = jvm.org.apache.spark.SparkEnv.get().blockManager().master().getStorageStatus()
    return {"blocks_on_disk": sum(each.diskUsed() for each in managers)}


def _s3(jvm: Any) -> dict[str, float]:
    stores = [each for each in jvm.org.apache.hadoop.fs.FileSystem.getAllStatistics() if each.getScheme().startswith("s3")]
    return {"s3_read": sum(each.getBytesRead() for each in stores), "s3_written": sum(each.getBytesWritten() for each in stores)}


def _heard(spark: Any) -> bool:
    from py4j.protocol import Py4JJavaError

    try:
        spark.listenerBus().waitUntilEmpty(PATIENCE)
    except Py4JJavaError as error:
        if "TimeoutException" in str(error):
            return False
        raise
    return True


def _queries(told: Callable[[Any], Any], began: int) -> Iterator[Shape]:
    """The run's SQL executions, each with the nodes of its plan as it was executed."""
    session = sys.modules.get("pyspark.sql.session")
    python = getattr(getattr(session, "SparkSession", None), "_instantiatedSession", None)
    if python is None:
        return
    store = python._jsparkSession.sharedState().statusStore()
    count = int(store.executionsCount())
    for start in range(max(0, count - MOST_QUERIES), count, PAGE):
        for query in told(store.executionsList(start, PAGE)):
            if query["submissionTime"] >= began:
                yield {**query, "nodes": told(store.planGraph(query["executionId"]))["allNodes"]}


def _value(query: Shape, node: Shape, name: str) -> int | None:
    """A number that a node of a plan counted; None when it has not been executed, or counts no such thing."""
    for metric in node["metrics"]:
        text = (query.get("metricValues") or {}).get(str(metric["accumulatorId"]))
        if metric["name"] == name and text is not None and re.fullmatch(r"[\d,]+", text):
            return int(text.replace(",", ""))
    return None


def _scans(query: Shape) -> Iterator[Shape]:
    for node in query["nodes"]:
        kind, _, rest = node["name"].strip().partition(" ")
        if kind not in ("Scan", "BatchScan") or (rows := _value(query, node, ROWS)) is None:
            continue
        place = LOCATION.search(node["desc"])
        format, _, table = rest.partition(" ") if kind == "Scan" else ("", "", rest)
        yield {"format": format, "table": table, "location": place[1] if place else "", "rows": rows}


def _once(query: Shape, scans: list[Shape], stages: dict[int, Shape]) -> list[Shape]:
    """The same scans. To sort by ranges Spark runs what is below first for a sample of its keys: a scan counts its rows twice then.

    With one scan in the query it shows in the stages: all that they have read is what the scan has counted, and two read as much.
    """
    if len(scans) != 1 or not any(node["desc"].startswith("Exchange rangepartitioning") for node in query["nodes"]):
        return scans
    read = [int(stages[number]["inputRecords"]) for number in query.get("stages") or () if number in stages]
    twice = sum(read) == scans[0]["rows"] and read.count(max(read, default=0)) > 1
    return [{**scans[0], "rows": max(read)}] if twice else scans


def _writes(query: Shape, stages: dict[int, Shape]) -> Iterator[Shape]:
    mine = [stages[number] for number in query.get("stages") or () if number in stages]
    for node in query["nodes"]:
        if (match := WRITE.match(node["name"])) is None:
            continue
        rows, records = _value(query, node, ROWS), sum(_records(query, each) for each in mine)
        if rows is None and not records:  # a command whose work another execution did
            continue
        words = node["desc"].removeprefix("Execute ").partition(" ")[2].split(", ")
        table = DATABASE_TABLE.search(node["desc"]) or LAKE_TABLE.search(node["desc"])
        yield {
            "name": table[1].strip() if table else words[0] or node["name"],
            "format": words[2].lower() if match[1] == "InsertIntoHadoopFsRelationCommand" and len(words) > 2 else "",
            "rows": records if rows is None else rows,
            "files": _value(query, node, FILES),
            "bytes": sum(int(each["outputBytes"]) for each in mine),
            "began": query["submissionTime"],
        }


def _records(query: Shape, stage: Shape) -> int:
    """The records that a stage wrote, without those by which the package spark-xml ends each task's file."""
    written = int(stage["outputRecords"])
    return written - int(stage["numCompleteTasks"]) if written and SPARK_XML in query["physicalPlanDescription"] else written


def now() -> int:
    """Epoch milliseconds."""
    return int(time.time() * 1000)
