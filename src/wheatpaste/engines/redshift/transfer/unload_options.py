"""UNLOAD's statement read into plain data; an option that is not in the table is an error that names it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect import credentials
from wheatpaste.engines.redshift.dialect.credentials import Credentials
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.transfer.copy_options import character

SIZES = {"MB": 1 << 20, "GB": 1 << 30}


@dataclass
class Unload:
    """An UNLOAD statement."""

    query: str
    url: str
    credentials: Credentials = field(default_factory=Credentials)
    form: str = "TEXT"  # TEXT, CSV, JSON, PARQUET
    delimiter: str = ""
    header: bool = False
    add_quotes: bool = False
    null_text: str = ""
    escape: bool = False
    compression: str = ""
    overwrite: bool = False
    clean: bool = False
    parallel: bool = True
    manifest: bool = False
    verbose: bool = False
    partitions: list[str] = field(default_factory=list)
    include: bool = False
    extension: str = ""
    most: int = 6_200_000_000  # bytes of one file


def read_unload(words: Words) -> Unload:
    """Read a statement from its UNLOAD on. Raises SqlError."""
    words.expect("UNLOAD", "(")
    query = words.string()
    words.expect(")", "TO")
    unload = Unload(query, words.string())
    keys: dict[str, str] = {}
    while not words.done:
        if credentials.read(words, keys):
            continue
        name = words.peek()
        if name in REFUSED:
            raise SqlError("0A000", f"UNLOAD … {name} is not supported by wheatpaste")
        if name not in OPTIONS:
            raise words.syntax()
        words.expect(name)
        OPTIONS[name](words, unload)
    unload.credentials = credentials.settle(keys)
    if not unload.delimiter:
        unload.delimiter = "," if unload.form == "CSV" else "|"
    if unload.escape and unload.form != "TEXT":
        raise SqlError("42601", f"UNLOAD … ESCAPE is for delimited text, not for {unload.form}")
    if unload.form == "PARQUET" and (unload.compression or unload.header or unload.add_quotes):
        raise SqlError("42601", "UNLOAD … FORMAT PARQUET takes no compression, HEADER or ADDQUOTES")
    return unload


def _flag(name: str, value: bool = True) -> Callable[[Words, Unload], None]:
    def act(words: Words, unload: Unload) -> None:
        setattr(unload, name, value)

    return act


def _compression(name: str) -> Callable[[Words, Unload], None]:
    def act(words: Words, unload: Unload) -> None:
        unload.compression = name

    return act


def _format(words: Words, unload: Unload) -> None:
    words.accept("AS")
    unload.form = words.one_of("CSV", "PARQUET", "JSON")
    if not unload.form:
        raise words.syntax()


def _form(name: str) -> Callable[[Words, Unload], None]:
    def act(words: Words, unload: Unload) -> None:
        unload.form = name

    return act


def _delimiter(words: Words, unload: Unload) -> None:
    unload.delimiter = character(words)


def _null(words: Words, unload: Unload) -> None:
    words.accept("AS")
    unload.null_text = words.string()


def _parallel(words: Words, unload: Unload) -> None:
    unload.parallel = words.one_of("ON", "OFF", "TRUE", "FALSE") not in ("OFF", "FALSE")


def _manifest(words: Words, unload: Unload) -> None:
    unload.manifest, unload.verbose = True, words.accept("VERBOSE")


def _partition(words: Words, unload: Unload) -> None:
    words.expect("BY")
    unload.partitions, unload.include = words.names(), words.accept("INCLUDE")


def _extension(words: Words, unload: Unload) -> None:
    unload.extension = words.string()


def _most(words: Words, unload: Unload) -> None:
    words.accept("AS")
    text = words.word()
    number = "".join(c for c in text if c.isdigit() or c == ".")
    unit = text[len(number) :].upper() or words.one_of("MB", "GB") or "MB"
    unload.most = int(float(number) * SIZES[unit])


def _region(words: Words, unload: Unload) -> None:
    words.accept("AS")
    words.string()


def _encrypted(words: Words, unload: Unload) -> None:
    """Without a key of one's own: what S3 does with every object."""
    words.accept("AUTO")


def _row_group(words: Words, unload: Unload) -> None:
    words.accept("AS")
    words.word()
    words.one_of("MB", "GB")


REFUSED = ("FIXEDWIDTH", "KMS_KEY_ID", "MASTER_SYMMETRIC_KEY", "ICEBERG")

OPTIONS: dict[str, Callable[[Words, Unload], None]] = {
    "FORMAT": _format,
    "CSV": _form("CSV"),
    "PARQUET": _form("PARQUET"),
    "JSON": _form("JSON"),
    "DELIMITER": _delimiter,
    "HEADER": _flag("header"),
    "ADDQUOTES": _flag("add_quotes"),
    "ESCAPE": _flag("escape"),
    "NULL": _null,
    "GZIP": _compression("gzip"),
    "ZSTD": _compression("zstd"),
    "BZIP2": _compression("bzip2"),
    "ALLOWOVERWRITE": _flag("overwrite"),
    "CLEANPATH": _flag("clean"),
    "PARALLEL": _parallel,
    "MANIFEST": _manifest,
    "PARTITION": _partition,
    "EXTENSION": _extension,
    "MAXFILESIZE": _most,
    "ROWGROUPSIZE": _row_group,
    "REGION": _region,
    "ENCRYPTED": _encrypted,
}
