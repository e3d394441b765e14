"""CREATE EXTERNAL SCHEMA read into plain data, and the types of the Data Catalog's columns."""

import re
from dataclasses import dataclass
from typing import Any

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.tokens import Words

KINDS = ("HIVE", "POSTGRES", "MYSQL", "KINESIS", "KAFKA", "MSK", "REDSHIFT")  # sources that Redshift has and this warehouse has not


@dataclass
class ExternalSchema:
    """A schema whose tables are a database's of the Data Catalog, read as a role."""

    name: str
    database: str = ""
    role: str = ""
    region: str = ""
    if_not_exists: bool = False
    create_database: bool = False


def read_external_schema(words: Words) -> ExternalSchema:
    """Read a statement from its CREATE on. Raises SqlError."""
    words.expect("CREATE", "EXTERNAL", "SCHEMA")
    if_not_exists = words.accept("IF", "NOT", "EXISTS")
    schema = ExternalSchema(words.identifier(), if_not_exists=if_not_exists)
    words.expect("FROM")
    if words.peek() in KINDS:
        raise SqlError("0A000", f"CREATE EXTERNAL SCHEMA … FROM {words.peek()} is not supported by wheatpaste")
    if words.accept("DATA"):
        words.expect("CATALOG")
    while not words.done:
        _option(words, schema)
    if not schema.database:
        raise SqlError("42601", "CREATE EXTERNAL SCHEMA needs a DATABASE")
    if not schema.role:
        raise SqlError("42601", "CREATE EXTERNAL SCHEMA needs an IAM_ROLE")
    return schema


def _option(words: Words, schema: ExternalSchema) -> None:
    if words.accept("DATABASE"):
        schema.database = words.string().lower()
    elif words.accept("IAM_ROLE"):
        schema.role = "default" if words.accept("DEFAULT") else words.string()
        if schema.role.upper() == "SESSION":
            raise SqlError("0A000", "IAM_ROLE 'SESSION' is not supported by wheatpaste")
    elif words.accept("REGION"):
        schema.region = words.string()
    elif words.accept("CREATE", "EXTERNAL", "DATABASE", "IF", "NOT", "EXISTS"):
        schema.create_database = True
    elif words.peek() in ("CATALOG_ROLE", "CATALOG_ID", "URI", "SECRET_ARN", "SCHEMA", "AUTHENTICATION"):
        raise SqlError("0A000", f"CREATE EXTERNAL SCHEMA … {words.peek()} is not supported by wheatpaste")
    else:
        raise words.syntax()


# Hive's types: what the lake's reader calls them, and how Redshift shows them.
TYPES = {
    "boolean": ("boolean", "bool"),
    "tinyint": ("smallint", "int2"),
    "smallint": ("smallint", "int2"),
    "int": ("integer", "int"),
    "integer": ("integer", "int"),
    "bigint": ("bigint", "bigint"),
    "float": ("real", "float4"),
    "double": ("double", "double"),
    "string": ("varchar", "varchar(65535)"),
    "date": ("date", "date"),
    "timestamp": ("timestamp", "timestamp"),
    "binary": ("varbinary", "varbyte"),
}
SIZED = re.compile(r"(decimal|varchar|char)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")


def lake_type(hive: str) -> dict[str, Any] | None:
    """A Hive type as the lake's reader is told it; None for one that is not read (nested ones)."""
    text = hive.strip().lower()
    sized = SIZED.fullmatch(text)
    if sized:
        sizes = [int(sized[2]), int(sized[3] or 0)] if sized[1] == "decimal" else [int(sized[2])]
        return {"name": sized[1], "args": sizes, "items": []}
    if text == "decimal":
        return {"name": "decimal", "args": [10, 0], "items": []}
    return {"name": TYPES[text][0], "args": [], "items": []} if text in TYPES else None
