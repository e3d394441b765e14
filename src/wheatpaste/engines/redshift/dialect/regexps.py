"""REGEXP_COUNT, REGEXP_INSTR, REGEXP_REPLACE and REGEXP_SUBSTR with their positions, occurrences and parameters."""

from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.calls import arguments, final

FIRST = exp.Literal.number(1)


def _pattern(pattern: Any, flags: list[Any]) -> Any:
    """The pattern with its parameters: c (by case, the default) or i (not). Raises SqlError for the others."""
    given = flags[0].name if flags else ""
    if flags and not (isinstance(flags[0], exp.Literal) and set(given) <= {"c", "i"}):
        raise SqlError("0A000", f"regular expressions with the parameters {given!r} are not supported by wheatpaste")
    return exp.DPipe(this=exp.Literal.string("(?i)"), expression=exp.paren(pattern)) if "i" in given else pattern


def _from(text: Any, position: Any) -> Any:
    return text if position is FIRST else final("rs_substring", text, position)


def count(node: Any) -> Any:
    """REGEXP_COUNT(text, pattern [, position [, parameters]])."""
    text, pattern, *more = arguments(node, 2, 4)
    position, flags = (more[0] if more else FIRST), more[1:]
    return exp.cast(final("len", final("regexp_extract_all", _from(text, position), _pattern(pattern, flags))), "int")


def replace(node: Any) -> Any:
    """REGEXP_REPLACE(text, pattern [, replacement [, position [, parameters]]]) replaces every match."""
    text, pattern, *more = arguments(node, 2, 5)
    replacement, position, flags = (more[0] if more else exp.Literal.string("")), (more[1] if len(more) > 1 else FIRST), more[2:]
    matched = _pattern(pattern, flags)
    replaced = final("regexp_replace", _from(text, position), matched, replacement, exp.Literal.string("g"))
    if position is FIRST:
        return replaced
    before = final("left", text.copy(), exp.Sub(this=exp.paren(position.copy()), expression=FIRST.copy()))
    return exp.paren(exp.DPipe(this=before, expression=replaced))


def substr(node: Any) -> Any:
    """REGEXP_SUBSTR(text, pattern [, position [, occurrence [, parameters]]])."""
    text, pattern, *more = arguments(node, 2, 5)
    position, occurrence = (more[0] if more else FIRST), (more[1] if len(more) > 1 else FIRST.copy())
    return final("rs_regexp_nth", _from(text, position), _pattern(pattern, more[2:]), occurrence)


def instr(node: Any) -> Any:
    """REGEXP_INSTR(text, pattern [, position]); occurrences are refused."""
    text, pattern, *more = arguments(node, 2, 3)
    if not more:
        return final("rs_regexp_instr", text, pattern)
    return final("rs_regexp_instr_from", text, pattern, more[0])


NAMED = {"regexp_count": count, "regexp_replace": replace, "regexp_substr": substr, "regexp_instr": instr}
