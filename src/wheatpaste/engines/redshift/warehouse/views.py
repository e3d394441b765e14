"""Redshift's system tables and views, over DuckDB's catalog and the warehouse's own tables; made in the worker's memory at each start."""

from wheatpaste.engines.redshift.dialect import relations
from wheatpaste.engines.redshift.dialect.relations import INTERNAL

# {db} is the warehouse's database; $name$ is the name of a view.
VIEWS = r"""
svv_tables: SELECT '{db}' AS table_catalog, table_schema, table_name,
  CASE table_type WHEN 'LOCAL TEMPORARY' THEN 'BASE TABLE' ELSE table_type END AS table_type, NULL::VARCHAR AS remarks
  FROM information_schema.tables WHERE table_catalog IN ('{db}', 'temp') AND table_schema <> '{internal}'
information_schema_tables: SELECT table_catalog, table_schema, table_name, table_type FROM memory.main.svv_tables
pg_table_def: SELECT CASE c.database_name WHEN 'temp' THEN 'pg_temp' ELSE c.schema_name END AS schemaname, c.table_name AS tablename,
  c.column_name AS "column", coalesce(m.type, lower(c.data_type)) AS type, coalesce(m.encoding, 'none') AS encoding,
  coalesce(m.distkey, false) AS distkey, coalesce(m.sortkey, 0) AS sortkey, NOT c.is_nullable AS "notnull"
  FROM duckdb_columns() c LEFT JOIN "{db}".{internal}.columns m
    ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name
  WHERE c.database_name IN ('{db}', 'temp') AND c.schema_name <> '{internal}' ORDER BY c.schema_name, c.table_name, c.column_index
svv_columns: SELECT '{db}' AS table_catalog, c.schema_name AS table_schema, c.table_name, c.column_name, c.column_index AS
    ordinal_position,
  coalesce(m.default_text, c.column_default) AS column_default, CASE WHEN c.is_nullable THEN 'YES' ELSE 'NO' END AS is_nullable,
  regexp_replace(coalesce(m.type, lower(c.data_type)), '\(.*', '') AS data_type, coalesce(m.length, c.character_maximum_length) AS
    character_maximum_length,
  c.numeric_precision, c.numeric_precision_radix, c.numeric_scale, NULL::INTEGER AS datetime_precision, NULL::VARCHAR AS remarks
  FROM duckdb_columns() c LEFT JOIN "{db}".{internal}.columns m
    ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name
  WHERE c.database_name IN ('{db}', 'temp') AND c.schema_name <> '{internal}'
information_schema_columns: SELECT * FROM memory.main.svv_columns
information_schema_schemata: SELECT '{db}' AS catalog_name, schema_name, 'rdsdb' AS schema_owner FROM duckdb_schemas()
  WHERE database_name = '{db}' AND schema_name NOT IN ('{internal}', 'main')
svv_schemas: SELECT '{db}' AS database_name, schema_name, 'local' AS schema_type, 100 AS schema_owner, NULL::VARCHAR AS schema_acl,
  NULL::VARCHAR AS source_database, NULL::VARCHAR AS schema_option FROM memory.main.information_schema_schemata
svv_all_schemas: SELECT * FROM memory.main.svv_schemas
svv_redshift_schemas: SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, schema_option FROM memory.main.svv_schemas
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
  (SELECT k.column_name FROM "{db}".{internal}.columns k WHERE k.schema_name = r.schema_name AND k.table_name = r.table_name
    AND abs(k.sortkey) = 1 LIMIT 1) AS sortkey1,
  (SELECT count(*) FROM "{db}".{internal}.columns k WHERE k.schema_name = r.schema_name AND k.table_name = r.table_name AND k.sortkey <>
    0) AS sortkey_num,
  t.estimated_size AS tbl_rows FROM "{db}".{internal}.relations r JOIN duckdb_tables() t
    ON t.database_name = '{db}' AND t.schema_name = r.schema_name AND t.table_name = r.table_name
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
pg_database: SELECT 100::BIGINT AS oid, '{db}' AS datname, 100 AS datdba, 6 AS encoding, false AS datistemplate, true AS datallowconn,
  NULL::VARCHAR AS datacl, 'C' AS datcollate, 'C' AS datctype
pg_namespace: SELECT oid, schema_name AS nspname, 100 AS nspowner, NULL::VARCHAR[] AS nspacl FROM duckdb_schemas()
  WHERE database_name = '{db}' AND schema_name NOT IN ('{internal}', 'main') UNION ALL SELECT 11, 'pg_catalog', 1, NULL
  UNION ALL SELECT 12, 'information_schema', 1, NULL
pg_class: SELECT table_oid AS oid, table_name AS relname, schema_oid AS relnamespace, 0 AS reltype, 100 AS relowner, 0 AS relam,
    table_oid AS relfilenode,
  0 AS reltablespace, 0 AS relpages, estimated_size::FLOAT AS reltuples, 0 AS reltoastrelid, has_primary_key AS relhaspkey, false AS
    relhasindex,
  false AS relisshared, 'r' AS relkind, column_count::SMALLINT AS relnatts, 0 AS relchecks, false AS relhasrules, false AS relhassubclass,
  CASE (SELECT r.diststyle FROM "{db}".{internal}.relations r WHERE r.schema_name = t.schema_name AND r.table_name = t.table_name LIMIT 1)
    WHEN 'KEY' THEN 1 WHEN 'EVEN' THEN 0 WHEN 'ALL' THEN 8 ELSE 10 END::SMALLINT AS reldiststyle, NULL::VARCHAR[] AS relacl
  FROM duckdb_tables() t WHERE database_name = '{db}' AND schema_name NOT IN ('{internal}', 'main')
  UNION ALL SELECT view_oid, view_name, schema_oid, 0, 100, 0, view_oid, 0, 0, 0, 0, false, false, false, 'v', column_count::SMALLINT,
    0, true, false, 0, NULL
  FROM duckdb_views() WHERE database_name = '{db}' AND NOT internal AND schema_name NOT IN ('{internal}', 'main')
pg_attribute: SELECT c.table_oid AS attrelid, c.column_name AS attname, rs_type_oid(c.data_type) AS atttypid, -1 AS attstattarget,
  -1::SMALLINT AS attlen, c.column_index::SMALLINT AS attnum, 0 AS attndims, -1 AS attcacheoff,
  CASE WHEN m.length IS NOT NULL THEN m.length + 4 WHEN c.data_type LIKE 'DECIMAL%' THEN c.numeric_precision * 65536 + c.numeric_scale +
    4 ELSE -1 END
    AS atttypmod,
  NOT c.is_nullable AS attnotnull, c.column_default IS NOT NULL AS atthasdef, false AS attisdropped, true AS attislocal, 0 AS attinhcount,
  coalesce(m.distkey, false) AS attisdistkey, coalesce(m.sortkey, 0) AS attsortkeyord, coalesce(m.encoding, 'none') AS attencodingtype
  FROM duckdb_columns() c LEFT JOIN "{db}".{internal}.columns m
    ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name
  WHERE c.database_name = '{db}' AND c.schema_name NOT IN ('{internal}', 'main')
pg_attrdef: SELECT c.table_oid AS adrelid, c.column_index::SMALLINT AS adnum, c.column_default AS adbin, c.column_default AS adsrc
  FROM duckdb_columns() c WHERE c.database_name = '{db}' AND c.column_default IS NOT NULL AND c.schema_name NOT IN ('{internal}', 'main')
pg_type: SELECT oid, typname, 11 AS typnamespace, typlen::SMALLINT AS typlen, 'b' AS typtype, 0 AS typrelid, 0 AS typelem, -1 AS
    typtypmod, false AS typnotnull,
  NULL::VARCHAR AS typdefault, 0 AS typbasetype FROM (VALUES (16, 'bool', 1), (20, 'int8', 8), (21, 'int2', 2), (23, 'int4', 4), (25,
    'text', -1),
  (700, 'float4', 4), (701, 'float8', 8), (1042, 'bpchar', -1), (1043, 'varchar', -1), (1082, 'date', 4), (1083, 'time', 8), (1114,
    'timestamp', 8),
  (1184, 'timestamptz', 8), (1266, 'timetz', 12), (1700, 'numeric', -1), (4000, 'super', -1), (6551, 'varbyte', -1)) AS t(oid, typname,
    typlen)
pg_description: SELECT NULL::BIGINT AS objoid, NULL::BIGINT AS classoid, NULL::INTEGER AS objsubid, NULL::VARCHAR AS description WHERE
    false
pg_constraint: SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS conname, NULL::BIGINT AS connamespace, NULL::VARCHAR AS contype,
    NULL::BIGINT AS conrelid,
  NULL::BIGINT AS confrelid, NULL::SMALLINT[] AS conkey, NULL::SMALLINT[] AS confkey WHERE false
pg_index: SELECT NULL::BIGINT AS indexrelid, NULL::BIGINT AS indrelid, NULL::SMALLINT AS indnatts, NULL::BOOLEAN AS indisunique,
  NULL::BOOLEAN AS indisprimary, NULL::BOOLEAN AS indisclustered, NULL::SMALLINT[] AS indkey WHERE false
pg_group: SELECT NULL::VARCHAR AS groname, NULL::INTEGER AS grosysid, NULL::INTEGER[] AS grolist WHERE false
pg_settings: SELECT NULL::VARCHAR AS name, NULL::VARCHAR AS setting WHERE false
pg_tables: SELECT table_schema AS schemaname, table_name AS tablename, 'rdsdb' AS tableowner, NULL::VARCHAR AS tablespace, false AS
    hasindexes,
  false AS hasrules, false AS hastriggers FROM memory.main.svv_tables WHERE table_type = 'BASE TABLE'
pg_views: SELECT schema_name AS schemaname, view_name AS viewname, 'rdsdb' AS viewowner, sql AS definition FROM duckdb_views()
  WHERE database_name = '{db}' AND NOT internal
pg_user: SELECT name AS usename, 100 + row_number() OVER () AS usesysid, createdb AS usecreatedb, superuser AS usesuper, false AS
    usecatupd,
  '********' AS passwd, valid_until AS valuntil, NULL::VARCHAR AS useconfig FROM "{db}".{internal}.users
svv_external_schemas: SELECT NULL::INTEGER AS esoid, NULL::INTEGER AS eskind, NULL::VARCHAR AS schemaname, NULL::INTEGER AS esowner,
  NULL::VARCHAR AS databasename, NULL::VARCHAR AS esoptions WHERE false
svv_external_tables: SELECT NULL::VARCHAR AS redshift_database_name, NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename,
    NULL::VARCHAR AS tabletype,
  NULL::VARCHAR AS location, NULL::VARCHAR AS input_format, NULL::VARCHAR AS output_format, NULL::VARCHAR AS serialization_lib,
  NULL::VARCHAR AS serde_parameters, NULL::INTEGER AS compressed, NULL::VARCHAR AS parameters WHERE false
pg_get_late_binding_view_cols: SELECT schema_name AS view_schema, table_name AS view_name, column_name AS col_name, data_type AS col_type,
  column_index AS col_num FROM duckdb_columns() WHERE false
stl_undone: SELECT NULL::INTEGER AS userid, NULL::BIGINT AS xact_id, NULL::BIGINT AS xact_id_undone, NULL::TIMESTAMP AS undo_start_ts,
  NULL::TIMESTAMP AS undo_end_ts, NULL::INTEGER AS table_id WHERE false
"""


def _texts() -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in VIEWS.strip().splitlines():
        if line.startswith(" "):
            found[name] += " " + line.strip()
        else:
            name, _, found[name] = line.partition(":")
    return found


relations.VIEWS.update(_texts())


def statements(database: str) -> list[str]:
    """A CREATE VIEW for each, in an order in which each finds those it uses."""
    texts = _texts()
    return [f"CREATE VIEW memory.main.{name} AS {text.format(db=database, internal=INTERNAL)}" for name, text in texts.items()]
