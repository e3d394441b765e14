"""Hive statements: text in, one of ``statements`` out; None for what is no Hive statement (a query)."""

from collections.abc import Callable
from typing import Any

from wheatpaste.services.athena.ddl import statements as s
from wheatpaste.services.athena.ddl import writing_grammar
from wheatpaste.services.athena.ddl.tokens import Reader
from wheatpaste.services.athena.dialect.errors import Refused, SqlError


def read(sql: str) -> s.Statement | None:
    """The statement; raises SqlError for a wrong one, Refused for one that is not built."""
    reader = Reader(sql)
    for words, parse in FORMS:
        if reader.take(*words):
            found = parse(reader)
            reader.end()
            return found
    for refused in REFUSED:
        if reader.peek(refused):
            raise Refused(f"{refused} statements")
    return None


def table_name(reader: Reader) -> s.TableName:
    """``[catalog.][database.]table``."""
    parts = [reader.name()]
    while reader.take("."):
        parts.append(reader.name())
    if len(parts) > 3:
        raise reader.wrong()
    if len(parts) == 3 and parts[0] != "awsdatacatalog":
        raise SqlError("CATALOG_NOT_FOUND", f"Catalog '{parts[0]}' not found")
    return s.TableName(parts[-1], parts[-2] if len(parts) > 1 else None)


def properties(reader: Reader) -> dict[str, str]:
    """``('a' = 'b', …)``."""
    found: dict[str, str] = {}
    reader.expect("(")
    if reader.take(")"):
        return found
    while True:
        key = reader.text()
        reader.expect("=")
        if reader.token.kind not in ("text", "text2", "word"):
            raise reader.wrong("a string")
        found[key] = reader.token.value
        reader.place += 1
        if not reader.listed():
            return found


# -- types and columns


def hive_type(reader: Reader) -> str:
    """A Hive type, written without spaces."""
    name = reader.name()
    if reader.take("<"):
        return f"{name}<{_inside(reader, name)}>"
    if reader.take("("):
        numbers = [reader.name()]
        while reader.listed():
            numbers.append(reader.name())
        return f"{name}({','.join(numbers)})"
    return name


def _inside(reader: Reader, name: str) -> str:
    parts = []
    while True:
        if name == "struct":
            member = reader.name()
            reader.expect(":")
            parts.append(f"{member}:{hive_type(reader)}")
            if reader.take("COMMENT"):
                reader.text()
        else:
            parts.append(hive_type(reader))
        if not reader.take(","):
            reader.expect(">")
            return ",".join(parts)


def columns(reader: Reader) -> tuple[s.ColumnSpec, ...]:
    """``(name type [COMMENT '…'], …)``."""
    reader.expect("(")
    found = []
    while True:
        name = reader.name()
        type_ = hive_type(reader)
        found.append(s.ColumnSpec(name, type_, reader.text() if reader.take("COMMENT") else None))
        if not reader.listed():
            return tuple(found)


# -- databases


def _create_database(reader: Reader) -> s.CreateDatabase:
    quiet = reader.take("IF", "NOT", "EXISTS")
    name = reader.name()
    comment = reader.text() if reader.take("COMMENT") else None
    location = reader.text() if reader.take("LOCATION") else None
    return s.CreateDatabase(name, quiet, comment, location, properties(reader) if reader.take("WITH", "DBPROPERTIES") else {})


def _drop_database(reader: Reader) -> s.DropDatabase:
    quiet = reader.take("IF", "EXISTS")
    name = reader.name()
    cascade = reader.take("CASCADE")
    if not cascade:
        reader.take("RESTRICT")
    return s.DropDatabase(name, quiet, cascade)


# -- CREATE TABLE


def _create_table(reader: Reader, external: bool = True) -> s.CreateTable:
    found: dict[str, Any] = {"external": external, "if_not_exists": reader.take("IF", "NOT", "EXISTS"), "table": table_name(reader)}
    found["columns"] = columns(reader) if reader.peek("(") else ()
    while reader.token.kind != "end":
        for words, clause in CLAUSES:
            if reader.take(*words):
                clause(reader, found)
                break
        else:
            raise reader.wrong()
    return s.CreateTable(**found)


def _delimited(reader: Reader, found: dict[str, Any]) -> None:
    given: dict[str, str] = {}
    for words, keys in DELIMITERS:
        if reader.take(*words):
            value = reader.text()
            given.update(dict.fromkeys(keys, value))
            if words[0] == "FIELDS" and reader.take("ESCAPED", "BY"):
                given["escape.delim"] = reader.text()
    if given.get("line.delim", "\n") != "\n":
        raise Refused("LINES TERMINATED BY anything but a line feed")
    found["serde_properties"] = {**found.get("serde_properties", {}), **given}


