"""What Spark itself counted of a run: stages and tasks, and the rows, files and bytes of every scan and every write.

It is in Spark's status stores anyway, whether its UI is on or not; it is asked for once, when the context is about to stop: no
listener, no pass over data. What was counted before the script began (a waiting driver has warmed up) is left out.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

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
DATABASE_TABLE = re.compile(r"\bdbtable -> ([^,)]+)", re.IGNORECASE)
Shape = dict[str, Any]


def watch(began: int, keep: Callable[[Shape], None]) -> None:
    """Have `keep` given the measures of every context that the script stops itself. `began`: epoch milliseconds."""
    from pyspark import SparkContext

    usual = SparkContext.stop

    def stop(context: Any) -> None:
        if context._jsc is not None:
            keep(collect(context, began))
        usual(context)

    SparkContext.stop = stop  # type: ignore[method-assign]


def collect(context: Any, began: int) -> Shape:
    """`stages`, `scans`, `writes`, `heap` and, if Spark would not tell, `missing`: why."""
    try:
        return _collect(context, began)
    except Exception as error:  # noqa: BLE001  the script's result stands whatever its measures do; the report says that they are missing
        return {
            "stages": {},
            "scans": [],
            "writes": [],
            "heap": {},
            "missing": f"{type(error).__name__}: {str(error).splitlines()[0][:200]}",
        }


def _collect(context: Any, began: int) -> Shape:
    jvm, spark = context._jvm, context._jsc.sc()
    mapper = jvm.com.fasterxml.jackson.databind.ObjectMapper()
    mapper.registerModule(jvm.com.fasterxml.jackson.module.scala.DefaultScalaModule())
    late = not _heard(spark)

    def told(value: Any) -> Any:
        return json.loads(mapper.writeValueAsString(value))

    store = spark.statusStore()
    defaults = [getattr(store, f"stageList$default${n}")() for n in (4, 5)]
    every = told(store.stageList(None, False, False, *defaults))
    stages = {each["stageId"]: each for each in reversed(every) if (each.get("submissionTime") or began) >= began}
    queries = list(_queries(told, began))
    found: Shape = {"stages": _totals(stages.values()), "heap": _heap(jvm), "application": str(spark.applicationId())}
    found["scans"] = [scan for query in queries for scan in _scans(query)]
    found["writes"] = [write for query in queries for write in _writes(query, stages)]
    if late:
        found["missing"] = f"Spark was still counting after {PATIENCE} ms: figures may be too small"
    return found


def _heard(spark: Any) -> bool:
    from py4j.protocol import Py4JJavaError

    try:
        spark.listenerBus().waitUntilEmpty(PATIENCE)
    except Py4JJavaError as error:
        if "TimeoutException" in str(error):
            return False
        raise
    return True


def _totals(stages: Any) -> dict[str, int]:
    """Sums over the stages."""
    found = list(stages)
    totals = {name: sum(int(each.get(name) or 0) for each in found) for name in COUNTED}
    return {**totals, "stages": len(found), "completedStages": sum(each["status"] == "COMPLETE" for each in found)}


def _heap(jvm: Any) -> dict[str, int]:
    """Bytes of the JVM's heap: now, at most, and the most there may be."""
    factory = jvm.java.lang.management.ManagementFactory
    usage = factory.getMemoryMXBean().getHeapMemoryUsage()
    pools = [pool for pool in factory.getMemoryPoolMXBeans() if pool.getType().name() == "HEAP"]
    return {"used": int(usage.getUsed()), "max": int(usage.getMax()), "peak": sum(int(pool.getPeakUsage().getUsed()) for pool in pools)}


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


def _writes(query: Shape, stages: dict[int, Shape]) -> Iterator[Shape]:
    mine = [stages[number] for number in query.get("stages") or () if number in stages]
    for node in query["nodes"]:
        if (match := WRITE.match(node["name"])) is None:
            continue
        rows, records = _value(query, node, ROWS), sum(int(each["outputRecords"]) for each in mine)
        if rows is None and not records:  # a command whose work another execution did
            continue
        words = node["desc"].removeprefix("Execute ").partition(" ")[2].split(", ")
        table = DATABASE_TABLE.search(node["desc"])
        yield {
            "name": table[1].strip() if table else words[0] or node["name"],
            "format": words[2].lower() if match[1] == "InsertIntoHadoopFsRelationCommand" and len(words) > 2 else "",
            "rows": records if rows is None else rows,
            "files": _value(query, node, FILES),
            "bytes": sum(int(each["outputBytes"]) for each in mine),
            "began": query["submissionTime"],
        }


def now() -> int:
    """Epoch milliseconds."""
    return int(time.time() * 1000)
