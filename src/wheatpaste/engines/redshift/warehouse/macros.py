"""Redshift's functions that DuckDB has not, as macros of the worker's own memory schema: made anew at each start."""

MACROS = r"""
rs_divisor(b) AS CASE WHEN b = 0 THEN error('22012:Divide by zero') ELSE b END
rs_scale(t) AS CASE WHEN t LIKE 'DECIMAL(%' THEN CAST(split_part(split_part(t, ',', 2), ')', 1) AS INTEGER)
    WHEN t IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT') THEN 0 ELSE -1 END
rs_of_scale(x, s) AS CASE WHEN rs_scale(typeof(x)) = s THEN x
    ELSE error('0A000:the exact type of an operand is not known, its result depends on it: add a cast') END
rs_times(x, y) AS CAST(x * y AS HUGEINT)
rs_digits(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)
rs_quotient(n, d) AS n // d + ((n % d) * 2) // d
rs_quotient_once(n, d) AS (n * 2 + CASE WHEN (n < 0) = (d < 0) THEN d ELSE -d END) // (d * 2)
rs_inexact_quotient(a, b) AS CASE WHEN (typeof(a) LIKE 'DECIMAL%' AND rs_scale(typeof(b)) >= 0)
    OR (typeof(b) LIKE 'DECIMAL%' AND rs_scale(typeof(a)) >= 0)
    THEN error('0A000:the exact types of the operands of a division are not known, its result depends on them: add casts') ELSE a / b END
rs_inexact_average(total, average) AS CASE WHEN typeof(total) = 'DOUBLE' THEN average
    ELSE error('0A000:the type of the argument of AVG is not known, its result depends on it: add a cast') END
rs_whole_average(total, count_) AS CASE WHEN typeof(total) = 'HUGEINT' THEN total // count_
    ELSE error('0A000:the type of the argument of AVG is not known, its result depends on it: add a cast') END
rs_char_grouped(digits, whole) AS array_to_string(list_reverse(list_filter(list_transform(range(length(whole)), lambda i:
    CASE WHEN substr(reverse(whole), i + 1, 1) = ',' THEN CASE WHEN length(digits) > i - length(regexp_replace(left(reverse(whole), i),
    '[^,]', '', 'g')) THEN ',' END ELSE substr(reverse(digits), i + 1 - length(regexp_replace(left(reverse(whole), i), '[^,]', '', 'g')), 1)
    END), lambda c: c IS NOT NULL AND c <> '')), '')
rs_char_signed(x, text, sign, filled, width) AS CASE WHEN sign = 'S' THEN rs_char_padded(text, filled, width) || CASE WHEN x < 0 THEN '-'
    ELSE '+' END WHEN sign = 'MI' THEN rs_char_padded(text, filled, width) || CASE WHEN x < 0 THEN '-' WHEN filled THEN '' ELSE ' ' END
    WHEN sign = 'S<' THEN rs_char_padded(CASE WHEN x < 0 THEN '-' ELSE '+' END || text, filled, width + 1)
    WHEN sign = 'MI<' THEN CASE WHEN x < 0 THEN '-' WHEN filled THEN '' ELSE ' ' END || rs_char_padded(text, filled, width)
    ELSE rs_char_padded(CASE WHEN x < 0 THEN '-' ELSE '' END || text, filled, width + 1) END
rs_char_padded(text, filled, width) AS CASE WHEN filled THEN text ELSE lpad(text, CAST(width AS INTEGER), ' ') END
rs_is_nested(j) AS json_type(j) IN ('ARRAY', 'OBJECT')
rs_array_concat(a, b) AS to_json(list_concat(CAST(a AS JSON[]), CAST(b AS JSON[])))
rs_array_flatten(a) AS to_json(flatten(list_transform(CAST(a AS JSON[]), lambda e: CASE WHEN json_type(e) = 'ARRAY' THEN CAST(e AS JSON[])
    ELSE [e] END)))
rs_subarray(a, start, n) AS to_json(list_slice(CAST(a AS JSON[]), CAST(start AS INTEGER) + 1, CAST(start AS INTEGER) + CAST(n AS INTEGER)))
rs_split_to_array(x, d) AS to_json(string_split(x, d))
rs_cut(x, n) AS CASE WHEN x IS NULL OR strlen(x) <= n THEN x WHEN strlen(x) = length(x) THEN left(x, n)
    ELSE list_extract(list_transform([x], lambda s: left(s, list_max(list_filter(range(n + 1), lambda k: strlen(left(s, k)) <= n)))), 1)
    END
rs_fit(x, n, kind) AS CASE WHEN x IS NULL OR strlen(x) <= n THEN x WHEN strlen(rtrim(x, ' ')) <= n THEN rs_cut(x, n)
    ELSE error('22001:value too long for type ' || kind || '(' || n || ')') END
rs_getdate() AS date_trunc('second', CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP))
rs_sysdate() AS CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP)
rs_dateadd_millennium(n, d) AS CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER) * 12000)
rs_dateadd_century(n, d) AS CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER) * 1200)
rs_dateadd_decade(n, d) AS CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER) * 120)
rs_dateadd_year(n, d) AS CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER) * 12)
rs_dateadd_quarter(n, d) AS CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER) * 3)
rs_dateadd_month(n, d) AS CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER))
rs_dateadd_week(n, d) AS CAST(d AS TIMESTAMP) + to_days(CAST(n AS INTEGER) * 7)
rs_dateadd_day(n, d) AS CAST(d AS TIMESTAMP) + to_days(CAST(n AS INTEGER))
rs_dateadd_hour(n, d) AS CAST(d AS TIMESTAMP) + to_hours(CAST(n AS BIGINT))
rs_dateadd_minute(n, d) AS CAST(d AS TIMESTAMP) + to_minutes(CAST(n AS BIGINT))
rs_dateadd_second(n, d) AS CAST(d AS TIMESTAMP) + to_seconds(CAST(n AS BIGINT))
rs_dateadd_millisecond(n, d) AS CAST(d AS TIMESTAMP) + to_milliseconds(CAST(n AS BIGINT))
rs_dateadd_microsecond(n, d) AS CAST(d AS TIMESTAMP) + to_microseconds(CAST(n AS BIGINT))
rs_datediff(part, a, b) AS date_diff(part, CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP))
rs_last_day(d) AS last_day(CAST(d AS DATE))
rs_add_months(d, n) AS CASE WHEN CAST(d AS DATE) = last_day(CAST(d AS DATE))
    THEN last_day(CAST(CAST(d AS DATE) + to_months(CAST(n AS INTEGER)) AS DATE)) + (CAST(d AS TIMESTAMP) - date_trunc('day', CAST(d AS
    TIMESTAMP)))
    ELSE CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER)) END
rs_months_between(a, b) AS CASE WHEN day(CAST(a AS DATE)) = day(CAST(b AS DATE))
      OR (CAST(a AS DATE) = last_day(CAST(a AS DATE)) AND CAST(b AS DATE) = last_day(CAST(b AS DATE)))
    THEN CAST(date_diff('month', CAST(b AS DATE), CAST(a AS DATE)) AS DOUBLE)
    ELSE date_diff('month', CAST(b AS DATE), CAST(a AS DATE)) + (day(CAST(a AS DATE)) - day(CAST(b AS DATE))) / 31.0 END
rs_weekday(name) AS CASE lower(left(name, 2)) WHEN 'su' THEN 0 WHEN 'mo' THEN 1 WHEN 'tu' THEN 2 WHEN 'we' THEN 3 WHEN 'th' THEN 4
    WHEN 'fr' THEN 5 WHEN 'sa' THEN 6 ELSE error('22023:invalid day name ' || name) END
rs_next_day(d, name) AS CAST(d AS DATE) + CAST((rs_weekday(name) - date_part('dow', CAST(d AS DATE)) + 6) % 7 + 1 AS INTEGER)
rs_convert_timezone(source, target, t) AS CAST(timezone(target, timezone(source, CAST(t AS TIMESTAMP))) AS TIMESTAMP)
rs_substring(x, start, n := NULL) AS CASE WHEN n IS NULL THEN substring(x, greatest(start, 1))
    WHEN n < 0 THEN error('22011:negative substring length not allowed')
    WHEN start < 1 THEN substring(x, 1, greatest(start + n - 1, 0)) ELSE substring(x, start, n) END
rs_split_part(x, delimiter, n) AS CASE WHEN n < 1 THEN error('22023:field position must be greater than zero')
    WHEN delimiter = '' THEN x ELSE split_part(x, delimiter, CAST(n AS INTEGER)) END
rs_initcap(x) AS array_to_string(list_transform(regexp_extract_all(x, '[[:alnum:]]+|[^[:alnum:]]+'),
    lambda w: upper(left(w, 1)) || lower(substring(w, 2))), '')
rs_digit(c) AS strpos('0123456789abcdefghijklmnopqrstuvwxyz', lower(c)) - 1
rs_strtol(x, base) AS CASE WHEN x IS NULL OR base IS NULL THEN NULL
    WHEN NOT regexp_full_match(x, '-?(0[xX])?[0-9a-zA-Z]+') THEN error('22023:The input ' || x ||
    ' is not valid to be converted to base ' || base)
    ELSE (CASE WHEN starts_with(x, '-') THEN -1 ELSE 1 END) * CAST(list_reduce(list_transform(
      string_split(regexp_replace(CASE WHEN base = 16 THEN regexp_replace(x, '^(-?)0[xX]', '\1') ELSE x END, '^-', ''), ''),
      lambda c: CASE WHEN rs_digit(c) BETWEEN 0 AND base - 1 THEN CAST(rs_digit(c) AS HUGEINT)
        ELSE error('22023:The input ' || x || ' is not valid to be converted to base ' || base) END), lambda a, c: a * base + c) AS
    BIGINT) END
rs_regexp_instr(x, pattern) AS CASE WHEN regexp_matches(x, pattern)
    THEN length(regexp_extract(x, '(?s)^(.*?)(?:' || pattern || ')', 1)) + 1 ELSE 0 END
rs_quote_ident(x) AS CASE WHEN regexp_full_match(x, '[a-z_][a-z0-9_]*') THEN x ELSE '"' || replace(x, '"', '""') || '"' END
rs_quote_literal(x) AS '''' || replace(replace(x, '\', '\\'), '''', '''''') || ''''
rs_json_parse(x) AS CASE WHEN x IS NULL THEN NULL WHEN json_valid(x) THEN json(x) ELSE error('22P02:Invalid JSON: ' || left(x,
    100)) END
rs_json_text(j) AS CASE WHEN j IS NULL OR json_type(j) = 'NULL' THEN '' WHEN json_type(j) = 'VARCHAR' THEN j ->> '$' ELSE CAST(j AS
    VARCHAR) END
rs_varbyte(x) AS CASE WHEN typeof(x) = 'BLOB' THEN CAST(x AS BLOB) ELSE encode(CAST(x AS VARCHAR)) END
rs_to_varbyte(x, form) AS CASE form WHEN 'hex' THEN from_hex(x) WHEN 'base64' THEN from_base64(x) WHEN 'utf8' THEN encode(x)
    WHEN 'utf-8' THEN encode(x) ELSE error('22023:invalid format ' || form) END
rs_from_varbyte(x, form) AS CASE form WHEN 'hex' THEN lower(hex(x)) WHEN 'base64' THEN to_base64(x) WHEN 'utf8' THEN decode(x)
    WHEN 'utf-8' THEN decode(x) ELSE error('22023:invalid format ' || form) END
rs_integer_text(x, trying) AS CASE WHEN typeof(x) = 'VARCHAR' AND regexp_matches(CAST(x AS VARCHAR), '[^-+0-9 ]')
    THEN CASE WHEN NOT trying THEN error('22P02:invalid input syntax for integer: "' || CAST(x AS VARCHAR) || '"') END ELSE x END
rs_compared(x, other) AS CASE WHEN typeof(other) IN ('SMALLINT', 'INTEGER', 'BIGINT') THEN rs_integer_text(x, false) ELSE x END
rs_compared_with_text(x, word) AS CASE WHEN typeof(x) IN ('SMALLINT', 'INTEGER', 'BIGINT')
    THEN error('22P02:invalid input syntax for integer: "' || word || '"') ELSE x END
rs_text(x) AS CASE WHEN typeof(x) = 'BLOB' THEN decode(CAST(x AS BLOB)) WHEN typeof(x) = 'JSON' THEN json_extract_string(CAST(CAST(x AS
    VARCHAR) AS JSON), '$') ELSE CAST(x AS VARCHAR) END
rs_json_step(j, k) AS CASE WHEN json_type(j) = 'ARRAY' THEN TRY(j -> CAST(TRY_CAST(k AS INTEGER) AS INTEGER)) ELSE j -> ('$."' || k ||
    '"') END
rs_json_path_text(x, keys, lenient) AS CASE WHEN x IS NULL THEN NULL
    WHEN NOT json_valid(x) THEN CASE WHEN lenient THEN NULL ELSE error('22023:JSON parsing error, invalid json object ' || left(x, 100))
    END
    ELSE rs_json_text(json_extract(CAST(x AS JSON), '$' || array_to_string(list_transform(keys, lambda k: '."' || k || '"'), ''))) END
rs_json_element_text(x, n, lenient) AS CASE WHEN x IS NULL THEN NULL
    WHEN NOT rs_is_valid_json_array(x) THEN CASE WHEN lenient THEN NULL ELSE error('22023:invalid json array object ' || left(x, 100)) END
    WHEN n < 0 OR n >= json_array_length(x) THEN NULL ELSE rs_json_text(json_extract(CAST(x AS JSON), '$[' || n || ']')) END
rs_json_array_length(x, lenient) AS CASE WHEN x IS NULL THEN NULL
    WHEN NOT rs_is_valid_json_array(x) THEN CASE WHEN lenient THEN NULL ELSE error('22023:invalid json array object ' || left(x, 100)) END
    ELSE CAST(json_array_length(x) AS INTEGER) END
rs_is_valid_json(x) AS json_valid(x) AND starts_with(ltrim(x), '{')
rs_is_valid_json_array(x) AS json_valid(x) AND starts_with(ltrim(x), '[')
rs_json_typeof(j) AS CASE json_type(j) WHEN 'VARCHAR' THEN 'string' WHEN 'BIGINT' THEN 'number' WHEN 'UBIGINT' THEN 'number' WHEN
    'DOUBLE' THEN 'number'
    WHEN 'HUGEINT' THEN 'number' WHEN 'NULL' THEN 'null' ELSE lower(json_type(j)) END
rs_array_length(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END
rs_base_type(t) AS lower(regexp_replace(t, '\(.*\)', ''))
rs_type_oid(t) AS CASE rs_base_type(t) WHEN 'boolean' THEN 16 WHEN 'smallint' THEN 21 WHEN 'integer' THEN 23 WHEN 'bigint' THEN 20
    WHEN 'float' THEN 700 WHEN 'real' THEN 700 WHEN 'double' THEN 701 WHEN 'double precision' THEN 701 WHEN 'decimal' THEN 1700
    WHEN 'numeric' THEN 1700 WHEN 'hugeint' THEN 1700 WHEN 'character' THEN 1042 WHEN 'date' THEN 1082 WHEN 'time' THEN 1083
    WHEN 'time without time zone' THEN 1083 WHEN 'timestamp' THEN 1114 WHEN 'timestamp without time zone' THEN 1114
    WHEN 'timestamp with time zone' THEN 1184 WHEN 'time with time zone' THEN 1266 WHEN 'json' THEN 4000 WHEN 'super' THEN 4000
    WHEN 'blob' THEN 6551 WHEN 'binary varying' THEN 6551 ELSE 1043 END
rs_encoding_code(e) AS CAST(list_position(['none', 'bytedict', 'delta', 'lzo', 'runlength', 'delta32k', 'mostly8', 'mostly16', 'mostly32',
    'text255', 'text32k', 'zstd', 'az64'], e) - 1 AS SMALLINT)
rs_format_type(t, m) AS CASE t WHEN 16 THEN 'boolean' WHEN 20 THEN 'bigint' WHEN 21 THEN 'smallint' WHEN 23 THEN 'integer' WHEN 25 THEN
    'text'
    WHEN 700 THEN 'real' WHEN 701 THEN 'double precision' WHEN 1082 THEN 'date' WHEN 1083 THEN 'time without time zone'
    WHEN 1114 THEN 'timestamp without time zone' WHEN 1184 THEN 'timestamp with time zone' WHEN 1266 THEN 'time with time zone'
    WHEN 1042 THEN 'character' || CASE WHEN m > 4 THEN '(' || (m - 4) || ')' ELSE '' END
    WHEN 18 THEN '"char"' WHEN 19 THEN 'name' WHEN 26 THEN 'oid' WHEN 1005 THEN 'smallint[]' WHEN 1007 THEN 'integer[]'
    WHEN 1009 THEN 'text[]' WHEN 1016 THEN 'bigint[]' WHEN 4000 THEN 'super' WHEN 6551 THEN 'binary varying'
    WHEN 1043 THEN 'character varying' || CASE WHEN m > 4 THEN '(' || (m - 4) ||
    ')' ELSE '' END
    WHEN 1700 THEN 'numeric' || CASE WHEN m > 4 THEN '(' || ((m - 4) // 65536) || ',' || ((m - 4) % 65536) || ')' ELSE '' END ELSE '???'
    END
rs_shown_type(t) AS rs_format_type(rs_type_oid(t), CASE WHEN t LIKE 'DECIMAL(%' THEN CAST(split_part(split_part(t, '(', 2), ',', 1) AS
    INTEGER) * 65536 + rs_scale(t) + 4 ELSE -1 END)
rs_true(a := NULL, b := NULL, c := NULL) AS true
rs_null(a := NULL, b := NULL, c := NULL) AS CAST(NULL AS VARCHAR)
rs_same(a, b := NULL, c := NULL) AS a
rs_cmp(a, b) AS CASE WHEN CAST(a AS TIMESTAMP) > CAST(b AS TIMESTAMP) THEN 1 WHEN CAST(a AS TIMESTAMP) < CAST(b AS TIMESTAMP) THEN -1
    WHEN CAST(a AS TIMESTAMP) = CAST(b AS TIMESTAMP) THEN 0 END
rs_timeofday() AS strftime(CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP), '%a %b %d %H:%M:%S.%f %Y UTC')
rs_octetindex(part, x) AS CASE WHEN strpos(x, part) = 0 THEN 0 ELSE strlen(left(x, strpos(x, part) - 1)) + 1 END
rs_regexp_nth(x, p, n) AS CASE WHEN x IS NULL OR p IS NULL THEN NULL ELSE coalesce(list_extract(regexp_extract_all(x, p), n), '') END
rs_regexp_instr_from(x, p, n) AS CASE WHEN rs_regexp_instr(substr(x, n), p) = 0 THEN 0 ELSE rs_regexp_instr(substr(x, n), p) + n - 1 END
rs_number_text(x) AS CASE WHEN x LIKE '%-%' THEN '-' ELSE '' END || regexp_replace(x, '[^0-9.]', '', 'g')
rs_char_yyy(d) AS right(strftime(d, '%Y'), 3)
rs_char_ww(d) AS lpad(CAST((dayofyear(d) - 1) // 7 + 1 AS VARCHAR), 2, '0')
rs_char_w(d) AS CAST((day(d) - 1) // 7 + 1 AS VARCHAR)
rs_char_d(d) AS CAST(date_part('dow', d) + 1 AS VARCHAR)
rs_char_q(d) AS CAST(quarter(d) AS VARCHAR)
rs_char_cc(d) AS lpad(CAST(date_part('century', d) AS VARCHAR), 2, '0')
rs_char_digits(x, places) AS CAST(CAST(round(abs(x), greatest(places, 0)) AS DECIMAL(38, 10)) AS VARCHAR)
rs_char_bare(x, places) AS CASE split_part(rs_char_digits(x, places), '.', 1) WHEN '0' THEN CASE WHEN places > 0 THEN '' ELSE '0' END
    ELSE split_part(rs_char_digits(x, places), '.', 1) END
rs_char_whole(x, whole, places, zeros) AS rs_char_grouped(lpad(rs_char_bare(x, places),
    CAST(greatest(zeros, length(rs_char_bare(x, places))) AS INTEGER), '0'), whole)
rs_char_number(x, whole, places, zeros, sign, filled) AS CASE WHEN x IS NULL THEN NULL
    WHEN length(split_part(rs_char_digits(x, places), '.', 1)) > length(replace(whole, ',', '')) AND abs(x) >= 1
    THEN ' ' || regexp_replace(whole, '[09]', '#', 'g') || CASE WHEN places >= 0 THEN '.' || repeat('#', places) ELSE '' END
    ELSE rs_char_signed(x, rs_char_whole(x, whole, places, zeros) || CASE WHEN places >= 0 THEN '.' ||
    left(split_part(rs_char_digits(x, places), '.', 2), places) ELSE '' END, sign, filled, length(whole) + greatest(places + 1, 0)) END
rs_elements(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN CAST(j AS JSON[]) END
rs_is_json_type(j, kind) AS json_type(j) = kind
"""


def texts_of(macros: str) -> list[str]:
    """One text for each; an indented line goes on with the one above."""
    texts: list[str] = []
    for line in macros.strip().splitlines():
        if line.startswith(" "):
            texts[-1] += " " + line.strip()
        else:
            texts.append(line)
    return texts


def statements() -> list[str]:
    """A CREATE MACRO for each, in an order in which each finds those it uses."""
    texts = texts_of(MACROS)
    early = sorted(
        texts,
        key=lambda text: (
            not text.startswith(
                ("rs_is_valid_json", "rs_json_text", "rs_weekday", "rs_digit", "rs_cut", "rs_scale", "rs_base_type", "rs_char_padded")
            )
        ),
    )
    return [f"CREATE MACRO memory.main.{text}" for text in early]
