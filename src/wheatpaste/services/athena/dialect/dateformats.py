"""date_format, date_parse (MySQL's letters) and format_datetime, parse_datetime (Joda's patterns), with patterns that are literals."""

import re
from dataclasses import dataclass

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.datefunctions import local
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, fail, refuse_if
from wheatpaste.services.athena.dialect.functions import special, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import TZ, text

ONE_OR_TWO, NAME = "[0-9]{1,2}", "[A-Za-z]+"


@dataclass(frozen=True)
class Letter:
    """How one piece of a pattern is written (SQL with ``{}``), and how it is read: a strict expression and strptime's letter."""

    write: str
    read: str = ""
    strptime: str = ""

    @property
    def loose(self) -> str:
        """What Joda may also read here."""
        if self.read.startswith("[0-9]") and ":" not in self.read:
            return "[+-]?[0-9]+"
        return "[0-9+: APMapm-]+" if ":" in self.read else "[A-Za-z.]+"


def _strftime(letter: str) -> str:
    return f"strftime({{}}, '%{letter}')"


HOUR12 = "((hour({}) + 11) % 12 + 1)"
YEAR = Letter(_strftime("Y"), "[0-9]{4}", "%Y")
MONTH, DAY_, HOUR = (
    Letter(_strftime("m"), "[0-9]{2}", "%m"),
    Letter(_strftime("d"), "[0-9]{2}", "%d"),
    Letter(_strftime("H"), "[0-9]{2}", "%H"),
)
MINUTE, SECOND, HALF = (
    Letter(_strftime("M"), "[0-9]{2}", "%M"),
    Letter(_strftime("S"), "[0-9]{2}", "%S"),
    Letter(_strftime("p"), "[AaPp][Mm]", "%p"),
)
SHORT_MONTH = Letter(_strftime("b"), "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", "%b")
LONG_MONTH = Letter(_strftime("B"), "January|February|March|April|May|June|July|August|September|October|November|December", "%B")

MYSQL = {
    "Y": YEAR,
    "y": Letter(_strftime("y")),
    "m": MONTH,
    "c": Letter("CAST(month({}) AS VARCHAR)", ONE_OR_TWO, "%m"),
    "d": DAY_,
    "e": Letter("CAST(day({}) AS VARCHAR)", ONE_OR_TWO, "%d"),
    "H": HOUR,
    "k": Letter("CAST(hour({}) AS VARCHAR)", ONE_OR_TWO, "%H"),
    "h": Letter(_strftime("I"), "[0-9]{2}", "%I"),
    "I": Letter(_strftime("I"), "[0-9]{2}", "%I"),
    "l": Letter(f"CAST({HOUR12} AS VARCHAR)", ONE_OR_TWO, "%I"),
    "i": MINUTE,
    "s": SECOND,
    "S": SECOND,
    "f": Letter("(strftime({}, '%g') || '000')", "[0-9]{1,3}", "%f"),
    "p": HALF,
    "a": Letter(_strftime("a")),
    "b": SHORT_MONTH,
    "M": LONG_MONTH,
    "W": Letter(_strftime("A")),
    "j": Letter(_strftime("j")),
    "T": Letter("strftime({}, '%H:%M:%S')", "[0-9]{2}:[0-9]{2}:[0-9]{2}", "%H:%M:%S"),
    "r": Letter("strftime({}, '%I:%M:%S %p')", "[0-9]{2}:[0-9]{2}:[0-9]{2} [AaPp][Mm]", "%I:%M:%S %p"),
    "v": Letter("lpad(CAST(weekofyear({}) AS VARCHAR), 2, '0')"),
    "x": Letter("lpad(CAST(isoyear({}) AS VARCHAR), 4, '0')"),
}
JODA = {
    "yyyy": YEAR,
    "YYYY": YEAR,
    "yy": MYSQL["y"],
    "MM": MONTH,
    "M": MYSQL["c"],
    "MMM": SHORT_MONTH,
    "MMMM": LONG_MONTH,
    "dd": DAY_,
    "d": MYSQL["e"],
    "HH": HOUR,
    "H": MYSQL["k"],
    "hh": MYSQL["h"],
    "h": MYSQL["l"],
    "mm": MINUTE,
    "ss": SECOND,
    "SSS": Letter(_strftime("g"), "[0-9]{3}", "%g"),
    "a": HALF,
    "EEE": MYSQL["a"],
    "E": MYSQL["a"],
    "EEEE": MYSQL["W"],
    "DDD": MYSQL["j"],
}
Part = Letter | str


