"""The steps in order, and the comparison of every figure with the raw data."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from pipeline import data, deploy, query
from pipeline.names import Names
from pipeline.report import Report

Client = Callable[[str], Any]
PATIENCE = 1800.0  # seconds for the crawl, and for the job with everything it has to fetch the first time


def run(folder: Path, report: Report, names: Names | None = None) -> bool:
    """Every step; whether every figure is right. Raises what a service refuses, and RuntimeError for a crawl, job or query that fails."""
    names = names or Names()
    clients: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in clients:
            clients[service] = boto3.client(service, region_name=names.region)
        return clients[service]

    report.step("Deploy: buckets, role, databases, crawler, warehouse, connection, job")
    deploy.deploy(client, names)
    report.step("Upload the raw CSV files to S3")
    truth = upload(client, names, folder, report)
    report.step("Crawl them into the Data Catalog")
    crawl(client, names, report)
    report.step("Run the Glue job: Spark joins, Parquet to the lake, load into Redshift")
    metrics = transform(client, names, report)
    good = quality(client, names, report)
    report.step("Run it again: its bookmark knows that nothing is new")
    unchanged = again(client, names, report)
    report.step("Ask Athena and Redshift, and compare with the raw data")
    return compare(client, names, truth, metrics, report) and unchanged and good


def upload(client: Client, names: Names, folder: Path, report: Report) -> data.Truth:
    """Flights by month under ``flights/month=…/``, every other table under its name."""
    started = time.monotonic()
    header, rows = data.read_flights(folder)
    files = [(f"flights/month={month}/flights.csv", content) for month, content in data.monthly(header, rows)]
    files += [(f"{table}/{table}.csv", (folder / f"{table}.csv").read_bytes()) for table in data.TABLES]
    for number, (key, content) in enumerate(files, 1):
        client("s3").put_object(Bucket=names.raw_bucket, Key=key, Body=content)
        report.progress(number, len(files), "files uploaded")
    report.row("raw CSV in S3", len(rows), len(files), time.monotonic() - started)
    return data.truth(header, rows)


def _until(check: Callable[[], Any], what: str, tick: Callable[[float], None]) -> Any:
    started = time.monotonic()
    while time.monotonic() < started + PATIENCE:
        found = check()
        if found is not None:
            return found
        tick(time.monotonic() - started)
        time.sleep(0.25)
    raise RuntimeError(f"{what} did not end within {PATIENCE:.0f} s")


def crawl(client: Client, names: Names, report: Report) -> None:
    """Run the crawler to its end."""
    glue, started = client("glue"), time.monotonic()
    glue.start_crawler(Name=names.crawler)

    def ended() -> Any:
        crawler = glue.get_crawler(Name=names.crawler)["Crawler"]
        return crawler["LastCrawl"] if crawler["State"] == "READY" and "LastCrawl" in crawler else None

    last = _until(ended, "the crawl", lambda s: report.progress(s, 0, "crawling"))
    if last["Status"] != "SUCCEEDED":
        raise RuntimeError(f"the crawl {last['Status']}: {last.get('ErrorMessage', '')}")
    tables = glue.get_tables(DatabaseName=names.raw_database)["TableList"]
    partitions = sum(
        len(glue.get_partitions(DatabaseName=names.raw_database, TableName=t["Name"])["Partitions"])
        for t in tables
        if t.get("PartitionKeys")
    )
    report.note(f"{len(tables)} tables, {partitions} partitions: {', '.join(t['Name'] for t in tables)}")
    report.row("tables in the Data Catalog", len(tables), None, time.monotonic() - started)


def _run(client: Client, names: Names, report: Report) -> Any:
    """Run the job to its end; the counts it wrote."""
    glue = client("glue")
    run_id = glue.start_job_run(JobName=names.job)["JobRunId"]

    def ended() -> Any:
        state = glue.get_job_run(JobName=names.job, RunId=run_id)["JobRun"]
        return state if state["JobRunState"] in ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR") else None

    outcome = _until(ended, "the job", lambda s: report.progress(s, 0, "job running"))
    if outcome["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(f"job run {run_id} {outcome['JobRunState']}: {outcome.get('ErrorMessage', '')}")
    return _metrics(client, names)


def _metrics(client: Client, names: Names) -> Any:
    """What the last run counted."""
    return json.loads(client("s3").get_object(Bucket=names.tmp_bucket, Key=names.metrics_key)["Body"].read())


def _lake(client: Client, names: Names) -> list[str]:
    """The Parquet files of the lake."""
    found = client("s3").list_objects_v2(Bucket=names.lake_bucket, Prefix="flights/").get("Contents", [])
    return [o["Key"] for o in found if o["Key"].endswith(".parquet")]


def transform(client: Client, names: Names, report: Report) -> Any:
    """Run the job; the counts it wrote."""
    started = time.monotonic()
    metrics = _run(client, names, report)
    rows = metrics["rows"]["lake"]
    report.row("Glue job, start to end", rows, None, time.monotonic() - started)
    report.row("  of it: transforms and Parquet", rows, len(_lake(client, names)), metrics["seconds"]["to Parquet"])
    report.row("  of it: load into Redshift", rows, None, metrics["seconds"]["to Redshift"])
    return metrics


def quality(client: Client, names: Names, report: Report) -> bool:
    """Whether the job's rules about the lake passed, as the Glue API tells of its last run."""
    glue = client("glue")
    found = glue.list_data_quality_results(Filter={"JobName": names.job})["Results"]
    if not found:
        report.check("data quality of the lake", False, "the job published no result")
        return False
    newest = max(found, key=lambda result: result["StartedOn"])
    rules = glue.get_data_quality_result(ResultId=newest["ResultId"])["RuleResults"]
    passed = [rule for rule in rules if rule["Result"] == "PASS"]
    report.check("data quality of the lake", len(passed) == len(rules) > 0, f"{len(passed)} of {len(rules)} rules passed")
    return len(passed) == len(rules) > 0


