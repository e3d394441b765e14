"""Delimited text: which delimiter, whether a header, which types.

The rules are those of AWS's documentation ("Built-in CSV classifier", "Writing CSV custom classifiers"). A file of strings only therefore
has no header that could be told from its data: its columns are col0, col1, …
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wheatpaste.services.glue.crawl.finding import Finding
from wheatpaste.services.glue.crawl.naming import is_column_name
from wheatpaste.services.glue.crawl.text_values import cell_type, merge_cells

DELIMITERS = (",", "|", "\t", ";", "\u0001")
RECORDS = 1000  # AWS: the first 1,000 records or the first MB of a file
QUOTED = "cells are quoted, and LazySimpleSerDe reads the quotes as data: give the crawler a CSV classifier with Serde OpenCSVSerDe"
EVEN = 0.8  # the share of rows that must have the usual number of cells
_NAME = re.compile(r"[\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF\t]+")
DATATYPES = {"INT": "int", "LONG": "bigint", "SHORT": "smallint"}  # the others are their own names in lower case


@dataclass(frozen=True)
class CsvRules:
    """A custom classifier's members; the defaults are the built-in classifier's."""

    delimiters: tuple[str, ...] = DELIMITERS
    quote: str = '"'
    header: str = "UNKNOWN"
    names: tuple[str, ...] = ()
    trim: bool = True
    single_column: bool = False
    types: tuple[str, ...] = ()
    serde: str = "LazySimpleSerDe"  # the built-in classifier's, quoted cells or not (observed in crawled tables, October 2021)

    @classmethod
    def of(cls, custom: Mapping[str, Any]) -> "CsvRules":
        """The rules of a ``CsvClassifier`` shape."""
        given = custom.get("CustomDatatypes") or () if custom.get("CustomDatatypeConfigured") else ()
        return cls(
            delimiters=(custom["Delimiter"],) if custom.get("Delimiter") else DELIMITERS,
            quote=custom.get("QuoteSymbol") or '"',
            header=custom.get("ContainsHeader") or "UNKNOWN",
            names=tuple(custom.get("Header") or ()),
            trim=not custom.get("DisableValueTrimming"),
            single_column=bool(custom.get("AllowSingleColumn")),
            types=tuple(DATATYPES.get(t, t.lower()) for t in given),
            serde=custom.get("Serde") or "None",
        )


def read_csv(text: str, complete: bool, rules: CsvRules = CsvRules()) -> Finding | None:
    """The schema of delimited text, or None when it is none; ``complete``: ``text`` is the whole file, else its last line is left out."""
    if not complete:
        text = text[: text.rfind("\n") + 1]
    rows: list[list[str]] = []
    delimiter = ""
    for candidate in rules.delimiters:
        parsed = _rows(text, candidate, rules)
        if _tabular(parsed, rules) and (not rows or _width(parsed) > _width(rows)):
            rows, delimiter = parsed, candidate
    if not rows:
        return None
    return _finding(text, rows, delimiter, rules)


def _rows(text: str, delimiter: str, rules: CsvRules) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, quotechar=rules.quote)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append([cell.strip() for cell in row] if rules.trim else row)
            if len(rows) > RECORDS:
                break
    except csv.Error:  # a cell over the reader's limit, or a NUL: this is no such table
        return []
    return rows


def _width(rows: list[list[str]]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]


def _tabular(rows: list[list[str]], rules: CsvRules) -> bool:
    if len(rows) < 2:
        return False
    width = _width(rows)
    even = sum(1 for row in rows if len(row) == width)
    return even >= EVEN * len(rows) and (width >= 2 or rules.single_column)


def _finding(text: str, rows: list[list[str]], delimiter: str, rules: CsvRules) -> Finding | None:
    width = _width(rows)
    header = _has_header(rows, width, rules)
    data = [row for row in (rows[1:] if header else rows) if len(row) == width]
    if len(data) < 2 and rules.header == "UNKNOWN" and not rules.names:
        return None
    names = _names(rows[0] if header else [], width, rules)
    kinds = list(rules.types[:width]) + _types(data, width)[len(rules.types) :]
    records = _records(text, rows, delimiter, rules)
    size = max(1, round(len(text.encode()) / records))
    quoted = _quoted(text, rules.quote)
    open_csv = rules.serde == "OpenCSVSerDe" or (rules.serde == "None" and quoted)
    parameters = {"delimiter": delimiter, "columnsOrdered": "true", "areColumnsQuoted": str(open_csv and quoted).lower()}
    if header:
        parameters["skip.header.line.count"] = "1"
    serde = {"separatorChar": delimiter, "quoteChar": rules.quote} if open_csv else {"field.delim": delimiter}
    warning = QUOTED if quoted and not open_csv else ""
    columns = tuple(zip(names, kinds, strict=True))
    return Finding(
        "csv", "opencsv" if open_csv else "csv", columns, records - header, size, parameters=parameters, serde=serde, warning=warning
    )


def _records(text: str, rows: list[list[str]], delimiter: str, rules: CsvRules) -> int:
    """How many records the text has: more than were looked at, when it is long."""
    return (
        len(rows)
        if len(rows) <= RECORDS
        else sum(1 for row in csv.reader(io.StringIO(text), delimiter=delimiter, quotechar=rules.quote) if row)
    )


def _has_header(rows: list[list[str]], width: int, rules: CsvRules) -> bool:
    if rules.header != "UNKNOWN":
        return rules.header == "PRESENT"
    first = rows[0]
    if len(first) != width:
        return False
    if rules.names and [c.lower() for c in first] == [n.lower() for n in rules.names]:
        return True
    *others, last = first
    strings = all(cell_type(c) == "string" for c in others) and cell_type(last) in ("string", "null")
    fit = all(len(c) < 150 and _NAME.fullmatch(c) for c in others) and (not last or _NAME.fullmatch(last))
    return bool(strings and fit and any(t not in ("string", "null") for t in _types([r for r in rows[1:] if len(r) == width], width)))


def _types(data: list[list[str]], width: int) -> list[str]:
    kinds = ["null"] * width
    for row in data[:RECORDS]:
        for at, cell in enumerate(row):
            if kinds[at] != "string":
                kinds[at] = merge_cells(kinds[at], cell_type(cell))
    return kinds


def _names(first: list[str], width: int, rules: CsvRules) -> list[str]:
    given = list(rules.names) or first
    return [given[at].lower() if at < len(given) and is_column_name(given[at]) else f"col{at}" for at in range(width)]


def _quoted(text: str, quote: str) -> bool:
    """Whether a cell is quoted: the symbol opens a line or follows a delimiter."""
    return re.search(rf"(^|[,|\t;\x01]){re.escape(quote)}", text[:1_000_000], re.MULTILINE) is not None
