"""Redshift's SQL as pure functions: from a text to statements, and from a statement to DuckDB's SQL.

sqlglot parses expressions and queries; what it lacks (CREATE TABLE's storage options, COPY, UNLOAD, VACUUM, GRANT …) is read from its
tokens here. A function or an option that is not in this package's tables is an error that names it.
"""
