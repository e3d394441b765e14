"""Transactions, settings, and the statements that only keep house."""

import re

from wheatpaste.engines.pgwire import values as v
from wheatpaste.engines.pgwire.messages import Column
from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.warehouse import external, user_views
from wheatpaste.engines.redshift.warehouse.catalog import find
from wheatpaste.engines.redshift.warehouse.results import Command, Fixed
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

# Settings that change nothing here, with what SHOW says until they are set.
VARIABLES = {
    "analyze_threshold_percent": "10",
    "application_name": "",
    "auto_analyze": "on",
    "autocommit": "on",
    "client_encoding": "UTF8",
    "client_min_messages": "notice",
    "datestyle": "ISO, MDY",
    "describe_field_name_in_uppercase": "off",
    "downcase_delimited_identifier": "on",
    "enable_result_cache_for_session": "on",
    "extra_float_digits": "0",
    "max_cursor_result_set_size": "0",
    "query_group": "default",
    "server_version": "8.0.2",
    "standard_conforming_strings": "off",
    "statement_timeout": "0",
    "stored_proc_log_min_messages": "info",
    "timezone": "UTC",
    "transaction_isolation": "serializable",
    "transaction isolation level": "serializable",
    "transaction_read_only": "off",
    "use_fips_ssl": "off",
    "wlm_query_slot_count": "1",
}

# What a setting may be: another value would change results, and is refused.
ONLY = {
    "datestyle": ("iso, mdy", "iso,mdy", "iso", "mdy", "default"),
    "client_encoding": ("utf8", "utf-8", "unicode", "'utf8'"),
    "enable_case_sensitive_identifier": ("off", "false"),
    "standard_conforming_strings": ("off", "on"),
    "timezone": ("utc", "gmt", "default"),
    "describe_field_name_in_uppercase": ("off", "false"),
    "downcase_delimited_identifier": ("on", "true"),
}


