"""Statements and their results."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

statements = Table(
    "redshift_data_statements",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),  # microseconds of its creation: the order of ListStatements
    Column("status", Text, nullable=False),
    Column("token", BinaryText, nullable=False),  # the client's, or the id
    Column("request", Body, nullable=False),
    Column("outcome", Body, nullable=False),  # per statement: error, duration, rows, size, columns, …
    Column("created", Body, nullable=False),
    Column("updated", Body, nullable=False),
    Index("redshift_data_statements_number", "account", "region", "number"),
    Index("redshift_data_statements_token", "account", "region", "token", unique=True),
)

results = Table(
    "redshift_data_results",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # of the (sub-)statement
    Column("part", Integer, primary_key=True),
    Column("rows", LargeBinary, nullable=False),  # zlib of JSON: rows of fields
)
