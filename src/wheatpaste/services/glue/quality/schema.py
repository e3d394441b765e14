"""The tables of Data Quality."""

from sqlalchemy import Column, Float, Index, Integer, Table, Text, UniqueConstraint

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

rulesets = Table(
    "glue_quality_rulesets",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # CreateDataQualityRuleset's members as given, without Name and Tags
    Column("rules", Integer, nullable=False),  # how many it has
    Column("created", Float, nullable=False),  # epoch seconds
    Column("modified", Float, nullable=False),
)

runs = Table(
    "glue_quality_runs",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", BinaryText, primary_key=True),
    Column("kind", Text, nullable=False),  # evaluation | recommendation
    Column("token", BinaryText, nullable=False),  # ClientToken, or the run's id: one run for each
    Column("sequence", Integer, nullable=False),  # of the kind's runs: 1, 2, …
    Column("source", BinaryText, nullable=False),  # database/table
    Column("state", Text, nullable=False),  # TaskStatusType
    Column("body", Body, nullable=False),  # the request's members, and what became of it
    Column("started", Float, nullable=False),
    Column("began", Float),  # when its process was started
    Column("modified", Float, nullable=False),
    Column("completed", Float),
    UniqueConstraint("account", "region", "kind", "token", name="glue_quality_runs_token"),
    Index("glue_quality_runs_sequence", "account", "region", "kind", "sequence"),
)

results = Table(
    "glue_quality_results",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", BinaryText, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("job", BinaryText, nullable=False),  # empty: of no job
    Column("run_id", BinaryText, nullable=False),  # the job's run or the evaluation's
    Column("context", BinaryText, nullable=False),  # EvaluationContext
    Column("source", BinaryText, nullable=False),  # database/table; empty: a frame of a job
    Column("body", Body, nullable=False),  # DataQualityResult
    Column("started", Float, nullable=False),
    Index("glue_quality_results_sequence", "account", "region", "sequence"),
    Index("glue_quality_results_history", "account", "region", "job", "context", "sequence"),
)

LIVE = ("STARTING", "RUNNING", "STOPPING")
