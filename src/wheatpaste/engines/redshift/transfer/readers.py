"""DuckDB's SQL that reads the files of a COPY as rows of the target's columns."""

import json
from collections.abc import Sequence
from pathlib import Path

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.dates import format_model
from wheatpaste.engines.redshift.transfer.copy_options import Copy
from wheatpaste.engines.redshift.warehouse.catalog import TableColumn
from wheatpaste.engines.redshift.warehouse.changes import INTEGERS
from wheatpaste.engines.redshift.warehouse.session import named, quoted

REJECTS = "rs_rejects"
NO_OBJECT = "22023:Invalid JSONPath format: Member is not an object."
EPOCHS = ("epochsecs", "epochmillisecs")
NUMBERS = (*INTEGERS, "FLOAT", "DOUBLE", "DECIMAL")


def listed(paths: Sequence[Path]) -> str:
    """Paths as a list of SQL."""
    return "[" + ", ".join(quoted(str(path)) for path in paths) + "]"


def read_text(copy: Copy, columns: Sequence[TableColumn], paths: Sequence[Path], rejects: bool) -> str:
    """Rows of CSV or delimited text: every column read as what it is, texts without NULLs (``value`` puts those in).

    ``copy.careful`` reads every column as text: DuckDB knows NULL texts only for all columns together, where '' of a number is always NULL.
    """
    kinds = ", ".join(f"{quoted(f'c{i}')}: {quoted(_file_type(copy, column))}" for i, column in enumerate(columns))
    texts = ", ".join(quoted(f"c{i}") for i, column in enumerate(columns) if _file_type(copy, column) == "VARCHAR")
    quote = copy.quote if copy.form == "CSV" or copy.remove_quotes else ""
    options = {
        "columns": "{" + kinds + "}",
        "auto_detect": "false",
        "header": "false",
        "skip": str(copy.skip),
        "delim": quoted(copy.delimiter),
        "quote": quoted(quote),
        "escape": quoted(quote),
        "nullstr": "''",
        "force_not_null": f"[{texts}]",
        "compression": quoted("none" if copy.compression == "bzip2" else copy.compression),
        "null_padding": str(copy.fill).lower(),
        "strict_mode": "true",
        "max_line_size": "4194304",
    }
    if copy.date_format and copy.date_format.lower() != "auto":
        options["dateformat"] = quoted(format_model(copy.date_format, reading=True))
    if copy.time_format and copy.time_format.lower() not in ("auto", *EPOCHS):
        options["timestampformat"] = quoted(format_model(copy.time_format, reading=True))
    if rejects:
        options |= {"store_rejects": "true", "rejects_table": quoted(REJECTS), "rejects_scan": quoted(f"{REJECTS}_scans")}
    return f"read_csv({listed(paths)}, {', '.join(f'{k} = {v}' for k, v in options.items())})"


def _file_type(copy: Copy, column: TableColumn) -> str:
    """What a column is read as: integers, JSON, binaries and moments in epochs are read as text first."""
    if copy.careful or column.type in (*INTEGERS, "JSON", "BLOB") or column.length is not None:
        return "VARCHAR"
    if is_moment(column) and (copy.any_date or _model(copy, column) in EPOCHS):
        return "VARCHAR"
    return column.type


def is_moment(column: TableColumn) -> bool:
    """Whether DATEFORMAT or TIMEFORMAT is for the column."""
    return column.type == "DATE" or column.type.startswith("TIMESTAMP")


def _model(copy: Copy, column: TableColumn) -> str:
    """The format of a column of dates or times; empty for what Redshift knows by itself."""
    model = copy.date_format if column.type == "DATE" else copy.time_format
    return model.lower() if model.lower() in ("auto", *EPOCHS) else model


def moment(copy: Copy, column: TableColumn, text: str) -> str:
    """A text as a date or time, by DATEFORMAT or TIMEFORMAT; what is none is an error, or NULL with ACCEPTANYDATE."""
    model, attempt = _model(copy, column), "TRY_CAST" if copy.any_date else "CAST"
    if model in EPOCHS:
        return f"epoch_ms({attempt}({text} AS BIGINT){' * 1000' if model == 'epochsecs' else ''})"
    if model not in ("", "auto"):
        text = f"{'try_strptime' if copy.any_date else 'strptime'}({text}, {quoted(format_model(model, reading=True))})"
    return f"{attempt}({text} AS {column.type})"


def value(copy: Copy, column: TableColumn, text: str) -> str:
    """What is stored of a field that was read: NULLs, blanks, lengths."""
    if is_moment(column) and _file_type(copy, column) == "VARCHAR":
        return moment(copy, column, f"nullif(nullif({text}, ''), {quoted(copy.null_text)})")
    if copy.careful and column.length is None and column.type not in ("JSON", "BLOB"):
        text = f"nullif(nullif({text}, ''), {quoted(copy.null_text)})"
        return integer(text, column.type) if column.type in INTEGERS else f"CAST({text} AS {column.type})"
    if column.type == "JSON":
        return f"rs_json_parse(nullif(nullif({text}, ''), {quoted(copy.null_text)}))"
    if column.type == "BLOB":
        return f"unhex(nullif(nullif({text}, ''), {quoted(copy.null_text)}))"
    if column.type in INTEGERS:
        return integer(f"nullif({text}, '')", column.type)
    if column.length is None:
        return text
    if copy.trim_blanks:
        text = f"rtrim({text}, ' ')"
    if copy.null_text and (copy.careful or copy.form == "JSON"):
        text = f"nullif({text}, {quoted(copy.null_text)})"
    if copy.blanks_as_null:
        text = f"CASE WHEN trim({text}) = '' THEN NULL ELSE {text} END"
    elif copy.empty_as_null or not copy.null_text:
        text = f"nullif({text}, '')"
    if copy.truncate:
        return f"rs_cut({text}, {column.length})"
    return f"rs_fit({text}, {column.length}, 'character varying')"


