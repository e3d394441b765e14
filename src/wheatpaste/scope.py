"""Where a call's rows are: every table's primary key begins with account and region."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table, and_

if TYPE_CHECKING:
    from wheatpaste.call import Call


def here(call: "Call", table: Table, **keys: Any) -> ColumnElement[bool]:
    """The rows of the call's account and region whose columns have these values."""
    return and_(table.c.account == call.account, table.c.region == call.region, *(table.c[name] == value for name, value in keys.items()))


def place(call: "Call", **keys: Any) -> dict[str, Any]:
    """The same as ``here``, as the values of a new row."""
    return {"account": call.account, "region": call.region, **keys}
