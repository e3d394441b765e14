"""UNLOAD: a query's rows as objects of S3. DuckDB writes into the warehouse's staging folder, then the files are put as the role."""

import bz2
import json
import shutil
import uuid
from pathlib import Path

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.transfer.unload_options import Unload, read_unload
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

NOT_EMPTY = (
    "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target files in S3,"
    " or using the ALLOWOVERWRITE option."
)
ENDINGS = {"gzip": ".gz", "zstd": ".zst", "bzip2": ".bz2"}
NO_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def unload(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """UNLOAD ('query') TO 's3://…' authorization options."""
    asked = read_unload(statement.words.restart())
    storage = session.cluster.storage
    if asked.clean:
        storage.remove(asked.url, asked.credentials)
    elif not asked.overwrite and storage.exists(asked.url, asked.credentials):
        raise SqlError("XX000", NOT_EMPTY)
    staged = session.cluster.stage / uuid.uuid4().hex
    staged.mkdir(parents=True)
    try:
        rows, files = _write(session, asked, staged)
        entries = [_put(session, asked, path, url) for path, url in files]
        if asked.manifest:
            _put_manifest(session, asked, staged, entries, rows)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    session.tell(f"UNLOAD completed, {rows} record(s) unloaded successfully.")
    return Command("UNLOAD", rows)


def _write(session: Session, asked: Unload, staged: Path) -> tuple[int, list[tuple[Path, str]]]:
    """How many rows there are, and the files with the URLs they go to."""
    sql = session.translator().query(asked.query)
    columns = [(name or "", kind or "") for name, kind in session.rows(f"SELECT column_name, column_type FROM (DESCRIBE {sql})")]
    for name in asked.partitions:
        if name not in [known for known, _ in columns]:
            raise SqlError("42703", f'column "{name}" of PARTITION BY does not exist')
    base = f"{'0000_part_00' if asked.parallel else '000'}{_ending(asked)}"
    if asked.partitions:
        target = staged / "out"
        count = session.execute(f"COPY ({_shown(asked, columns, sql)}) TO {quoted(str(target))} ({_options(asked)}, {_partitioned(asked)})")
        parts = sorted(path for path in target.rglob("*") if path.is_file())
        return count, [(path, f"{asked.url.rstrip('/')}/{path.parent.relative_to(target)}/{base}") for path in parts]
    target = staged / "data"
    count = session.execute(f"COPY ({_shown(asked, columns, sql)}) TO {quoted(str(target))} ({_options(asked)})")
    return count, [(target, f"{asked.url}{base}")]


def _ending(asked: Unload) -> str:
    if asked.extension:
        return f".{asked.extension}"
    form = {"PARQUET": ".parquet", "JSON": ".json"}.get(asked.form, "")
    return form + ENDINGS.get(asked.compression, "")


def _shown(asked: Unload, columns: list[tuple[str, str]], sql: str) -> str:
    """The rows as they are written: of text one column, the line."""
    source = f"({sql}) AS rs_source({', '.join(named(f'c{i}') for i in range(len(columns)))})"
    if asked.form == "TEXT":
        return _lines(asked, columns, source)
    cells = []
    for i, (name, kind) in enumerate(columns):
        text = f"c{i}"
        if asked.form == "CSV" and name not in asked.partitions:
            text = as_text(text, kind)
        cells.append(f"{text} AS {named(name)}")
    return f"SELECT {', '.join(cells)} FROM {source}"


def as_text(cell: str, kind: str) -> str:
    """A cell as Redshift writes it into text."""
    if kind == "BOOLEAN":
        return f"CASE WHEN {cell} THEN 't' WHEN NOT {cell} THEN 'f' END"
    if kind in ("FLOAT", "DOUBLE"):
        return f"regexp_replace(CAST({cell} AS VARCHAR), '\\.0$', '')"
    return f"lower(hex({cell}))" if kind == "BLOB" else f"CAST({cell} AS VARCHAR)"


def _lines(asked: Unload, columns: list[tuple[str, str]], source: str) -> str:
    cells = []
    kept = [(i, name, kind) for i, (name, kind) in enumerate(columns) if name not in asked.partitions or asked.include]
    for i, _, kind in kept:
        text = as_text(f"c{i}", kind)
        if asked.escape and kind == "VARCHAR":
            text = _escaped(asked, text)
        text = f"'\"' || {text} || '\"'" if asked.add_quotes else text
        cells.append(f"coalesce({text}, {quoted(asked.null_text)})")
    line = f" || {quoted(asked.delimiter)} || ".join(cells)
    extra = "".join(
        f", coalesce(CAST(c{i} AS VARCHAR), {quoted(NO_PARTITION)}) AS {named(name)}"
        for i, (name, _) in enumerate(columns)
        if name in asked.partitions
    )
    title = asked.delimiter.join(name for _, name, _ in kept)
    return f"SELECT {line} AS {named(title)}{extra} FROM {source}"


def _escaped(asked: Unload, text: str) -> str:
    """A backslash before backslashes, delimiters and ends of lines, and before quotation marks when ADDQUOTES puts some around."""
    marks = "\\\n\r" + asked.delimiter + ("\"'" if asked.add_quotes else "")
    for mark in dict.fromkeys(marks):  # the backslash comes first
        text = f"replace({text}, chr({ord(mark)}), chr(92) || chr({ord(mark)}))"
    return text


def _options(asked: Unload) -> str:
    if asked.form == "PARQUET":
        return "FORMAT parquet, COMPRESSION snappy"
    compression = f", COMPRESSION {asked.compression}" if asked.compression in ("gzip", "zstd") else ""
    if asked.form == "JSON":
        return f"FORMAT json{compression}"
    header = str(asked.header).lower()
    if asked.form == "CSV":
        force = ", FORCE_QUOTE *" if asked.add_quotes else ""
        return f"FORMAT csv, HEADER {header}, DELIMITER {quoted(asked.delimiter)}, NULLSTR {quoted(asked.null_text)}{force}{compression}"
    # Lines are made whole already: no character of theirs may mean anything to the writer.
    return f"FORMAT csv, HEADER {header}, DELIMITER '\x01', QUOTE '', ESCAPE ''{compression}"


def _partitioned(asked: Unload) -> str:
    keys = ", ".join(named(name) for name in asked.partitions)
    include = ", WRITE_PARTITION_COLUMNS true" if asked.include and asked.form != "TEXT" else ""
    return f"PARTITION_BY ({keys}){include}"


def _put(session: Session, asked: Unload, path: Path, url: str) -> tuple[str, int]:
    if asked.compression == "bzip2":
        packed = path.with_name(path.name + ".bz2")
        with path.open("rb") as plain, bz2.open(packed, "wb") as out:
            shutil.copyfileobj(plain, out, 1 << 20)
        path = packed
    size = path.stat().st_size
    if size > asked.most:
        raise SqlError("0A000", f"MAXFILESIZE: a result of {size} bytes would need several files, which wheatpaste does not write")
    session.cluster.storage.write(url, path, asked.credentials)
    return url, size


def _put_manifest(session: Session, asked: Unload, staged: Path, entries: list[tuple[str, int]], rows: int) -> None:
    content: dict[str, object] = {"entries": [{"url": url, "meta": {"content_length": size}} for url, size in entries]}
    if asked.verbose:
        content["meta"] = {"content_length": sum(size for _, size in entries), "record_count": rows}
    path = staged / "manifest"
    path.write_text(json.dumps(content))
    session.cluster.storage.write(f"{asked.url}manifest", path, asked.credentials)
