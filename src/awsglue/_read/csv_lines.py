"""How lines of CSV are cut into cells: by Spark's parser, or with an escaper, which Spark's parser knows only within quotes. In Glue it
works everywhere, and the character behind it stands for itself (but for n, r, t and 0)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st
from pyspark.sql.utils import IllegalArgumentException

from awsglue._frame.choice import column
from awsglue._read.files import Files
from awsglue._read.names import BYTES, FILES, LINES

_KNOWN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
# U+FDD0 … stand for what was escaped while lines are cut into cells; they are no characters, so that no text has them.
_FIRST_MARK = 0xFDD0
_AS_LINES = {"sep": "\ufdee\ufdef", "quote": "", "escape": "\x00", "mode": "PERMISSIVE", "inferSchema": "false", "multiLine": "false"}
_CELLS = "__cells"


def is_escaped(options: Mapping[str, str]) -> bool:
    """Whether Spark's own parser will not do: not without an escaper, nor where it is a quote that is doubled within quotes."""
    if options["escape"] in (options["quote"], "\x00"):
        return False
    return len(options["sep"]) == 1 and len(options["escape"]) == 1 and options["multiLine"] != "true"


class PlainLines:
    """Cut by Spark's parser, with its `options`."""

    def __init__(self, files: Files, options: Mapping[str, str]) -> None:
        self.files, self.options = files, options

    def names(self) -> list[str]:
        """The columns that the first line names; one may have no name, which scripts drop as "". ValueError where it names some twice:
        Spark numbers these, and then misses their names."""
        options = {**self.options, "header": "true", "enforceSchema": "false"}
        try:
            return list(self.files.infer("csv", options).names)
        except IllegalArgumentException as error:
            named = re.search(r"CSV header does not conform.*?Header: (.*?)\n", str(error), re.DOTALL)
            if named is None:
                raise
            numbered = self.files.infer("csv", {**options, "enforceSchema": "true"}).names
            names = ["" if name == f"_c{n}" else name for n, name in enumerate(numbered)]
            if names.count("") == 1 and ", ".join(names) == named[1]:
                return names
            raise _named_twice(named[1]) from error

    def first_width(self) -> int:
        """How many cells the first line has."""
        return len(self.files.infer("csv", {**self.options, "header": "false"}).names)

    def widest(self) -> int:
        """How many cells the widest line has, of those that are looked at; empty ones at its end do not count."""
        return _widest(self.files, self.options) if len(self.options["sep"]) == 1 else 0  # Python's parser takes one character

    def rows(self, names: list[str], *, header: bool, same: bool) -> tuple[DataFrame, list[Column]]:
        """The rows, without the first of each file if that is a `header` (the `same` one in all), and the cells of each."""
        schema = st.StructType([st.StructField(name, st.StringType()) for name in names])
        reading = {**self.options, "header": str(header).lower(), "enforceSchema": str(not same).lower()}
        return self.files.load("csv", schema, reading), [*map(column, names)]


class EscapedLines:
    """Lines with an escaper: what it can stand before is marked, then they are cut."""

    def __init__(self, files: Files, options: Mapping[str, str]) -> None:
        self.files, self.options = files, options
        self.escaper, self.separator, self.quote = options["escape"], options["sep"], options["quote"]
        self.meant = [self.escaper, self.separator, *([self.quote] if self.quote else []), *_KNOWN.values()]
        self.written = [self.escaper, self.separator, *([self.quote] if self.quote else []), *_KNOWN]
        self.marks = [chr(_FIRST_MARK + n) for n in range(len(self.meant))]
        # The line that names the columns; empty without any.
        self.first = next(iter(files.infer("csv", {**_AS_LINES, "header": "true", "enforceSchema": "true"}).names), "")

    def names(self) -> list[str]:
        """The columns that the first line names. ValueError where it names some twice."""
        back = str.maketrans(dict(zip(self.marks, self.meant, strict=True)))
        names = [cell.translate(back) for cell in self._first_cells()]
        if len({name.lower() for name in names}) < len(names):
            raise _named_twice(", ".join(names))
        return names

    def first_width(self) -> int:
        """As `PlainLines.first_width`."""
        return len(self._first_cells())

    def widest(self) -> int:
        """As `PlainLines.widest`."""
        return _widest(self.files, self.options, self._marked_text)

    def rows(self, names: list[str], *, header: bool, same: bool) -> tuple[DataFrame, list[Column]]:
        """As `PlainLines.rows`."""
        reading = {**_AS_LINES, "header": str(header).lower(), "enforceSchema": str(not same).lower()}
        lines = self.files.load("csv", st.StructType([st.StructField(self.first, st.StringType())]), reading)
        cells = [f"c{n}" for n in range(len(names))]
        cut = {"sep": self.separator, "quote": self.quote, "escape": self.quote or "\x00", "mode": "PERMISSIVE"}
        found = F.from_csv(self._marked(column(self.first)), ", ".join(f"{cell} string" for cell in cells), cut)
        return lines.withColumn(_CELLS, found), [self._unmarked(F.col(_CELLS).getField(cell)) for cell in cells]

    def _first_cells(self) -> list[str]:
        return next(_cut(self._marked_text(self.first), self.options), [])

    def _marked_text(self, text: str) -> str:
        return re.sub(re.escape(self.escaper) + "(.)", lambda found: self._mark(found[1]), text)

    def _mark(self, letter: str) -> str:
        return self.marks[self.written.index(letter)] if letter in self.written else letter

    def _marked(self, line: Column) -> Column:
        for written, mark in zip(self.written, self.marks, strict=True):  # the escaper of itself is the first
            line = F.regexp_replace(line, f"\\Q{self.escaper}{written}\\E", mark)
        return F.regexp_replace(line, f"\\Q{self.escaper}\\E", "")

    def _unmarked(self, cell: Column) -> Column:
        *others, zero = self.marks  # to `translate` a zero means that nothing takes the place
        return F.regexp_replace(F.translate(cell, "".join(others), "".join(self.meant[:-1])), zero, "\0")


def _widest(files: Files, options: Mapping[str, str], prepared: Callable[[str], str] = str) -> int:
    texts = map(prepared, files.beginnings(FILES, BYTES))
    return max((n for text in texts for cells in _cut(text, options) for n, cell in enumerate(cells, 1) if cell), default=0)


def _cut(text: str, options: Mapping[str, str]) -> Iterator[list[str]]:
    """Lines, as Python's parser cuts them. It goes on over a line's end within quotes; Spark's does with multiLine only.

    An escaper counts for nothing here: where it is Spark's own it does so within quotes only, and a cell too many is none lost.
    """
    quoting: Any = {"quotechar": options["quote"]} if options["quote"] else {"quoting": csv.QUOTE_NONE}
    text = text.replace("\0", "")  # no text for the parser of Python 3.10
    for part in [text] if options["multiLine"] == "true" else re.split(LINES, text):
        yield from csv.reader(StringIO(part, newline=""), delimiter=options["sep"], **quoting)


def _named_twice(names: str) -> ValueError:
    return ValueError(
        f"The csv header has a name twice (upper and lower case are the same), or more than one empty: {names}. "
        "Name the columns apart, or read with skipFirst instead of withHeader: they are col0, col1 … then"
    )