def again(client: Client, names: Names, report: Report) -> bool:
    """Run the job a second time; whether it wrote no file and left as many rows as there were: its sink only ever appends."""
    started = time.monotonic()
    files, rows = _lake(client, names), _metrics(client, names)["rows"]["lake"]
    found = _run(client, names, report)["rows"]["lake"]
    entry = client("glue").get_job_bookmark(JobName=names.job)["JobBookmarkEntry"]
    report.row("Glue job again, nothing new", found - rows, 0, time.monotonic() - started)
    same = found == rows and _lake(client, names) == files
    report.check(
        "a second run reads nothing again", same, f"still {found:,} rows in {len(files)} files, bookmark version {entry['Version']}"
    )
    return same


def _numbers(answer: query.Answer) -> list[tuple[Any, ...]]:
    """Cells as numbers where they are, so that ``3.0`` and ``3`` are one; the engines print alike values differently."""

    def number(cell: str) -> Any:
        try:
            return round(float(cell), 2)
        except ValueError:
            return cell

    return [tuple(number(cell) for cell in row) for row in answer]


def compare(client: Client, names: Names, truth: data.Truth, metrics: Any, report: Report) -> bool:
    """Every question to both engines; whether all agree with each other and with the raw data."""
    results: list[bool] = []

    def check(what: str, ok: bool, detail: str) -> None:
        results.append(ok)
        report.check(what, ok, detail)

    check("rows the job counted", metrics["rows"]["lake"] == truth.flights, f"{metrics['rows']['lake']:,} of {truth.flights:,}")
    expected = {
        "total": [(truth.flights, truth.flown, truth.miles, truth.dep_delay)],
        "by_month": sorted(truth.by_month.items()),
        "by_carrier": None,
    }
    for name, raw in expected.items():
        started = time.monotonic()
        lake, scanned = query.athena(client, names, query.statement("athena", name))
        middle = time.monotonic()
        loaded = query.warehouse(client, names, query.statement("redshift", name))
        ended = time.monotonic()
        report.row(f"Athena {name} ({scanned / 1e6:.1f} MB scanned)", len(lake), None, middle - started)
        report.row(f"Redshift {name}", len(loaded), None, ended - middle)
        check(f"{name}: Athena = Redshift", _numbers(lake) == _numbers(loaded), f"{len(lake)} rows, first {lake[0] if lake else None}")
        if raw is not None:
            check(
                f"{name}: Athena = raw CSV", _numbers(lake) == [tuple(float(v) for v in row) for row in raw], f"{lake[0]} against {raw[0]}"
            )
        else:
            top = sorted(truth.by_carrier.items(), key=lambda item: (-item[1], item[0]))[:10]
            check(f"{name}: Athena = raw CSV", [(row[0], int(row[1])) for row in lake] == top, f"{lake[0][:2]} against {top[0]}")
    wind, _ = query.athena(client, names, query.statement("athena", "weather"))
    check("weather joined", len(wind) >= 4 and sum(int(row[1]) for row in wind) > truth.flights * 0.9, f"{len(wind)} bands of wind speed")
    return all(results)
