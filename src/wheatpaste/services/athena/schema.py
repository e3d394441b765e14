"""Athena's tables."""

from sqlalchemy import Column, Index, Integer, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata


def _scope() -> list[Column[str]]:
    return [Column("account", Text, primary_key=True), Column("region", Text, primary_key=True)]


workgroups = Table(
    "athena_workgroups",
    metadata,
    *_scope(),
    Column("name", BinaryText, primary_key=True),
    Column("state", Text, nullable=False),
    Column("body", Body, nullable=False),  # Configuration and Description
    Column("created", Integer, nullable=False),  # epoch milliseconds, as all times here
)

executions = Table(
    "athena_executions",
    metadata,
    *_scope(),
    Column("id", Text, primary_key=True),
    Column("workgroup", BinaryText, nullable=False),
    Column("state", Text, nullable=False),
    Column("sequence", Integer, nullable=False),  # of its state changes
    Column("body", Body, nullable=False),  # QueryExecution as far as its start settles it
    Column("principal", Body, nullable=False),  # who started it: the query runs as them
    Column("outcome", Body, nullable=False),  # Status, Statistics and what the result's readers need
    Column("submitted", Integer, nullable=False),
    Index("athena_executions_listed", "account", "region", "workgroup", "submitted", "id"),
)

tokens = Table(
    "athena_tokens",
    metadata,
    *_scope(),
    Column("token", BinaryText, primary_key=True),
    Column("execution", Text, nullable=False),
    Column("request", Text, nullable=False),  # a digest of the request's other members
)

named_queries = Table(
    "athena_named_queries",
    metadata,
    *_scope(),
    Column("id", Text, primary_key=True),
    Column("workgroup", BinaryText, nullable=False),
    Column("body", Body, nullable=False),
    Index("athena_named_queries_listed", "account", "region", "workgroup", "id"),
)

prepared_statements = Table(
    "athena_prepared_statements",
    metadata,
    *_scope(),
    Column("workgroup", BinaryText, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),
    Column("modified", Integer, nullable=False),
)

data_catalogs = Table(
    "athena_data_catalogs",
    metadata,
    *_scope(),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),
)

tags = Table(
    "athena_tags",
    metadata,
    *_scope(),
    Column("arn", Text, primary_key=True),
    Column("tag", BinaryText, primary_key=True),
    Column("value", Text, nullable=False),
)
