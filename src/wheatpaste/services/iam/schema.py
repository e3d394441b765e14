"""The tables of IAM: entities of every kind in one, and what hangs on them."""

from sqlalchemy import Boolean, Column, Float, Integer, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

entities = Table(
    "iam_entities",
    metadata,
    Column("account", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # user | group | role | policy | profile
    Column("name_key", BinaryText, primary_key=True),  # lower case: IAM's names are unique without regard to case
    Column("name", BinaryText, nullable=False),
    Column("path", BinaryText, nullable=False),
    Column("id", Text, nullable=False),
    Column("arn", Text, nullable=False),
    Column("body", Body, nullable=False),
    Column("tags", Body, nullable=False),  # {key: value}
    Column("created", Float, nullable=False),  # epoch seconds
)

inline_policies = Table(
    "iam_inline_policies",
    metadata,
    Column("account", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name_key", BinaryText, primary_key=True),
    Column("policy", BinaryText, primary_key=True),
    Column("document", Text, nullable=False),
)

attachments = Table(
    "iam_attachments",
    metadata,
    Column("account", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name_key", BinaryText, primary_key=True),
    Column("policy_arn", BinaryText, primary_key=True),
)

members = Table(
    "iam_members",
    metadata,
    Column("account", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # group (of users) | profile (of roles)
    Column("name_key", BinaryText, primary_key=True),
    Column("member_key", BinaryText, primary_key=True),
)

policy_versions = Table(
    "iam_policy_versions",
    metadata,
    Column("account", Text, primary_key=True),
    Column("name_key", BinaryText, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("created", Float, nullable=False),
)