def _serde(reader: Reader, found: dict[str, Any]) -> None:
    found["serde"] = reader.text()
    if reader.take("WITH", "SERDEPROPERTIES"):
        found["serde_properties"] = properties(reader)


def _stored(reader: Reader, found: dict[str, Any]) -> None:
    if reader.take("INPUTFORMAT"):
        found["input_format"] = reader.text()
        reader.expect("OUTPUTFORMAT")
        found["output_format"] = reader.text()
    else:
        found["stored_as"] = reader.name().upper()


def _buckets(reader: Reader, found: dict[str, Any]) -> None:
    reader.expect("(")
    columns = [reader.name()]
    while reader.listed():
        columns.append(reader.name())
    reader.expect("INTO")
    number = reader.name()
    if not number.isdigit():
        raise reader.wrong("a number")
    reader.expect("BUCKETS")
    found["buckets"] = (tuple(columns), int(number))


DELIMITERS = (
    (("FIELDS", "TERMINATED", "BY"), ("field.delim", "serialization.format")),
    (("COLLECTION", "ITEMS", "TERMINATED", "BY"), ("collection.delim",)),
    (("MAP", "KEYS", "TERMINATED", "BY"), ("mapkey.delim",)),
    (("LINES", "TERMINATED", "BY"), ("line.delim",)),
    (("NULL", "DEFINED", "AS"), ("serialization.null.format",)),
)
CLAUSES: tuple[tuple[tuple[str, ...], Callable[[Reader, dict[str, Any]], None]], ...] = (
    (("COMMENT",), lambda reader, found: found.update(comment=reader.text())),
    (("PARTITIONED", "BY"), lambda reader, found: found.update(keys=columns(reader))),
    (("CLUSTERED", "BY"), _buckets),
    (("ROW", "FORMAT", "SERDE"), _serde),
    (("ROW", "FORMAT", "DELIMITED"), _delimited),
    (("WITH", "SERDEPROPERTIES"), lambda reader, found: found.update(serde_properties=properties(reader))),
    (("STORED", "AS"), _stored),
    (("LOCATION",), lambda reader, found: found.update(location=reader.text())),
    (("TBLPROPERTIES",), lambda reader, found: found.update(properties=properties(reader))),
)


# -- ALTER TABLE


def partition(reader: Reader, location: bool = False) -> s.PartitionSpec:
    """``(k = 'v', …)`` behind PARTITION."""
    reader.expect("(")
    found = []
    while True:
        name = reader.name()
        operator = reader.token.value
        if operator not in ("=", "<", ">", "<=", ">=", "<>", "!="):
            raise reader.wrong("'='")
        reader.place += 1
        if reader.take("DATE") and reader.token.kind not in ("text", "text2"):
            raise reader.wrong("a string")
        if reader.token.kind not in ("text", "text2", "word"):
            raise reader.wrong("a value")
        found.append((name, operator, reader.token.value))
        reader.place += 1
        if not reader.listed():
            break
    return s.PartitionSpec(tuple(found), reader.text() if location and reader.take("LOCATION") else None)


def _partitions(reader: Reader, location: bool) -> tuple[s.PartitionSpec, ...]:
    reader.expect("PARTITION")
    found = [partition(reader, location)]
    while reader.take(",") or reader.peek("PARTITION"):
        reader.expect("PARTITION")
        found.append(partition(reader, location))
    return tuple(found)


def _alter_table(reader: Reader) -> s.Statement:
    table = table_name(reader)
    if reader.take("ADD", "COLUMNS"):
        return s.ChangeColumns(table, columns(reader), False)
    if reader.take("REPLACE", "COLUMNS"):
        return s.ChangeColumns(table, columns(reader), True)
    if reader.take("ADD"):
        quiet = reader.take("IF", "NOT", "EXISTS")
        return s.AddPartitions(table, _partitions(reader, True), quiet)
    if reader.take("DROP"):
        quiet = reader.take("IF", "EXISTS")
        return s.DropPartitions(table, _partitions(reader, False), quiet)
    if reader.take("SET", "TBLPROPERTIES"):
        return s.SetProperties(table, properties(reader))
    if reader.take("SET", "LOCATION"):
        return s.SetLocation(table, reader.text())
    if reader.take("PARTITION"):
        chosen = partition(reader)
        if reader.take("SET", "LOCATION"):
            return s.SetLocation(table, reader.text(), chosen)
        reader.expect("RENAME", "TO", "PARTITION")
        return s.RenamePartition(table, chosen, partition(reader))
    raise Refused(f"ALTER TABLE … {reader.token.value.upper()}")


# -- views, SHOW, DESCRIBE, PREPARE


