"""PostgreSQL's catalog as Redshift shows it, over DuckDB's and the warehouse's own tables: what psql, drivers and SQLAlchemy ask.

The format is that of ``views.VIEWS``. Columns that only newer PostgreSQL versions have are there when today's psql reads them.
"""

USER_VIEWS = r"""
pg_user: SELECT 'rdsdb' AS usename, 1 AS usesysid, true AS usecreatedb, true AS usesuper, true AS usecatupd, '********' AS passwd,
    NULL::TIMESTAMP AS valuntil, NULL::VARCHAR AS useconfig
  UNION ALL SELECT '{admin}', 100, true, true, false, '********', NULL, NULL
  UNION ALL SELECT name, (101 + rowid)::INTEGER, createdb, superuser, false, '********', valid_until, NULL FROM "{db}".{internal}.users
pg_user_info: SELECT *, 'UNLIMITED' AS useconnlimit, 'unrestricted' AS syslogaccess, NULL::TIMESTAMP AS last_ddl_ts,
    0::BIGINT AS sessiontimeout FROM memory.main.pg_user
pg_roles: SELECT usename AS rolname, usesuper AS rolsuper, true AS rolinherit, usesuper AS rolcreaterole, usecreatedb AS rolcreatedb,
    true AS rolcanlogin, false AS rolreplication, -1 AS rolconnlimit, '********' AS rolpassword, valuntil AS rolvaliduntil,
    false AS rolbypassrls, usesysid AS oid FROM memory.main.pg_user
pg_auth_members: SELECT NULL::INTEGER AS roleid, NULL::INTEGER AS member, NULL::INTEGER AS grantor, NULL::BOOLEAN AS admin_option
    WHERE false
"""

