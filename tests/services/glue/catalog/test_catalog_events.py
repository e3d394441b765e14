"""What the catalog tells EventBridge, read from the outbox of an app without a relay."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from wheatpaste.app import App
from wheatpaste.call import Client
from wheatpaste.config import Config
from wheatpaste.events.outbox import outbox
from wheatpaste.store.db import metadata

ARN = "arn:aws:glue:us-east-1:123456789012"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = App(Config(home=tmp_path))
    made.db.ensure(list(metadata.tables.values()))
    yield made
    made.supervisor.close()
    made.db.close()


@pytest.fixture
def glue(app: App) -> Client:
    return app.as_root("123456789012", "us-east-1").client("glue")


def told(app: App) -> list[tuple[str, list[str], dict[str, Any]]]:
    rows = app.db.read(lambda c: list(c.execute(select(outbox.c.envelope).order_by(outbox.c.number)).scalars()))
    assert all(row["source"] == "aws.glue" and row["account"] == "123456789012" for row in rows)
    return [(row["detail-type"], row["resources"], row["detail"]) for row in rows]


def test_databases_and_tables(app: App, glue: Client) -> None:
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": "t"})
    glue.update_table(DatabaseName="d", TableInput={"Name": "t"})
    glue.delete_table(DatabaseName="d", Name="t")
    database, table = "Glue Data Catalog Database State Change", "Glue Data Catalog Table State Change"
    assert told(app) == [
        (database, [f"{ARN}:database/d"], {"databaseName": "d", "typeOfChange": "CreateDatabase", "changedTables": []}),
        (database, [f"{ARN}:table/d/t"], {"databaseName": "d", "typeOfChange": "CreateTable", "changedTables": ["t"]}),
        (table, [f"{ARN}:table/d/t"], {"databaseName": "d", "changedPartitions": [], "typeOfChange": "UpdateTable", "tableName": "t"}),
        (database, [f"{ARN}:table/d/t"], {"databaseName": "d", "typeOfChange": "DeleteTable", "changedTables": ["t"]}),
    ]


def test_partitions_name_what_changed_and_only_that(app: App, glue: Client) -> None:
    keys = [{"Name": "a", "Type": "string"}, {"Name": "b", "Type": "string"}]
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": "t", "PartitionKeys": keys})
    glue.create_partition(DatabaseName="d", TableName="t", PartitionInput={"Values": ["C.pdf", "dir3"]})
    again = [{"Values": ["C.pdf", "dir3"]}, {"Values": ["D.doc", "dir4"]}]
    glue.batch_create_partition(DatabaseName="d", TableName="t", PartitionInputList=again)
    glue.batch_create_partition(DatabaseName="d", TableName="t", PartitionInputList=again)
    assert [(d["typeOfChange"], d["changedPartitions"]) for _, _, d in told(app)[2:]] == [
        ("CreatePartition", ["[C.pdf, dir3]"]),
        ("BatchCreatePartition", ["[D.doc, dir4]"]),
    ]
