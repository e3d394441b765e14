"""A small lake, and a client that waits for its queries."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Rows = list[tuple[str | None, ...]]


@dataclass
class Athena:
    """Athena, S3 and Glue of one server, and a database and a bucket of one test's own."""

    athena: Any
    s3: Any
    glue: Any
    name: str

    @property
    def output(self) -> str:
        return f"s3://{self.name}/results/"

    def start(self, sql: str, **members: Any) -> str:
        given = {"QueryExecutionContext": {"Database": self.name}, "ResultConfiguration": {"OutputLocation": self.output}, **members}
        return str(self.athena.start_query_execution(QueryString=sql, **given)["QueryExecutionId"])

    def wait(self, execution: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while True:
            found: dict[str, Any] = self.athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
            if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.02)

    def run(self, sql: str, **members: Any) -> dict[str, Any]:
        found = self.wait(self.start(sql, **members))
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        return found

    def fail(self, sql: str, **members: Any) -> str:
        found = self.wait(self.start(sql, **members))
        assert found["Status"]["State"] == "FAILED", found["Status"]
        return str(found["Status"]["StateChangeReason"])

    def rows(self, sql: str, **members: Any) -> Rows:
        """The rows of a SELECT, without its header; the lines of any other statement."""
        found = self.run(sql, **members)
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=found["QueryExecutionId"])
        rows = [tuple(cell.get("VarCharValue") for cell in row["Data"]) for page in pages for row in page["ResultSet"]["Rows"]]
        return rows[1:] if found["StatementType"] == "DML" else rows

    def put(self, key: str, data: bytes) -> str:
        self.s3.put_object(Bucket=self.name, Key=key, Body=data)
        return f"s3://{self.name}/{key}"

    def parquet(self, key: str, **columns: Any) -> str:
        data = io.BytesIO()
        pq.write_table(pa.table(columns), data)
        return self.put(key, data.getvalue())


@pytest.fixture
def lake(client: Callable[[str], Any], unique: str) -> Athena:
    made = Athena(client("athena"), client("s3"), client("glue"), unique)
    made.s3.create_bucket(Bucket=unique)
    made.glue.create_database(DatabaseInput={"Name": unique})
    return made
