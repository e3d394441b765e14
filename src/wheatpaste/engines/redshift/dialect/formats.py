"""TO_CHAR and TO_NUMBER: formats of moments and of numbers as DuckDB's SQL (AWS's documentation: Datetime formats, Numeric formats)."""

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.calls import arguments, final


def _strftime(form: str) -> Callable[[Any], Any]:
    return lambda value: final("strftime", value, exp.Literal.string(form))


def _named(form: str, how: str, width: int) -> Callable[[Any], Any]:
    """A month's or a day's name: upper, lower or as it is, filled with blanks to ``width``."""

    def build(value: Any) -> Any:
        text = _strftime(form)(value)
        text = final(how, text) if how else text
        return final("rpad", text, exp.Literal.number(width), exp.Literal.string(" ")) if width else text

    return build


def _macro(name: str) -> Callable[[Any], Any]:
    return lambda value: final(name, value)


# Elements of moments, the longest first. Those of digits only are read in any case.
ELEMENTS: dict[str, Callable[[Any], Any]] = {
    "MONTH": _named("%B", "upper", 9),
    "Month": _named("%B", "", 9),
    "month": _named("%B", "lower", 9),
    "HH24": _strftime("%H"),
    "HH12": _strftime("%I"),
    "YYYY": _strftime("%Y"),
    "IYYY": _strftime("%G"),
    "DAY": _named("%A", "upper", 9),
    "Day": _named("%A", "", 9),
    "day": _named("%A", "lower", 9),
    "MON": _named("%b", "upper", 0),
    "Mon": _strftime("%b"),
    "mon": _named("%b", "lower", 0),
    "DDD": _strftime("%j"),
    "YYY": _macro("rs_char_yyy"),
    "DY": _named("%a", "upper", 0),
    "Dy": _strftime("%a"),
    "dy": _named("%a", "lower", 0),
    "HH": _strftime("%I"),
    "YY": _strftime("%y"),
    "MM": _strftime("%m"),
    "DD": _strftime("%d"),
    "MI": _strftime("%M"),
    "SS": _strftime("%S"),
    "MS": _strftime("%g"),
    "US": _strftime("%f"),
    "AM": _strftime("%p"),
    "PM": _strftime("%p"),
    "am": _named("%p", "lower", 0),
    "pm": _named("%p", "lower", 0),
    "IW": _strftime("%V"),
    "ID": _strftime("%u"),
    "WW": _macro("rs_char_ww"),
    "CC": _macro("rs_char_cc"),
    "Q": _macro("rs_char_q"),
    "W": _macro("rs_char_w"),
    "D": _macro("rs_char_d"),
}
_ANY_CASE = {
    "HH24",
    "HH12",
    "YYYY",
    "IYYY",
    "DDD",
    "YYY",
    "HH",
    "YY",
    "MM",
    "DD",
    "MI",
    "SS",
    "MS",
    "US",
    "IW",
    "ID",
    "WW",
    "CC",
    "Q",
    "W",
    "D",
}

NUMBER = re.compile(r"(?P<fill>FM)?(?P<sign>S|MI)?(?P<whole>[09G,]+)(?:[D.](?P<part>[09]*))?(?P<end>S|MI)?")


def to_char(node: Any) -> Any:
    """TO_CHAR of a moment or a number with a literal format."""
    value, model = arguments(node, 2, 2)
    if not isinstance(model, exp.Literal) or not model.is_string:
        raise SqlError("0A000", "a format that is not a literal is not supported by wheatpaste")
    number = NUMBER.fullmatch(model.this.upper().strip())
    return _number(value, number) if number else _moment(value, str(model.this))


def _moment(value: Any, model: str) -> Any:
    pieces, rest = [], model
    while rest:
        name = next((e for e in ELEMENTS if rest.startswith(e) or (e in _ANY_CASE and rest.upper().startswith(e))), "")
        if name:
            pieces.append(ELEMENTS[name](value.copy()))
            rest = rest[len(name) :]
        elif rest[0] == '"':
            text, _, rest = rest[1:].partition('"')
            pieces.append(exp.Literal.string(text))
        elif rest[0].isalpha():
            raise SqlError("0A000", f'the format "{rest}" is not supported by wheatpaste')
        else:
            pieces.append(exp.Literal.string(rest[0]))
            rest = rest[1:]
    if all(isinstance(piece, exp.Literal) for piece in pieces):
        raise SqlError("0A000", f'the format "{model}" is not supported by wheatpaste')
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = exp.DPipe(this=whole, expression=piece)
    return exp.paren(whole)


def _number(value: Any, model: re.Match[str]) -> Any:
    """Digits before the point with their separators, digits after it, where zeros begin, and where the sign stands."""
    whole, part = model["whole"].replace("G", ","), model["part"]
    sign = "S" if "S" in (model["sign"], model["end"]) else "MI" if "MI" in (model["sign"], model["end"]) else ""
    ahead = bool(model["sign"])
    zeros = len(whole.replace(",", "")) - (whole.replace(",", "").index("0") if "0" in whole else len(whole.replace(",", "")))
    return final(
        "rs_char_number",
        value,
        exp.Literal.string(whole),
        exp.Literal.number(-1 if part is None else len(part)),
        exp.Literal.number(zeros),
        exp.Literal.string(sign + ("<" if ahead and sign else "")),
        exp.true() if model["fill"] else exp.false(),
    )


def to_number(node: Any) -> Any:
    """TO_NUMBER(text, format): a DECIMAL of the format's digits."""
    text, model = arguments(node, 2, 2)
    found = NUMBER.fullmatch(model.this.upper().strip()) if isinstance(model, exp.Literal) and model.is_string else None
    if found is None:
        raise SqlError("0A000", f"TO_NUMBER with the format {model.name!r} is not supported by wheatpaste")
    part = len(found["part"] or "")
    whole = len(found["whole"].replace("G", "").replace(",", ""))
    return exp.cast(final("rs_number_text", text), f"decimal({min(38, whole + part)},{part})")
