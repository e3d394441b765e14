"""Regular expressions: Trino's (Joni, Java syntax) on RE2. A pattern must be a literal, of the part that means the same in both."""

import re

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, refuse_if
from wheatpaste.services.athena.dialect.functions import special, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.stringfunctions import ascii_only
from wheatpaste.services.athena.dialect.types import text

# Outside of ASCII the two differ in \w, \d, \s, \b and in case folding: texts beyond ASCII are then refused row by row.
ASCII_ONLY = re.compile(r"\\[wWdDsSbB]|\(\?[a-z]*i|\[:")
ANCHOR = re.compile(r"(?<![\\\[])\^|(?<!\\)\$")
"""Where a text has several lines, ``^`` and ``$`` are not sure to mean the same."""
REFUSED = (
    (re.compile(r"\(\?(=|!|<=|<!|>)"), "look-around and atomic groups"),
    (re.compile(r"\\[1-9]|\\k<"), "back references"),
    (re.compile(r"[*+?}]\+"), "possessive quantifiers"),
    (re.compile(r"\\[^wWdDsSbBAznrtfx.\\+*?()\[\]{}|^$/\-_:;,'\"@#%&=~!<> ]"), "this escape"),
    (re.compile(r"&&|\[[^\]\\]*\["), "class intersections"),
    (re.compile(r"\(\?[a-z]*[xsmud-]"), "this inline flag"),
)


def pattern_of(value: Expr, node: exp.Expression) -> tuple[str, int]:
    """A literal pattern in RE2's syntax, and its number of groups; raises Refused for what RE2 reads otherwise, or not at all."""
    if not isinstance(value.value, str):
        raise Refused("a regular expression that is no literal", node)
    pattern = value.value
    for found, what in REFUSED:
        if found.search(pattern):
            raise Refused(f"{what} in a regular expression", node)
    pattern = pattern.replace("(?<", "(?P<")
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise Refused(f"the regular expression {value.value} ({error})", node) from None
    return spaces(pattern, node), groups


def spaces(pattern: str, node: exp.Expression) -> str:
    """``\\s`` with the vertical tab, which Java counts and RE2 does not."""
    found, inside, place = "", False, 0
    while place < len(pattern):
        piece = pattern[place : place + 2] if pattern[place] == "\\" else pattern[place]
        place += len(piece)
        if piece == "\\S" and inside:
            raise Refused("\\S in a class of a regular expression", node)
        if piece in ("\\s", "\\S"):
            piece = "\\s\\x0b" if inside else "[\\s\\x0b]" if piece == "\\s" else "[^\\s\\x0b]"
        elif piece in "[]":
            inside = piece == "["
        found += piece
    return found


def guarded(pattern: str, value: Expr, sql: str, type_: t.Type) -> str:
    """Refuse texts beyond ASCII where the pattern would treat them otherwise, and texts of several lines where it has anchors."""
    conditions = []
    if ASCII_ONLY.search(pattern):
        conditions.append(f"NOT ({ascii_only(value.sql)})")
    if ANCHOR.search(pattern):
        conditions.append(f"contains({value.sql}, chr(10))")
    if not conditions:
        return sql
    return refuse_if(" OR ".join(conditions), "this regular expression on such text", sql, type_)


def _arguments(compiler: Compiler, node: exp.Anonymous, scope: Scope, least: int, most: int) -> list[Expr]:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    texts = all(argument.type.name in ("varchar", "unknown") for argument in arguments[:2])
    if not least <= len(arguments) <= most or not texts:
        raise unexpected(node.name.lower(), arguments, node)
    return arguments


