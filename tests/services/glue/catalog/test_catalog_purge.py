"""What hung on deleted tables goes from the database too, in the background: counted in an app's own database, no client can see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.conftest import wait_for

from wheatpaste.app import App
from wheatpaste.config import Config
from wheatpaste.services.glue.schema import partitions, table_versions
from wheatpaste.tasks.table import tasks


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = App(Config(home=tmp_path))
    made.start()
    yield made
    made.close()


def count(app: App) -> tuple[int, int, int]:
    each = [select(func.count()).select_from(t) for t in (partitions, table_versions, tasks)]
    found = app.db.read(lambda c: [c.execute(query).scalar_one() for query in each])
    return found[0], found[1], found[2]


def test_thousands_of_partitions_go_in_batches(app: App) -> None:
    glue = app.as_root("123456789012", "us-east-1").client("glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    for name in ("a", "b"):
        table = {"Name": name, "PartitionKeys": [{"Name": "p", "Type": "int"}]}
        glue.create_table(DatabaseName="d", TableInput=table)
        glue.update_table(DatabaseName="d", TableInput=table)
        for start in range(0, 1500, 100):
            some = [{"Values": [str(n)]} for n in range(start, start + 100)]
            glue.batch_create_partition(DatabaseName="d", TableName=name, PartitionInputList=some)
    assert count(app) == (3000, 2, 0)
    glue.delete_table(DatabaseName="d", Name="a")
    glue.delete_database(Name="d")
    wait_for(lambda: count(app) == (0, 0, 0))
