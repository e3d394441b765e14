"""DuckDB in processes of its own: ``lake*`` answers queries over files (Athena), ``warehouse*`` owns a database file (Redshift)."""
