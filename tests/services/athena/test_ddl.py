"""Hive statements, through boto3 and the Data Catalog."""

import pytest
from tests.services.athena.conftest import Athena

from wheatpaste.services.athena.classify import statement_type, substatement_type
from wheatpaste.services.athena.ddl.grammar import read
from wheatpaste.services.athena.dialect.errors import DialectError


def test_create_table_in_full(lake: Athena) -> None:
    lake.run(
        "CREATE EXTERNAL TABLE IF NOT EXISTS `T`(`A` int COMMENT 'first', b struct<c: array<string>, d:decimal(10, 2)>) COMMENT 'about' "
        "PARTITIONED BY (dt string COMMENT 'day') ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
        "COLLECTION ITEMS TERMINATED BY '\\002' "
        f"LINES TERMINATED BY '\\n' STORED AS TEXTFILE LOCATION 's3://{lake.name}/t/' TBLPROPERTIES ('k'='v')"
    )
    table = lake.glue.get_table(DatabaseName=lake.name, Name="t")["Table"]
    assert table["TableType"] == "EXTERNAL_TABLE"
    assert table["Parameters"]["k"] == "v" and table["Parameters"]["EXTERNAL"] == "TRUE"
    assert [(c["Name"], c["Type"]) for c in table["StorageDescriptor"]["Columns"]] == [
        ("a", "int"),
        ("b", "struct<c:array<string>,d:decimal(10,2)>"),
    ]
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] == "\t"
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["collection.delim"] == "\x02"
    assert [c["Name"] for c in table["PartitionKeys"]] == ["dt"]
    assert "AlreadyExistsException" in lake.fail(f"CREATE EXTERNAL TABLE t (a int) LOCATION 's3://{lake.name}/t/'")


def test_show_create_table_makes_the_table_again(lake: Athena) -> None:
    lake.run(
        f"CREATE EXTERNAL TABLE t (a int, b string) PARTITIONED BY (k int) ROW FORMAT DELIMITED FIELDS TERMINATED BY "
        f"'\\t' LOCATION 's3://{lake.name}/t/'"
    )
    text = "\n".join(str(row[0]) for row in lake.rows("SHOW CREATE TABLE t"))
    assert text.startswith("CREATE EXTERNAL TABLE `t`(\n  `a` int COMMENT ''")
    before = lake.glue.get_table(DatabaseName=lake.name, Name="t")["Table"]
    lake.run("DROP TABLE t")
    lake.run(text)
    after = lake.glue.get_table(DatabaseName=lake.name, Name="t")["Table"]
    assert after["StorageDescriptor"]["SerdeInfo"] == before["StorageDescriptor"]["SerdeInfo"]
    assert after["Parameters"] == before["Parameters"]


def test_partitions(lake: Athena) -> None:
    lake.run(f"CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (d string, h int) ROW FORMAT DELIMITED LOCATION 's3://{lake.name}/t/'")
    lake.put("elsewhere/x", b"7\n")
    lake.put("t/D=2024-01-02/h=3/x", b"1\n")
    lake.put("t/d=a%3Ab/h=4/x", b"2\n")
    lake.run(f"ALTER TABLE t ADD PARTITION (d='x', h=1) LOCATION 's3://{lake.name}/elsewhere/' PARTITION (d='x', h=2)")
    assert "AlreadyExistsException" in lake.fail("ALTER TABLE t ADD PARTITION (d='x', h=1)")
    lake.run("ALTER TABLE t ADD IF NOT EXISTS PARTITION (d='x', h=1)")
    assert lake.rows("MSCK REPAIR TABLE t")[1:] == [
        ("Repair: Added partition to metastore t:d=2024-01-02/h=3",),
        ("Repair: Added partition to metastore t:d=a:b/h=4",),
    ]
    assert lake.rows("SELECT d, h, a FROM t ORDER BY 2") == [("x", "1", "7"), ("2024-01-02", "3", "1"), ("a:b", "4", "2")]
    lake.run("ALTER TABLE t PARTITION (d='x', h=1) RENAME TO PARTITION (d='y', h=9)")
    lake.run("ALTER TABLE t DROP PARTITION (h >= 3, d < 'b')")
    assert sorted(lake.rows("SHOW PARTITIONS t")) == [("d=x/h=2",), ("d=y/h=9",)]
    lake.run(f"ALTER TABLE t PARTITION (d='x', h=2) SET LOCATION 's3://{lake.name}/elsewhere/'")
    assert lake.rows("SELECT count(*), sum(a) FROM t") == [("2", "14")]


def test_alter_columns_and_properties(lake: Athena) -> None:
    lake.run(f"CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (p string) STORED AS ORC LOCATION 's3://{lake.name}/t/'")
    lake.run("ALTER TABLE t ADD COLUMNS (b string COMMENT 'new')")
    lake.run("ALTER TABLE t SET TBLPROPERTIES ('x'='y')")
    assert lake.rows("SHOW TBLPROPERTIES t('x')") == [("x\ty",)]
    assert [str(row[0]).strip() for row in lake.rows("SHOW COLUMNS IN t")] == ["a", "b", "p"]
    assert lake.rows("DESCRIBE t") == [
        ("a                   \tint                 \t                    ",),
        ("b                   \tstring              \tnew                 ",),
        ("p                   \tstring              \t                    ",),
        ("\t \t ",),
        ("# Partition Information\t \t ",),
        ("# col_name            \tdata_type           \tcomment             ",),
        ("\t \t ",),
        ("p                   \tstring              \t                    ",),
    ]
    lake.run("ALTER TABLE t REPLACE COLUMNS (c double)")
    assert [str(row[0]).strip() for row in lake.rows("SHOW COLUMNS FROM t")] == ["c", "p"]


