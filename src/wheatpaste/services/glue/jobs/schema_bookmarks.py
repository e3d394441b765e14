"""The tables of job bookmarks.

A bookmark is keyed by the name that a script gives to ``job.init``, which is the job's own unless the script makes several of it. Its
states are the commits of its runs: the bookmark's row points at the one that counts, so that a reset or a rewind moves a number only.
"""

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from wheatpaste.store.db import BinaryText, metadata

bookmarks = Table(
    "glue_job_bookmarks",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("job", BinaryText, nullable=False),  # the job whose deletion takes it along
    Column("version", Integer, nullable=False),  # + 1 at each job.init and each job.commit
    Column("run", Integer, nullable=False),  # + 1 at each job.commit
    Column("attempt", Integer, nullable=False),  # + 1 at each job.init after one that was not committed
    Column("run_id", Text, nullable=False),  # of the last job.init; empty after a reset
    Column("previous_run_id", Text, nullable=False),
    Column("open", Integer, nullable=False),  # 1: the last job.init was not committed
    Column("state", Integer, nullable=False),  # the commit whose state counts; 0: none, everything is new
    Column("commits", Integer, nullable=False),  # how many there were
)

commits = Table(
    "glue_job_bookmark_commits",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("number", Integer, primary_key=True),  # 1, 2, …
    Column("run_id", Text, nullable=False),
    Column("previous_run_id", Text, nullable=False),
    Column("began_version", Integer, nullable=False),  # of its job.init
    Column("version", Integer, nullable=False),  # of its job.commit
    Column("run", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("before", Integer, nullable=False),  # the commit that it began with; 0: none
    Column("body", Text, nullable=False),  # JSON: transformation_ctx → state
    Column("committed", Float, nullable=False),  # epoch seconds
    Index("glue_job_bookmark_commits_run", "account", "region", "name", "run_id"),
)

run_bookmark_tokens = Table(
    "glue_job_bookmark_tokens",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("token", Text, nullable=False),  # sha256 of the token by which the run fetches its credentials
)
