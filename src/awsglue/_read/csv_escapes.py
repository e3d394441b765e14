"""CSV with an escaper. Spark's parser knows one only within quotes; in Glue it works everywhere, and the character behind it stands for
itself (but for n, r, t and 0)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._frame.choice import column
from awsglue._read.files import Files

_KNOWN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
# U+FDD0 … stand for what was escaped while lines are cut into cells; they are no characters, so that no text has them.
_FIRST_MARK = 0xFDD0
_AS_LINES = {"sep": "\ufdee\ufdef", "quote": "", "escape": "\x00", "mode": "PERMISSIVE", "inferSchema": "false", "multiLine": "false"}
_CELLS = "__cells"


class Escapes:
    """What the escaper can stand before, and how cells are cut."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self.escaper, self.separator, self.quote = options["escape"], options["sep"], options["quote"]
        self.meant = [self.escaper, self.separator, *([self.quote] if self.quote else []), *_KNOWN.values()]
        self.written = [self.escaper, self.separator, *([self.quote] if self.quote else []), *_KNOWN]
        self.marks = [chr(_FIRST_MARK + n) for n in range(len(self.meant))]

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Escapes | None:
        """None where Spark's own parser does: without an escaper, or where it is a quote that is doubled within quotes."""
        if options["escape"] in (options["quote"], "\x00"):
            return None
        if len(options["sep"]) > 1 or len(options["escape"]) > 1 or options["multiLine"] == "true":
            return None
        return cls(options)

    def first_line(self, files: Files) -> str:
        """The line that names the columns; empty without any."""
        return next(iter(files.infer("csv", {**_AS_LINES, "header": "true", "enforceSchema": "true"}).names), "")

    def cells(self, line: str) -> list[str]:
        """One line, cut."""
        quoting: Any = {"quotechar": self.quote} if self.quote else {"quoting": csv.QUOTE_NONE}
        marked = re.sub(re.escape(self.escaper) + "(.)", lambda found: self._mark(found[1]), line)
        back = str.maketrans(dict(zip(self.marks, self.meant, strict=True)))
        return [cell.translate(back) for cell in next(csv.reader([marked], delimiter=self.separator, **quoting), [])]

    def rows(self, files: Files, first: str, width: int, *, header: bool, same: bool) -> tuple[DataFrame, list[Column]]:
        """The lines, without the first of each file if that is a `header` (the `same` one in all), and the cells of each."""
        reading = {**_AS_LINES, "header": str(header).lower(), "enforceSchema": str(not same).lower()}
        lines = files.load("csv", st.StructType([st.StructField(first, st.StringType())]), reading)
        names = [f"c{n}" for n in range(width)]
        cut = {"sep": self.separator, "quote": self.quote, "escape": self.quote or "\x00", "mode": "PERMISSIVE"}
        found = F.from_csv(self._marked(column(first)), ", ".join(f"{name} string" for name in names), cut)
        return lines.withColumn(_CELLS, found), [self._unmarked(F.col(_CELLS).getField(name)) for name in names]

    def _mark(self, letter: str) -> str:
        return self.marks[self.written.index(letter)] if letter in self.written else letter

    def _marked(self, line: Column) -> Column:
        for written, mark in zip(self.written, self.marks, strict=True):  # the escaper of itself is the first
            line = F.regexp_replace(line, f"\\Q{self.escaper}{written}\\E", mark)
        return F.regexp_replace(line, f"\\Q{self.escaper}\\E", "")

    def _unmarked(self, cell: Column) -> Column:
        *others, zero = self.marks  # to `translate` a zero means that nothing takes the place
        return F.regexp_replace(F.translate(cell, "".join(others), "".join(self.meant[:-1])), zero, "\0")