CLASS_VIEWS = r"""
pg_database: SELECT 100::BIGINT AS oid, '{db}' AS datname, 100 AS datdba, 6 AS encoding, false AS datistemplate, true AS datallowconn,
    NULL::VARCHAR[] AS datacl, 'C' AS datcollate, 'C' AS datctype, 1663 AS dattablespace, NULL::VARCHAR AS datconfig, -1 AS datconnlimit
pg_namespace: SELECT oid, schema_name AS nspname, 100 AS nspowner, NULL::VARCHAR[] AS nspacl FROM duckdb_schemas()
    WHERE database_name = '{db}' AND schema_name NOT IN ('{internal}', 'main')
  UNION ALL SELECT 11, 'pg_catalog', 1, NULL UNION ALL SELECT 12, 'information_schema', 1, NULL UNION ALL SELECT 13, 'pg_temp', 1, NULL
pg_class: SELECT c.*, 0 AS reltype, 0 AS relam, c.oid AS relfilenode, 0 AS reltablespace, 0 AS relpages, 0 AS reltoastrelid,
    false AS relisshared, 0::SMALLINT AS relchecks, false AS relhasrules, false AS relhassubclass,
    false AS relhasoids, 0 AS reloftype, NULL::VARCHAR[] AS relacl, NULL::VARCHAR[] AS reloptions, 1259::BIGINT AS tableoid FROM (
    SELECT t.table_oid AS oid, t.table_name AS relname, CASE t.database_name WHEN 'temp' THEN 13 ELSE t.schema_oid END AS relnamespace,
      coalesce(u.usesysid, 100) AS relowner, t.estimated_size::FLOAT AS reltuples,
      EXISTS (SELECT 1 FROM "{db}".{internal}.constraints k WHERE k.schema_name = t.schema_name AND k.table_name = t.table_name
        AND k.kind = 'p') AS relhaspkey,
      EXISTS (SELECT 1 FROM "{db}".{internal}.constraints k WHERE k.schema_name = t.schema_name AND k.table_name = t.table_name
        AND k.kind <> 'f') AS relhasindex,
      EXISTS (SELECT 1 FROM "{db}".{internal}.constraints k WHERE k.kind = 'f' AND ((k.schema_name = t.schema_name
        AND k.table_name = t.table_name) OR (k.parent_schema = t.schema_name AND k.parent_table = t.table_name))) AS relhastriggers,
      CASE v.kind WHEN 'materialized' THEN 'v' ELSE 'r' END AS relkind, t.column_count::SMALLINT AS relnatts, CASE t.database_name WHEN
      'temp' THEN 't' ELSE 'p' END AS relpersistence,
      CASE r.diststyle WHEN 'KEY' THEN 1 WHEN 'EVEN' THEN 0 WHEN 'ALL' THEN 8 ELSE 10 END::SMALLINT AS reldiststyle
    FROM duckdb_tables() t
      LEFT JOIN "{db}".{internal}.relations r ON r.schema_name = t.schema_name AND r.table_name = t.table_name AND t.database_name = '{db}'
      LEFT JOIN "{db}".{internal}.views v ON v.schema_name = t.schema_name AND v.table_name = t.table_name AND t.database_name = '{db}'
      LEFT JOIN memory.main.pg_user u ON u.usename = r.owner
    WHERE t.database_name IN ('{db}', 'temp') AND t.schema_name <> '{internal}' AND (t.schema_name <> 'main' OR t.database_name = 'temp')
    UNION ALL SELECT view_oid, view_name, schema_oid, 100, 0, false, false, false, 'v', column_count::SMALLINT, 'p', 0
    FROM duckdb_views() WHERE database_name = '{db}' AND NOT internal AND schema_name NOT IN ('{internal}', 'main')
    UNION ALL SELECT l.oid, l.table_name, s.oid, 100, 0, false, false, false, 'v', 0::SMALLINT, 'p', 0
    FROM "{db}".{internal}.views l JOIN duckdb_schemas() s ON s.database_name = '{db}' AND s.schema_name = l.schema_name
    WHERE l.kind = 'late'
    UNION ALL SELECT k.oid + 1, k.name, s.oid, 100, 0, false, false, false, 'i', len(k.columns)::SMALLINT, 'p', 0
    FROM "{db}".{internal}.constraints k JOIN duckdb_schemas() s ON s.database_name = '{db}' AND s.schema_name = k.schema_name
    WHERE k.kind <> 'f') c
pg_attribute: SELECT c.table_oid AS attrelid, c.column_name AS attname, rs_type_oid(coalesce(m.type, c.data_type)) AS atttypid,
    -1 AS attstattarget, -1::SMALLINT AS attlen, c.column_index::SMALLINT AS attnum, 0 AS attndims, -1 AS attcacheoff,
    CASE WHEN m.length IS NOT NULL THEN m.length + 4 WHEN c.data_type LIKE 'DECIMAL%' THEN c.numeric_precision * 65536 + c.numeric_scale
      + 4 ELSE -1 END AS atttypmod, true AS attbyval, 'p' AS attstorage, 'i' AS attalign,
    NOT c.is_nullable AS attnotnull, c.column_default IS NOT NULL AS atthasdef, false AS attisdropped, true AS attislocal,
    0 AS attinhcount, coalesce(m.distkey, false) AS attisdistkey, coalesce(m.distkey, false) AS attispreloaded,
    coalesce(m.sortkey, 0) AS attsortkeyord, rs_encoding_code(coalesce(m.encoding, 'none')) AS attencodingtype,
    CASE WHEN m.identity IS NULL THEN '' WHEN m.by_default THEN 'd' ELSE 'a' END AS attidentity, '' AS attgenerated, 0 AS attcollation,
    NULL::VARCHAR[] AS attacl
  FROM duckdb_columns() c LEFT JOIN "{db}".{internal}.columns m
    ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name AND c.database_name = '{db}'
  WHERE c.database_name IN ('{db}', 'temp') AND c.schema_name <> '{internal}' AND (c.schema_name <> 'main' OR c.database_name = 'temp')
  UNION ALL SELECT k.oid + 1, k.columns[i], 23, -1, -1, i::SMALLINT, 0, -1, -1, true, 'p', 'i', false, false, false, true, 0, false,
    false, 0, 0, '', '', 0, NULL
  FROM "{db}".{internal}.constraints k, generate_series(1, 32) AS n(i) WHERE k.kind <> 'f' AND i <= len(k.columns)
pg_attrdef: SELECT c.table_oid AS adrelid, c.column_index::SMALLINT AS adnum, coalesce(d.shown, c.column_default) AS adbin,
    coalesce(d.shown, c.column_default) AS adsrc, 4000000 + c.table_oid * 2000 + c.column_index AS oid
  FROM duckdb_columns() c LEFT JOIN (SELECT schema_name, table_name, column_name, CASE WHEN identity IS NOT NULL
      THEN CASE WHEN by_default THEN 'default_identity' ELSE 'identity' END || '(' || identity || ')'
      ELSE default_text END AS shown FROM "{db}".{internal}.columns) d
    ON d.schema_name = c.schema_name AND d.table_name = c.table_name AND d.column_name = c.column_name
  WHERE c.database_name = '{db}' AND c.column_default IS NOT NULL AND c.schema_name NOT IN ('{internal}', 'main')
pg_type: SELECT oid, typname, 11 AS typnamespace, 1 AS typowner, typlen::SMALLINT AS typlen, typlen > 0 AS typbyval, 'b' AS typtype,
    true AS typisdefined, ',' AS typdelim, 0 AS typrelid, elem AS typelem,
    CASE WHEN elem > 0 THEN 'array_in' ELSE typname || 'in' END AS typinput, 0 AS typarray, -1 AS typtypmod, false AS typnotnull,
    NULL::VARCHAR AS typdefault, 0 AS typbasetype, 0 AS typndims, 0 AS typcollation
  FROM (VALUES (16, 'bool', 1, 0), (18, 'char', 1, 0), (19, 'name', 128, 0), (20, 'int8', 8, 0), (21, 'int2', 2, 0), (23, 'int4', 4, 0),
    (25, 'text', -1, 0), (26, 'oid', 4, 0), (700, 'float4', 4, 0), (701, 'float8', 8, 0), (705, 'unknown', -1, 0), (1005, '_int2', -1, 21),
    (1007, '_int4', -1, 23), (1009, '_text', -1, 25), (1016, '_int8', -1, 20), (1042, 'bpchar', -1, 0), (1043, 'varchar', -1, 0),
    (1082, 'date', 4, 0), (1083, 'time', 8, 0), (1114, 'timestamp', 8, 0), (1184, 'timestamptz', 8, 0), (1266, 'timetz', 12, 0),
    (1700, 'numeric', -1, 0), (4000, 'super', -1, 0), (6551, 'varbyte', -1, 0)) AS t(oid, typname, typlen, elem)
"""

