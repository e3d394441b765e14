"""What the catalog queries of psql, drivers and SQLAlchemy use: functions of pg_catalog, casts to identifiers, PostgreSQL's arrays."""

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from wheatpaste.engines.redshift.dialect.calls import arguments, final, some

# Columns of the catalog that are PostgreSQL arrays, which count from 1.
ARRAYS = {"conkey", "confkey", "indkey", "proargtypes", "proargnames", "proargmodes", "proallargtypes", "relacl", "nspacl", "datacl"}

TEXTS = {"NAME", "CSTRING", '"CHAR"'}

NAMED = {
    "pg_get_userbyid": some("rs_userbyid", 1, 1),
    "pg_encoding_to_char": lambda node: exp.Literal.string("UTF8"),
    "format_type": some("rs_format_type", 2, 2),
    "format_encoding": some("rs_encoding_name", 1, 1),
    "pg_get_expr": some("rs_same", 2, 3),
    "pg_get_viewdef": some("rs_viewdef", 1, 2),
    "pg_get_constraintdef": some("rs_constraintdef", 1, 2),
    "pg_get_indexdef": some("rs_indexdef", 1, 3),
    "pg_get_function_result": some("rs_null", 1, 1),
    "pg_get_function_arguments": some("rs_null", 1, 1),
    "pg_get_function_identity_arguments": some("rs_null", 1, 1),
    "pg_get_triggerdef": some("rs_null", 1, 2),
    "pg_get_ruledef": some("rs_null", 1, 2),
    "pg_get_serial_sequence": some("rs_null", 2, 2),
    "pg_tablespace_location": some("rs_null", 1, 1),
    "pg_type_is_visible": some("rs_type_visible", 1, 1),
    "pg_function_is_visible": some("rs_type_visible", 1, 1),
    "pg_table_size": some("rs_table_size", 1, 1),
    "pg_relation_size": some("rs_table_size", 1, 2),
    "pg_total_relation_size": some("rs_table_size", 1, 1),
    "pg_database_size": some("rs_table_size", 1, 1),
    "pg_size_pretty": some("rs_size_pretty", 1, 1),
    "obj_description": some("rs_obj_description", 1, 2),
    "shobj_description": some("rs_null", 2, 2),
    "col_description": some("rs_col_description", 2, 2),
    "has_schema_privilege": some("rs_true", 2, 3),
    "has_table_privilege": some("rs_true", 2, 3),
    "has_column_privilege": some("rs_true", 3, 4),
    "has_database_privilege": some("rs_true", 2, 3),
    "byteaout": some("rs_same", 1, 1),
    "textin": some("rs_same", 1, 1),
    "string_to_array": some("string_split", 2, 2),
    "generate_series": lambda node: final("unnest", final("generate_series", *arguments(node, 2, 3))),
    "exploding_generate_series": lambda node: final("unnest", final("generate_series", *arguments(node, 2, 3))),
    "array_to_string": some("array_to_string", 2, 2),
    "array_upper": some("rs_size_of_array", 2, 2),
    "array_lower": lambda node: exp.Literal.number(1) if arguments(node, 2, 2) else None,
}


def cast_to_identifier(value: Any, name: str, path: Sequence[str]) -> Any:
    """A cast to OID, REGCLASS, REGTYPE …: a text names an object, a number is shown as its name. None for any other type."""
    named = value.is_string or (isinstance(value, exp.Cast) and bool(value.is_type("text", "varchar")))
    if name == "OID":
        return exp.cast(value, "bigint")
    if name == "REGCLASS":
        return final("rs_regclass", value, schemas(path)) if named else final("rs_relation_name", value)
    if name == "REGTYPE":
        return final("rs_regtype", value) if named else final("rs_format_type", value, exp.Literal.number(-1))
    if name == "REGPROC":
        return value if named else exp.cast(value, "text")
    return exp.cast(value, "text") if name in TEXTS else None


def schemas(path: Sequence[str]) -> Any:
    """The search path as DuckDB's list."""
    return final("list_value", *map(exp.Literal.string, path))


def is_array(node: Any) -> bool:
    """Whether a subscript counts in one of PostgreSQL's arrays, not in a SUPER."""
    while isinstance(node, exp.Paren):
        node = node.this
    called = isinstance(node, exp.Anonymous) and str(node.this).lower() == "current_schemas"
    return called or isinstance(node, exp.CurrentSchemas) or (isinstance(node, exp.Column) and node.name.lower() in ARRAYS)
