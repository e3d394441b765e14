"""The tables of interactive sessions and their statements."""

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

sessions = Table(
    "glue_sessions",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", BinaryText, primary_key=True),  # the client's word
    Column("run", Text, nullable=False),  # ours: the task's key, the folder's name
    Column("status", Text, nullable=False),  # SessionStatus
    Column("body", Body, nullable=False),  # Session's other members
    Column("created", Float, nullable=False),  # epoch seconds
    Column("began", Float),  # when it became READY
    Column("completed", Float),
    Column("statements", Integer, nullable=False),  # how many it was given
    Index("glue_sessions_run", "account", "region", "run"),
)

statements = Table(
    "glue_session_statements",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("run", Text, primary_key=True),  # the session's: its id may be given again once it is deleted
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),  # StatementState
    Column("code", Text, nullable=False),
    Column("output", Body, nullable=False),  # StatementOutput; empty until it has ended
    Column("started", Float),  # epoch seconds
    Column("completed", Float),
    Index("glue_session_statements_state", "account", "region", "run", "state"),
)

ENDED = ("FAILED", "TIMEOUT", "STOPPED")  # sessions
UNFINISHED = ("WAITING", "RUNNING", "CANCELLING")  # statements
