"""information_schema, as the queries of AWS's documentation ask it."""

import pytest
from tests.services.athena.conftest import Athena


@pytest.fixture
def filled(lake: Athena) -> Athena:
    lake.run(
        f"CREATE EXTERNAL TABLE Sales (id int, Price decimal(10,2), tags array<string>) PARTITIONED BY (day date) LOCATION 's3://{lake.name}/sales/'"
    )
    lake.run("CREATE VIEW v AS SELECT id, 'x' AS word FROM sales")
    return lake


def test_schemata(filled):
    found = filled.rows(f"SELECT * FROM information_schema.schemata WHERE schema_name = '{filled.name}'")
    assert found == [("awsdatacatalog", filled.name)]
    assert ("information_schema",) in filled.rows("SELECT schema_name FROM information_schema.schemata")


def test_tables(filled):
    asked = "SELECT table_schema, table_name, table_type FROM information_schema.tables t WHERE t.table_schema = '{}' ORDER BY 2"
    assert filled.rows(asked.format(filled.name)) == [(filled.name, "sales", "BASE TABLE"), (filled.name, "v", "VIEW")]
    assert filled.rows(asked.format("no_such_database")) == []
    everywhere = filled.rows(f"SELECT count(*) FROM information_schema.tables WHERE table_schema = '{filled.name}' OR table_schema = 'x'")
    assert everywhere == [("2",)]


def test_columns(filled):
    found = filled.rows(
        "SELECT column_name, ordinal_position, is_nullable, data_type FROM awsdatacatalog.information_schema.columns"
        f" WHERE table_schema = '{filled.name}' AND table_name = 'sales' ORDER BY ordinal_position"
    )
    assert found == [
        ("id", "1", "YES", "integer"),
        ("price", "2", "YES", "decimal(10,2)"),
        ("tags", "3", "YES", "array(varchar)"),
        ("day", "4", "YES", "date"),
    ]
    view = f"table_name = 'v' AND table_schema = '{filled.name}'"
    assert filled.rows(f"SELECT column_name, data_type FROM information_schema.columns WHERE {view} ORDER BY 1") == [
        ("id", "integer"),
        ("word", "varchar(1)"),
    ]


def test_views_and_the_rest(filled):
    asked = f"SELECT view_definition FROM information_schema.views WHERE table_schema = '{filled.name}'"
    assert filled.rows(asked) == [("SELECT id, 'x' AS word FROM sales",)]
    assert "information_schema.roles" in filled.fail("SELECT * FROM information_schema.roles")


def test_pivot_is_no_syntax_of_athena(lake):
    assert "PIVOTS" in lake.fail("SELECT * FROM (VALUES (1, 2)) t(a, b) PIVOT (sum(b) FOR a IN (1))")


def test_tables_of_dbt(lake):
    """dbt-athena names the table_type of every table that it makes."""
    lake.run("CREATE TABLE hive WITH (table_type = 'hive', is_external = true, format = 'parquet') AS SELECT 1 AS a")
    assert lake.rows("SELECT a FROM hive") == [("1",)]
    assert "ICEBERG" in lake.fail("CREATE TABLE ice WITH (table_type = 'iceberg', is_external = false) AS SELECT 1 AS a")
