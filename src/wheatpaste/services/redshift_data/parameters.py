"""Named parameters of the Data API as PostgreSQL's numbered ones (pure)."""

from collections.abc import Mapping
from itertools import pairwise

from sqlglot.tokens import TokenType

from wheatpaste.engines.redshift.dialect.tokens import tokenize


def number(sql: str, given: Mapping[str, str]) -> tuple[str, list[str | None]]:
    """``sql`` with ``:name`` as ``$n``, and the values in that order. Raises KeyError for a name that has no value."""
    tokens = tokenize(sql)
    names: list[str] = []
    out, at = "", 0
    for mark, name in pairwise(tokens):
        if mark.token_type != TokenType.COLON or name.start != mark.end + 1 or not (name.text[:1].isalpha() or name.text[:1] == "_"):
            continue
        if name.text not in given:
            raise KeyError(name.text)
        if name.text not in names:
            names.append(name.text)
        out, at = out + sql[at : mark.start] + f"${names.index(name.text) + 1}", name.end + 1
    return out + sql[at:], [given[name] for name in names]
