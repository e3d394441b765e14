"""Amazon Athena: workgroups, queries over the Data Catalog, named queries and prepared statements."""
# ruff: noqa: E402, I001

from wheatpaste.service import Service

athena = Service("athena")

# Each module registers its operations.
from wheatpaste.services.athena import (
    catalogs as catalogs,
    executions as executions,
    named_queries as named_queries,
    prepared as prepared,
    query_task as query_task,
    results as results,
    tags as tags,
    workgroups as workgroups,
)
