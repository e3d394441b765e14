"""A statement's text to what answers it."""

from wheatpaste.services.athena.classify import bare
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.parser import parse
from wheatpaste.services.athena.outcome import Result
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.select import is_query, run_select


def run(running: Running, sql: str) -> Result:
    """Run one statement; raises DialectError, QueryFailed, QueryStopped, Unreadable, CutOff or AwsError."""
    text = bare(sql)
    tree = parse(text)
    if is_query(tree):
        return run_select(running, tree)
    raise Refused(f"{tree.key.upper()} statements") if tree else SqlError("SYNTAX_ERROR", "no statement")
