"""The tables behind signatures: long-lived access keys, temporary sessions, and the tokens that a run exchanges for credentials."""

from sqlalchemy import Column, Float, Index, LargeBinary, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import metadata

access_keys = Table(
    "auth_access_keys",
    metadata,
    Column("access_key", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("user_arn", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("status", Text, nullable=False),  # Active | Inactive
    Column("created", Float, nullable=False),  # epoch seconds
    Index("auth_access_keys_user", "account", "user_name"),
)

sessions = Table(
    "auth_sessions",
    metadata,
    Column("access_key", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("role_arn", Text, nullable=False),  # empty: a session of a user or of the root (GetSessionToken)
    Column("session_name", Text, nullable=False),
    Column("principal", Body, nullable=False),  # the Principal's fields
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("token", Text, nullable=False),  # sha256 of the session token
    Column("policies", Body),  # session policies
    Column("expires", Float, nullable=False),  # epoch seconds
    Index("auth_sessions_expires", "expires"),
)

run_tokens = Table(
    "auth_run_tokens",
    metadata,
    Column("token", Text, primary_key=True),  # sha256 of the token that the run holds
    Column("account", Text, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("session_name", Text, nullable=False),
    Column("created", Float, nullable=False),
)
