"""The attribute `create_data_frame` of a GlueContext."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

if TYPE_CHECKING:
    from awsglue.context import GlueContext

Options = dict[str, Any]


class DataFrameReader:
    """Makes Spark DataFrames from catalog tables and connections."""

    def __init__(self, glue_context: GlueContext) -> None:
        self._glue_context = glue_context

    def from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Options = {},  # noqa: B006 - the published signature; never mutated
        catalog_id: str | None = None,
        **kwargs: Any,
    ) -> DataFrame:
        return self._glue_context.create_data_frame_from_catalog(
            database, table_name, redshift_tmp_dir, transformation_ctx, push_down_predicate, additional_options, catalog_id, **kwargs
        )

    def from_options(
        self,
        connection_type: str,
        connection_options: Options = {},  # noqa: B006
        format: str | None = None,
        format_options: Options = {},  # noqa: B006
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **kwargs: Any,
    ) -> DataFrame:
        return self._glue_context.create_data_frame_from_options(
            connection_type, connection_options, format, format_options, transformation_ctx, push_down_predicate, **kwargs
        )
