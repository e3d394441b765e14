"""CREATE TABLE with Redshift's storage options, read into plain data."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.constraints import STARTS, Constraint, read_constraint, read_reference
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.dialect.types import ColumnType, read_type

ATTRIBUTES = (
    "DEFAULT",
    "IDENTITY",
    "GENERATED",
    "ENCODE",
    "DISTKEY",
    "SORTKEY",
    "NOT",
    "NULL",
    "UNIQUE",
    "PRIMARY",
    "REFERENCES",
    "COLLATE",
    "CONSTRAINT",
)
ENCODINGS = (
    "auto",
    "az64",
    "bytedict",
    "delta",
    "delta32k",
    "lzo",
    "mostly8",
    "mostly16",
    "mostly32",
    "raw",
    "runlength",
    "text255",
    "text32k",
    "zstd",
    "none",
)


@dataclass
class Column:
    """One column and what Redshift keeps about it."""

    name: str
    type: ColumnType
    default: str = ""  # Redshift's SQL
    nullable: bool = True
    encoding: str = ""
    distkey: bool = False
    sortkey: int = 0  # its place in the sort key, from 1; negative in an interleaved one, as pg_table_def shows
    identity: tuple[int, int] | None = None  # seed, step
    identity_by_default: bool = False


@dataclass
class CreateTable:
    """A CREATE TABLE statement."""

    name: list[str]
    temporary: bool = False
    if_not_exists: bool = False
    columns: list[Column] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # the column names given before AS
    like: list[str] | None = None
    like_defaults: bool = False
    query: str = ""  # what follows AS
    backup: bool = True
    diststyle: str = "AUTO"
    distkey: str = ""
    sortkeys: list[str] = field(default_factory=list)
    interleaved: bool = False
    constraints: list[Constraint] = field(default_factory=list)
    constraint_name: str = ""  # of the column's constraint that is read next


def read_create_table(words: Words) -> CreateTable:
    """Read a statement from its CREATE on. Raises SqlError."""
    words.expect("CREATE")
    words.accept("LOCAL")
    temporary = bool(words.one_of("TEMP", "TEMPORARY"))
    words.expect("TABLE")
    if_not_exists = words.accept("IF", "NOT", "EXISTS")
    table = CreateTable(words.dotted(), temporary, if_not_exists)
    if table.name[-1].startswith("#"):
        table.temporary = True
    if words.peek() == "(":
        _body(words, table)
    while not words.done and words.peek() != "AS":
        read_table_options(words, table)
    if words.accept("AS"):
        table.query = words.rest
    elif table.labels:
        raise words.syntax()
    _settle(table)
    return table


def _body(words: Words, table: CreateTable) -> None:
    if words.peek(2) in (",", ")"):  # only names: CREATE TABLE t (a, b) AS …
        table.labels = words.names()
        return
    words.expect("(")
    while True:
        if words.accept("LIKE"):
            table.like = words.dotted()
            table.like_defaults = words.accept("INCLUDING", "DEFAULTS")
            words.accept("EXCLUDING", "DEFAULTS")
        elif words.peek() in STARTS and words.peek(1) not in ("INT", "INTEGER", "VARCHAR"):
            table.constraints.append(read_constraint(words))
        else:
            table.columns.append(_column(words, table))
        if not words.accept(","):
            break
    words.expect(")")


def _column(words: Words, table: CreateTable) -> Column:
    column = Column(words.identifier(), read_type(words))
    while words.peek() not in (",", ")"):
        attribute = words.one_of(*ATTRIBUTES)
        if not attribute:
            raise words.syntax()
        _ATTRIBUTES[attribute](words, column, table)
    return column


def read_encoding(words: Words) -> str:
    """Read a compression encoding. Raises SqlError 42601 for an unknown one."""
    found = words.identifier()
    if found not in ENCODINGS:
        raise SqlError("42601", f'invalid encoding "{found}"')
    return "none" if found == "raw" else found


def _default(words: Words, column: Column, table: CreateTable) -> None:
    column.default = words.until(*(a for a in ATTRIBUTES if a != "NULL"), "NULL" if words.peek() != "NULL" else "")


def _identity(words: Words, column: Column, table: CreateTable) -> None:
    words.expect("(")
    seed = words.number()
    words.expect(",")
    column.identity = (seed, words.number())
    words.expect(")")
    column.nullable = False


def _generated(words: Words, column: Column, table: CreateTable) -> None:
    words.expect("BY", "DEFAULT", "AS", "IDENTITY")
    _identity(words, column, table)
    column.identity_by_default = True


def _encode(words: Words, column: Column, table: CreateTable) -> None:
    column.encoding = read_encoding(words)


def _distkey(words: Words, column: Column, table: CreateTable) -> None:
    table.distkey = column.name


def _sortkey(words: Words, column: Column, table: CreateTable) -> None:
    table.sortkeys.append(column.name)


def _not(words: Words, column: Column, table: CreateTable) -> None:
    words.expect("NULL")
    column.nullable = False


def _nullable(words: Words, column: Column, table: CreateTable) -> None:
    column.nullable = True


def _unique(words: Words, column: Column, table: CreateTable) -> None:
    table.constraints.append(Constraint("u", (column.name,), _named(table)))


def _primary(words: Words, column: Column, table: CreateTable) -> None:
    words.expect("KEY")
    column.nullable = False
    table.constraints.append(Constraint("p", (column.name,), _named(table)))


def _references(words: Words, column: Column, table: CreateTable) -> None:
    table.constraints.append(read_reference(words, (column.name,), _named(table)))


def _named(table: CreateTable) -> str:
    name, table.constraint_name = table.constraint_name, ""
    return name


def _collate(words: Words, column: Column, table: CreateTable) -> None:
    collation = words.identifier()
    if collation not in ("case_sensitive", "cs"):
        raise SqlError("0A000", f"COLLATE {collation} is not supported by wheatpaste")


def _constraint(words: Words, column: Column, table: CreateTable) -> None:
    table.constraint_name = words.identifier()


_ATTRIBUTES: dict[str, Callable[[Words, Column, CreateTable], None]] = {
    "DEFAULT": _default,
    "IDENTITY": _identity,
    "GENERATED": _generated,
    "ENCODE": _encode,
    "DISTKEY": _distkey,
    "SORTKEY": _sortkey,
    "NOT": _not,
    "NULL": _nullable,
    "UNIQUE": _unique,
    "PRIMARY": _primary,
    "REFERENCES": _references,
    "COLLATE": _collate,
    "CONSTRAINT": _constraint,
}


def read_table_options(words: Words, table: CreateTable) -> None:
    """Read one of BACKUP, DISTSTYLE, DISTKEY, SORTKEY and ENCODE AUTO."""
    if words.accept("BACKUP"):
        table.backup = (words.one_of("YES", "NO") or _fail(words)) == "YES"
    elif words.accept("DISTSTYLE"):
        table.diststyle = words.one_of("AUTO", "EVEN", "KEY", "ALL") or _fail(words)
    elif words.accept("DISTKEY"):
        table.distkey = words.names()[0]
    elif words.accept("SORTKEY", "AUTO"):
        table.sortkeys = []
    elif words.peek() in ("COMPOUND", "INTERLEAVED", "SORTKEY"):
        table.interleaved = words.one_of("COMPOUND", "INTERLEAVED") == "INTERLEAVED"
        words.expect("SORTKEY")
        table.sortkeys = words.names()
    elif not words.accept("ENCODE", "AUTO"):
        raise words.syntax()


def _fail(words: Words) -> str:
    raise words.syntax()


def _settle(table: CreateTable) -> None:
    """Bring what the columns and the table say together."""
    if table.distkey:
        if table.diststyle not in ("AUTO", "KEY"):
            raise SqlError("42601", f"DISTSTYLE {table.diststyle} is incompatible with DISTKEY")
        table.diststyle = "KEY"
    elif table.diststyle == "KEY":
        raise SqlError("42601", "DISTSTYLE KEY requires a DISTKEY column")
    known = {column.name: column for column in table.columns}
    names = table.labels or [column.name for column in table.columns]
    for name in names:
        if names.count(name) > 1:
            raise SqlError("42701", f'column "{name}" duplicated')
    for constraint in table.constraints:
        for name in constraint.columns:
            if name not in known:
                raise SqlError("42703", f'column "{name}" named in key does not exist')
            known[name].nullable = known[name].nullable and constraint.kind != "p"
    for name in [table.distkey] * bool(table.distkey) + table.sortkeys:
        if table.columns and name not in known:
            raise SqlError("42703", f'column "{name}" named in key does not exist')
    if table.distkey in known:
        known[table.distkey].distkey = True
    for place, name in enumerate(table.sortkeys, 1):
        if name in known:
            known[name].sortkey = -place if table.interleaved else place
