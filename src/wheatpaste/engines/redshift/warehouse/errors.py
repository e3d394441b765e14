"""DuckDB's errors as Redshift's: SQLSTATE and message, by a table of patterns."""

import re
from collections.abc import Callable

from wheatpaste.engines.duckdb.warehouse import WarehouseError
from wheatpaste.engines.pgwire.session import SqlError

Build = Callable[[re.Match[str]], SqlError]

ISOLATION = "Serializable isolation violation on table, transactions forming the cycle were rolled back"

NO_COLUMN_OF = 'column "{1}" of relation "{0}" does not exist'
NOT_GROUPED = 'column "{0}" must appear in the GROUP BY clause or be used in an aggregate function'
UNNAMED = "the query failed while its rows were read, and the engine did not say why: run it again, or without a cursor, to see the reason"
NO_MATCH = "no function or operator matches the given names and argument types. You might need to add explicit type casts."
BAD_INTEGER = 'invalid input syntax for integer: "{0}"'
BAD_MOMENT = 'invalid input syntax for type date or timestamp: "{0}"'


def _plain(sqlstate: str, form: str) -> Build:
    return lambda found: SqlError(sqlstate, form.format(*(g or "" for g in found.groups())))


# (DuckDB's exception or "" for any, pattern of its message, what the client is told)
RULES: list[tuple[str, str, Build]] = [
    ("", r"Invalid Input Error: ([0-9A-Z]{5}):(.*)", lambda found: SqlError(found[1], found[2])),
    ("InterruptException", r"", _plain("57014", "Query cancelled on user's request")),
    ("UnnamedFailure", r"", _plain("XX000", UNNAMED)),
    ("", r"transaction is launched in read-only mode|read-only transaction", _plain("25006", "transaction is read-only")),
    ("TransactionException", r"[Cc]onflict", lambda found: SqlError("40001", "1023", detail=ISOLATION)),
    ("CatalogException", r"write-write conflict", lambda found: SqlError("40001", "1023", detail=ISOLATION)),
    ("CatalogException", r"because schema \"([^\"]+)\" does not exist", _plain("3F000", 'schema "{0}" does not exist')),
    ("", r"Schema with name \"?([\w#.]+?)\"? does not exist", _plain("3F000", 'schema "{0}" does not exist')),
    ("", r"Schema with name \"?([\w#.]+?)\"? already exists", _plain("42P06", 'Schema "{0}" already exists')),
    ("", r"(?:Table|View) with name \"?([^\"!]+?)\"? already exists", _plain("42P07", 'Relation "{0}" already exists')),
    ("", r"(?:Table|View|Catalog entry) with name \"?([^\"!]+?)\"? does not exist", _plain("42P01", 'relation "{0}" does not exist')),
    ("", r"[Tt]able \"([^\"]+)\" does not have a column \w+(?: name)? \"([^\"]+)\"", _plain("42703", NO_COLUMN_OF)),
    ("", r"Function with name ([\w.]+) does not exist", _plain("42883", "function {0}() does not exist")),
    ("", r"Referenced table \"([^\"]+)\" not found", _plain("42P01", 'invalid reference to FROM-clause entry for table "{0}"')),
    ("", r"Referenced column \"([^\"]+)\"", _plain("42703", 'column "{0}" does not exist')),
    ("", r"Ambiguous reference to column name \"([^\"]+)\"", _plain("42702", 'column reference "{0}" is ambiguous')),
    ("", r"column \"?([^\"]+?)\"? must appear in the GROUP BY", _plain("42803", NOT_GROUPED)),
    ("", r"table ([\w#]+) has (\d+) columns but (\d+) values", _plain("42601", "INSERT has more expressions than target columns")),
    ("", r"Could not choose a best candidate function|No function matches", _plain("42883", NO_MATCH)),
    ("", r"NOT NULL constraint failed: \S+\.(\w+)", _plain("23502", "Cannot insert a NULL value into column {0}")),
    ("ConversionException", r"(Type \w+ with value \S+ can't be cast .*out of range.*)", _plain("22003", "numeric overflow: {0}")),
    ("ConversionException", r"(Could not cast value \S+ to DECIMAL.*)", _plain("22003", "numeric overflow: {0}")),
    ("ConversionException", r"(Casting value \S+ to type DECIMAL.*)", _plain("22003", "numeric overflow: {0}")),
    ("ConversionException", r"Could not convert string '(.*?)' to (?:U?INT|BIGINT|SMALLINT)", _plain("22P02", BAD_INTEGER)),
    ("ConversionException", r"(?:invalid|Unable to parse|Could not).*?(?:date|timestamp|time)\b.*?\"(.*?)\"", _plain("22007", BAD_MOMENT)),
    ("ConversionException", r"Conversion Error: (.*)", _plain("22P02", "{0}")),
    ("OutOfRangeException", r"Out of Range Error: (.*)", _plain("22003", "{0}")),
    ("ParserException", r"syntax error at or near (.*)", _plain("42601", "syntax error at or near {0}")),
    ("ParserException", r"Parser Error: (.*)", _plain("42601", "{0}")),
    ("PermissionException", r"Permission Error: (.*)", _plain("42501", "permission denied: {0}")),
    ("DependencyException", r"Dependency Error: (.*)", _plain("2BP01", "{0}")),
    ("OutOfMemoryException", r"", _plain("53200", "out of memory: the query needs more than the warehouse's memory limit")),
    ("NotImplementedException", r"Not implemented Error: (.*)", _plain("0A000", "{0}")),
    ("BinderException", r"Binder Error: (.*)", _plain("42804", "{0}")),
    ("CatalogException", r"Catalog Error: (.*)", _plain("42704", "{0}")),
    ("ConstraintException", r"Constraint Error: (.*)", _plain("23000", "{0}")),
    ("InvalidInputException", r"Invalid Input Error: (.*)", _plain("22023", "{0}")),
]  # fmt: skip


def translate(error: WarehouseError) -> SqlError:
    """What a client is told of DuckDB's error; what no rule knows is an internal error with DuckDB's own words."""
    text = str(error)
    for kind, pattern, build in RULES:
        if kind in ("", error.kind):
            found = re.search(pattern, text)
            if found:
                return build(found)
    return SqlError("XX000", text.split("\n", 1)[0])
