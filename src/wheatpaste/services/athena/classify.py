"""What kind of statement a text is, by its first words."""

import re

COMMENTS = re.compile(r"\A(\s+|--[^\n]*(\n|\Z)|/\*.*?\*/)+", re.S)
UTILITY = ("SHOW", "DESCRIBE", "DESC", "EXPLAIN")
DML = ("SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UNLOAD", "MERGE", "UPDATE", "DELETE", "EXECUTE", "(")


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
    """DML, DDL or UTILITY, as Athena counts them: CTAS is DDL, EXPLAIN and SHOW are UTILITY."""
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
    if found[0] in ("INSERT", "UNLOAD", "MERGE", "UPDATE", "DELETE", "EXECUTE", "EXPLAIN", "MSCK"):
        return found[0]
    if found[:2] == ["CREATE", "EXTERNAL"]:
        return "CREATE_TABLE"
    return "_".join(found)
