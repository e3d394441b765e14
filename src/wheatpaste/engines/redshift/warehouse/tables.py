"""The warehouse's own tables, in its file: what Redshift keeps and DuckDB does not (keys, encodings, lengths, load errors, grants)."""

from wheatpaste.engines.redshift.dialect.relations import INTERNAL

TABLES = f"""
CREATE SCHEMA IF NOT EXISTS public;
CREATE SCHEMA IF NOT EXISTS {INTERNAL};
CREATE TABLE IF NOT EXISTS {INTERNAL}.relations (schema_name VARCHAR, table_name VARCHAR, diststyle VARCHAR, backup BOOLEAN, constraints
    VARCHAR[],
    owner VARCHAR, created TIMESTAMP);
CREATE TABLE IF NOT EXISTS {INTERNAL}.columns (schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR, type VARCHAR, length INTEGER,
    encoding VARCHAR, distkey BOOLEAN, sortkey INTEGER, identity VARCHAR, by_default BOOLEAN, default_text VARCHAR);
CREATE TABLE IF NOT EXISTS {INTERNAL}.load_errors (query BIGINT, starttime TIMESTAMP, schema_name VARCHAR, table_name VARCHAR, filename
    VARCHAR,
    line_number BIGINT, colname VARCHAR, type VARCHAR, col_length VARCHAR, position INTEGER, raw_line VARCHAR, raw_field_value VARCHAR,
    err_code INTEGER, err_reason VARCHAR, session INTEGER);
CREATE TABLE IF NOT EXISTS {INTERNAL}.load_commits (query BIGINT, filename VARCHAR, lines_scanned BIGINT, errors INTEGER, curtime
    TIMESTAMP);
CREATE TABLE IF NOT EXISTS {INTERNAL}.grants (grantee VARCHAR, statement VARCHAR, granted TIMESTAMP);
CREATE TABLE IF NOT EXISTS {INTERNAL}.users (name VARCHAR, superuser BOOLEAN, createdb BOOLEAN, password VARCHAR, valid_until TIMESTAMP);
CREATE TABLE IF NOT EXISTS {INTERNAL}.comments (kind VARCHAR, name VARCHAR, comment VARCHAR);
CREATE TABLE IF NOT EXISTS {INTERNAL}.constraints (oid BIGINT, schema_name VARCHAR, table_name VARCHAR, name VARCHAR, kind VARCHAR,
    columns VARCHAR[], parent_schema VARCHAR, parent_table VARCHAR, keys VARCHAR[]);
CREATE TABLE IF NOT EXISTS {INTERNAL}.views (schema_name VARCHAR, table_name VARCHAR, kind VARCHAR, definition VARCHAR, owner VARCHAR,
    path VARCHAR, refreshed TIMESTAMP, oid BIGINT);
CREATE TABLE IF NOT EXISTS {INTERNAL}.external_schemas (oid BIGINT, name VARCHAR, database VARCHAR, role VARCHAR, region VARCHAR,
    owner VARCHAR);
CREATE SEQUENCE IF NOT EXISTS {INTERNAL}.queries;
CREATE SEQUENCE IF NOT EXISTS {INTERNAL}.oids START 3000000 INCREMENT 2;
"""


def statements() -> list[str]:
    """One statement each; they may run at every start."""
    return [text.strip() for text in TABLES.split(";") if text.strip()]
