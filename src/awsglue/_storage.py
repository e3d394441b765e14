"""What a GlueContext does to stored data apart from reading and writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsglue import _purge, _transition
from awsglue._aws import get_table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Options = dict[str, Any]


class Storage:
    """Purging, transitions and, refused by name, the transactions of governed tables."""

    spark_session: SparkSession

    def purge_table(
        self,
        database: str,
        table_name: str,
        options: Options = {},  # noqa: B006 - the published signature; never mutated
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> None:
        """Deletes a table's files older than `retentionPeriod` hours (168); a partition without files leaves the catalog."""
        _purge.purge_table(self.spark_session, get_table(database, table_name, catalog_id), options, catalog_id)

    def purge_s3_path(self, s3_path: str, options: Options = {}, transformation_ctx: str = "") -> None:  # noqa: B006
        """Deletes the files under a path that are older than `retentionPeriod` hours (168)."""
        _purge.purge_path(s3_path, options)

    def transition_table(
        self,
        database: str,
        table_name: str,
        transition_to: str,
        options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> None:
        """Moves a table's files older than `retentionPeriod` hours (168) to another storage class."""
        _transition.transition_table(self.spark_session, get_table(database, table_name, catalog_id), transition_to, options, catalog_id)

    def transition_s3_path(
        self,
        s3_path: str,
        transition_to: str,
        options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
    ) -> None:
        """Moves the files under a path that are older than `retentionPeriod` hours (168) to another storage class."""
        _transition.transition_path(s3_path, transition_to, options)

    def start_transaction(self, read_only: bool) -> Any:
        raise NotImplementedError("GlueContext.start_transaction: governed tables are retired")

    def commit_transaction(self, transaction_id: str, wait_for_commit: bool = True) -> Any:
        raise NotImplementedError("GlueContext.commit_transaction: governed tables are retired")

    def cancel_transaction(self, transaction_id: str) -> Any:
        raise NotImplementedError("GlueContext.cancel_transaction: governed tables are retired")
