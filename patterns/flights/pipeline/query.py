"""The same questions to the lake (Athena) and to the warehouse (PostgreSQL protocol)."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.names import Names

SQL = Path(__file__).resolve().parent.parent / "sql"
Client = Callable[[str], Any]
Answer = list[tuple[str, ...]]


def statement(engine: str, name: str) -> str:
    """The text of ``sql/<engine>/<name>.sql``."""
    return (SQL / engine / f"{name}.sql").read_text()


def athena(client: Client, names: Names, sql: str) -> tuple[Answer, int]:
    """Rows as text, and the bytes scanned; RuntimeError with Athena's reason when the query fails."""
    service = client("athena")
    location = {"OutputLocation": f"s3://{names.tmp_bucket}/athena/"}
    query = service.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": names.lake_database}, ResultConfiguration=location, WorkGroup=names.workgroup
    )["QueryExecutionId"]
    while True:
        execution = service.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        state = execution["Status"]["State"]
        if state in ("SUCCEEDED", "FAILED", "CANCELLED"):
            break
        time.sleep(0.1)
    if state != "SUCCEEDED":
        raise RuntimeError(f"Athena: {execution['Status'].get('StateChangeReason', state)}\n{sql}")
    rows: Answer = []
    for page in service.get_paginator("get_query_results").paginate(QueryExecutionId=query):
        rows += [tuple(cell.get("VarCharValue", "") for cell in row["Data"]) for row in page["ResultSet"]["Rows"]]
    return rows[1:], int(execution["Statistics"]["DataScannedInBytes"])


def warehouse(client: Client, names: Names, sql: str) -> Answer:
    """Rows as text, over the PostgreSQL protocol."""
    import psycopg

    endpoint = client("redshift").describe_clusters(ClusterIdentifier=names.cluster)["Clusters"][0]["Endpoint"]
    with psycopg.connect(
        host=endpoint["Address"], port=endpoint["Port"], dbname="dev", user=names.user, password=names.password
    ) as connection:
        rows = connection.execute(sql.encode()).fetchall()
    return [tuple("" if value is None else str(value) for value in row) for row in rows]
