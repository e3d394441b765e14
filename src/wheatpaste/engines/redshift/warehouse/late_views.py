"""Views WITH NO SCHEMA BINDING: kept as texts, and put in the place of their names each time a statement mentions them."""

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.parser import parse_query
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse.results import columns_of
from wheatpaste.engines.redshift.warehouse.session import quoted

if TYPE_CHECKING:
    from wheatpaste.engines.redshift.warehouse.session import Session

COLUMNS = "pg_get_late_binding_view_cols"
DEEPEST = 32  # views within views


def known(session: "Session") -> dict[tuple[str, str], str]:
    """The late-binding views by schema and name, with their texts."""
    rows = session.rows(f"SELECT schema_name, table_name, definition FROM {INTERNAL}.views WHERE kind = 'late'")
    return {(row[0] or "", row[1] or ""): row[2] or "" for row in rows}


def expand(session: "Session", tree: Any) -> None:
    """Replace the names of late-binding views by their queries, in place. Raises SqlError when views mention each other."""
    views = known(session)
    if not views:
        return
    for _ in range(DEEPEST):
        if not _expand(session, tree, views):
            return
    raise SqlError("42P17", "infinite recursion detected in the rules of a view")


def _expand(session: "Session", tree: Any, views: dict[tuple[str, str], str]) -> bool:
    common = {cte.alias for cte in tree.find_all(exp.CTE)}
    found = False
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Anonymous) and str(table.this.this).lower() == COLUMNS:
            _listing(session, table, views)
            continue
        text = _text(session, table, views) if table.db or table.name not in common else None
        if text is not None:
            _replace(table, text)
            found = True
    return found


def _replace(table: Any, text: str) -> None:
    query = parse_query(text)
    for identifier in query.find_all(exp.Identifier):
        identifier.set("this", identifier.this.lower())
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
    table.replace(exp.Subquery(this=query, alias=alias))


def _text(session: "Session", table: Any, views: dict[tuple[str, str], str]) -> str | None:
    for schema in [table.db] if table.db else session.engine_path():
        if (schema, table.name) in views:
            return views[schema, table.name]
    return None


def _listing(session: "Session", table: Any, views: dict[tuple[str, str], str]) -> None:
    """The columns that the views have now; a view whose tables are gone has none."""
    rows = [
        f"({quoted(s)}, {quoted(v)}, {quoted(n)}, {quoted(t)}, {i})"
        for (s, v), text in views.items()
        for i, n, t in _columns(session, text)
    ]
    labels = "view_schema, view_name, col_name, col_type, col_num"
    query = f"SELECT * FROM (VALUES {', '.join(rows) or '(NULL, NULL, NULL, NULL, NULL)'}) AS v({labels})"
    alias = table.args.get("alias")
    subquery = parse_query(query if rows else f"{query} WHERE 1 = 0")
    names = [column.name.lower() for column in (alias.args.get("columns") or [])] if alias else []
    shown = exp.TableAlias(this=exp.to_identifier(alias.name if alias else COLUMNS), columns=[exp.to_identifier(name) for name in names])
    table.replace(exp.Subquery(this=subquery, alias=shown))


def _columns(session: "Session", text: str) -> list[tuple[int, str, str]]:
    try:
        described = session.described(text)
    except SqlError:
        return []
    shown = [(column.name, column.oid, column.modifier) for column in columns_of(described)]
    return [(i, name, _format(session, oid, modifier)) for i, (name, oid, modifier) in enumerate(shown, 1)]


def _format(session: "Session", oid: int, modifier: int) -> str:
    return session.rows(f"SELECT rs_format_type({oid}, {modifier})")[0][0] or ""
