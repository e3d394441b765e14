"""COPY's statement read into plain data; an option that is not in the table is an error that names it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect import credentials
from wheatpaste.engines.redshift.dialect.credentials import Credentials
from wheatpaste.engines.redshift.dialect.tokens import Words


@dataclass
class Copy:
    """A COPY statement."""

    table: list[str]
    columns: list[str] = field(default_factory=list)
    url: str = ""
    credentials: Credentials = field(default_factory=Credentials)
    form: str = "TEXT"  # TEXT, CSV, JSON, PARQUET
    json: str = "auto"
    delimiter: str = ""
    quote: str = '"'
    compression: str = "none"
    skip: int = 0
    null_text: str = "\\N"
    empty_as_null: bool = False
    blanks_as_null: bool = False
    truncate: bool = False
    fill: bool = False
    trim_blanks: bool = False
    ignore_blank_lines: bool = False
    remove_quotes: bool = False
    explicit_ids: bool = False
    escape: bool = False
    any_date: bool = False
    encoding: str = "utf-8"
    replacement: str | None = None  # for invalid characters (ACCEPTINVCHARS)
    date_format: str = ""
    time_format: str = ""
    max_errors: int = 0
    manifest: bool = False
    no_load: bool = False
    careful: bool = False  # fields are read as texts, see readers.read_text


def read_copy(words: Words) -> Copy:
    """Read a statement from its COPY on. Raises SqlError."""
    words.expect("COPY")
    copy = Copy(words.dotted())
    if words.peek() == "(":
        copy.columns = words.names()
    words.expect("FROM")
    if not words.is_string():
        raise SqlError("0A000", f"COPY FROM {words.peek()} is not supported by Redshift: only from S3")
    copy.url = words.string()
    if not copy.url.startswith("s3://"):
        raise SqlError("0A000", f"COPY from {copy.url.split(':')[0]} is not supported by wheatpaste: only from s3://")
    keys: dict[str, str] = {}
    while not words.done:
        if not credentials.read(words, keys):
            _option(words, copy)
    copy.credentials = credentials.settle(keys)
    if not copy.delimiter:
        copy.delimiter = "," if copy.form == "CSV" else "|"
    _check(copy)
    return copy


def _check(copy: Copy) -> None:
    """Raises SqlError for options that do not go together."""
    for name, given in (("ESCAPE", copy.escape), ("REMOVEQUOTES", copy.remove_quotes)):
        if given and copy.form != "TEXT":
            raise SqlError("42601", f"COPY … {copy.form} is not compatible with {name}")
    if copy.form == "PARQUET" and (copy.any_date or copy.encoding != "utf-8" or copy.replacement is not None):
        raise SqlError("42601", "COPY … PARQUET is not compatible with ACCEPTANYDATE, ENCODING and ACCEPTINVCHARS")


def _option(words: Words, copy: Copy) -> None:
    name = words.peek()
    if name in REFUSED:
        raise SqlError("0A000", f"COPY … {name} is not supported by wheatpaste")
    if name not in OPTIONS:
        raise words.syntax()
    words.expect(name)
    OPTIONS[name](words, copy)


def character(words: Words) -> str:
    """A character after AS; ``\\t`` and octal ``\\001`` are understood."""
    words.accept("AS")
    text = words.string()
    if len(text) == 4 and text[0] == "\\" and text[1:].isdigit():
        return chr(int(text[1:], 8))
    return {"\\t": "\t"}.get(text, text)


def _flag(name: str, value: bool = True) -> Callable[[Words, Copy], None]:
    def act(words: Words, copy: Copy) -> None:
        setattr(copy, name, value)

    return act


def _compression(name: str) -> Callable[[Words, Copy], None]:
    def act(words: Words, copy: Copy) -> None:
        copy.compression = name

    return act


def _format(words: Words, copy: Copy) -> None:
    words.accept("AS")
    form = words.peek()
    if form not in ("CSV", "JSON", "PARQUET", *REFUSED):
        raise words.syntax()
    _option(words, copy)


def _csv(words: Words, copy: Copy) -> None:
    copy.form = "CSV"
    if words.accept("QUOTE"):
        copy.quote = character(words)


def _json(words: Words, copy: Copy) -> None:
    copy.form = "JSON"
    words.accept("AS")
    if words.is_string():
        copy.json = words.string()
    if not copy.json.startswith("s3://") and copy.json.lower() not in ("auto", "auto ignorecase", "noshred"):
        raise SqlError(
            "22023", f"JSON option {copy.json!r} is not 'auto', 'auto ignorecase', 'noshred' or the s3:// URL of a JSONPaths file"
        )


def _parquet(words: Words, copy: Copy) -> None:
    copy.form = "PARQUET"


def _delimiter(words: Words, copy: Copy) -> None:
    copy.delimiter = character(words)


def _quote(words: Words, copy: Copy) -> None:
    copy.quote = character(words)


def _skip(words: Words, copy: Copy) -> None:
    words.accept("AS")
    copy.skip = words.number()


def _null(words: Words, copy: Copy) -> None:
    words.accept("AS")
    written = words.peek_text()
    given = words.string()
    copy.null_text = "\\N" if written == "'\\N'" else given  # one backslash or two: nobody means the letter


def _accept_invalid(words: Words, copy: Copy) -> None:
    words.accept("AS")
    copy.replacement = words.string() if words.is_string() else "?"


def _date_format(words: Words, copy: Copy) -> None:
    words.accept("AS")
    copy.date_format = words.string()


def _time_format(words: Words, copy: Copy) -> None:
    words.accept("AS")
    copy.time_format = words.string()


def _max_errors(words: Words, copy: Copy) -> None:
    words.accept("AS")
    copy.max_errors = words.number()


def _on_off(words: Words, copy: Copy) -> None:
    words.one_of("ON", "OFF", "TRUE", "FALSE", "PRESET")


def _text_argument(words: Words, copy: Copy) -> None:
    words.accept("AS")
    words.string() if words.is_string() else words.word()


def _encoding(words: Words, copy: Copy) -> None:
    words.accept("AS")
    given = words.string() if words.is_string() else words.word()
    if given.upper() not in ENCODINGS:
        raise SqlError("22023", f"ENCODING {given} is none of {', '.join(ENCODINGS)}")
    copy.encoding = ENCODINGS[given.upper()]


def _number_argument(words: Words, copy: Copy) -> None:
    words.number()


ENCODINGS = {"UTF8": "utf-8", "UTF16": "utf-16", "UTF16LE": "utf-16-le", "UTF16BE": "utf-16-be", "ISO88591": "iso-8859-1"}

REFUSED = (
    "AVRO",
    "ORC",
    "FIXEDWIDTH",
    "SHAPEFILE",
    "LZOP",
    "ENCRYPTED",
    "SSH",
    "ROUNDEC",
    "READRATIO",
)

OPTIONS: dict[str, Callable[[Words, Copy], None]] = {
    "FORMAT": _format,
    "CSV": _csv,
    "JSON": _json,
    "PARQUET": _parquet,
    "DELIMITER": _delimiter,
    "QUOTE": _quote,
    "GZIP": _compression("gzip"),
    "BZIP2": _compression("bzip2"),
    "ZSTD": _compression("zstd"),
    "IGNOREHEADER": _skip,
    "NULL": _null,
    "EMPTYASNULL": _flag("empty_as_null"),
    "BLANKSASNULL": _flag("blanks_as_null"),
    "TRUNCATECOLUMNS": _flag("truncate"),
    "FILLRECORD": _flag("fill"),
    "TRIMBLANKS": _flag("trim_blanks"),
    "IGNOREBLANKLINES": _flag("ignore_blank_lines"),
    "REMOVEQUOTES": _flag("remove_quotes"),
    "ESCAPE": _flag("escape"),
    "ACCEPTANYDATE": _flag("any_date"),
    "EXPLICIT_IDS": _flag("explicit_ids"),
    "ACCEPTINVCHARS": _accept_invalid,
    "DATEFORMAT": _date_format,
    "TIMEFORMAT": _time_format,
    "MAXERROR": _max_errors,
    "MANIFEST": _flag("manifest"),
    "NOLOAD": _flag("no_load"),
    "REGION": _text_argument,
    "ENCODING": _encoding,
    "COMPUPDATE": _on_off,
    "STATUPDATE": _on_off,
    "COMPROWS": _number_argument,
}
