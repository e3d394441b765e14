"""Job: the frame around a script's work."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from awsglue import _report
from awsglue._bookmarks import turn


class Job:
    """One job per process. `init` names it, `commit` ends it."""

    _name: ClassVar[str | None] = None

    @classmethod
    def continuation_options(cls) -> list[str]:
        raise NotImplementedError("Job.continuation_options: the legacy --continuation-option")

    @classmethod
    def job_bookmark_options(cls) -> list[str]:
        return ["job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"]

    @classmethod
    def job_bookmark_range_options(cls) -> list[str]:
        return ["job-bookmark-from", "job-bookmark-to"]

    @classmethod
    def id_params(cls) -> list[str]:
        return ["--JOB_NAME", "--JOB_ID", "--JOB_RUN_ID", "--SECURITY_CONFIGURATION"]

    @classmethod
    def encryption_type_options(cls) -> list[str]:
        return ["sse-s3"]

    @classmethod
    def data_lineage_options(cls) -> list[str]:
        return ["--enable-data-lineage"]

    def __init__(self, glue_context_or_spark_session: Any) -> None:
        from pyspark.sql import SparkSession  # not above: awsglue.utils needs this module where there is no PySpark

        from awsglue.context import GlueContext

        if not isinstance(glue_context_or_spark_session, (GlueContext, SparkSession)):
            raise TypeError(f"Job needs a GlueContext or a SparkSession, not {type(glue_context_or_spark_session).__name__}")

    def init(self, job_name: str, args: Mapping[str, Any] = {}) -> None:
        """Starts the job; `args` is what getResolvedOptions returned. With bookmarks on, reads what was processed before.

        Raises BookmarkError when the platform refuses it.
        """
        turn.begin(job_name, args)
        Job._name = job_name
        _report.job(began=True, committed=False)

    def isInitialized(self) -> bool:
        return Job._name is not None

    def commit(self) -> None:
        """Ends the job and writes its bookmark: all sources' states at once, or none.

        Raises VersionMismatchException when another run of the job began since this one did.
        """
        if Job._name is None:
            print("awsglue: job.commit() without job.init(): nothing to commit", file=sys.stderr, flush=True)
        turn.commit()
        Job._name = None
        _report.job(committed=True)
