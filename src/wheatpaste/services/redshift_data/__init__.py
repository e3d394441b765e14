"""Amazon Redshift Data API: statements as durable tasks, their results kept for a day."""

from wheatpaste.service import Service

data = Service("redshift-data")

from wheatpaste.services.redshift_data import metadata, results, statement_task, statements  # noqa: E402, F401 - registers the operations
