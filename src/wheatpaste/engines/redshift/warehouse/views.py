"""Redshift's system tables and views, over DuckDB's catalog and the warehouse's own tables; made in the worker's memory at each start."""

from wheatpaste.engines.redshift.dialect import relations
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse import pg_macros, pg_views
from wheatpaste.engines.redshift.warehouse.macros import texts_of

# {db} is the warehouse's database; $name$ is the name of a view.
VIEWS = r"""
svv_tables: SELECT '{db}' AS table_catalog, table_schema, table_name,
  CASE table_type WHEN 'LOCAL TEMPORARY' THEN 'BASE TABLE' ELSE table_type END AS table_type, NULL::VARCHAR AS remarks
  FROM information_schema.tables WHERE table_catalog IN ('{db}', 'temp') AND table_schema <> '{internal}'
  UNION ALL SELECT '{db}', schema_name, table_name, 'VIEW', NULL FROM "{db}".{internal}.views WHERE kind = 'late'
information_schema_tables: SELECT table_catalog, table_schema, table_name, table_type FROM memory.main.svv_tables
pg_table_def: SELECT CASE c.database_name WHEN 'temp' THEN 'pg_temp' ELSE c.schema_name END AS schemaname, c.table_name AS tablename,
  c.column_name AS "column", coalesce(m.type, rs_shown_type(c.data_type)) AS type, coalesce(m.encoding, 'none') AS encoding,
  coalesce(m.distkey, false) AS distkey, coalesce(m.sortkey, 0) AS sortkey, NOT c.is_nullable AS "notnull"
  FROM duckdb_columns() c LEFT JOIN "{db}".{internal}.columns m
    ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name
  WHERE c.database_name IN ('{db}', 'temp') AND c.schema_name <> '{internal}' ORDER BY c.schema_name, c.table_name, c.column_index
svv_columns: SELECT '{db}' AS table_catalog, c.schema_name AS table_schema, c.table_name, c.column_name, c.column_index AS
    ordinal_position,
  coalesce(m.default_text, c.column_default) AS column_default, CASE WHEN c.is_nullable THEN 'YES' ELSE 'NO' END AS is_nullable,
  regexp_replace(coalesce(m.type, rs_shown_type(c.data_type)), '\(.*', '') AS data_type, coalesce(m.length, c.character_maximum_length) AS
    character_maximum_length,
  c.numeric_precision, c.numeric_precision_radix, c.numeric_scale, NULL::INTEGER AS datetime_precision, NULL::VARCHAR AS interval_type,
  NULL::VARCHAR AS interval_precision, NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema,
  NULL::VARCHAR AS character_set_name, NULL::VARCHAR AS collation_catalog, NULL::VARCHAR AS collation_schema,
  NULL::VARCHAR AS collation_name, NULL::VARCHAR AS domain_name, NULL::VARCHAR AS remarks
  FROM duckdb_columns() c LEFT JOIN "{db}".{internal}.columns m
    ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name
  WHERE c.database_name IN ('{db}', 'temp') AND c.schema_name <> '{internal}'
information_schema_columns: SELECT *, character_maximum_length AS character_octet_length,
  NULL::VARCHAR AS domain_catalog, NULL::VARCHAR AS domain_schema, '{db}' AS udt_catalog,
  'pg_catalog' AS udt_schema, data_type AS udt_name, ordinal_position::VARCHAR AS dtd_identifier FROM memory.main.svv_columns
information_schema_schemata: SELECT '{db}' AS catalog_name, schema_name, 'rdsdb' AS schema_owner FROM duckdb_schemas()
  WHERE database_name = '{db}' AND schema_name NOT IN ('{internal}', 'main')
svv_schemas: SELECT '{db}' AS database_name, schema_name, 'local' AS schema_type, 100 AS schema_owner, NULL::VARCHAR AS schema_acl,
  NULL::VARCHAR AS source_database, NULL::VARCHAR AS schema_option FROM memory.main.information_schema_schemata
  UNION ALL SELECT '{db}', name, 'external', 100, NULL, NULL, role FROM "{db}".{internal}.external_schemas
svv_all_schemas: SELECT * FROM memory.main.svv_schemas
svv_redshift_schemas: SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, schema_option FROM memory.main.svv_schemas
  WHERE schema_type = 'local'
svv_all_tables: SELECT table_catalog AS database_name, table_schema AS schema_name, table_name,
  CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END AS table_type, NULL::VARCHAR AS table_acl, remarks FROM
    memory.main.svv_tables
svv_redshift_tables: SELECT database_name, schema_name, table_name, table_type, table_acl, remarks FROM memory.main.svv_all_tables
svv_all_columns: SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, ordinal_position,
    column_default,
  is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, remarks FROM memory.main.svv_columns
svv_redshift_columns: SELECT a.*, m.encoding, m.distkey, m.sortkey FROM memory.main.svv_all_columns a LEFT JOIN
    "{db}".{internal}.columns m
  ON m.schema_name = a.schema_name AND m.table_name = a.table_name AND m.column_name = a.column_name
svv_redshift_databases: SELECT '{db}' AS database_name, 100 AS database_owner, 'local' AS database_type, NULL::VARCHAR AS database_acl,
  NULL::VARCHAR AS database_options, 'Snapshot Isolation' AS database_isolation_level
svv_table_info: SELECT '{db}' AS "database", r.schema_name AS "schema", t.table_oid AS table_id, r.table_name AS "table",
  coalesce((SELECT 'Y' FROM "{db}".{internal}.columns k WHERE k.schema_name = r.schema_name AND k.table_name = r.table_name
    AND k.encoding <> 'none' LIMIT 1), 'N') AS encoded,
  CASE r.diststyle WHEN 'KEY' THEN 'KEY(' || (SELECT k.column_name FROM "{db}".{internal}.columns k WHERE k.schema_name = r.schema_name
    AND k.table_name = r.table_name AND k.distkey LIMIT 1) || ')' WHEN 'AUTO' THEN 'AUTO(ALL)' ELSE r.diststyle END AS diststyle,
  s.column_name AS sortkey1,
  (SELECT max(k.length) FROM "{db}".{internal}.columns k WHERE k.schema_name = r.schema_name AND k.table_name = r.table_name
    AND k.type LIKE 'character varying%')::INTEGER AS max_varchar, s.encoding AS sortkey1_enc,
  (SELECT count(*) FROM "{db}".{internal}.columns k WHERE k.schema_name = r.schema_name AND k.table_name = r.table_name AND k.sortkey <>
    0)::INTEGER AS sortkey_num,
  NULL::BIGINT AS size, NULL::DECIMAL(10,4) AS pct_used, 0::BIGINT AS empty, NULL::DECIMAL(5,2) AS unsorted,
  NULL::DECIMAL(5,2) AS stats_off, t.estimated_size::DECIMAL(38,0) AS tbl_rows, NULL::DECIMAL(19,2) AS skew_sortkey1,
  NULL::DECIMAL(19,2) AS skew_rows, NULL::DECIMAL(38,0) AS estimated_visible_rows, NULL::VARCHAR AS risk_event,
  NULL::DECIMAL(12,2) AS vacuum_sort_benefit, r.created AS create_time
  FROM "{db}".{internal}.relations r JOIN duckdb_tables() t
    ON t.database_name = '{db}' AND t.schema_name = r.schema_name AND t.table_name = r.table_name
  LEFT JOIN "{db}".{internal}.columns s ON s.schema_name = r.schema_name AND s.table_name = r.table_name AND abs(s.sortkey) = 1
stl_load_errors: SELECT 100 AS userid, 0 AS slice, query AS session, starttime, 0 AS tbl, filename, line_number, colname, type,
    col_length, position,
  raw_line, raw_field_value, err_code, err_reason, query, false AS is_partial, 0 AS start_offset, 0::BIGINT AS copy_job_id
  FROM "{db}".{internal}.load_errors
stl_load_commits: SELECT 100 AS userid, query, 0 AS slice, filename AS name, filename, 0 AS byte_offset, lines_scanned, errors, curtime,
    1 AS status,
  '' AS file_format, false AS is_partial, 0 AS start_offset, 0::BIGINT AS copy_job_id FROM "{db}".{internal}.load_commits
sys_load_error_detail: SELECT 100 AS user_id, query AS query_id, 0::BIGINT AS transaction_id, query AS session_id, '{db}' AS
    database_name,
  starttime AS start_time, schema_name || '.' || table_name AS table_name, 0 AS table_id, filename AS file_name, line_number, position,
    colname AS column_name,
  type AS column_type, col_length AS column_length, raw_field_value, err_code AS error_code, err_reason AS error_message FROM
    "{db}".{internal}.load_errors
svv_external_schemas: SELECT e.oid AS esoid, 1 AS eskind, e.name AS schemaname, coalesce(u.usesysid, 100) AS esowner,
  e.database AS databasename, '{{"IAM_ROLE":"' || e.role || '"}}' AS esoptions FROM "{db}".{internal}.external_schemas e
  LEFT JOIN memory.main.pg_user u ON u.usename = e.owner
svv_external_tables: SELECT NULL::VARCHAR AS redshift_database_name, NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename,
    NULL::VARCHAR AS tabletype,
  NULL::VARCHAR AS location, NULL::VARCHAR AS input_format, NULL::VARCHAR AS output_format, NULL::VARCHAR AS serialization_lib,
  NULL::VARCHAR AS serde_parameters, NULL::INTEGER AS compressed, NULL::VARCHAR AS parameters WHERE false
svv_external_columns: SELECT NULL::VARCHAR AS redshift_database_name, NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename,
  NULL::VARCHAR AS columnname, NULL::VARCHAR AS external_type, NULL::INTEGER AS columnnum, NULL::INTEGER AS part_key,
  NULL::VARCHAR AS is_nullable WHERE false
information_schema_routines: SELECT NULL::VARCHAR AS specific_catalog, NULL::VARCHAR AS specific_schema, NULL::VARCHAR AS specific_name,
  NULL::VARCHAR AS routine_catalog, NULL::VARCHAR AS routine_schema, NULL::VARCHAR AS routine_name, NULL::VARCHAR AS routine_type,
  NULL::VARCHAR AS data_type WHERE false
information_schema_views: SELECT '{db}' AS table_catalog, schemaname AS table_schema, viewname AS table_name, definition AS view_definition,
  'NONE' AS check_option, 'NO' AS is_updatable, 'NO' AS is_insertable_into FROM memory.main.pg_views
information_schema_table_constraints: SELECT '{db}' AS constraint_catalog, k.schema_name AS constraint_schema, k.name AS constraint_name,
  '{db}' AS table_catalog, k.schema_name AS table_schema, k.table_name,
  CASE k.kind WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END AS constraint_type, 'NO' AS is_deferrable,
  'NO' AS initially_deferred FROM "{db}".{internal}.constraints k
information_schema_key_column_usage: SELECT '{db}' AS constraint_catalog, k.schema_name AS constraint_schema, k.name AS constraint_name,
  '{db}' AS table_catalog, k.schema_name AS table_schema, k.table_name, k.columns[i] AS column_name, i::INTEGER AS ordinal_position
  FROM "{db}".{internal}.constraints k, generate_series(1, 32) AS n(i) WHERE i <= len(k.columns)
information_schema_referential_constraints: SELECT '{db}' AS constraint_catalog, k.schema_name AS constraint_schema, k.name AS
    constraint_name,
  '{db}' AS unique_constraint_catalog, k.parent_schema AS unique_constraint_schema, p.name AS unique_constraint_name,
  'NONE' AS match_option, 'NO ACTION' AS update_rule, 'NO ACTION' AS delete_rule FROM "{db}".{internal}.constraints k
  LEFT JOIN "{db}".{internal}.constraints p ON p.schema_name = k.parent_schema AND p.table_name = k.parent_table AND p.columns = k.keys
    AND p.kind <> 'f' WHERE k.kind = 'f'
information_schema_constraint_column_usage: SELECT '{db}' AS table_catalog, CASE k.kind WHEN 'f' THEN k.parent_schema ELSE k.schema_name
    END AS table_schema,
  CASE k.kind WHEN 'f' THEN k.parent_table ELSE k.table_name END AS table_name, CASE k.kind WHEN 'f' THEN k.keys ELSE k.columns END [i] AS
    column_name,
  '{db}' AS constraint_catalog, k.schema_name AS constraint_schema, k.name AS constraint_name
  FROM "{db}".{internal}.constraints k, generate_series(1, 32) AS n(i) WHERE i <= len(k.columns)
stl_undone: SELECT NULL::INTEGER AS userid, NULL::BIGINT AS xact_id, NULL::BIGINT AS xact_id_undone, NULL::TIMESTAMP AS undo_start_ts,
  NULL::TIMESTAMP AS undo_end_ts, NULL::INTEGER AS table_id WHERE false
"""


def _texts() -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in (pg_views.VIEWS + VIEWS.lstrip("\n")).strip().splitlines():
        if line.startswith(" "):
            found[name] += " " + line.strip()
        else:
            name, _, found[name] = line.partition(":")
    return found


relations.VIEWS.update(_texts())


def statements(database: str, admin: str) -> list[str]:
    """A CREATE VIEW for each, in an order in which each finds those it uses, and the functions that ask them."""
    views = [
        f"CREATE VIEW memory.main.{name} AS {text.format(db=database, internal=INTERNAL, admin=admin)}" for name, text in _texts().items()
    ]
    return [*views, "USE memory", *(f"CREATE MACRO memory.main.{text}" for text in texts_of(pg_macros.MACROS))]
