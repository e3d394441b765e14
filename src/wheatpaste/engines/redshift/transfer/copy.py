"""COPY: objects of S3 into a table, in one INSERT that DuckDB reads straight from the object store's files."""

import json
import shutil
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from wheatpaste.engines.duckdb.warehouse import WarehouseError
from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.transfer import load_errors, readers
from wheatpaste.engines.redshift.transfer.copy_options import Copy, read_copy
from wheatpaste.engines.redshift.transfer.files import LoadError
from wheatpaste.engines.redshift.transfer.respell import NULL
from wheatpaste.engines.redshift.warehouse import errors
from wheatpaste.engines.redshift.warehouse.catalog import Table, TableColumn, find
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement
from wheatpaste.engines.redshift.warehouse.storage import Source

FAILED = "Load into table '{0}' failed. Check 'stl_load_errors' system table for details."


def copy(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """COPY t [(columns)] FROM 's3://…' authorization options."""
    asked = read_copy(statement.words.restart())
    table = find(session, asked.table)
    columns = _columns(table, asked)
    sources = _sources(session, asked)
    query = int(session.rows(f"SELECT nextval('{INTERNAL}.queries')")[0][0] or 0)
    staged = session.cluster.stage / uuid.uuid4().hex
    try:
        with session.cluster.storage.holding(sources):
            sources = _readable(session, asked, sources, staged)
            asked.careful = (
                asked.form in ("CSV", "TEXT")
                and bool(asked.null_text)
                and session.engine.files(
                    "text", paths=[str(source.path) for source in sources], compression=asked.compression, text=asked.null_text
                )
            )
            loaded = _load(session, table, asked, columns, sources, query)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    session.last_copy = (query, loaded)
    if asked.no_load:
        session.tell(f"Load into table '{table.name}' completed, 0 record(s) loaded successfully.")
        return Command("COPY", 0)
    session.tell(f"Load into table '{table.name}' completed, {loaded} record(s) loaded successfully.")
    return Command("COPY", loaded)


def _columns(table: Table, asked: Copy) -> list[TableColumn]:
    if asked.columns:
        columns = [table.column(name) for name in asked.columns]
    else:
        columns = [c for c in table.columns if not c.identity or c.by_default or asked.explicit_ids]
    if any(c.identity and not c.by_default for c in columns) and not asked.explicit_ids:
        raise SqlError("42601", "cannot load an IDENTITY column without EXPLICIT_IDS")
    return columns


def _sources(session: Session, asked: Copy) -> list[Source]:
    storage = session.cluster.storage
    if not asked.manifest:
        found = [source for source in storage.find(asked.url, asked.credentials) if source.size]
        if not found and not storage.exists(asked.url, asked.credentials):
            raise SqlError("XX000", f"The specified S3 prefix '{asked.url.split('/', 3)[-1]}' does not exist")
        return found
    manifests = [s for s in storage.find(asked.url, asked.credentials) if s.url == asked.url]
    if not manifests:
        raise SqlError("XX000", f"The specified manifest '{asked.url}' does not exist")
    try:
        entries = json.loads(manifests[0].path.read_bytes())["entries"]
    except (ValueError, KeyError, TypeError) as error:
        raise SqlError("XX000", f"Invalid manifest file '{asked.url}'") from error
    return [source for entry in entries for source in _entry(session, asked, entry)]


def _entry(session: Session, asked: Copy, entry: dict[str, object]) -> list[Source]:
    url = str(entry["url"])
    found = [s for s in session.cluster.storage.find(url, asked.credentials) if s.url == url]
    if not found and entry.get("mandatory"):
        raise SqlError("XX000", f"Problem reading manifest file - S3 object '{url}' does not exist")
    return found


def _readable(session: Session, asked: Copy, sources: list[Source], staged: Path) -> list[Source]:
    """The sources with files that DuckDB can read: what it cannot is unpacked and put into another form by the worker."""
    respelled = asked.escape or asked.remove_quotes
    if asked.compression != "bzip2" and asked.replacement is None and asked.encoding == "utf-8" and not respelled:
        return sources
    staged.mkdir(parents=True)
    found = []
    for number, source in enumerate(sources):
        path = staged / str(number)
        _work(session, "plain", source, path, compression=asked.compression, encoding=asked.encoding, replacement=asked.replacement)
        found.append(replace(source, path=path))
        if respelled:
            found[-1] = replace(source, path=path.with_suffix(".csv"))
            how = {"delimiter": asked.delimiter, "escape": asked.escape, "unquote": asked.remove_quotes}
            _work(session, "respell", replace(source, path=path), found[-1].path, null_text=asked.null_text, skip=asked.skip, **how)
    asked.compression = "none"
    if respelled:
        asked.remove_quotes, asked.quote, asked.null_text = True, '"', NULL
    return found


def _work(session: Session, work: str, source: Source, target: Path, **parameters: Any) -> None:
    """Let the worker make ``target`` of a source's file. Raises SqlError for what is wrong with it."""
    try:
        session.engine.files(work, path=str(source.path), target=str(target), **parameters)
    except WarehouseError as error:
        raise SqlError("XX000", f"{source.url} cannot be loaded: {error}") from error


def _load(session: Session, table: Table, asked: Copy, columns: list[TableColumn], sources: list[Source], query: int) -> int:
    if not sources:
        return 0
    source, values = _reading(session, asked, columns, [source.path for source in sources])
    where = named(table.schema, table.name) if table.schema else named("temp", "main", table.name)
    insert = f"INSERT INTO {where} ({', '.join(named(c.name) for c in columns)}) SELECT {', '.join(values)} FROM {source}"
    if asked.no_load:
        insert = f"EXPLAIN ANALYZE SELECT {', '.join(values)} FROM {source}"
    try:
        with session.atomic():
            loaded = session.execute(insert)
            skipped = _skipped(session, asked, columns, sources)
            if len(skipped) > asked.max_errors:
                raise _Rejected(skipped)
            _commits(session, sources, query, loaded)
    except _Rejected as rejected:
        load_errors.keep(session, table, query, rejected.errors)
        raise SqlError("XX000", FAILED.format(table.name)) from None
    except WarehouseError as error:
        raise _explained(session, table, asked, columns, sources, query, error) from error
    load_errors.keep(session, table, query, skipped)
    return loaded


class _Rejected(Exception):
    """More rows than MAXERROR allows could not be read."""

    def __init__(self, errors: list[LoadError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


def _reading(session: Session, asked: Copy, columns: list[TableColumn], paths: list[Path]) -> tuple[str, list[str]]:
    if asked.form == "PARQUET":
        files = f"read_parquet({readers.listed(paths)}, hive_partitioning = false)"
        described = session.rows(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {files})")
        return readers.read_parquet(columns, paths, [(name or "", kind or "") for name, kind in described])
    if asked.form == "JSON":
        return readers.read_json(asked, columns, paths, _jsonpaths(session, asked))
    source = readers.read_text(asked, columns, paths, rejects=asked.max_errors > 0)
    values = [readers.value(asked, column, f"c{i}") for i, column in enumerate(columns)]
    if asked.max_errors > 0:
        kept = readers.loadable(asked, columns)
        source += f" WHERE {' AND '.join(kept)}" if kept else ""
    return source, values


def _jsonpaths(session: Session, asked: Copy) -> str:
    if not asked.json.startswith("s3://"):
        return ""
    found = [s for s in session.cluster.storage.find(asked.json, asked.credentials) if s.url == asked.json]
    if not found:
        raise SqlError("XX000", f"The specified JSONPaths file '{asked.json}' does not exist")
    return found[0].path.read_text()


def _skipped(session: Session, asked: Copy, columns: list[TableColumn], sources: list[Source]) -> list[LoadError]:
    """With MAXERROR, the rows that were left out."""
    if asked.max_errors == 0 or asked.form in ("JSON", "PARQUET"):
        return []
    rows = session.rows(
        f"SELECT s.file_path, e.line, e.column_idx, e.csv_line, e.error_message FROM {readers.REJECTS} e"
        f" JOIN {readers.REJECTS}_scans s ON s.scan_id = e.scan_id AND s.file_id = e.file_id"
    )
    found = []
    for path, line, index, raw, message in rows:
        text = f"Line: {line}\nOriginal Line: {raw}\nfile = {path}\ncolumn c{int(index or 1) - 1}\n{message}"
        error = load_errors.of_message(text, columns, sources)
        found += [error] if error else []
    for kept in (readers.REJECTS, f"{readers.REJECTS}_scans"):
        session.execute(f"DROP TABLE IF EXISTS {kept}")
    checks = ([] if asked.truncate else ["too_long"]) + ["no_integer"] + (["unreadable"] if asked.careful else [])
    for check in checks:
        found += load_errors.broken(session, asked, columns, sources, asked.max_errors + 1, check)
    return list({(error.filename, error.line): error for error in reversed(found)}.values())[::-1]  # a row counts once


def _commits(session: Session, sources: list[Source], query: int, loaded: int) -> None:
    rows = ", ".join(f"({query}, {quoted(s.url)}, {loaded if len(sources) == 1 else 0}, 0, now())" for s in sources)
    session.execute(f"INSERT INTO {INTERNAL}.load_commits VALUES {rows}")


def _explained(
    session: Session, table: Table, asked: Copy, columns: list[TableColumn], sources: list[Source], query: int, error: WarehouseError
) -> SqlError:
    """What a failed load tells: rows that cannot be loaded go to stl_load_errors, anything else is told as it is."""
    told = errors.translate(error)
    if told.sqlstate == "22001" and asked.form in ("TEXT", "CSV"):
        found = load_errors.broken(session, asked, columns, sources, 1, "too_long")
    else:
        one = load_errors.of_message(str(error), columns, sources)
        found = [one] if one else []
    if not found and asked.form in ("TEXT", "CSV") and told.sqlstate == "22P02":
        found = load_errors.broken(session, asked, columns, sources, 1, "no_integer")
    if not found and asked.careful and told.sqlstate.startswith("22"):
        found = load_errors.broken(session, asked, columns, sources, 1, "unreadable")
    if not found and told.sqlstate not in ("22001", "22P02", "22007", "22003", "22023", "23502"):
        return told
    if not found:
        column, reason = "", str(told)
        found = [LoadError(sources[0].url, 0, column, "", "", "", "", 1207, reason)]
    session.leave_failed()
    load_errors.keep(session, table, query, found)
    return SqlError("XX000", FAILED.format(table.name))
