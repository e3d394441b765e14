"""SELECT and EXPLAIN."""

from wheatpaste.engines.pgwire import values as v
from wheatpaste.engines.pgwire.messages import Column
from wheatpaste.engines.pgwire.session import Parameters, Result
from wheatpaste.engines.redshift.warehouse.results import Fixed
from wheatpaste.engines.redshift.warehouse.session import Session
from wheatpaste.engines.redshift.warehouse.statements import Statement


def query(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """Run a query."""
    return session.stream(session.translator(parameters).query(statement.sql))


def explain(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """The plan, in DuckDB's words: it is DuckDB that runs it."""
    words = statement.words.restart()
    words.expect("EXPLAIN")
    words.accept("VERBOSE")
    sql = session.translator(parameters).query(words.rest)
    lines = [line for row in session.rows(f"EXPLAIN {sql}") for line in (row[1] or "").split("\n")]
    return Fixed([Column("QUERY PLAN", v.VARCHAR)], [[line] for line in lines], "EXPLAIN")
