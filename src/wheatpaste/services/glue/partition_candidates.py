"""Which partitions an expression can match, read from one key's index: for expressions that leave the first key open.

The index over all keys serves an expression that begins with the first key. For others it is read from end to end, unless a test on a
single key leaves few enough partitions: each key has an index of its own for that. How many it leaves is found by reading that index up to
a limit; whoever knows no better reads on.
"""

from sqlalchemy import literal_column, select

from wheatpaste.call import Call
from wheatpaste.services.glue.expression import All, Some, Test, Tree
from wheatpaste.services.glue.expression_sql import predicate
from wheatpaste.services.glue.schema import KEY_COLUMNS, partitions
from wheatpaste.services.glue.scope import here

FEW = 1000  # deciding for one in Python takes as long as reading some twenty entries of the index over all keys
_RANGES = frozenset(("=", "in", "between", "<", "<=", ">", ">=", "like"))  # what an index finds; the others keep nearly everything


def candidates(call: Call, table_id: str, tree: Tree | None) -> set[str] | None:
    """The ``values_key`` of at most FEW partitions, among which are all that ``tree`` matches; None where that needs another way."""
    if tree is None or _begins(tree):
        return None
    return _found(call, table_id, tree)


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
            return next((found for part in parts if (found := _found(call, table_id, part)) is not None), None)
        case Some(parts):
            return _union(call, table_id, parts)


def _union(call: Call, table_id: str, parts: tuple[Tree, ...]) -> set[str] | None:
    all_of_them: set[str] = set()
    for part in parts:
        found = _found(call, table_id, part)
        if found is None or len(all_of_them := all_of_them | found) > FEW:
            return None
    return all_of_them


def _of_key(call: Call, table_id: str, test: Test) -> set[str] | None:
    """The partitions that pass one test, unless they are more than FEW."""
    partial = partitions.c[f"k{test.position}"] != literal_column("''")  # what the key's index is of: said literally, SQLite sees it
    where = (here(call, partitions, table_id=table_id), partial, predicate(test, partitions, call.db.dialect.name))
    found = call.db.execute(select(partitions.c.values_key).where(*where).limit(FEW + 1)).scalars().all()
    return set(found) if len(found) <= FEW else None
