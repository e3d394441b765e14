"""The statements that write rows: CREATE TABLE AS, INSERT INTO, UNLOAD."""

import re

from wheatpaste.services.athena.ddl import statements as s
from wheatpaste.services.athena.ddl.tokens import Reader
from wheatpaste.services.athena.dialect.errors import Refused


def table_name(reader: Reader) -> s.TableName:
    """``[database.]table``."""
    from wheatpaste.services.athena.ddl.grammar import table_name as read

    return read(reader)


def options(reader: Reader) -> dict[str, list[str]]:
    """``(name = 'x', other = ARRAY['y', 'z'])``: each value as a list."""
    found: dict[str, list[str]] = {}
    reader.expect("(")
    while True:
        name = reader.name()
        reader.expect("=")
        found[name] = _value(reader)
        if not reader.listed():
            return found


def _value(reader: Reader) -> list[str]:
    if not reader.take("ARRAY", "["):
        token = reader.token
        if token.kind not in ("text", "word"):
            raise reader.wrong("a value")
        reader.place += 1
        return [token.value]
    values = []
    while not reader.take("]"):
        values.append(reader.text())
        reader.take(",")
    return values


def create_as(reader: Reader) -> s.CreateAs:
    """Behind CREATE TABLE."""
    quiet = reader.take("IF", "NOT", "EXISTS")
    table = table_name(reader)
    if reader.peek("("):
        raise Refused("Iceberg tables, which CREATE TABLE with columns makes (CREATE EXTERNAL TABLE makes the others)")
    given = options(reader) if reader.take("WITH") else {}
    reader.expect("AS")
    query = reader.rest()
    ending = re.search(r"\s+WITH\s+(NO\s+)?DATA\s*$", query, re.I)
    data = ending is None or not ending[1]
    return s.CreateAs(table, query[: ending.start()] if ending else query, given, data, quiet)


def insert_into(reader: Reader) -> s.InsertInto:
    """Behind INSERT INTO."""
    table = table_name(reader)
    columns: list[str] = []
    if reader.peek("(") and not any(reader.peek("(", word) for word in ("SELECT", "WITH", "VALUES", "(")):
        reader.expect("(")
        columns.append(reader.name())
        while reader.listed():
            columns.append(reader.name())
    return s.InsertInto(table, reader.rest(), tuple(columns))


def unload(reader: Reader) -> s.Unload:
    """Behind UNLOAD."""
    reader.expect("(")
    start, depth = reader.token.start, 1
    while depth:
        token = reader.token
        if token.kind == "end":
            raise reader.wrong("')'")
        depth += (token.kind == "mark") * ((token.value == "(") - (token.value == ")"))
        end = token.start
        reader.place += 1
    reader.expect("TO")
    location = reader.text()
    return s.Unload(reader.sql[start:end], location, options(reader) if reader.take("WITH") else {})
