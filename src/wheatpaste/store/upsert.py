"""INSERT … ON CONFLICT, which SQLite and PostgreSQL have and standard SQL has not."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""``INSERTS[connection.dialect.name](table)``: that database's INSERT, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
