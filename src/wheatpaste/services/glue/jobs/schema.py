"""The tables of jobs and their runs."""

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

jobs = Table(
    "glue_jobs",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # CreateJob's members as given, without Name and Tags
    Column("created", Float, nullable=False),  # epoch seconds
    Column("modified", Float, nullable=False),
)

runs = Table(
    "glue_job_runs",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", BinaryText, primary_key=True),
    Column("job", BinaryText, nullable=False),
    Column("state", Text, nullable=False),  # JobRunState
    Column("body", Body, nullable=False),  # JobRun's other members
    Column("detail", Text, nullable=False),  # StateDetail: why it is in this state; empty: nothing to say
    Column("started", Float, nullable=False),  # epoch seconds
    Column("began", Float),  # when its process was started
    Column("modified", Float, nullable=False),
    Column("completed", Float),
    Column("sequence", Integer, nullable=False),  # of the job's runs: 1, 2, …
    Index("glue_job_runs_job", "account", "region", "job", "sequence"),
    Index("glue_job_runs_state", "account", "region", "job", "state"),
)

LIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")
ACTIVE = ("STARTING", "RUNNING", "STOPPING")  # these count against MaxConcurrentRuns
