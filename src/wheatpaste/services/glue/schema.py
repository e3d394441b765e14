"""The Data Catalog's tables.

A Glue table has an id of its own (32 hexadecimal digits): versions, partitions, indexes and statistics hang on it, not on the name.
So a table that is deleted is gone at once, however many partitions it has (see purge.py), and one made again under the name starts empty.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata
from wheatpaste.store.migrations import Step, steps

KEY_COLUMNS = 8  # partition keys that have an indexed column; tests on further keys are decided row by row
_OF_KEY = "CREATE INDEX glue_partitions_k{0} ON glue_partitions (account, region, table_id, k{0}, values_key) WHERE k{0} != ''"


def _scope() -> list[Column[str]]:
    return [Column("account", Text, primary_key=True), Column("region", Text, primary_key=True)]


databases = Table(
    "glue_databases",
    metadata,
    *_scope(),
    Column("catalog", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # DatabaseInput as given
    Column("created", BigInteger, nullable=False),  # epoch milliseconds, as all times here
)

tables = Table(
    "glue_tables",
    metadata,
    *_scope(),
    Column("catalog", Text, primary_key=True),
    Column("database", BinaryText, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Body, nullable=False),  # TableInput as given, without Name
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Index("glue_tables_id", "account", "region", "id"),
)

table_versions = Table(
    "glue_table_versions",
    metadata,
    *_scope(),
    Column("table_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", Body, nullable=False),
    Column("updated", BigInteger, nullable=False),
)
"""Versions that UpdateTable archived; the current one is in its table's row."""

partitions = Table(
    "glue_partitions",
    metadata,
    *_scope(),
    Column("table_id", Text, primary_key=True),
    Column("values_key", BinaryText, primary_key=True),  # the values as given, as JSON
    *(Column(f"k{i}", BinaryText, nullable=False, server_default="") for i in range(KEY_COLUMNS)),  # encoded: see partition_keys.py
    Column("slot", Integer, nullable=False),  # a hash of the values, for segments
    Column("misfits", BigInteger, nullable=False),  # bit i: the value of key i is no value of its type
    Column("body", Body, nullable=False),  # PartitionInput as given, without Values
    Column("created", BigInteger, nullable=False),
    Index("glue_partitions_keys", "account", "region", "table_id", *(f"k{i}" for i in range(KEY_COLUMNS)), "slot"),
    info=steps(Step("an index for each key after the first", [_OF_KEY.format(i) for i in range(1, KEY_COLUMNS)])),
)
for _i in range(1, KEY_COLUMNS):  # of tables that have the key; see partition_candidates.py
    _key = partitions.c[f"k{_i}"]
    Index(
        f"glue_partitions_k{_i}",
        *(partitions.c[name] for name in ("account", "region", "table_id", _key.name, "values_key")),
        sqlite_where=_key != "",
        postgresql_where=_key != "",
    )
Index(
    "glue_partitions_misfits",
    partitions.c.account,
    partitions.c.region,
    partitions.c.table_id,
    sqlite_where=partitions.c.misfits != 0,
    postgresql_where=partitions.c.misfits != 0,
)

partition_indexes = Table(
    "glue_partition_indexes",
    metadata,
    *_scope(),
    Column("table_id", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # Keys: their names, in order
)

column_statistics = Table(
    "glue_column_statistics",
    metadata,
    *_scope(),
    Column("table_id", Text, primary_key=True),
    Column("values_key", BinaryText, primary_key=True),  # of a partition; empty for the table's own
    Column("column_name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # ColumnStatistics
)

functions = Table(
    "glue_functions",
    metadata,
    *_scope(),
    Column("catalog", Text, primary_key=True),
    Column("database", BinaryText, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # UserDefinedFunctionInput, without FunctionName
    Column("created", BigInteger, nullable=False),
)

connections = Table(
    "glue_connections",
    metadata,
    *_scope(),
    Column("catalog", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # ConnectionInput, without Name and its secrets
    Column("secrets", LargeBinary, nullable=False),  # sealed: the secret properties as JSON
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("updated_by", Text, nullable=False),
)

tags = Table(
    "glue_tags",
    metadata,
    *_scope(),
    Column("arn", BinaryText, primary_key=True),
    Column("tag", BinaryText, primary_key=True),
    Column("value", Text, nullable=False),
)

policies = Table(
    "glue_resource_policies",
    metadata,
    *_scope(),
    Column("arn", BinaryText, primary_key=True),  # of a resource; the catalog's for the account's policy
    Column("policy", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("hybrid", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)

settings = Table(
    "glue_catalog_settings",
    metadata,
    *_scope(),
    Column("catalog", Text, primary_key=True),
    Column("encryption", Body, nullable=False),  # DataCatalogEncryptionSettings
)
