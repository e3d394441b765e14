"""The tables of Redshift Serverless; where a workgroup listens is in ``engines/redshift/schema.py``."""

from typing import Any

from sqlalchemy import Column, Table, Text

from wheatpaste.call import Call
from wheatpaste.engines.redshift import schema as engine_schema
from wheatpaste.scope import here
from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

namespaces = Table(
    "redshift_namespaces",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("id", Text, nullable=False),  # its UUID, and the file's name
    Column("password", Text, nullable=False),  # sealed, as text
    Column("body", Body, nullable=False),
    Column("created", Body, nullable=False),
)

workgroups = Table(
    "redshift_workgroups",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("id", Text, nullable=False),
    Column("namespace", BinaryText, nullable=False),
    Column("status", Text, nullable=False),
    Column("body", Body, nullable=False),
    Column("created", Body, nullable=False),
)

tags = Table(
    "redshift_serverless_tags",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("arn", BinaryText, primary_key=True),
    Column("tag", BinaryText, primary_key=True),
    Column("value", Text, nullable=False),
)

warehouses, temporary = engine_schema.warehouses, engine_schema.credentials


def of_kind(call: Call, name: str) -> Any:
    """The WHERE clause of a workgroup's warehouse."""
    return here(call, warehouses, name=name) & (warehouses.c.kind == "workgroup")
