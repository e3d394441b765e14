"""Which partitions an expression can match, read from the indexes of single keys: for expressions that leave the first key open.

The index over all keys serves an expression that begins with the first key. For others it is read from end to end, unless tests on single
keys leave few enough partitions: each key has an index of its own for that. How many a test leaves is found by reading its index up to a
limit.
"""

from sqlalchemy import func, literal_column, select

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue.expression import All, Some, Test, Tree
from wheatpaste.services.glue.expression_sql import predicate
from wheatpaste.services.glue.schema import KEY_COLUMNS, partitions

READ = 5000  # entries of one key's index: some 2 ms
FEW = 2000  # to decide one by one: some 8 ms
_RANGES = frozenset(("=", "in", "between", "<", "<=", ">", ">=", "like"))  # what an index finds; the others keep nearly everything


def candidates(call: Call, table_id: str, tree: Tree | None) -> set[str] | None:
    """The ``values_key`` of at most FEW partitions, among which are all that ``tree`` matches; None where that needs another way."""
    if tree is None or _begins(tree):
        return None
    found = _found(call, table_id, tree)
    return found if found is not None and len(found) <= FEW else None


def _begins(tree: Tree) -> bool:
    """Whether every match has one of a few values in the first key."""
    match tree:
        case Test(position, op):
            return position == 0 and op in ("=", "in")
        case All(parts):
            return any(_begins(part) for part in parts)
        case Some(parts):
            return all(_begins(part) for part in parts)


def _found(call: Call, table_id: str, tree: Tree) -> set[str] | None:
    match tree:
        case Test(position, op):
            return _of_key(call, table_id, tree) if 0 < position < KEY_COLUMNS and op in _RANGES else None
        case All(parts):
            return _intersection(call, table_id, parts)
        case Some(parts):
            return _union(call, table_id, parts)


def _intersection(call: Call, table_id: str, parts: tuple[Tree, ...]) -> set[str] | None:
    """What passes those of the parts that leave few."""
    left: set[str] | None = None
    for part in parts:
        if (found := _found(call, table_id, part)) is not None:
            left = found if left is None else left & found
    return left


def _union(call: Call, table_id: str, parts: tuple[Tree, ...]) -> set[str] | None:
    joined: set[str] = set()
    for part in parts:
        found = _found(call, table_id, part)
        if found is None or len(joined := joined | found) > FEW:
            return None
    return joined


def _of_key(call: Call, table_id: str, test: Test) -> set[str] | None:
    """The partitions that pass one test, unless they are more than READ."""
    partial = partitions.c[f"k{test.position}"] != literal_column("''")  # what the key's index is of: said literally, SQLite sees it
    where = (here(call, partitions, table_id=table_id), partial, predicate(test, partitions, call.db.dialect.name))
    some = select(partitions.c.values_key).where(*where).limit(READ + 1).subquery()
    # One text: a thousand rows through SQLAlchemy take longer than their reading. A key is JSON, which has no line feeds of its own.
    text: str | None = call.db.execute(select(func.aggregate_strings(some.c.values_key, "\n"))).scalar_one()
    found = text.split("\n") if text else []
    return set(found) if len(found) <= READ else None