def begin(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """BEGIN [WORK | TRANSACTION] [mode, …]; the isolation level is always serializable, READ ONLY is kept to."""
    words = statement.words.restart()
    words.one_of("BEGIN", "START")
    words.one_of("WORK", "TRANSACTION")
    read_only = _modes(words)
    if session.status == "T":
        session.tell("there is already a transaction in progress", "WARNING")
        return Command("BEGIN")
    session.execute(f"BEGIN TRANSACTION{' READ ONLY' if read_only else ''}")
    session.status = "T"
    return Command("BEGIN")


def _modes(words: Words) -> bool:
    """Whether the modes of a transaction say READ ONLY. Raises SqlError 42601."""
    read_only = False
    while not words.done:
        if words.accept("ISOLATION", "LEVEL"):
            if not (words.accept("REPEATABLE", "READ") or words.accept("READ", "COMMITTED") or words.accept("READ", "UNCOMMITTED")):
                words.expect("SERIALIZABLE")
        else:
            words.expect("READ")
            read_only = words.one_of("ONLY", "WRITE") == "ONLY"
        words.accept(",")
    return read_only


def commit(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """COMMIT or END; of a failed transaction, ROLLBACK."""
    return Command(session.end("COMMIT"))


def rollback(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """ROLLBACK or ABORT."""
    return Command(session.end("ROLLBACK"))


def set_variable(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """SET [SESSION | LOCAL] name { TO | = } value: the search path acts, settings without effect are kept, others are refused."""
    words = statement.words.restart()
    words.expect("SET")
    words.one_of("SESSION", "LOCAL")
    if words.accept("TRANSACTION") or words.accept("CHARACTERISTICS", "AS", "TRANSACTION"):
        if _modes(words):
            raise SqlError("0A000", "SET … TRANSACTION READ ONLY is not supported by wheatpaste: BEGIN READ ONLY is")
        return Command("SET")
    if words.accept("AUTHORIZATION"):
        raise SqlError("0A000", "SET SESSION AUTHORIZATION is not supported by wheatpaste")
    name = ".".join(words.dotted()) if not words.accept("TIME", "ZONE") else "timezone"
    if not words.accept("TO"):
        words.accept("=")
    value = words.rest.strip()
    if name == "search_path":
        _set_search_path(session, value)
    else:
        _keep(session, name, value.strip("'\""))
    return Command("SET")


def _keep(session: Session, name: str, value: str) -> None:
    if name in ONLY and value.lower() not in ONLY[name]:
        raise SqlError("0A000", f"SET {name} TO {value} is not supported by wheatpaste")
    if name not in VARIABLES and name not in ONLY and "." not in name:
        raise SqlError("42704", f'unrecognized configuration parameter "{name}"')
    if name == "statement_timeout" and not re.fullmatch(r"[0-9]{1,10}|default", value.lower()):
        raise SqlError("22023", f'invalid value for parameter "statement_timeout": "{value}": a number of milliseconds')
    session.variables[name] = VARIABLES.get(name, value) if value.lower() == "default" else value


def _set_search_path(session: Session, value: str) -> None:
    names = [part.strip().strip("'\"").lower() for part in value.split(",")]
    session.seek(["$user", "public"] if names == ["default"] else names)


def reset(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """RESET name or ALL."""
    words = statement.words.restart()
    words.expect("RESET")
    name = words.identifier()
    for each in list(session.variables) if name == "all" else [name]:
        session.variables.pop(each, None)
    if name in ("all", "search_path"):
        _set_search_path(session, "default")
    return Command("RESET")


def show(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """SHOW name or ALL."""
    words = statement.words.restart()
    words.expect("SHOW")
    name = words.rest.strip().lower()
    known = {**VARIABLES, **session.variables, "search_path": ", ".join(session.search_path), "enable_case_sensitive_identifier": "off"}
    if name == "all":
        return Fixed([Column("name", v.VARCHAR), Column("setting", v.VARCHAR)], sorted(known.items()))
    if name.split()[0] in ("table", "view", "procedure", "grants", "model", "datashares", "parameters", "policies", "external"):
        raise SqlError("0A000", f"SHOW {name.split()[0].upper()} is not supported by wheatpaste")
    if name not in known:
        raise SqlError("42704", f'unrecognized configuration parameter "{name}"')
    return Fixed([Column(name.replace(" ", "_"), v.VARCHAR)], [[known[name]]])


def vacuum(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [t] [TO n PERCENT] [BOOST]: DuckDB writes its file afresh."""
    if session.status != "I":
        raise SqlError("25001", "VACUUM cannot run inside a transaction block")
    words = statement.words.restart()
    words.expect("VACUUM")
    if not (words.accept("SORT", "ONLY") or words.accept("DELETE", "ONLY")):
        words.one_of("FULL", "REINDEX", "RECLUSTER")
    if not words.done and words.peek() not in ("TO", "BOOST"):
        find(session, words.dotted())
    if words.accept("TO"):
        words.number()
        words.expect("PERCENT")
    words.accept("BOOST")
    words.end()
    session.execute("CHECKPOINT")
    return Command("VACUUM")


def analyze(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """ANALYZE [VERBOSE] [t [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS]; ANALYZE COMPRESSION is refused."""
    words = statement.words.restart()
    words.one_of("ANALYZE", "ANALYSE")
    if words.accept("COMPRESSION"):
        raise SqlError("0A000", "ANALYZE COMPRESSION is not supported by wheatpaste")
    words.accept("VERBOSE")
    if not words.done and words.peek(1) != "COLUMNS":
        table = find(session, words.dotted())
        for name in words.names() if words.peek() == "(" else []:
            table.column(name)
    if words.one_of("PREDICATE", "ALL"):
        words.expect("COLUMNS")
    words.end()
    session.execute("ANALYZE")
    return Command("ANALYZE")


def lock(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """LOCK [TABLE] t [, …]: DuckDB's transactions are optimistic, so that it waits for nobody; a conflict shows at the write."""
    words = statement.words.restart()
    words.expect("LOCK")
    words.accept("TABLE")
    find(session, words.dotted())
    while words.accept(","):
        find(session, words.dotted())
    words.end()
    return Command("LOCK TABLE")


def discard(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """DISCARD and DEALLOCATE: prepared statements live in the wire's front, which closes them by itself."""
    return Command(statement.words.restart().peek())


def note(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """GRANT, REVOKE, groups and roles: stored, not enforced (docs/services/redshift.md)."""
    words = statement.words.restart()
    _check_granted(session, statement.words.restart())
    session.execute(f"INSERT INTO {INTERNAL}.grants VALUES ({quoted(session.user)}, {quoted(statement.sql)}, now())")
    first = words.peek()
    return Command(first if first in ("GRANT", "REVOKE") else f"{first} {words.peek(1)}")


def _check_granted(session: Session, words: Words) -> None:
    """Raises SqlError 42P01 when GRANT or REVOKE names a table that is not there."""
    if not words.one_of("GRANT", "REVOKE"):
        return
    while not words.done and words.peek() not in ("ON", "TO", "FROM"):
        words.word()
    if not words.accept("ON") or (words.peek() != "TABLE" and words.peek(1) not in (".", ",", "TO", "FROM")):
        return  # of schemas, databases, functions …
    words.accept("TABLE")
    while True:
        parts = words.dotted()
        schema = parts[-2] if len(parts) > 1 else ""
        if user_views.late_place(session, parts) is None and schema not in external.schemas(session):
            find(session, parts)
        if not words.accept(","):
            return


def comment(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """COMMENT ON kind name IS text: kept."""
    words = statement.words.restart()
    words.expect("COMMENT", "ON")
    kind = words.word().lower()
    name = _commented(session, kind, words.dotted())
    words.expect("IS")
    text = "NULL" if words.accept("NULL") else quoted(words.string())
    session.execute(f"DELETE FROM {INTERNAL}.comments WHERE kind = {quoted(kind)} AND name = {quoted(name)}")
    session.execute(f"INSERT INTO {INTERNAL}.comments VALUES ({quoted(kind)}, {quoted(name)}, {text})")
    return Command("COMMENT")


def _commented(session: Session, kind: str, parts: list[str]) -> str:
    """The whole name of what is commented. Raises SqlError when a table, a view or a column is not there."""
    if kind not in ("table", "view", "column"):
        return ".".join(parts)
    table = find(session, parts[:-1] if kind == "column" else parts)
    return ".".join([table.schema, table.name] + ([table.column(parts[-1]).name] if kind == "column" else []))
