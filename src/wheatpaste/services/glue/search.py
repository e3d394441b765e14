"""SearchTables: by text anywhere in a table's metadata, and by properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, tuple_

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.services.glue.schema import tables
from wheatpaste.services.glue.scope import catalog_arn, catalog_id, decoded, named_table_arn, when
from wheatpaste.services.glue.table_reads import current
from wheatpaste.store import codec
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import SearchTablesRequest, SearchTablesResponse

CHUNK = 500
Sought = Callable[[Row[Any]], bool]

PROPERTIES: dict[str, Callable[[Row[Any]], Any]] = {  # the keys of filters and sort criteria, lower case; any other is a table parameter
    "name": lambda row: row.name,
    "databasename": lambda row: row.database,
    "description": lambda row: row.body.get("Description"),
    "owner": lambda row: row.body.get("Owner"),
    "tabletype": lambda row: row.body.get("TableType"),
    "catalogid": lambda row: row.catalog,
    "createtime": lambda row: when(row.created).isoformat(),
    "updatetime": lambda row: when(row.updated).isoformat(),
}
COMPARATORS: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda found, wanted: found == wanted,
    "GREATER_THAN": lambda found, wanted: found > wanted,
    "LESS_THAN": lambda found, wanted: found < wanted,
    "GREATER_THAN_EQUALS": lambda found, wanted: found >= wanted,
    "LESS_THAN_EQUALS": lambda found, wanted: found <= wanted,
}


def value_of(row: Row[Any], key: str) -> str:
    """A table's property by its key: a column of its own, or a parameter; empty when it has none."""
    read = PROPERTIES.get(key.lower())
    found = read(row) if read else (row.body.get("Parameters") or {}).get(key)
    return "" if found is None else str(found)


def _filter(wanted: Mapping[str, Any]) -> Sought:
    """One filter: EQUALS on a property that is a name matches a part of it, as Glue's search of tokens does; the others compare."""
    key, value, comparator = wanted.get("Key") or "", wanted.get("Value") or "", wanted.get("Comparator")
    if comparator:
        return lambda row: bool(value_of(row, key)) and COMPARATORS[comparator](value_of(row, key).lower(), value.lower())
    return lambda row: value.lower() in value_of(row, key).lower()


def _text(searched: str) -> Sought:
    """Free text: in double quotes exactly one of the values, otherwise a part of the metadata."""
    if len(searched) > 1 and searched[0] == searched[-1] == '"':
        exact = searched[1:-1].lower()
        return lambda row: any(exact == value.lower() for value in _values({"Name": row.name, "Database": row.database, **row.body}))
    part = searched.lower()
    return lambda row: part in f"{row.name}\n{row.database}\n{codec.dumps(row.body)}".lower()


def _values(shape: Any) -> Iterator[str]:
    """Every text in a shape."""
    if isinstance(shape, dict):
        for each in shape.values():
            yield from _values(each)
    elif isinstance(shape, list):
        for each in shape:
            yield from _values(each)
    elif isinstance(shape, str):
        yield shape


def _rows(call: Call, catalog: str) -> Iterator[Row[Any]]:
    """Every table of the catalog, in chunks."""
    after: tuple[str, str] = ("", "")
    order = (tables.c.database, tables.c.name)
    while True:
        query = select(tables).where(here(call, tables, catalog=catalog), tuple_(*order) > tuple_(*after)).order_by(*order).limit(CHUNK)
        rows = call.db.execute(query).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        after = (rows[-1].database, rows[-1].name)


@glue.operation(reads=True, resource=catalog_arn, stored=["IncludeStatusDetails"])
def search_tables(call: Call, req: SearchTablesRequest) -> SearchTablesResponse:
    """The tables that pass every filter and the text, sorted by a property (by name at first)."""
    if req.get("ResourceShareType") in ("FOREIGN", "FEDERATED"):
        return {"TableList": []}
    sought = [_filter(each) for each in req.get("Filters") or []]
    if req.get("SearchText"):
        sought.append(_text(req["SearchText"]))
    criterion = (req.get("SortCriteria") or [{}])[0]
    field, descending = criterion.get("FieldName") or "name", criterion.get("Sort") == "DESC"
    found = [row for row in _rows(call, catalog_id(call, req)) if all(passes(row) for passes in sought)]
    found = call.visible(found, "glue:GetTable", lambda row: named_table_arn(call, row.database, row.name))
    found.sort(key=lambda row: (value_of(row, field), row.database, row.name), reverse=descending)
    return _page(found, req, field)


def _page(found: list[Row[Any]], req: Mapping[str, Any], field: str) -> SearchTablesResponse:
    """The page after the table that the token names."""
    limit, after = req.get("MaxResults") or 1000, decoded(req, f"SearchTables {field}")
    if after is not None:
        places = [i for i, row in enumerate(found) if [row.database, row.name] == after]
        if not places:
            raise InvalidInputException("The table that the pagination token names is gone: search again.")
        found = found[places[0] + 1 :]
    shown, token = page(found, limit, lambda row: [row.database, row.name], f"SearchTables {field}")
    return {"TableList": [current(row) for row in shown], "NextToken": token}
