"""A JDBC connection of the driver's own, and what it tells of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def connected(spark: Any, driver: str, url: str, details: Mapping[str, Any]) -> Iterator[Any]:
    """A `java.sql.Connection` as the details' user; closed afterwards."""
    jvm = spark._jvm
    # Through the context's class loader, not DriverManager: that one sees no driver that came with --extra-jars.
    found = jvm.java.lang.Thread.currentThread().getContextClassLoader().loadClass(driver)
    none = spark.sparkContext._gateway.new_array  # py4j knows no varargs
    made = found.getDeclaredConstructor(none(jvm.java.lang.Class, 0)).newInstance(none(jvm.java.lang.Object, 0))
    properties = jvm.java.util.Properties()
    for key in ("user", "password"):
        if details[key] is not None:
            properties.setProperty(key, str(details[key]))
    connection = made.connect(url, properties)
    try:
        yield connection
    finally:
        connection.close()


def primary_key(connection: Any, table: str) -> list[str]:
    """The columns of a table's primary key, in the key's order; none when it has none. `table` may be `schema.table`."""
    schema, _, name = table.replace('"', "").replace("`", "").rpartition(".")
    schema = schema.rpartition(".")[2]
    for spelt in (str, str.upper, str.lower):
        found = connection.getMetaData().getPrimaryKeys(connection.getCatalog(), spelt(schema) or None, spelt(name))
        columns: list[tuple[int, str]] = []
        while found.next():
            columns.append((int(found.getShort("KEY_SEQ")), str(found.getString("COLUMN_NAME"))))
        found.close()
        if columns:
            return [column for _, column in sorted(columns)]
    return []
