"""AWS Glue: the Data Catalog, crawlers, and jobs."""

from wheatpaste.service import Service

glue = Service("glue")
