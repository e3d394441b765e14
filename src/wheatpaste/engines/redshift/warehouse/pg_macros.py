"""The functions of PostgreSQL's catalog, as macros over ``pg_views``; the format is that of ``macros.MACROS``.

DuckDB puts arguments in as they are written: aliases begin with ``rs_`` so that none captures a caller's.
"""

MACROS = r"""
rs_userbyid(x) AS coalesce((SELECT min(rs_u.usename) FROM memory.main.pg_user rs_u WHERE rs_u.usesysid = x), 'unknown (OID=' || x || ')')
rs_obj_description(x, class := NULL) AS (SELECT min(rs_d.description) FROM memory.main.pg_description rs_d WHERE rs_d.objoid = x AND
    rs_d.objsubid = 0)
rs_col_description(x, n) AS (SELECT min(rs_d.description) FROM memory.main.pg_description rs_d WHERE rs_d.objoid = x AND rs_d.objsubid = n)
rs_viewdef(x, pretty := NULL) AS (SELECT min(rs_v.definition) FROM memory.main.pg_class rs_c JOIN memory.main.pg_namespace rs_n
    ON rs_n.oid = rs_c.relnamespace JOIN memory.main.pg_views rs_v ON rs_v.schemaname = rs_n.nspname AND rs_v.viewname = rs_c.relname
    WHERE rs_c.oid = x)
rs_columns_of(x, keys) AS (SELECT string_agg(rs_a.attname, ', ' ORDER BY list_position(keys, rs_a.attnum)) FROM memory.main.pg_attribute
    rs_a
    WHERE rs_a.attrelid = x AND list_contains(keys, rs_a.attnum))
rs_relation_name(x) AS (SELECT min(CASE WHEN rs_n.nspname IN ('public', 'pg_temp') THEN '' ELSE rs_n.nspname || '.' END || rs_c.relname)
    FROM memory.main.pg_class rs_c JOIN memory.main.pg_namespace rs_n ON rs_n.oid = rs_c.relnamespace WHERE rs_c.oid = x)
rs_constraintdef(x, pretty := NULL) AS (SELECT min(CASE rs_k.contype WHEN 'p' THEN 'PRIMARY KEY (' WHEN 'u' THEN 'UNIQUE (' ELSE 'FOREIGN
    KEY ('
    END || rs_columns_of(rs_k.conrelid, rs_k.conkey) || ')' || CASE rs_k.contype WHEN 'f' THEN ' REFERENCES ' ||
    rs_relation_name(rs_k.confrelid) || '('
    || rs_columns_of(rs_k.confrelid, rs_k.confkey) || ')' ELSE '' END) FROM memory.main.pg_constraint rs_k WHERE rs_k.oid = x)
rs_indexdef(x, n := NULL, pretty := NULL) AS (SELECT min('CREATE UNIQUE INDEX ' || rs_c.relname || ' ON ' ||
    rs_relation_name(rs_i.indrelid) ||
    ' USING btree (' || rs_columns_of(rs_i.indrelid, rs_i.indkey) || ')') FROM memory.main.pg_index rs_i JOIN memory.main.pg_class rs_c
    ON rs_c.oid = rs_i.indexrelid WHERE rs_i.indexrelid = x)
rs_regclass_known(x) AS CASE x WHEN 'pg_class' THEN 1259 WHEN 'pg_namespace' THEN 2615 WHEN 'pg_constraint' THEN 2606 WHEN 'pg_type' THEN
    1247 WHEN 'pg_proc' THEN 1255 WHEN 'pg_attrdef' THEN 2604 WHEN 'pg_attribute' THEN 1249 WHEN 'pg_index' THEN 2610 WHEN 'pg_database'
    THEN 1262 WHEN 'pg_description' THEN 2609 END
rs_visible(x, path) AS EXISTS (SELECT 1 FROM memory.main.pg_class rs_c JOIN memory.main.pg_namespace rs_n ON rs_n.oid = rs_c.relnamespace
    WHERE rs_c.oid = x AND (list_contains(path, rs_n.nspname) OR rs_n.nspname = 'pg_temp'))
rs_regclass(x, path) AS coalesce(rs_regclass_known(split_part(lower(x), '.', -1)),
    (SELECT min(rs_c.oid) FROM memory.main.pg_class rs_c JOIN memory.main.pg_namespace rs_n ON rs_n.oid = rs_c.relnamespace
    WHERE replace(lower(x), '"', '') = CASE WHEN contains(x, '.') THEN rs_n.nspname || '.' || rs_c.relname ELSE rs_c.relname END
    AND (contains(x, '.') OR list_contains(path, rs_n.nspname) OR rs_n.nspname = 'pg_temp')),
    error('42P01:relation "' || x || '" does not exist'))
rs_regtype(x) AS coalesce((SELECT min(rs_t.oid) FROM memory.main.pg_type rs_t WHERE rs_t.typname = split_part(lower(x), '.', -1)
    OR rs_format_type(rs_t.oid, -1) = lower(x)), CASE WHEN split_part(lower(x), '.', -1) IN ('trigger', 'refcursor', 'cstring') THEN 0 END,
    error('42704:type "' || x || '" does not exist'))
rs_type_visible(x) AS true
rs_table_size(x) AS CAST(NULL AS BIGINT)
rs_size_pretty(x) AS CASE WHEN x < 10240 THEN x || ' bytes' WHEN x < 10485760 THEN (x // 1024) || ' kB' ELSE (x // 1048576) || ' MB' END
rs_encoding_name(x) AS list_extract(['none', 'bytedict', 'delta', 'lzo', 'runlength', 'delta32k', 'mostly8', 'mostly16', 'mostly32',
    'text255', 'text32k', 'zstd', 'az64'], x + 1)
rs_size_of_array(a, n) AS CASE WHEN n = 1 AND len(a) > 0 THEN len(a)::INTEGER END
"""