def test_databases(lake: Athena) -> None:
    name = f"{lake.name}x"
    lake.run(f"CREATE DATABASE {name} COMMENT 'c' LOCATION 's3://{lake.name}/'")
    lake.run(f"CREATE SCHEMA IF NOT EXISTS {name}")
    assert lake.rows(f"SHOW DATABASES LIKE '{lake.name}*'") == [(lake.name,), (name,)]
    lake.run(f"CREATE EXTERNAL TABLE {name}.t (a int) LOCATION 's3://{lake.name}/t/'")
    assert "is not empty" in lake.fail(f"DROP DATABASE {name}")
    assert lake.rows(f"SHOW TABLES IN {name}") == [("t",)]
    lake.run(f"DROP DATABASE {name} CASCADE")
    lake.run(f"DROP DATABASE IF EXISTS {name}")
    assert "does not exist" in lake.fail(f"DROP DATABASE {name}")


def test_views(lake: Athena) -> None:
    lake.parquet("t/x.parquet", a=[1, 2, 3], s=["x", "y", "z"])
    lake.run(f"CREATE EXTERNAL TABLE t (a bigint, s string) STORED AS PARQUET LOCATION 's3://{lake.name}/t/'")
    lake.run("CREATE VIEW v AS SELECT a * 2 AS twice, s FROM t WHERE a > 1")
    assert lake.rows("SELECT * FROM v ORDER BY 1 DESC") == [("6", "z"), ("4", "y")]
    assert lake.rows("SHOW CREATE VIEW v") == [(f"CREATE VIEW {lake.name}.v AS",), ("SELECT a * 2 AS twice, s FROM t WHERE a > 1",)]
    table = lake.glue.get_table(DatabaseName=lake.name, Name="v")["Table"]
    assert table["ViewOriginalText"].startswith("/* Presto View: ") and table["Parameters"]["presto_view"] == "true"
    assert "View already exists" in lake.fail("CREATE VIEW v AS SELECT 1 AS x")
    lake.run("CREATE OR REPLACE VIEW v AS SELECT count(*) AS n FROM t")
    assert lake.rows("SELECT n FROM v", QueryExecutionContext={"Database": "default"} | {"Database": lake.name}) == [("3",)]
    assert lake.rows("SHOW VIEWS") == [("v",)]
    assert "Column name not specified" in lake.fail("CREATE VIEW w AS SELECT 1")
    lake.run("DROP VIEW v")
    assert lake.fail("SELECT * FROM v").startswith("TABLE_NOT_FOUND")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("CREATE EXTERNAL TABLE t (a int", "mismatched input '<EOF>'"),
        ("CREATE EXTERNAL TABLE t (a int) NONSENSE", "line 1:33: mismatched input 'NONSENSE'"),
        ("ALTER TABLE t TOUCH", "wheatpaste refuses ALTER TABLE … TOUCH"),
        ("EXPLAIN SELECT 1", "wheatpaste refuses EXPLAIN statements"),
        ("SHOW TABLES IN a b", "mismatched input 'b'"),
    ],
)
def test_wrong_statements(sql: str, message: str) -> None:
    with pytest.raises(DialectError) as caught:
        read(sql)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("sql", "kind", "name"),
    [
        ("/* c */ (SELECT 1)", "DML", "SELECT"),
        ("TABLE t", "DML", "SELECT"),
        ("EXPLAIN SELECT 1", "DML", "EXPLAIN"),
        ("DESC t", "UTILITY", "DESCRIBE_TABLE"),
        ("SHOW TBLPROPERTIES t", "UTILITY", "SHOW_TABLE_PROPERTIES"),
        ("show create table t", "UTILITY", "SHOW_CREATE_TABLE"),
        ("SHOW SCHEMAS", "UTILITY", "SHOW_DATABASES"),
        ("CREATE SCHEMA x", "DDL", "CREATE_DATABASE"),
        ("MSCK REPAIR TABLE t", "DDL", "MSCK_REPAIR"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://x/'", "DDL", "CREATE_TABLE"),
        ("ALTER TABLE db.`t t` ADD IF NOT EXISTS PARTITION (p = 'x')", "DDL", "ALTER_TABLE_ADD_PARTITION"),
        ("ALTER TABLE t SET TBLPROPERTIES ('a' = 'add columns')", "DDL", "ALTER_TABLE_PROPERTIES"),
    ],
)
def test_statements_have_athenas_names(sql: str, kind: str, name: str) -> None:
    """As measured on Athena (aoyagikouhei/athena-local, 2026-09)."""
    assert (statement_type(sql), substatement_type(sql)) == (kind, name)
