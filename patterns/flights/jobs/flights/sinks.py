"""Where the flights go."""

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame


def to_lake(glue: GlueContext, frame: DynamicFrame, path: str, database: str, table: str) -> None:
    """Parquet, partitioned by month, with the catalog's table made or updated on the way."""
    sink = glue.getSink(
        connection_type="s3",
        path=path,
        enableUpdateCatalog=True,
        updateBehavior="UPDATE_IN_DATABASE",
        partitionKeys=["month"],
        transformation_ctx="lake",
    )
    sink.setFormat("glueparquet", compression="snappy")
    sink.setCatalogInfo(catalogDatabase=database, catalogTableName=table)
    sink.writeFrame(frame.coalesce(1) if frame.getNumPartitions() > 4 else frame)


def to_warehouse(glue: GlueContext, frame: DynamicFrame, connection: str, table: str, tmp: str) -> None:
    """Redshift, through a staging folder and COPY."""
    glue.write_dynamic_frame.from_jdbc_conf(
        frame=frame,
        catalog_connection=connection,
        connection_options={"dbtable": table, "database": "dev", "preactions": f"DROP TABLE IF EXISTS {table}"},
        redshift_tmp_dir=tmp,
        transformation_ctx="warehouse",
    )