def _create_view(reader: Reader, replace: bool) -> s.CreateView:
    table = table_name(reader)
    reader.expect("AS")
    return s.CreateView(table, reader.rest(), replace)


def _drop(kind: str) -> Callable[[Reader], s.Drop]:
    def drop(reader: Reader) -> s.Drop:
        quiet = reader.take("IF", "EXISTS")
        return s.Drop(kind, table_name(reader), quiet)

    return drop


def _show_many(what: str) -> Callable[[Reader], s.Show]:
    def show(reader: Reader) -> s.Show:
        database = reader.name() if what != "DATABASES" and (reader.take("IN") or reader.take("FROM")) else None
        like = reader.take("LIKE")
        pattern = reader.text() if like or reader.token.kind in ("text", "text2") else None
        return s.Show(what, None, database, pattern)

    return show


def _show_one(what: str) -> Callable[[Reader], s.Show]:
    def show(reader: Reader) -> s.Show:
        if what == "COLUMNS" and not reader.take("FROM"):
            reader.expect("IN")
        table = table_name(reader)
        if what == "COLUMNS" and (reader.take("FROM") or reader.take("IN")):
            table = s.TableName(table.name, reader.name())
        pattern = None
        if what == "TBLPROPERTIES" and reader.take("("):
            pattern = reader.text()
            reader.expect(")")
        return s.Show(what, table, None, pattern)

    return show


def _describe(reader: Reader) -> s.Describe:
    detail = "EXTENDED" if reader.take("EXTENDED") else "FORMATTED" if reader.take("FORMATTED") else ""
    return s.Describe(table_name(reader), detail)


def _prepare(reader: Reader) -> s.Prepare:
    name = reader.name()
    reader.expect("FROM")
    return s.Prepare(name, reader.rest())


def _execute(reader: Reader) -> s.Execute:
    name, values = reader.name(), []
    if reader.take("USING"):
        start = depth = 0
        first = reader.token.start
        text = reader.sql[first:]
        for token in reader.tokens[reader.place :]:
            depth += (token.value in "([" and token.kind == "mark") - (token.value in ")]" and token.kind == "mark")
            if token.kind == "end" or (token.kind == "mark" and token.value == "," and depth == 0):
                values.append(text[start : token.start - first].strip())
                start = token.start - first + 1
        reader.place = len(reader.tokens) - 1
    return s.Execute(name, tuple(values))


FORMS: tuple[tuple[tuple[str, ...], Callable[[Reader], s.Statement]], ...] = (
    (("CREATE", "DATABASE"), _create_database),
    (("CREATE", "SCHEMA"), _create_database),
    (("CREATE", "EXTERNAL", "TABLE"), _create_table),
    (("CREATE", "TABLE"), writing_grammar.create_as),
    (("INSERT", "INTO"), writing_grammar.insert_into),
    (("UNLOAD",), writing_grammar.unload),
    (("CREATE", "OR", "REPLACE", "VIEW"), lambda reader: _create_view(reader, True)),
    (("CREATE", "VIEW"), lambda reader: _create_view(reader, False)),
    (("DROP", "DATABASE"), _drop_database),
    (("DROP", "SCHEMA"), _drop_database),
    (("DROP", "TABLE"), _drop("TABLE")),
    (("DROP", "VIEW"), _drop("VIEW")),
    (("ALTER", "TABLE"), _alter_table),
    (("MSCK", "REPAIR", "TABLE"), lambda reader: s.Repair(table_name(reader))),
    (("SHOW", "DATABASES"), _show_many("DATABASES")),
    (("SHOW", "SCHEMAS"), _show_many("DATABASES")),
    (("SHOW", "TABLES"), _show_many("TABLES")),
    (("SHOW", "VIEWS"), _show_many("VIEWS")),
    (("SHOW", "COLUMNS"), _show_one("COLUMNS")),
    (("SHOW", "PARTITIONS"), _show_one("PARTITIONS")),
    (("SHOW", "CREATE", "TABLE"), _show_one("CREATE TABLE")),
    (("SHOW", "CREATE", "VIEW"), _show_one("CREATE VIEW")),
    (("SHOW", "TBLPROPERTIES"), _show_one("TBLPROPERTIES")),
    (("DESCRIBE",), _describe),
    (("DESC",), _describe),
    (("PREPARE",), _prepare),
    (("EXECUTE",), _execute),
    (("DEALLOCATE", "PREPARE"), lambda reader: s.Deallocate(reader.name())),
)
REFUSED = ("EXPLAIN", "MERGE", "UPDATE", "DELETE", "VACUUM", "OPTIMIZE", "ALTER", "MSCK", "USE", "SET", "ANALYZE")