@special("regexp_like")
def _like(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, given = _arguments(compiler, node, scope, 2, 2)
    pattern, _ = pattern_of(given, node)
    return Expr(
        guarded(given.value if isinstance(given.value, str) else "", value, f"regexp_matches({value.sql}, {text(pattern)})", t.BOOLEAN),
        t.BOOLEAN,
    )


def _group(arguments: list[Expr], groups: int, node: exp.Expression) -> int:
    if len(arguments) < 3:
        return 0
    group = arguments[2].value
    if not isinstance(group, int) or isinstance(group, bool):
        raise Refused("a group number that is no literal", node)
    if not 0 <= group <= groups:
        raise SqlError("INVALID_FUNCTION_ARGUMENT", f"Pattern has {groups} groups. Cannot access group {group}")
    return group


@special("regexp_extract")
def _extract(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = _arguments(compiler, node, scope, 2, 3)
    value = arguments[0]
    pattern, groups = pattern_of(arguments[1], node)
    group = _group(arguments, groups, node)
    if group and re.search(r"\)[?*]|\)\{0|\|", pattern):
        raise Refused("regexp_extract of a group that may not take part in the match", node)
    found = f"(CASE WHEN regexp_matches({value.sql}, {text(pattern)}) THEN regexp_extract({value.sql}, {text(pattern)}, {group}) END)"
    return Expr(guarded(pattern, value, found, value.type), value.type)


@special("regexp_extract_all")
def _extract_all(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = _arguments(compiler, node, scope, 2, 3)
    value = arguments[0]
    pattern, groups = pattern_of(arguments[1], node)
    group = _group(arguments, groups, node)
    type_ = t.array(value.type if value.type.name == "varchar" else t.VARCHAR)
    if re.match(pattern, "") or (group and re.search(r"\)[?*]|\)\{0|\|", pattern)):
        raise Refused("regexp_extract_all with a pattern that matches nothing or groups that may not take part", node)
    return Expr(guarded(pattern, value, f"regexp_extract_all({value.sql}, {text(pattern)}, {group})", type_), type_)


@special("regexp_replace")
def _replace(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    if len(node.expressions) == 3 and isinstance(node.expressions[2], exp.Lambda):
        raise Refused("regexp_replace with a function", node)
    arguments = _arguments(compiler, node, scope, 2, 3)
    value = arguments[0]
    pattern, groups = pattern_of(arguments[1], node)
    by = arguments[2] if len(arguments) == 3 else Expr("''", t.varchar(0), "")
    if not isinstance(by.value, str):
        raise Refused("regexp_replace with a replacement that is no literal", node)
    if re.match(pattern, ""):
        raise Refused("regexp_replace with a pattern that matches the empty text", node)
    replacement = _replacement(by.value, groups, node)
    return Expr(
        guarded(pattern, value, f"regexp_replace({value.sql}, {text(pattern)}, {text(replacement)}, 'g')", t.SOME_VARCHAR), t.SOME_VARCHAR
    )


def _replacement(written: str, groups: int, node: exp.Expression) -> str:
    out, place = "", 0
    while place < len(written):
        mark = written[place]
        follow = written[place + 1 : place + 2]
        if mark == "$" and follow.isdigit():
            number = int(follow)
            if number > groups:
                raise SqlError("INVALID_FUNCTION_ARGUMENT", f"Illegal replacement sequence: unknown group {number}")
            if written[place + 2 : place + 3].isdigit() and number * 10 <= groups:
                raise Refused("a replacement with group numbers over 9", node)
            out, place = f"{out}\\{number}", place + 2
        elif mark == "$":
            raise Refused("named groups in a replacement", node)
        elif mark == "\\":
            out, place = out + follow.replace("\\", "\\\\"), place + 2
        else:
            out, place = out + mark, place + 1
    return out


@special("regexp_split")
def _split(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, given = _arguments(compiler, node, scope, 2, 2)
    pattern, _ = pattern_of(given, node)
    if re.match(pattern, ""):
        raise Refused("regexp_split with a pattern that matches the empty text", node)
    type_ = t.array(t.SOME_VARCHAR)
    return Expr(guarded(pattern, value, f"string_split_regex({value.sql}, {text(pattern)})", type_), type_)


@special("regexp_count")
def _count(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value, given = _arguments(compiler, node, scope, 2, 2)
    pattern, _ = pattern_of(given, node)
    if re.match(pattern, ""):
        raise Refused("regexp_count with a pattern that matches the empty text", node)
    return Expr(guarded(pattern, value, f"len(regexp_extract_all({value.sql}, {text(pattern)}))", t.BIGINT), t.BIGINT)
