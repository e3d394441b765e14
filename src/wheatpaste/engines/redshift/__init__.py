"""Amazon Redshift's warehouses: its SQL on DuckDB files, behind the PostgreSQL wire and the Data API.

``dialect`` (pure) translates, ``warehouse`` holds sessions and system tables, ``transfer`` is COPY and UNLOAD, ``warehouses`` owns the
listeners and workers of a server. The services redshift, redshift-serverless and redshift-data are its clients.
"""
