"""Data quality in Glue scripts: not built yet. Importing works; using it is refused by name."""
