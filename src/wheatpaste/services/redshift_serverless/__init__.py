"""Amazon Redshift Serverless: a namespace holds the data, a workgroup is the listener in front of it."""

from wheatpaste.service import Service

serverless = Service("redshift-serverless")

from wheatpaste.services.redshift_serverless import credentials, namespaces, tags, workgroups  # noqa: E402, F401 - registers the operations
