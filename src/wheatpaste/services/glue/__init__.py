"""AWS Glue: the Data Catalog, crawlers, and jobs."""

from wheatpaste.service import Service

glue = Service("glue")

# Each module registers its operations.
from wheatpaste.services.glue import (  # noqa: E402, F401
    catalogs,
    classifiers,
    connection_tests,
    connections,
    crawl_task,
    crawlers,
    crawls,
    databases,
    functions,
    indexes,
    jobs,
    partition_reads,
    partitions,
    policies,
    quality,
    search,
    sessions,
    statistics,
    table_reads,
    tables,
    tags,
    versions,
)
