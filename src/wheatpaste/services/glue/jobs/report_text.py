"""A run's report in lines that a person reads (pure)."""

from collections.abc import Iterator, Mapping
from typing import Any

TITLE = "──── run report ────"
MOST = 20  # lines of one kind
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
Shape = Mapping[str, Any]


def closing(report: Shape) -> list[str]:
    """What the run's own output ends with; nothing for a run that ended well and moved no data."""
    silent = report["run"]["state"] in ("SUCCEEDED", "STOPPED") and not report["spark"] and not report["notes"]
    stopped = report["run"]["kind"] == "pythonshell" and report["run"]["state"] in ("SUCCEEDED", "STOPPED")
    return [] if silent or stopped else lines(report)


def lines(report: Shape) -> list[str]:
    """The whole report: the exception first, then what was read, written and learnt."""
    parts = (_end, _sources, _sinks, _columns, _error_records, _notes, _cost)
    return [TITLE, *(line for part in parts for line in part(report))]


def _end(report: Shape) -> Iterator[str]:
    run, error = report["run"], report["error"] or {}
    yield f"{run['job']} {run['state']} after {run['seconds']:.1f} s" + (f": {run['message']}" if run["message"] else "")
    if error.get("line") and error.get("source"):
        yield f"  at line {error['line']} of the script: {error['source']}"
    yield from (f"  what to do: {text}" for text in report["advice"])


def _listed(title: str, found: list[Any]) -> Iterator[Any]:
    if found:
        yield title
    yield from found[:MOST]
    if len(found) > MOST:
        yield f"  and {len(found) - MOST} more: `wheatpaste report --json` has them all"


def _sources(report: Shape) -> Iterator[str]:
    yield from _listed("read:", [text for source in report["sources"] for text in _source(source)])


def _source(source: Shape) -> Iterator[str]:
    unread = NOT_COUNTED if source["kind"] == "kafka" else "not read"  # Spark counts no rows of Kafka's streams
    ctx = f" ({source['transformation_ctx']})" if source.get("transformation_ctx") else ""
    yield f"  {source['name']}{ctx}: {', '.join(_moved(source)) or unread}"
    yield from (f"    ! {note}" for note in source.get("notes") or ())


def _moved(source: Shape) -> Iterator[str]:
    if source.get("rows") is not None:
        times = f" ({source['scans']} scans)" if source.get("scans", 0) > 1 else ""
        yield f"{number(source['rows'], 'row')}{times}"
    if source.get("read") is not None:
        yield f"{source['read']:,} of {number(source['listed'], 'file')}, {size(source['bytes'])}"
    for name, what in (("excluded", "excluded"), ("skipped_by_bookmark", "skipped by the bookmark"), ("left_for_later", "left for later")):
        if source.get(name):
            yield f"{source[name]:,} {what}"
    if source.get("partitions_skipped"):
        yield f"{source['partitions_skipped']:,} of {number(source['partitions'], 'partition')} skipped by the predicate"


NOT_COUNTED = "rows are not counted"
COUNTED = ("s3", "file", "parquet", "orc", "redshift", "spark")
"""The kinds of sinks whose rows Spark always counts: no number means that nothing was written."""


def _sinks(report: Shape) -> Iterator[str]:
    yield from _listed("written:", [_sink(sink) for sink in report["sinks"]])


def _sink(sink: Shape) -> str:
    parts = [number(sink["rows"], "row")] if sink["rows"] is not None else []
    parts += [number(sink["files"], "file")] if sink["files"] is not None else []
    parts += [size(sink["bytes"])] if sink["bytes"] else []
    table = f" → {sink['table']}" if sink.get("table") else ""
    done = ", ".join(parts) or ("nothing" if sink["kind"] in COUNTED else NOT_COUNTED)
    return f"  {sink['name']}{table}: {f'not finished, until then {done}' if sink.get('unfinished') else done}"


WHAT = {"choice": "became a choice of", "null": "has no value at all", "dropped": "was dropped"}


def _columns(report: Shape) -> Iterator[str]:
    yield from _listed("columns:", [_column(column) for column in report["columns"]])


def _column(column: Shape) -> str:
    example = f", for example {column['example']}" if column.get("example") is not None else ""
    detail = f" {column['detail']}" if column.get("detail") else ""
    return f"  {column['name']} {WHAT[column['what']]}{detail}{example}"


def _error_records(report: Shape) -> Iterator[str]:
    found = [
        f"  {each['place']}: {number(each['count'], 'record')}, {each['message']}, for example {each['example']}"
        for each in report["error_records"]
    ]
    yield from _listed("error records:", found)


def _notes(report: Shape) -> Iterator[str]:
    told = {note for source in report["sources"] for note in source.get("notes") or ()}
    yield from _listed("note:", [f"  {text}" for text in report["notes"] if text not in told])


def _cost(report: Shape) -> Iterator[str]:
    run, memory = report["run"], report["memory"]
    peaks = [f"{what} {size(memory[key])}" for key, what in PEAKS if memory.get(key)]
    if peaks:
        most = f" of {size(memory['heap_max'])}" if memory.get("heap_peak") and memory.get("heap_max") else ""
        yield f"peak memory: {', '.join(peaks)}{most}"
    yield f"{run['dpu_seconds'] / 3600:.4f} DPU-hours ({run['dpu']:g} DPU for {run['seconds']:.1f} s)"


PEAKS = (("python_peak", "Python"), ("java_peak", "JVM"), ("heap_peak", "heap"))


def number(count: int, what: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def size(count: float) -> str:
    """``1.5 MiB``."""
    for unit in UNITS[:-1]:
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} {UNITS[-1]}"
