"""Files of a COPY put into a form that DuckDB reads: unpacked, in UTF-8, without Redshift's ESCAPE and REMOVEQUOTES. Work of the worker."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

NULL = "\x01NULL\x01"  # what stands for NULL in a file that was respelled


def respell(path: str, target: str, delimiter: str, escape: bool, unquote: bool, null_text: str, skip: int) -> None:
    """Delimited text as CSV, each field in quotes. Raises ValueError for a field whose quote does not end."""
    fields = Fields(delimiter, escape, unquote, null_text)
    with Path(path).open(encoding="utf-8", newline="") as given, Path(target).open("w", encoding="utf-8", newline="") as made:
        for number, line in enumerate(_lines(given, escape), 1):
            text = line.rstrip("\r\n") if not escape else _without_end(line)
            if number <= skip or not text:
                made.write(line)
            else:
                made.write(delimiter.join(fields.of(text, number)) + line[len(text) :])


def _lines(file: IO[str], escape: bool) -> Iterator[str]:
    """The lines; with ESCAPE, one that ends in a lone backslash goes on in the next."""
    pending = ""
    for line in file:
        pending += line
        if escape and _goes_on(pending):
            continue
        yield pending
        pending = ""
    if pending:
        yield pending


def _without_end(line: str) -> str:
    text = line[:-1] if line.endswith("\n") else line
    return text[:-1] if text.endswith("\r") else text


def _goes_on(line: str) -> bool:
    text = _without_end(line)
    return line.endswith("\n") and (len(text) - len(text.rstrip("\\"))) % 2 == 1


class Fields:
    """Takes lines apart."""

    def __init__(self, delimiter: str, escape: bool, unquote: bool, null_text: str) -> None:
        self._null, self._escape, self._unquote = null_text, escape, unquote
        mark = re.escape(delimiter)
        one = r"(?:\\.|.)" if escape else "."
        plain = rf"(?:\\.|(?!{mark}).)*" if escape else rf"(?:(?!{mark}).)*"
        quoted = rf"(?P<quote>['\"])(?P<inner>{one}*?)(?P=quote)(?={mark}|\Z)|" if unquote else ""
        self._field = re.compile(rf"(?:{quoted}(?P<plain>{plain}))(?P<end>{mark}|\Z)", re.DOTALL)

    def of(self, line: str, number: int) -> Iterator[str]:
        """The fields of a line, each in quotes. Raises ValueError."""
        at = 0
        while True:
            found = self._field.match(line, at)
            if found is None:  # a backslash at the very end
                raise ValueError(f"line {number}: a backslash with nothing behind it")
            yield self._shown(found, number)
            at = found.end()
            if not found["end"]:
                return

    def _shown(self, found: re.Match[str], number: int) -> str:
        inner = found.groupdict().get("inner")
        text = found["plain"] if inner is None else inner
        if inner is None and self._unquote and text[:1] in ("'", '"') and text:
            raise ValueError(f"line {number}: Delimited value missing end quote: {text[:100]}")
        if inner is None and self._null and text == self._null:
            return NULL
        if self._escape:
            text = re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
        return '"' + text.replace('"', '""') + '"'
