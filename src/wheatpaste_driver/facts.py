"""A run's facts, as JSON beside the run: what its sources and sinks moved, what Spark counted, how the script ended, its memory.

`report.json`, by version 1: `error` (null for a script that ended well), `job` (init and commit), `sources`, `sinks`, `columns`,
`error_records`, `notes`, `spark` (null: the script made no context), `memory` in bytes, `gauges` (see measures), `seconds`. The server
adds how the run ended and what can be done about it.
"""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path
from typing import Any

from wheatpaste_driver import measures
from wheatpaste_driver.answers import keep
from wheatpaste_driver.spark import active_context

VERSION = 1
MOST = 200  # of everything that is listed
LONGEST = 1000  # characters of any text
UNCOUNTED = ("binaryFile",)  # formats whose rows are no records
UNTOLD = ("ExistingRDD", "OneRowRelation", "text", *UNCOUNTED)  # scans that are of no source, unless the library tells it
Shape = dict[str, Any]


class Facts:
    """Gathers from before the script's first line to after its last."""

    def __init__(self, spark: bool, metered: bool = False) -> None:
        self.began = measures.now()
        self.tally = measures.Tally()
        self._processors = measures.Processors()
        self._gauges = measures.gauges if metered else measures.heap
        self._measured: list[Shape] = []
        if spark:
            measures.watch(self._measure, self._measured.append)

    def write(self, file: Path, outcome: Shape, java: int | None) -> None:
        """Write the report, while Spark is still there. `java`: the JVM's process."""
        context = active_context()
        if context is not None and getattr(context, "_jsc", None) is not None and outcome.get("error_class") != "OutOfMemoryError":
            self._measured.append(self._measure(context))
        gauges: Shape = next((each["gauges"] for each in reversed(self._measured) if each["gauges"]), {})
        found = self._report(outcome) | {"memory": _memory(java, gauges), "gauges": gauges | self.load()}
        keep(file, _bounded(found))

    def _measure(self, context: Any) -> Shape:
        return measures.collect(context, self.began, self.tally, self._gauges)

    def load(self) -> dict[str, float]:
        """`cpu_load` since it was asked the last time, where the system tells."""
        found = self._processors.load()
        return {} if found is None else {"cpu_load": found}

    def _report(self, outcome: Shape) -> Shape:
        library = sys.modules.get("awsglue._report")
        told: Shape = library.as_json() if library is not None else {}
        scans = [scan for each in self._measured for scan in each["scans"]]
        writes = [write for each in self._measured for write in each["writes"]]
        missing = [f"Spark's own figures are missing: {each['missing']}" for each in self._measured if each.get("missing")]
        return {
            "version": VERSION,
            "error": None if outcome["ok"] else {k: v for k, v in outcome.items() if k not in ("ok", "exit_code")},
            "exit_code": outcome["exit_code"],
            "seconds": round((measures.now() - self.began) / 1000, 3),
            "job": told.get("job"),
            "sources": sources(told.get("sources", []), scans),
            "sinks": sinks(told.get("sinks", []), writes),
            "columns": told.get("columns", []),
            "error_records": told.get("error_records", []),
            "notes": [*told.get("notes", []), *missing],
            "applications": [each["application"] for each in self._measured if each.get("application")],
            "spark": self.tally.totals(),
        }


def sources(told: list[Shape], scans: list[Shape]) -> list[Shape]:
    """The library's sources with the rows that Spark took from each, and the scans that are none of them.

    `rows` is of the scan that took the most, `scans` how often it was scanned.
    """
    found = [{**source, "rows": None, "scans": 0} for source in told]
    for scan in scans:
        owner = _owner(found, scan)
        if owner is None:
            name = scan["table"] or scan["location"] or scan["format"]
            if scan["format"] in UNTOLD or not name or "/_delta_log" in name:
                continue
            owner = {"name": name, "kind": "spark", "format": scan["format"] or None, "rows": None, "scans": 0}
            found.append(owner)
        owner["scans"] += 1
        if scan["format"] not in UNCOUNTED:
            owner["rows"] = max(scan["rows"], owner["rows"] or 0)
    return [{k: v for k, v in source.items() if k != "locations"} for source in found]


