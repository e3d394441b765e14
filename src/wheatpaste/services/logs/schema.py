"""The tables of CloudWatch Logs.

Events are not rows: a chunk holds what one PutLogEvents brought, compressed (log text shrinks about ten times), with the range of its
times as the index. docs/decisions/ says why they are not segment files.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

groups = Table(
    "logs_groups",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("created", BigInteger, nullable=False),  # epoch milliseconds, as all times of this service
    Column("retention", Integer),  # days
    Column("body", Body, nullable=False),  # kmsKeyId, logGroupClass, deletionProtectionEnabled
    Column("tags", Body, nullable=False),
)

streams = Table(
    "logs_streams",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("group_name", BinaryText, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("first_event", BigInteger),
    Column("last_event", BigInteger),
    Column("last_ingestion", BigInteger),
    Column("token", Integer, nullable=False, default=0),
)

chunks = Table(
    "logs_chunks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("group_name", BinaryText, nullable=False),
    Column("stream", BinaryText, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("ingested", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # as CloudWatch counts: UTF-8 of the messages and 26 for each
    Column("events", LargeBinary, nullable=False),  # zlib of JSON [[timestamp, message], …] in order of time
    Index("logs_chunks_stream", "account", "region", "group_name", "stream", "first"),
    Index("logs_chunks_time", "account", "region", "group_name", "last"),
)
