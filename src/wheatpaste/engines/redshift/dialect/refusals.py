"""What sqlglot reads, and DuckDB would run or sqlglot silently drop, but Redshift has not, or is not built: an error that names it."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError

JOINS = ("ASOF", "SEMI", "ANTI", "POSITIONAL")
CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


def _of_select(node: exp.Select) -> str:
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        return "SELECT DISTINCT ON"
    return next((f"{name.upper()} BY" for name in ("sort", "cluster", "distribute") if node.args.get(name)), "")


def _of_change(node: exp.Expression) -> str:
    words = {"returning": "RETURNING", "conflict": "ON CONFLICT", "overwrite": "INSERT OVERWRITE"}
    return next((words[name] for name in words if node.args.get(name)), "")


def _of_join(node: exp.Join) -> str:
    kinds = {str(node.args.get(name) or "").upper() for name in ("method", "kind", "side")}
    return next((f"{kind} JOIN" for kind in JOINS if kind in kinds), "")


def _of_limit(node: exp.Expression) -> str:
    options = node.args.get("limit_options")
    if node.args.get("expressions"):
        return "LIMIT … BY"
    return "LIMIT … PERCENT or WITH TIES" if options is not None and (options.args.get("percent") or options.args.get("with_ties")) else ""


def _of_set(node: exp.SetOperation) -> str:
    if node.args.get("by_name"):
        return f"{node.key.upper()} BY NAME"
    return "" if isinstance(node, exp.Union) or node.args.get("distinct") else f"{node.key.upper()} ALL"


def _of_star(node: exp.Star) -> str:
    return "SELECT * REPLACE or RENAME" if node.args.get("replace") or node.args.get("rename") else ""


RULES: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (exp.Select, _of_select),
    (CHANGES, _of_change),
    (exp.Join, _of_join),
    ((exp.Limit, exp.Fetch), _of_limit),
    (exp.SetOperation, _of_set),
    (exp.Star, _of_star),
    (exp.TableSample, lambda node: "TABLESAMPLE"),
    (exp.Version, lambda node: "FOR … AS OF"),
    (exp.Glob, lambda node: "GLOB"),
    (exp.AtIndex, lambda node: "unnesting with AT (the position of a SUPER's element)"),
)


def check(tree: Any) -> None:
    """Raises SqlError 0A000 for the first thing that Redshift has not."""
    for node in tree.walk():
        for kind, rule in RULES:
            if isinstance(node, kind) and (what := rule(node)):
                raise SqlError("0A000", f"{what} is not supported")