def mysql_parts(pattern: str) -> list[Part]:
    """The pieces of a MySQL pattern; raises as Trino does for the letters that it does not support."""
    parts: list[Part] = []
    for found in re.finditer(r"%(.)|([^%]+)|(%)$", pattern, re.S):
        letter, plain = found[1], found[2]
        if plain is not None:
            parts.append(plain)
        elif letter is None:
            raise SqlError("INVALID_FUNCTION_ARGUMENT", f"Invalid date format string: {pattern}")
        elif letter in "DUuVwX":
            raise SqlError("INVALID_FUNCTION_ARGUMENT", f"%{letter} not supported in date format string")
        else:
            parts.append(MYSQL.get(letter, letter))
    return parts


def joda_parts(pattern: str, node: exp.Expression) -> list[Part]:
    """The pieces of a Joda pattern; raises Refused for letters that are not built."""
    parts: list[Part] = []
    for found in re.finditer(r"''|'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)|(')", pattern):
        quoted, letters, plain = found[1], found[2], found[4]
        if found[0] == "''":
            parts.append("'")
        elif quoted is not None:
            parts.append(quoted.replace("''", "'"))
        elif plain is not None:
            parts.append(plain)
        elif letters in JODA:
            parts.append(JODA[letters])
        else:
            raise Refused(f"{letters or pattern} in a date pattern", node)
    return parts


def written(value: Expr, parts: list[Part]) -> str:
    """SQL of the text of a timestamp."""
    sql = local(value).sql
    return " || ".join([text(part) if isinstance(part, str) else part.write.replace("{}", sql) for part in parts]) or "''"


def read(sql: str, parts: list[Part], pattern: str, node: exp.Expression) -> str:
    """SQL of the timestamp that a text says; other digits' counts than the pattern's, which Joda partly allows, are refused."""
    if any(isinstance(part, Letter) and not part.strptime for part in parts):
        raise Refused(f"parsing with the pattern {pattern}", node)
    strict = "".join(re.escape(part) if isinstance(part, str) else f"({part.read})" for part in parts)
    loose = "".join(re.escape(part) if isinstance(part, str) else part.loose for part in parts)
    format_ = "".join(part.replace("%", "%%") if isinstance(part, str) else part.strptime for part in parts)
    type_ = t.timestamp(3)
    wrong = fail("INVALID_FUNCTION_ARGUMENT", 'Invalid format: "{}"', type_, sql)
    fitting = f"regexp_full_match({sql}, {text(strict)})"
    parsed = f"(CASE WHEN {fitting} THEN {_strptime(sql, format_, type_)} WHEN {sql} IS NOT NULL THEN {wrong} END)"
    message = f"text whose digits are not as many as in the pattern {pattern}"
    return refuse_if(f"NOT {fitting} AND regexp_full_match({sql}, {text(loose)})", message, parsed, type_)


def _strptime(sql: str, format_: str, type_: t.Type) -> str:
    if "%Y" not in format_:
        raise Refused("parsing a date without its year")
    wrong = fail("INVALID_FUNCTION_ARGUMENT", 'Cannot parse "{}"', type_, sql)
    return f"coalesce(try_strptime({sql}, {text(format_)}), {wrong})"


def _arguments(compiler: Compiler, node: exp.Anonymous, scope: Scope, kinds: tuple[str, ...]) -> tuple[Expr, str]:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 2 or arguments[0].type.name not in (*kinds, "unknown") or arguments[1].type.name != "varchar":
        raise unexpected(node.name.lower(), arguments, node)
    if not isinstance(arguments[1].value, str):
        raise Refused(f"{node.name.lower()} with a pattern that is no literal", node)
    value = arguments[0]
    if value.type.name in ("date", "unknown") and "varchar" not in kinds:
        value = coerce(value, t.timestamp(3))
    return value, arguments[1].value


@special("date_format")
def _date_format(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, pattern = _arguments(compiler, node, scope, ("date", "timestamp", TZ))
    return Expr(f"({written(value, mysql_parts(pattern))})", t.VARCHAR)


@special("date_parse")
def _date_parse(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, pattern = _arguments(compiler, node, scope, ("varchar",))
    return Expr(read(value.sql, mysql_parts(pattern), pattern, node), t.timestamp(3))


@special("format_datetime")
def _format_datetime(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, pattern = _arguments(compiler, node, scope, ("date", "timestamp", TZ))
    return Expr(f"({written(value, joda_parts(pattern, node))})", t.VARCHAR)


@special("parse_datetime")
def _parse_datetime(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, pattern = _arguments(compiler, node, scope, ("varchar",))
    return Expr(read(value.sql, joda_parts(pattern, node), pattern, node), t.zoned(3, "UTC"))
