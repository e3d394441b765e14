"""A bucket, a role and a table of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CSV = "id,city,age\n1,Oslo,30\n2,Oslo,40\n3,Bern,\n4,Rome,20\n"


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    return client("glue")


@pytest.fixture
def table(client: Callable[..., Any], unique: str) -> dict[str, str]:
    """Four people in CSV, as a table of the catalog."""
    return people(client, unique)


def people(client: Callable[..., Any], unique: str) -> dict[str, str]:
    """Makes that table on any server."""
    s3, glue = client("s3"), client("glue")
    s3.create_bucket(Bucket=unique)
    s3.put_object(Bucket=unique, Key="people/people.csv", Body=CSV.encode())
    database = unique.replace("-", "_")
    glue.create_database(DatabaseInput={"Name": database})
    columns = [{"Name": name, "Type": kind} for name, kind in (("id", "int"), ("city", "string"), ("age", "int"))]
    form = {
        "Location": f"s3://{unique}/people/",
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","}},
        "Columns": columns,
    }
    parameters = {"classification": "csv", "skip.header.line.count": "1"}
    glue.create_table(DatabaseName=database, TableInput={"Name": "people", "StorageDescriptor": form, "Parameters": parameters})
    return {"DatabaseName": database, "TableName": "people"}