def _owner(found: list[Shape], scan: Shape) -> Shape | None:
    """The source that a scan is of: Spark cuts long locations in the middle of nowhere, and shows the first of many."""
    place = plain(scan["location"].split(", ")[0])
    for source in found:
        if source["kind"] == "spark":
            is_it = source["name"] == (scan["table"] or scan["location"] or scan["format"])
        elif place:
            is_it = any(_same(plain(root), place) for root in source.get("locations") or ())
        else:
            is_it = f"{scan['format']} {scan['table']}".startswith(_relations(source["name"]))
        if is_it:
            return source
    return None


def _relations(name: str) -> tuple[str, ...]:
    """How Spark's plans name a table of a database, or topics of Kafka."""
    topics = ", ".join(topic.strip() for topic in name.split(","))
    kafka = [f"KafkaRelation(strategy={how}]" for how in (f"Subscribe[{topics}", f"SubscribePattern[{name}")]
    return (f"JDBCRelation({name})", *kafka)


def _same(root: str, place: str) -> bool:
    return root.startswith(place.removesuffix("...")) if place.endswith("...") else root == place


def plain(location: str) -> str:
    """A location without what different listings spell differently."""
    location = re.sub(r"^s3[an]://", "s3://", re.sub(r"^file:/+", "/", location))
    return re.sub(r"(?<!:)/{2,}", "/", location).rstrip("/")


def sinks(told: list[Shape], writes: list[Shape]) -> list[Shape]:
    """The library's sinks with what Spark wrote for each, and Spark's writes that are for none of them; a place is told once."""
    found: dict[str, Shape] = {}
    owners = [_writer(told, write) for write in writes]
    for sink in told:
        mine = [write for write, owner in zip(writes, owners, strict=True) if owner is sink]
        _add(found, {k: v for k, v in sink.items() if k not in ("began", "ended", "failed")}, mine)
        if sink["ended"] is None or sink.get("failed"):  # what was written until then may be Redshift's staging alone
            found[plain(sink["name"])]["unfinished"] = True
    for write, owner in zip(writes, owners, strict=True):
        if owner is None:
            _add(found, {"name": write["name"], "kind": write.get("kind", "spark"), "format": write["format"] or None}, [write])
    return list(found.values())


def _writer(told: list[Shape], write: Shape) -> Shape | None:
    """The sink that made a write: by its place; by time where either has none (Redshift's staging, Kafka). Sinks may run side by side."""
    here = plain(write["name"])
    if there := [sink for sink in told if _is_place(plain(sink["name"]), here)]:
        return next((sink for sink in there if _during(sink, write)), there[0])
    nowhere = "@" in here and not _is_location(here)  # an object of Java's, whose options tell no place
    then = [sink for sink in told if _during(sink, write) and (nowhere or not _is_location(sink["name"]))]
    return then[-1] if then else None


def _is_place(sink: str, write: str) -> bool:
    return _same(sink, write) or write.startswith(f"{sink}/_run-")  # the folder for files that get their names afterwards


def _is_location(name: str) -> bool:
    return name.startswith("/") or ":/" in name


def _during(sink: Shape, write: Shape) -> bool:
    return bool(sink["began"] <= write["began"] <= (sink["ended"] or sys.maxsize))


def _add(found: dict[str, Shape], sink: Shape, writes: list[Shape]) -> None:
    """To the sink of the same place, if there is one: a place may be written to many times."""
    one = found.setdefault(plain(sink["name"]), {**sink, "rows": None, "files": None, "bytes": None, "writes": 0, "unfinished": False})
    one["writes"] += len(writes)
    for name in ("rows", "files", "bytes"):
        numbers = [write[name] for write in writes if write[name] is not None]
        if numbers:
            one[name] = (one[name] or 0) + sum(numbers)


def _memory(java: int | None, gauges: Shape) -> Shape:
    """Peaks in bytes: of the Python process, of the JVM as the system sees it, of its heap."""
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "python_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
        "java_peak": _resident(java),
        "heap_used": gauges.get("heap_used"),
        "heap_peak": gauges.get("heap_peak"),
        "heap_max": gauges.get("heap_max"),
    }


def _resident(process: int | None) -> int | None:
    """The largest resident size of a process that runs; None where the system does not tell."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _bounded(value: Any) -> Any:
    """The report without what is too long for anybody; the traceback has its own bound."""
    if isinstance(value, dict):
        return {key: each if key == "traceback" else _bounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_bounded(each) for each in value[:MOST]]
    return value[:LONGEST] if isinstance(value, str) else value
