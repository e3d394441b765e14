"""Which kind of statement a text is, by its first words."""

from dataclasses import dataclass

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.tokens import Words, split

# The first words of each kind; the longest that matches decides.
KINDS: dict[tuple[str, ...], str] = {
    ("SELECT",): "query",
    ("WITH",): "query",
    ("VALUES",): "query",
    ("(",): "query",
    ("EXPLAIN",): "explain",
    ("SHOW",): "show",
    ("SHOW", "DATABASES"): "listing",
    ("SHOW", "SCHEMAS"): "listing",
    ("SHOW", "TABLES"): "listing",
    ("SHOW", "COLUMNS"): "listing",
    ("INSERT",): "insert",
    ("UPDATE",): "update",
    ("DELETE",): "delete",
    ("MERGE",): "merge",
    ("TRUNCATE",): "truncate",
    ("CREATE", "TABLE"): "create_table",
    ("CREATE", "LOCAL"): "create_table",
    ("CREATE", "TEMP"): "create_table",
    ("CREATE", "TEMPORARY"): "create_table",
    ("CREATE", "VIEW"): "create_view",
    ("CREATE", "OR", "REPLACE", "VIEW"): "create_view",
    ("CREATE", "MATERIALIZED", "VIEW"): "create_materialized",
    ("REFRESH", "MATERIALIZED", "VIEW"): "refresh",
    ("DROP", "MATERIALIZED", "VIEW"): "drop_materialized",
    ("CREATE", "SCHEMA"): "create_schema",
    ("CREATE", "EXTERNAL", "SCHEMA"): "create_external_schema",
    ("CREATE", "USER"): "create_user",
    ("CREATE", "GROUP"): "note",
    ("CREATE", "ROLE"): "note",
    ("ALTER", "TABLE"): "alter_table",
    ("ALTER", "USER"): "alter_user",
    ("ALTER", "GROUP"): "note",
    ("ALTER", "DEFAULT"): "note",
    ("DROP", "TABLE"): "drop",
    ("DROP", "VIEW"): "drop",
    ("DROP", "SCHEMA"): "drop",
    ("DROP", "USER"): "drop_user",
    ("DROP", "GROUP"): "note",
    ("DROP", "ROLE"): "note",
    ("GRANT",): "note",
    ("REVOKE",): "note",
    ("COMMENT", "ON"): "comment",
    ("BEGIN",): "begin",
    ("START", "TRANSACTION"): "begin",
    ("COMMIT",): "commit",
    ("END",): "commit",
    ("ROLLBACK",): "rollback",
    ("ABORT",): "rollback",
    ("SET",): "set",
    ("RESET",): "reset",
    ("VACUUM",): "vacuum",
    ("ANALYZE",): "analyze",
    ("ANALYSE",): "analyze",
    ("LOCK",): "lock",
    ("DISCARD",): "discard",
    ("DEALLOCATE",): "discard",
    ("DECLARE",): "declare",
    ("FETCH",): "fetch",
    ("CLOSE",): "close",
    ("COPY",): "copy",
    ("UNLOAD",): "unload",
}

# First words of statements that Redshift has and this warehouse has not.
KNOWN = {
    "CREATE",
    "ALTER",
    "DROP",
    "CALL",
    "PREPARE",
    "EXECUTE",
    "CANCEL",
    "REFRESH",
    "ATTACH",
    "DETACH",
    "USE",
}

ROWS = {"query", "explain", "show", "listing", "fetch"}
ENDS = {"commit", "rollback"}


@dataclass(frozen=True)
class Statement:
    """One statement: its words and its kind."""

    words: Words
    kind: str

    @property
    def sql(self) -> str:
        """As it was written."""
        return self.words.text

    @property
    def returns_rows(self) -> bool:
        """Whether it has a row description."""
        return self.kind in ROWS

    @property
    def parameters(self) -> int:
        """How many ``$n`` it has."""
        return self.words.parameters


def parse(sql: str) -> list[Statement]:
    """The statements of a text. Raises SqlError 0A000 for a kind that is not supported, by its name."""
    return [Statement(words, kind_of(words)) for words in split(sql)]


def kind_of(words: Words) -> str:
    """The kind of one statement."""
    for length in (4, 3, 2, 1):
        key = tuple(words.peek(i) for i in range(length))
        if key in KINDS:
            kind = KINDS[key]
            return "select_into" if kind == "query" and words.has_into() else kind
    replacing = [words.peek(i) for i in range(3)] == ["CREATE", "OR", "REPLACE"]
    name = " ".join(filter(None, (words.peek(i) for i in (range(4) if replacing else range(2)))))
    if not words.peek().isalpha():
        raise words.syntax()
    if words.peek() in KNOWN:
        raise SqlError("0A000", f"{name} is not supported by wheatpaste")
    raise words.syntax()
