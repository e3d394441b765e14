"""What drivers and consoles ask: SHOW SCHEMAS, TABLES, COLUMNS; catalogs; and statement_timeout, which they set."""

import time

import psycopg
import pytest
import redshift_connector


@pytest.fixture
def shown(sql):
    sql("create schema shown")
    sql("create table shown.first (id int, name varchar(12) not null)")
    sql("create table shown.second (x int)")
    yield
    sql("drop schema shown cascade")


def test_show(connection, sql, fails, shown):
    cursor = connection.execute("show tables from schema dev.shown")
    assert [column.name for column in cursor.description][:4] == ["database_name", "schema_name", "table_name", "table_type"]
    assert [row[:4] for row in cursor.fetchall()] == [("dev", "shown", "first", "TABLE"), ("dev", "shown", "second", "TABLE")]
    assert [row[2] for row in sql("show tables from schema shown like 's%' limit 5")] == ["second"]
    assert [row[1] for row in sql("show schemas from database dev like 'show_'")] == ["shown"]
    assert [row[3:5] + row[7:9] for row in sql("show columns from table dev.shown.first")] == [
        ("id", 1, "integer", None),
        ("name", 2, "character varying", 12),
    ]
    assert [row[0] for row in sql("show databases")] == ["dev"]
    assert fails("show table shown.first") == ("0A000", "SHOW TABLE is not supported by wheatpaste")
    assert fails("show tables")[0] == "42601"


def test_redshift_connector_lists(listener, shown):
    """It describes each statement before it runs it."""
    with redshift_connector.connect(
        host=listener.address, port=listener.port, user="admin", password="Secret99", database="dev", ssl=False
    ) as connection:
        cursor = connection.cursor()
        assert [row[0] for row in cursor.get_catalogs()] == ["dev"]
        assert [row[2] for row in cursor.execute("show tables from schema dev.shown").fetchall()] == ["first", "second"]
        assert ["wlm_query_slot_count", "1"] in [list(row) for row in cursor.execute("show all").fetchall()]


def test_statement_timeout(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set statement_timeout to 300")
        assert connection.execute("show statement_timeout").fetchone() == ("300",)
        began = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("select count(*) from generate_series(1, 100000) a(x), generate_series(1, 100000) b(y) where x * y % 7 = 9")
        assert time.monotonic() - began < 20
        assert connection.execute("select 1").fetchone() == (1,)
        connection.execute("reset statement_timeout")
        assert connection.execute("show statement_timeout").fetchone() == ("0",)
        with pytest.raises(psycopg.Error, match="milliseconds"):
            connection.execute("set statement_timeout to 'soon'")


def test_arithmetic_on_system_views(sql, shown):
    """Part of what dbt-redshift asks for its catalog."""
    asked = "select pct_used / 100.0, tbl_rows * 2, sortkey_num / 2, max_varchar, sortkey1_enc from svv_table_info"
    assert sql(f"{asked} where \"table\" = 'first' and \"schema\" = 'shown'") == [(None, 0, 0, 12, None)]
    assert sql("select sum(tbl_rows) from pg_catalog.svv_table_info where \"schema\" = 'shown'") == [(0,)]