def integer(text: str, type_: str) -> str:
    """An integer's text as Redshift reads it: DuckDB would round 1.5, and knows 1e3, 0x1f and 1_000."""
    return f"CAST(rs_integer_text({text}, false) AS {type_})"


def loadable(copy: Copy, columns: Sequence[TableColumn]) -> list[str]:
    """The conditions under which a row is loaded when MAXERROR lets others be left out."""
    found = []
    for i, column in enumerate(columns):
        if column.length is not None and not copy.truncate:
            null = f"c{i} = {quoted(copy.null_text)} OR " if copy.null_text else ""
            found.append(f"coalesce({null}strlen(rtrim(c{i}, ' ')) <= {column.length}, true)")
        elif column.type in INTEGERS:
            null = f"c{i} IS NULL OR c{i} IN ('', {quoted(copy.null_text)})"
            found.append(f"({null} OR NOT regexp_matches(c{i}, '[^-+0-9 ]') AND TRY_CAST(c{i} AS {column.type}) IS NOT NULL)")
        elif copy.careful and column.type not in ("JSON", "BLOB") and column.length is None and not formatted(copy, column):
            found.append(f"(c{i} IS NULL OR c{i} IN ('', {quoted(copy.null_text)}) OR TRY_CAST(c{i} AS {column.type}) IS NOT NULL)")
    return found


def formatted(copy: Copy, column: TableColumn) -> bool:
    """Whether only the load itself can tell if a text is a value of the column."""
    return is_moment(column) and (copy.any_date or _model(copy, column) not in ("", "auto"))


def read_json(copy: Copy, columns: Sequence[TableColumn], paths: Sequence[Path], jsonpaths: str = "") -> tuple[str, list[str]]:
    """Rows of JSON objects, and the expression of each column."""
    compression = "uncompressed" if copy.compression in ("bzip2", "none") else copy.compression
    options = f"format = 'unstructured', compression = {quoted(compression)}, maximum_object_size = 16777216"
    source = f"read_json_objects({listed(paths)}, {options})"
    mode = copy.json.lower()
    if mode == "noshred":
        if len(columns) != 1 or columns[0].type != "JSON":
            raise SqlError("22023", "noshred needs exactly one target column, of type SUPER")
        return source, ["json"]
    if mode == "auto":
        paths_of = [quoted(f"$.{json.dumps(column.name)}") for column in columns]
    elif mode == "auto ignorecase":
        paths_of = [_any_case(column) for column in columns]
    else:
        paths_of = [quoted(_path(path)) for path in json.loads(jsonpaths)["jsonpaths"]]
    if len(paths_of) != len(columns):
        sizes = f"JSONPath size: {len(paths_of)}, Number of columns: {len(columns)}"
        raise SqlError("XX000", f"Number of jsonpaths and the number of columns should match. {sizes}")
    if mode.startswith("auto"):  # an array has none of the columns' keys: it would be loaded as one row of NULLs
        source = f"(SELECT CASE WHEN json_type(json) = 'OBJECT' THEN json ELSE error({quoted(NO_OBJECT)}) END AS json FROM {source})"
    return source, [_json_value(copy, column, path) for column, path in zip(columns, paths_of, strict=True)]


def _path(path: str) -> str:
    """``$['a'][0]`` and ``$.a[0]`` in DuckDB's form."""
    return path.replace("['", '."').replace("']", '"')


def _any_case(column: TableColumn) -> str:
    """The path of the first key that is the column's name, its case apart."""
    return f"('$.\"' || list_filter(json_keys(json), lambda k: lower(k) = {quoted(column.name.lower())})[1] || '\"')"


def _json_value(copy: Copy, column: TableColumn, path: str) -> str:
    if column.type == "JSON":
        return f"json_extract(json, {path})"
    text = f"json_extract_string(json, {path})"
    if column.length is not None:
        return value(copy, column, text)
    text = f"nullif({text}, '')"
    if is_moment(column):
        return moment(copy, column, text)
    return integer(text, column.type) if column.type in INTEGERS else f"CAST({text} AS {column.type})"


def read_parquet(columns: Sequence[TableColumn], paths: Sequence[Path], have: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """Rows of Parquet files, whose columns are the target's by their order."""
    if len(have) != len(columns):
        raise SqlError(
            "XX000", f"Unmatched number of columns between table and file. Table columns: {len(columns)}, Data columns: {len(have)}"
        )
    shown = []
    for (name, kind), column in zip(have, columns, strict=True):
        _compatible(name, kind, column)
        text = named(name)
        if column.type == "JSON":
            text = f"to_json({text})"
        elif column.length is not None:
            text = f"rs_fit({text}, {column.length}, 'character varying')"
        else:
            text = f"CAST({text} AS {column.type})"
        shown.append(text)
    return f"read_parquet({listed(paths)}, hive_partitioning = false)", shown


def _compatible(name: str, kind: str, column: TableColumn) -> None:
    """Raise as Redshift does for a file's column whose type does not fit: texts only into texts, numbers into numbers …"""
    if _family(kind) != _family(column.type) and column.type != "JSON":
        raise SqlError(
            "XX000",
            f"File has an incompatible Parquet schema for column '{name}': {kind.lower()} into {column.shown or column.type.lower()}",
        )


def _family(kind: str) -> str:
    base = kind.partition("(")[0]
    if base in NUMBERS or base in ("TINYINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return "number"
    if base in ("DATE",) or base.startswith("TIMESTAMP"):
        return "moment"
    return {"JSON": "VARCHAR"}.get(base, base)
