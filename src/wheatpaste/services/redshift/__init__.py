"""Amazon Redshift, provisioned: clusters that are real warehouses behind a PostgreSQL listener."""

from wheatpaste.service import Service

redshift = Service("redshift")

from wheatpaste.services.redshift import cluster_tasks, clusters, credentials, groups, tags  # noqa: E402, F401 - registers the operations
