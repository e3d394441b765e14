"""Amazon Athena: workgroups, queries over the Data Catalog, named queries and prepared statements."""

from wheatpaste.service import Service

athena = Service("athena")

# Each module registers its operations.
from wheatpaste.services.athena import (  # noqa: E402, F401
    catalogs,
    executions,
    named_queries,
    prepared,
    query_task,
    results,
    tags,
    workgroups,
)
