"""The run report: what the library and the driver tell, how the server completes it, and how a person reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from awsglue import _failures, _report
from wheatpaste.engines.base import RunResult
from wheatpaste.services.glue.jobs import report_text, reports
from wheatpaste.services.glue.jobs.advice import advice
from wheatpaste_driver import facts, lakes, measures

RUN = {
    "id": "jr_1",
    "job": "nightly",
    "state": "SUCCEEDED",
    "message": "",
    "seconds": 12.0,
    "dpu": 2.0,
    "dpu_seconds": 24.0,
    "kind": "spark",
}
COUNTS = dict.fromkeys(measures.COUNTED, 3) | {"stages": 2, "completedStages": 2}


def scan(location: str = "", format: str = "json", rows: int = 5, table: str = "") -> dict[str, Any]:
    return {"format": format, "table": table, "location": location, "rows": rows}


def source(name: str, *locations: str, kind: str = "s3") -> dict[str, Any]:
    return {"name": name, "kind": kind, "format": "json", "locations": list(locations)}


def test_rows_are_of_the_scan_that_took_most() -> None:
    told = facts.sources(
        [source("s3://b/in/", "s3://b/in")], [scan("s3a://b/in", rows=5), scan("s3a://b/in", rows=20), scan("s3a://b/in", rows=1)]
    )
    assert [(each["name"], each["rows"], each["scans"]) for each in told] == [("s3://b/in/", 20, 3)]


def test_scans_find_their_sources() -> None:
    long = "s3://b/" + "x" * 200
    given = [source(long, long), source("s3://b/y", "s3://b/y"), source("public.t", kind="postgresql")]
    scans = [scan(long[:90] + "...", rows=1), scan("s3://b/y", rows=2), scan(format="JDBCRelation(public.t) [numPartitions=1]", rows=3)]
    assert [each["rows"] for each in facts.sources(given, scans)] == [1, 2, 3]


def test_scans_of_spark_alone_are_sources_too_and_files_are_no_rows() -> None:
    found = facts.sources([], [scan("file:/in", "parquet", 7), scan("file:/in", "parquet", 7), scan(format="ExistingRDD", rows=9)])
    assert [(each["name"], each["kind"], each["rows"], each["scans"]) for each in found] == [("file:/in", "spark", 7, 2)]
    binary = facts.sources([source("s3://b/x", "s3://b/x")], [scan("s3://b/x", "binaryFile", 3)])
    assert (binary[0]["rows"], binary[0]["scans"]) == (None, 1)


def test_writes_belong_to_the_sink_that_made_them_or_to_their_place() -> None:
    sink = {"name": "t", "kind": "redshift", "format": None, "table": None, "began": 100, "ended": 200}
    inside = {"name": "s3://tmp/1", "format": "csv", "rows": 4, "files": 2, "bytes": 40, "began": 150}
    outside = [{**inside, "name": "s3://out", "began": 300, "rows": rows} for rows in (1, 2)]
    found = facts.sinks([sink], [inside, *outside])
    assert [(each["name"], each["kind"], each["rows"], each["files"], each["writes"]) for each in found] == [
        ("t", "redshift", 4, 2, 1),
        ("s3://out", "spark", 3, 4, 2),
    ]


def parquet(name: str, began: int, rows: int) -> dict[str, Any]:
    return {"name": name, "format": "parquet", "rows": rows, "files": 1, "bytes": 40, "began": began}


def test_sinks_side_by_side_have_the_writes_of_their_places() -> None:
    sinks = [{"name": f"s3://b//t{n}/", "kind": "s3", "format": "parquet", "table": None, "began": 100 + n, "ended": 200} for n in (1, 2)]
    sinks.append({**sinks[0], "name": "t", "kind": "redshift"})
    names = ("s3a://b/t2", "s3://b/t1/_run-9-part/rows", "s3://b/t1/below", "s3://b/plain")
    found = facts.sinks(sinks[:2], [parquet(name, 150, n) for n, name in enumerate(names)])
    assert [(each["name"], each["rows"]) for each in found] == [
        ("s3://b//t1/", 1),
        ("s3://b//t2/", 0),
        ("s3://b/t1/below", 2),
        ("s3://b/plain", 3),
    ]
    assert [each["rows"] for each in facts.sinks(sinks, [parquet("s3://tmp/1", 150, 4), parquet("s3://b/t1", 150, 5)])] == [5, None, 4]


def test_a_sink_that_failed_takes_no_later_write() -> None:
    failed = {"name": "s3://b/bad/", "kind": "s3", "format": "parquet", "table": None, "began": 100, "ended": 110, "failed": True}
    good = {**failed, "name": "s3://b/good/", "began": 120, "ended": 130, "failed": False}
    found = facts.sinks([failed, good], [parquet("s3://b/good", 125, 3), parquet("s3://b/plain", 140, 7)])
    assert [(each["name"], each["rows"], each["unfinished"]) for each in found] == [
        ("s3://b/bad/", None, True),
        ("s3://b/good/", 3, False),
        ("s3://b/plain", 7, False),
    ]


def test_a_lakes_log_and_a_row_of_nothing_are_no_sources() -> None:
    scans = [scan("s3://b/d/_delta_log", "json"), scan(format="OneRowRelation"), scan("s3://b/d", "parquet", 7)]
    assert [(each["name"], each["rows"]) for each in facts.sources([], scans)] == [("s3://b/d", 7)]


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("OutOfMemoryError: Java heap space", "worker-type"),
        ("the process was killed (SIGKILL), most likely by the system", "worker-type"),
        ("AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `a`.`b` cannot be found", "no such table"),
        ("LookupError: There is no table a.b in the Data Catalog", "no such table"),
        ("AccessDeniedException: User is not authorized to perform: s3:GetObject", "role"),
        ("AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column", "printSchema"),
        ("LAUNCH ERROR | script s3://b/k cannot be read: NoSuchKey: The specified key does not exist.", "s3 ls"),
        ("ModuleNotFoundError: No module named 'x'", "--additional-python-modules"),
        ("Py4JNetworkError: Answer from Java side is empty", "JVM"),
        ("AnalysisException: [AMBIGUOUS_REFERENCE] Reference `A` is ambiguous, could be: [`A`, `A`].", "differ only in case"),
        ("FileNotFoundError: The specified bucket does not exist: s3://x/y (S3 at http://127.0.0.1:4566)", "s3 ls"),
        ("SchemaColumnConvertNotSupportedException: column: [a], physicalType: INT64", "a source of its own"),
        ("timed out after 60 seconds", "Timeout"),
        ("AnalysisException: [DATA_SOURCE_NOT_FOUND] Failed to find the data source: iceberg", "--datalake-formats"),
    ],
)
def test_causes_have_advice(message: str, word: str) -> None:
    assert word in " ".join(advice(message))


def test_a_cause_nobody_knows_has_no_advice() -> None:
    assert advice("ZeroDivisionError: division by zero (job.py, line 3: 1 / 0)") == []


def test_the_scripts_own_words_are_no_cause() -> None:
    line = "f = glue.create_dynamic_frame.from_catalog(database='d', table_name='t')"
    missing = "LookupError: There is no table d.t in the Data Catalog: An error occurred (EntityNotFoundException): Entity Not Found"
    assert [told[:35] for told in advice(f"{missing} (job.py, line 3: {line})")] == ["The Data Catalog has no such table. "[:35]]


def test_an_argument_with_a_wrong_value_is_not_called_missing() -> None:
    wrong = "argument --job-bookmark-option: invalid choice: 'job-bookmark-enabled' (choose from 'job-bookmark-enable')"
    assert "was not given" not in " ".join(advice(f"GlueArgumentError: {wrong}"))
    assert "was not given" in " ".join(advice("GlueArgumentError: the following arguments are required: --src"))


def test_a_failure_is_told_first_with_its_line_and_what_to_do() -> None:
    error = {"error_class": "ModuleNotFoundError", "message": "No module named 'x'", "line": 3, "source": "import x"}
    result = RunResult("FAILED", "ModuleNotFoundError: No module named 'x' (job.py, line 3: import x)", 1.0, 1 << 20)
    run = {**RUN, "state": "FAILED", "message": result.message}
    report = reports.assembled({**reports.NOTHING, "error": error}, result, run)
    first = report_text.lines(report)[1:4]
    assert first[0].startswith("nightly FAILED after 12.0 s: ModuleNotFoundError")
    assert first[1] == "  at line 3 of the script: import x"
    assert first[2].startswith("  what to do: A module is not in the job's environment.")


def test_metrics_bear_the_names_of_aws() -> None:
    facts = {"spark": COUNTS, "seconds": 1.5, "gauges": {"heap_used": 50, "heap_max": 200}}
    result = RunResult("SUCCEEDED", "", 2.0, 0)
    found = reports.assembled({**reports.NOTHING, **facts}, result, RUN)["metrics"]
    assert found["glue.driver.aggregate.bytesRead"] == 3 and found["glue.driver.aggregate.elapsedTime"] == 1500
    assert found["glue.driver.jvm.heap.used"] == 50 and found["glue.driver.jvm.heap.usage"] == 0.25
    assert found["glue.driver.aggregate.numCompletedStages"] == 2
    assert reports.assembled(reports.NOTHING, result, RUN)["metrics"] == {}


def test_stages_that_spark_forgets_are_counted() -> None:
    def stage(number: int, records: int, status: str = "COMPLETE", attempt: int = 0) -> dict[str, Any]:
        return {"stageId": number, "attemptId": attempt, "status": status, "inputRecords": records}

    tally = measures.Tally()
    assert tally.totals() is None, "no context was made"
    tally.add("a", [])
    assert tally.totals() == dict.fromkeys(measures.COUNTED, 0) | {"stages": 0, "completedStages": 0}
    tally.add("a", [stage(1, 3), stage(2, 1, "ACTIVE")])
    tally.add("a", [stage(2, 5, "FAILED"), stage(2, 7, attempt=1)])
    tally.add("b", [stage(1, 100)])
    tally.add("a", [stage(3, 10)])
    found = tally.totals()
    assert found is not None and (found["inputRecords"], found["stages"], found["completedStages"]) == (125, 5, 4)


def test_a_forgotten_commit_is_named() -> None:
    result = RunResult("SUCCEEDED", "", 1.0, 0)
    begun = {**reports.NOTHING, "job": {"began": True, "committed": False, "bookmarks": True}}
    assert "without job.commit()" in reports.assembled(begun, result, RUN)["notes"][0]
    ended = {**begun, "job": {"began": True, "committed": True, "bookmarks": True}}
    assert reports.assembled(ended, result, RUN)["notes"] == []


@pytest.mark.parametrize("text", ["no json", "[1]", ""])
def test_what_a_driver_wrote_may_be_anything(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    assert len(reports.written(tmp_path / "report.json", tmp_path / "metrics.json")["notes"]) == 1


def test_what_a_driver_did_not_write_is_told_if_it_began(tmp_path: Path) -> None:
    none = tmp_path / "report.json", tmp_path / "metrics.json"
    assert reports.written(*none)["notes"] == [], "no process ever was"
    (tmp_path / "run.json").write_text("{}")
    assert "before it could tell" in reports.written(*none)["notes"][0]


def test_a_run_that_moved_nothing_says_nothing() -> None:
    quiet = reports.assembled(dict(reports.NOTHING), RunResult("SUCCEEDED", "", 1.0, 0), RUN)
    assert report_text.closing(quiet) == []
    noisy = {
        **quiet,
        "sources": [{**source("s3://b/in/"), "rows": 1, "scans": 2, "read": 1, "listed": 3, "bytes": 2048, "skipped_by_bookmark": 2}],
    }
    assert "  s3://b/in/: 1 row (2 scans), 1 of 3 files, 2.0 KiB, 2 skipped by the bookmark" in report_text.lines(noisy)


def test_a_note_beside_its_source_is_not_repeated() -> None:
    report = reports.assembled(dict(reports.NOTHING), RunResult("SUCCEEDED", "", 1.0, 0), RUN)
    report |= {"sources": [{**source("s3://b/in/"), "notes": ["it is read whole"]}], "notes": ["it is read whole", "another"]}
    found = report_text.lines(report)
    assert [line.strip() for line in found if "whole" in line or "another" in line] == ["! it is read whole", "another"]


def test_a_sink_that_failed_is_not_told_as_written() -> None:
    staged = {"name": "s3://tmp/1", "format": "csv", "rows": 3, "files": 1, "bytes": 40, "began": 150}
    sinks = [{"name": name, "kind": "redshift", "format": None, "table": None, "began": began, "ended": end} for name, began, end in LOADS]
    report = reports.assembled(dict(reports.NOTHING), RunResult("FAILED", "", 1.0, 0), RUN)
    report["sinks"] = facts.sinks(sinks, [staged, {**staged, "began": 250}])
    assert [line for line in report_text.lines(report) if "rows" in line] == [
        "  loaded: 3 rows, 1 file, 40 bytes",
        "  failed: not finished, until then 3 rows, 1 file, 40 bytes",
    ]


LOADS = [("loaded", 100, 200), ("failed", 210, None)]


def test_rows_that_spark_does_not_count_are_not_told_as_nothing() -> None:
    kinds = ("postgresql", "custom.jdbc", "kafka", "s3")
    sinks = [{"name": kind, "kind": kind, "format": None, "table": None, "began": 1, "ended": 2} for kind in kinds]
    report = reports.assembled(dict(reports.NOTHING), RunResult("SUCCEEDED", "", 1.0, 0), RUN) | {"sinks": facts.sinks(sinks, [])}
    told = [line.strip() for line in report_text.lines(report) if ": nothing" in line or "not counted" in line]
    assert told == ["postgresql: rows are not counted", "custom.jdbc: rows are not counted", "kafka: rows are not counted", "s3: nothing"]


def test_a_write_to_iceberg_is_named_by_its_table() -> None:
    node = {
        "name": "AppendData",
        "desc": "AppendData org.apache.spark.sql.v2.Strategy$$Lambda$1/0x7f@77dc, IcebergWrite(table=glue_catalog.b.stg, format=PARQUET)",
        "metrics": [],
    }
    query = {"nodes": [node], "stages": [1], "submissionTime": 5, "physicalPlanDescription": ""}
    found = list(measures._writes(query, {1: {"outputRecords": 2, "outputBytes": 9}}))
    assert [(each["name"], each["rows"]) for each in found] == [("glue_catalog.b.stg", 2)]


def query(number: int, node: dict[str, Any] | None = None, plan: str = "", **other: Any) -> dict[str, Any]:
    """An execution of ten milliseconds."""
    nodes = [{"metrics": [], "desc": node["name"], **node}] if node else []
    times = {"submissionTime": number, "completionTime": number + 10, "stages": [] if plan or node is TABLE else [number]}
    return {"executionId": number, "rootExecutionId": 1, "nodes": nodes, "physicalPlanDescription": plan, **times, **other}


SAVE = {"name": "Execute SaveIntoDataSourceCommand"}
SAVED = "(2) SaveIntoDataSourceCommand\nArguments: org.apache.{}, [{}], Append\n"
DELTA = SAVED.format("spark.sql.delta.sources.DeltaDataSource@16", "overwriteSchema=true, path=s3://b/t, x=1")
HUDI = "(1) Execute SaveIntoDataSourceCommand\nOutput: []\n\n" + SAVED.format("hudi.Spark3DefaultSource@5", "path=s3://b/h")
TABLE = {
    "name": "AppendDataExecV1",
    "desc": "AppendDataExecV1 DeltaTableV2(S@1,file:/w/dt,Some(CatalogTable(\nDatabase: default\nTable: dt\nCreated",
}
PARQUET = {
    "name": "Execute InsertIntoHadoopFsRelationCommand",
    "desc": "Execute InsertIntoHadoopFsRelationCommand s3://b/p, false, Parquet, ",
}
LAKES: list[tuple[str, list[dict[str, Any]], list[tuple[Any, ...]]]] = [
    ("inside its command", [query(1, SAVE, DELTA), query(2), query(3)], [("s3://b/t", "spark", "delta", 6)]),
    ("a table, by a command in a command", [query(1, TABLE), query(2, TABLE), query(3)], [("default.dt", "spark", "delta", 3)]),
    ("not counted", [query(1, SAVE, HUDI)], [("s3://b/h", "hudi", "hudi", None)]),
    ("failed", [query(1, SAVE, DELTA, errorMessage="no"), query(2)], []),
    ("a failed job (Spark 3.3)", [query(1, SAVE, DELTA, jobs={"1": "FAILED"}), query(2)], []),
    ("two commands of one batch", [query(1, completionTime=99), query(3, SAVE, DELTA), query(4), query(20, SAVE, HUDI)],
     [("s3://b/t", "spark", "delta", 3), ("s3://b/h", "hudi", "hudi", None)]),
    ("another one in its midst, which Spark counts", [query(1, {"name": "CreateDataSourceTableAsSelectCommand"}), query(2, PARQUET)],
     [("s3://b/p", None, "parquet", 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("queries", "wanted"), [case[1:] for case in LAKES], ids=[case[0] for case in LAKES])
def test_writes_to_delta_and_hudi_are_told(queries: list[dict[str, Any]], wanted: list[tuple[Any, ...]]) -> None:
    stages = {each: {"outputRecords": 3, "outputBytes": 9, "numCompleteTasks": 1} for each in range(30)}
    found = lakes.written(queries, lambda each: measures._writes(each, stages), stages)
    assert [(each["name"], each.get("kind"), each["format"], each["rows"]) for each in found] == wanted


@pytest.mark.parametrize(("read", "rows"), [([5, 5], 5), ([5, 5, 2], 5), ([7, 3], 10), ([10], 10), ([5, 5, 9], 19)])
def test_rows_that_were_read_for_a_sample_too_are_told_once(read: list[int], rows: int) -> None:
    counted = sum(read)
    sort = {"name": "Exchange", "desc": "Exchange rangepartitioning(id#4L ASC NULLS FIRST, 200), ENSURE_REQUIREMENTS"}
    stages = {n: {"inputRecords": each} for n, each in enumerate(read)}
    (found,) = measures._once({"nodes": [sort], "stages": list(stages)}, [{"rows": counted}], stages)
    assert found["rows"] == rows
    assert measures._once({"nodes": [], "stages": list(stages)}, [{"rows": counted}], stages) == [{"rows": counted}]


def test_a_failed_sink_ends_and_is_told_as_failed() -> None:
    sink = _report.Sink("s3://b/out/", "s3", "json", None)
    with pytest.raises(ValueError, match="on the way"), _report.writing(sink):
        raise ValueError("on the way")
    assert sink.began and sink.ended and sink.failed and sink in _report._sinks
    _report._sinks.remove(sink)


def test_the_report_is_written_for_a_test_of_ones_own(tmp_path: Path) -> None:
    code = "from awsglue import _report; _report.note('x'); _report.note('x'); _report.column('c', 'choice', 'int, string')"
    subprocess.run([sys.executable, "-c", code], env={"WHEATPASTE_RUN_REPORT": str(tmp_path / "r.json")}, check=True)
    found = json.loads((tmp_path / "r.json").read_text())
    assert found["notes"] == ["x"] and found["columns"][0]["name"] == "c"


def test_error_records_are_counted_by_place_and_columns_as_they_are_learnt(
    glue: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A run has a process of its own; here the tests before this one have left their places.
    monkeypatch.setattr(_failures, "_counters", [])
    lines = [{"n": n, "price": "n/a" if n == 7 else n, "empty": None} for n in range(10)]
    (tmp_path / "in.json").write_text("".join(json.dumps(each) + "\n" for each in lines))
    frame = glue.create_dynamic_frame.from_options("file", {"paths": [str(tmp_path)]}, "json", transformation_ctx="told")

    def spoilt(record: Any) -> Any:
        if record["n"] > 6:
            raise ValueError("too many")
        return record

    assert frame.map(spoilt).count() == 7
    frame.schema()
    told = _report.as_json()
    found = [each for each in told["error_records"] if each["message"] == "too many"]
    assert [each["count"] for each in found] == [3] and found[0]["place"].startswith("map (test_report.py:")
    assert '"n": 7' in found[0]["example"] or '"n": 8' in found[0]["example"] or '"n": 9' in found[0]["example"]
    columns = {(each["name"], each["what"]): each["detail"] for each in told["columns"]}
    assert columns["price", "choice"] == "int, string" and ("empty", "null") in columns and ("n", "choice") not in columns