OTHER_VIEWS = r"""
pg_constraint: SELECT k.oid, k.name AS conname, t.schema_oid AS connamespace, k.kind AS contype, false AS condeferrable,
    false AS condeferred, true AS convalidated, t.table_oid AS conrelid, 0 AS contypid, 0 AS conindid, 0 AS conparentid,
    coalesce(p.table_oid, 0) AS confrelid, CASE k.kind WHEN 'f' THEN 'a' ELSE '' END AS confupdtype,
    CASE k.kind WHEN 'f' THEN 'a' ELSE '' END AS confdeltype, CASE k.kind WHEN 'f' THEN 's' ELSE '' END AS confmatchtype,
    (SELECT list(c.column_index::SMALLINT ORDER BY list_position(k.columns, c.column_name)) FROM duckdb_columns() c
      WHERE c.table_oid = t.table_oid AND c.database_name = '{db}' AND list_contains(k.columns, c.column_name)) AS conkey,
    (SELECT list(c.column_index::SMALLINT ORDER BY list_position(k.keys, c.column_name)) FROM duckdb_columns() c
      WHERE c.table_oid = p.table_oid AND c.database_name = '{db}' AND list_contains(k.keys, c.column_name)) AS confkey,
    NULL::VARCHAR AS conbin, NULL::VARCHAR AS consrc, 2606::BIGINT AS tableoid
  FROM "{db}".{internal}.constraints k
    JOIN duckdb_tables() t ON t.database_name = '{db}' AND t.schema_name = k.schema_name AND t.table_name = k.table_name
    LEFT JOIN duckdb_tables() p ON p.database_name = '{db}' AND p.schema_name = k.parent_schema AND p.table_name = k.parent_table
pg_index: SELECT oid + 1 AS indexrelid, conrelid AS indrelid, len(conkey)::SMALLINT AS indnatts, true AS indisunique,
    contype = 'p' AS indisprimary, false AS indisclustered, true AS indisvalid, conkey AS indkey, NULL::VARCHAR AS indpred,
    NULL::VARCHAR AS indexprs FROM memory.main.pg_constraint WHERE contype <> 'f'
pg_description: SELECT t.oid AS objoid, 1259::BIGINT AS classoid, 0 AS objsubid, d.comment AS description
  FROM "{db}".{internal}.comments d JOIN memory.main.pg_class t ON t.relkind <> 'i'
    JOIN memory.main.pg_namespace n ON n.oid = t.relnamespace AND d.name = n.nspname || '.' || t.relname
  WHERE d.kind IN ('table', 'view') AND d.comment IS NOT NULL
  UNION ALL SELECT a.attrelid, 1259, a.attnum, d.comment FROM "{db}".{internal}.comments d JOIN memory.main.pg_class t ON t.relkind <> 'i'
    JOIN memory.main.pg_namespace n ON n.oid = t.relnamespace JOIN memory.main.pg_attribute a ON a.attrelid = t.oid
    AND d.name = n.nspname || '.' || t.relname || '.' || a.attname WHERE d.kind = 'column' AND d.comment IS NOT NULL
  UNION ALL SELECT n.oid, 2615, 0, d.comment FROM "{db}".{internal}.comments d JOIN memory.main.pg_namespace n ON n.nspname = d.name
    WHERE d.kind = 'schema' AND d.comment IS NOT NULL
pg_proc: SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS proname, NULL::BIGINT AS pronamespace, NULL::INTEGER AS proowner,
    NULL::BIGINT AS prolang, NULL::BOOLEAN AS proisagg, NULL::BOOLEAN AS proiswindow, NULL::BOOLEAN AS proretset,
    NULL::BIGINT AS prorettype, NULL::BIGINT[] AS proargtypes, NULL::VARCHAR[] AS proargnames, NULL::VARCHAR AS prosrc,
    NULL::VARCHAR[] AS proacl, NULL::VARCHAR AS provolatile, NULL::SMALLINT AS pronargs, NULL::VARCHAR AS probin WHERE false
pg_proc_info: SELECT *, oid AS prooid, NULL::VARCHAR AS prokind, NULL::VARCHAR[] AS proargmodes, NULL::BIGINT[] AS proallargtypes
    FROM memory.main.pg_proc
pg_language: SELECT * FROM (VALUES (12::BIGINT, 'internal'), (14, 'sql')) AS t(oid, lanname)
pg_am: SELECT 403::BIGINT AS oid, 'btree' AS amname
pg_collation: SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS collname, NULL::BIGINT AS collnamespace WHERE false
pg_tablespace: SELECT 1663::BIGINT AS oid, 'pg_default' AS spcname, 1 AS spcowner, NULL::VARCHAR[] AS spcacl
pg_inherits: SELECT NULL::BIGINT AS inhrelid, NULL::BIGINT AS inhparent, NULL::INTEGER AS inhseqno WHERE false
pg_trigger: SELECT NULL::BIGINT AS oid, NULL::BIGINT AS tgrelid, NULL::VARCHAR AS tgname, NULL::VARCHAR AS tgenabled,
    NULL::BOOLEAN AS tgisinternal, NULL::BIGINT AS tgconstraint WHERE false
pg_rewrite: SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS rulename, NULL::BIGINT AS ev_class, NULL::VARCHAR AS ev_enabled WHERE false
pg_depend: SELECT 2606::BIGINT AS classid, f.oid AS objid, 0 AS objsubid, 1259::BIGINT AS refclassid, p.oid + 1 AS refobjid,
    0 AS refobjsubid, 'n' AS deptype FROM memory.main.pg_constraint f
    JOIN memory.main.pg_constraint p ON p.conrelid = f.confrelid AND p.conkey = f.confkey AND p.contype <> 'f' WHERE f.contype = 'f'
pg_shdescription: SELECT NULL::BIGINT AS objoid, NULL::BIGINT AS classoid, NULL::VARCHAR AS description WHERE false
pg_enum: SELECT NULL::BIGINT AS oid, NULL::BIGINT AS enumtypid, NULL::VARCHAR AS enumlabel, NULL::FLOAT AS enumsortorder WHERE false
pg_group: SELECT NULL::VARCHAR AS groname, NULL::INTEGER AS grosysid, NULL::INTEGER[] AS grolist WHERE false
pg_settings: SELECT NULL::VARCHAR AS name, NULL::VARCHAR AS setting WHERE false
pg_tables: SELECT n.nspname AS schemaname, c.relname AS tablename, u.usename AS tableowner, NULL::VARCHAR AS tablespace,
    c.relhasindex AS hasindexes, false AS hasrules, false AS hastriggers FROM memory.main.pg_class c
    JOIN memory.main.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN memory.main.pg_user u ON u.usesysid = c.relowner
    WHERE c.relkind = 'r'
pg_views: SELECT w.schema_name AS schemaname, w.view_name AS viewname, coalesce(v.owner, '{admin}') AS viewowner,
    coalesce(v.definition, w.sql) AS definition FROM duckdb_views() w
    LEFT JOIN "{db}".{internal}.views v ON v.schema_name = w.schema_name AND v.table_name = w.view_name
    WHERE w.database_name = '{db}' AND NOT w.internal
  UNION ALL SELECT schema_name, table_name, owner, definition FROM "{db}".{internal}.views
    WHERE kind IN ('materialized', 'late')
pg_get_late_binding_view_cols: SELECT NULL::VARCHAR AS view_schema, NULL::VARCHAR AS view_name, NULL::VARCHAR AS col_name,
    NULL::VARCHAR AS col_type, NULL::INTEGER AS col_num WHERE false
"""

VIEWS = USER_VIEWS + CLASS_VIEWS.lstrip("\n") + OTHER_VIEWS.lstrip("\n")
