"""Athena's SQL on DuckDB: parse with sqlglot, resolve names and types as Trino does, and write DuckDB SQL from an allow-list.

Pure: text and table columns in, text out. What is not known to be exact raises ``Refused``; nothing is passed through.
"""
