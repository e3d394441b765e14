"""A JDBC connection of the driver's own, and what it tells of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from py4j.java_gateway import is_instance_of
from py4j.protocol import Py4JJavaError
from pyspark import SparkContext
from pyspark.sql.utils import CapturedException  # where every Spark has it

from awsglue._java_errors import causes, message
from awsglue._read.drivers import Database


class DatabaseError(RuntimeError):
    """What a database, or its driver, has refused, in its own words."""


@contextmanager
def in_its_words(what: str) -> Iterator[None]:
    """An SQL exception inside is told in one line, `what` first; Spark shows it below a hundred lines of its own."""
    try:
        yield
    except (Py4JJavaError, CapturedException) as error:
        said = _said(error)
        if not said:
            raise
        raise DatabaseError(f"{what}: {said}") from None


def _said(error: Exception) -> str:
    """The outermost SQL exception's message and its last cause's."""
    chain = causes(error)
    first = next((message(java) for java in chain if is_instance_of(SparkContext._gateway, java, "java.sql.SQLException")), "")
    last = message(chain[-1]) if first else ""
    return " ".join((first if last in first else f"{first} {last}").split())


@contextmanager
def connected(spark: Any, database: Database) -> Iterator[Any]:
    """A `java.sql.Connection` to it; closed afterwards."""
    jvm = spark._jvm
    # Through the context's class loader, not DriverManager: that one sees no driver that came with --extra-jars.
    found = jvm.java.lang.Thread.currentThread().getContextClassLoader().loadClass(database.driver)
    none = spark.sparkContext._gateway.new_array  # py4j knows no varargs
    made = found.getDeclaredConstructor(none(jvm.java.lang.Class, 0)).newInstance(none(jvm.java.lang.Object, 0))
    properties = jvm.java.util.Properties()
    for key, value in database.properties.items():
        properties.setProperty(key, value)
    connection = made.connect(database.url, properties)
    try:
        yield connection
    finally:
        connection.close()


def primary_key(connection: Any, table: str) -> list[str]:
    """The columns of a table's primary key, in the key's order; none when it has none. `table` may be `schema.table`."""
    schema, name = _named(table)
    metadata = connection.getMetaData()
    # MySQL's databases are catalogs to JDBC, and it has no schemas.
    of_catalog = bool(metadata.supportsCatalogsInDataManipulation() and not metadata.supportsSchemasInDataManipulation())
    for spelt in (str, str.upper, str.lower):
        catalog = (spelt(schema) if of_catalog else None) or connection.getCatalog()
        within = None if of_catalog else spelt(schema) or connection.getSchema()
        found = metadata.getPrimaryKeys(catalog, within, spelt(name))
        columns: list[tuple[int, str]] = []
        while found.next():
            columns.append((int(found.getShort("KEY_SEQ")), str(found.getString("COLUMN_NAME"))))
        found.close()
        if columns:
            return [column for _, column in sorted(columns)]
    return []


def _named(table: str) -> tuple[str, str]:
    """Schema and name of `table`, `schema.table` or `database.schema.table`, each of which may be in quotes."""
    steps = re.findall(r'"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^.]+', table.strip())
    plain = [step[1:-1].replace(step[0] * 2, step[0]) if step[0] in '"`' else step for step in steps]
    return (plain[-2] if len(plain) > 1 else ""), plain[-1]
