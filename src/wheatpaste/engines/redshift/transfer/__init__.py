"""COPY and UNLOAD: their options as plain data, and how DuckDB reads and writes the files they mean."""
