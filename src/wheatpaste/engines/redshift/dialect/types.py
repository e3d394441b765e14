"""Redshift's column types: their names, what they are in DuckDB, and how Redshift shows them."""

from dataclasses import dataclass

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.tokens import Words

MAX_VARCHAR = 65535
MAX_CHAR = 4096


@dataclass(frozen=True)
class ColumnType:
    """One type as Redshift shows it (``character varying(256)``), DuckDB's, and the bytes a text may have."""

    shown: str
    duckdb: str
    length: int | None = None  # bytes that a text may have

    @property
    def is_text(self) -> bool:
        """Whether its values are texts of limited length."""
        return self.length is not None


PLAIN = {
    "SMALLINT": ColumnType("smallint", "SMALLINT"),
    "INT2": ColumnType("smallint", "SMALLINT"),
    "INTEGER": ColumnType("integer", "INTEGER"),
    "INT": ColumnType("integer", "INTEGER"),
    "INT4": ColumnType("integer", "INTEGER"),
    "BIGINT": ColumnType("bigint", "BIGINT"),
    "INT8": ColumnType("bigint", "BIGINT"),
    "REAL": ColumnType("real", "FLOAT"),
    "FLOAT4": ColumnType("real", "FLOAT"),
    "FLOAT8": ColumnType("double precision", "DOUBLE"),
    "DOUBLE": ColumnType("double precision", "DOUBLE"),
    "BOOLEAN": ColumnType("boolean", "BOOLEAN"),
    "BOOL": ColumnType("boolean", "BOOLEAN"),
    "DATE": ColumnType("date", "DATE"),
    "TIMESTAMP": ColumnType("timestamp without time zone", "TIMESTAMP"),
    "TIMESTAMPTZ": ColumnType("timestamp with time zone", "TIMESTAMPTZ"),
    "TIME": ColumnType("time without time zone", "TIME"),
    "TIMETZ": ColumnType("time with time zone", "TIMETZ"),
    "SUPER": ColumnType("super", "JSON"),
}

TEXTS = {"VARCHAR": 256, "NVARCHAR": 256, "TEXT": 256, "CHAR": 1, "CHARACTER": 1, "NCHAR": 1, "BPCHAR": 256}
BINARIES = ("VARBYTE", "VARBINARY", "BINARY")
REFUSED = ("GEOMETRY", "GEOGRAPHY", "HLLSKETCH", "INTERVAL")


def read_type(words: Words) -> ColumnType:
    """Read a column's type. Raises SqlError 42704 for an unknown one, 0A000 for one that is not supported."""
    name = words.identifier().upper()
    if name in TEXTS:
        return _text(name, words)
    if name in ("DECIMAL", "NUMERIC"):
        return _decimal(words)
    if name in BINARIES:
        words.accept("VARYING")
        length = _arguments(words) or [64000]
        return ColumnType(f"binary varying({length[0]})", "BLOB")
    if name == "FLOAT":
        precision = (_arguments(words) or [53])[0]
        return PLAIN["FLOAT4" if precision <= 24 else "FLOAT8"]
    if name in REFUSED:
        raise SqlError("0A000", f"columns of type {name.lower()} are not supported by wheatpaste")
    if name not in PLAIN:
        raise SqlError("42704", f'type "{name.lower()}" does not exist')
    if name == "DOUBLE":
        words.accept("PRECISION")
    if name in ("TIMESTAMP", "TIME"):
        return _zoned(name, words)
    return PLAIN[name]


def _arguments(words: Words) -> list[int]:
    if words.peek() != "(":
        return []
    words.expect("(")
    if words.accept("MAX"):
        found = [MAX_VARCHAR]
    else:
        found = [words.number()]
        while words.accept(","):
            found.append(words.number())
    words.expect(")")
    return found


def _text(name: str, words: Words) -> ColumnType:
    varying = words.accept("VARYING")
    fixed = name in ("CHAR", "CHARACTER", "NCHAR") and not varying
    arguments = _arguments(words)
    length = arguments[0] if arguments else (256 if varying else TEXTS[name])
    most = MAX_CHAR if fixed else MAX_VARCHAR
    if not 1 <= length <= most:
        raise SqlError(
            "22023",
            f"length for type {'char' if fixed else 'varchar'} cannot exceed {most}" if length > most else "length must be at least 1",
        )
    return ColumnType(f"character{'' if fixed else ' varying'}({length})", "VARCHAR", length)


def _decimal(words: Words) -> ColumnType:
    arguments = _arguments(words)
    precision = arguments[0] if arguments else 18
    scale = arguments[1] if len(arguments) > 1 else 0
    if not 1 <= precision <= 38 or not 0 <= scale <= precision:
        raise SqlError("22023", f"DECIMAL precision {precision} and scale {scale} must be between 1 and 38 and between 0 and the precision")
    return ColumnType(f"numeric({precision},{scale})", f"DECIMAL({precision},{scale})")


def _zoned(name: str, words: Words) -> ColumnType:
    if words.accept("WITH", "TIME", "ZONE"):
        return PLAIN[name + "TZ"]
    words.accept("WITHOUT", "TIME", "ZONE")
    return PLAIN[name]
