"""The table of run reports, which stay when a run's folder is gone."""

from sqlalchemy import Column, Float, Table, Text

from wheatpaste.store.db import BinaryText, metadata

run_reports = Table(
    "glue_job_run_reports",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", BinaryText, primary_key=True),  # the run's
    Column("body", Text, nullable=False),  # JSON: see reports.py
    Column("written", Float, nullable=False),  # epoch seconds
)
