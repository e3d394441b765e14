"""Athena's Hive statements: a small grammar (pure) and what each does to the Data Catalog."""
