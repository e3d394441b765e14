"""SQL macros that compiled queries use; the worker creates them once per connection.

``wp_scientific(x)`` takes the shortest text of a number apart: DuckDB prints ``1e+16`` or ``0.0001``, Java ``1.0E16`` and ``1.0E-4``.
"""

MACROS = (
    # the significant digits, without zeros at either end
    "CREATE OR REPLACE MACRO wp_digits(t) AS coalesce(nullif(trim(replace(split_part(t, 'e', 1), '.', ''), '0'), ''), '0')",
    # the power of ten of the first significant digit
    """CREATE OR REPLACE MACRO wp_exponent(t) AS CASE
         WHEN contains(t, 'e') THEN CAST(split_part(t, 'e', 2) AS INTEGER)
         WHEN starts_with(t, '0.') THEN -1 - (length(split_part(t, '.', 2)) - length(ltrim(split_part(t, '.', 2), '0')))
         ELSE length(split_part(t, '.', 1)) - 1 END""",
    "CREATE OR REPLACE MACRO wp_sign(x) AS CASE WHEN starts_with(CAST(1 / CAST(x AS DOUBLE) AS VARCHAR), '-') THEN '-' ELSE '' END",
    """CREATE OR REPLACE MACRO wp_special(x) AS CASE WHEN isnan(x) THEN 'NaN'
         WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END END""",
    """CREATE OR REPLACE MACRO wp_scientific(x) AS wp_sign(x) || left(wp_digits(CAST(abs(x) AS VARCHAR)), 1) || '.'
         || coalesce(nullif(substring(wp_digits(CAST(abs(x) AS VARCHAR)), 2), ''), '0') || 'E'
         || CAST(wp_exponent(CAST(abs(x) AS VARCHAR)) AS VARCHAR)""",
    # CAST(x AS VARCHAR): always with an exponent
    "CREATE OR REPLACE MACRO wp_double_text(x) AS CASE WHEN NOT isfinite(x) THEN wp_special(x) WHEN x = 0 THEN wp_sign(x) || "
    "'0E0' ELSE wp_scientific(x) END",
    "CREATE OR REPLACE MACRO wp_real_text(x) AS CASE WHEN NOT isfinite(x) THEN wp_special(x) WHEN x = 0 THEN wp_sign(x) || "
    "'0E0' ELSE wp_scientific(x) END",
    # as a result shows it (Java's toString): plain between 10^-3 and 10^7
    """CREATE OR REPLACE MACRO wp_float_shown(x) AS CASE WHEN NOT isfinite(x) THEN wp_special(x) WHEN x = 0 THEN wp_sign(x) || '0.0'
         WHEN abs(x) >= 0.001 AND abs(x) < 10000000 THEN CAST(x AS VARCHAR) ELSE wp_scientific(x) END""",
    """CREATE OR REPLACE MACRO wp_date_text(x) AS CASE WHEN year(x) BETWEEN 1 AND 9999 THEN CAST(CAST(x AS DATE) AS VARCHAR)
         WHEN x IS NOT NULL THEN error('!refused!dates outside of the years 1 to 9999') END""",
    """CREATE OR REPLACE MACRO wp_timestamp_text(x, p) AS CASE WHEN year(x) BETWEEN 1 AND 9999
         THEN strftime(x, '%Y-%m-%d %H:%M:%S') || CASE WHEN p > 0 THEN '.' || left(strftime(x, '%f'), p) ELSE '' END
         WHEN x IS NOT NULL THEN error('!refused!timestamps outside of the years 1 to 9999') END""",
    """CREATE OR REPLACE MACRO wp_day_time_text(x) AS CASE WHEN x < 0 THEN '-' ELSE '' END || CAST(abs(x) // 86400000 AS VARCHAR) || ' '
         || lpad(CAST(abs(x) // 3600000 % 24 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(x) // 60000 % 60 AS VARCHAR), 2, '0') || ':'
         || lpad(CAST(abs(x) // 1000 % 60 AS VARCHAR), 2, '0') || '.' || lpad(CAST(abs(x) % 1000 AS VARCHAR), 3, '0')""",
    "CREATE OR REPLACE MACRO wp_year_month_text(x) AS CASE WHEN x < 0 THEN '-' ELSE '' END || CAST(abs(x) // 12 AS VARCHAR) "
    "|| '-' || CAST(abs(x) % 12 AS VARCHAR)",
    # whole months from a to b, as Joda counts: the 31st to the last day of a shorter month is a whole one
    """CREATE OR REPLACE MACRO wp_months_apart(a, b) AS CAST((year(b) - year(a)) * 12 + month(b) - month(a) AS BIGINT)""",
    """CREATE OR REPLACE MACRO wp_months_between(a, b) AS CASE
         WHEN a <= b THEN wp_months_apart(a, b) - CASE WHEN a + to_months(CAST(wp_months_apart(a, b) AS INTEGER)) > b THEN 1 ELSE 0 END
         ELSE wp_months_apart(a, b) + CASE WHEN a + to_months(CAST(wp_months_apart(a, b) AS INTEGER)) < b THEN 1 ELSE 0 END END""",
    # varbinary as a result shows it: 61 62
    "CREATE OR REPLACE MACRO wp_bytes_shown(x) AS trim(regexp_replace(lower(hex(x)), '(..)', '\\1 ', 'g'))",
)
