"""What kind of statement a text is, by its first words."""

import re

COMMENTS = re.compile(r"\A(\s+|--[^\n]*(\n|\Z)|/\*.*?\*/)+", re.S)
UTILITY = ("SHOW", "DESCRIBE", "DESC")
DML = ("SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UNLOAD", "MERGE", "UPDATE", "DELETE", "EXECUTE", "EXPLAIN", "(")
# Athena's own names, where they are not the first words (measured on Athena by aoyagikouhei/athena-local, 2026-09)
NAMED = {
    "SHOW_TBLPROPERTIES": "SHOW_TABLE_PROPERTIES",
    "SHOW_SCHEMAS": "SHOW_DATABASES",
    "CREATE_OR": "CREATE_VIEW",
    "CREATE_SCHEMA": "CREATE_DATABASE",
    "DROP_SCHEMA": "DROP_DATABASE",
}
ALTERED = {
    "ADD COLUMNS": "ALTER_TABLE_ADD_COLUMN",
    "REPLACE COLUMNS": "ALTER_TABLE_REPLACE_COLUMN",
    "DROP COLUMN": "ALTER_TABLE_DROP_COLUMN",
    "ADD PARTITION": "ALTER_TABLE_ADD_PARTITION",
    "DROP PARTITION": "ALTER_TABLE_DROP_PARTITION",
    "SET TBLPROPERTIES": "ALTER_TABLE_PROPERTIES",
    "SET LOCATION": "ALTER_TABLE_SET_LOCATION",
    "RENAME TO": "ALTER_TABLE_RENAME",
}
ALTER = re.compile(r"ALTER\s+TABLE\s+(?:`[^`]*`|[^\s`])+\s+(\w+)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(\w+)", re.I)


def bare(sql: str) -> str:
    """The statement without comments before it and the semicolon after it."""
    return COMMENTS.sub("", sql).rstrip().removesuffix(";").rstrip()


def words(sql: str, count: int = 4) -> list[str]:
    """The first words, in capitals; a parenthesis counts as one."""
    return [word.upper() for word in re.findall(r"\(|[A-Za-z_]+|[^\sA-Za-z_(]+", bare(sql)[:400])[:count]]


def is_ctas(sql: str) -> bool:
    """``CREATE TABLE … AS SELECT``."""
    return words(sql, 2) == ["CREATE", "TABLE"] and re.search(r"\bAS\s+\(?\s*(SELECT|WITH|VALUES|TABLE)\b", bare(sql), re.I) is not None


def statement_type(sql: str) -> str:
    """DML, DDL or UTILITY, as Athena counts them: CTAS is DDL, EXPLAIN is DML, SHOW is UTILITY."""
    first = (words(sql, 1) or [""])[0]
    if first in UTILITY:
        return "UTILITY"
    return "DML" if first in DML else "DDL"


def substatement_type(sql: str) -> str:
    """``SELECT``, ``CREATE_TABLE``, ``CREATE_TABLE_AS_SELECT``, ``SHOW_TABLES`` …"""
    found = words(sql, 2)
    if is_ctas(sql):
        return "CREATE_TABLE_AS_SELECT"
    if not found:
        return ""
    if found[0] in ("SELECT", "WITH", "VALUES", "TABLE", "("):
        return "SELECT"
    if found[0] in ("INSERT", "UNLOAD", "MERGE", "UPDATE", "DELETE", "EXECUTE", "EXPLAIN"):
        return found[0]
    return _named(found, sql)


def _named(found: list[str], sql: str) -> str:
    """The name of a statement of Hive's kind."""
    if found[0] in ("DESCRIBE", "DESC"):
        return "DESCRIBE_TABLE"
    if found[:2] == ["CREATE", "EXTERNAL"]:
        return "CREATE_TABLE"
    if found == ["SHOW", "CREATE"]:
        return "_".join(words(sql, 3))
    if found == ["ALTER", "TABLE"] and (altered := ALTER.match(bare(sql))):
        return ALTERED.get(f"{altered[1]} {altered[2]}".upper(), "ALTER_TABLE")
    name = "_".join(found)
    return NAMED.get(name, name)
