"""One codec for AWS shapes in a column: JSON text in which datetimes, bytes and Decimals survive.

A timestamp becomes ``{"$wp.t": epoch milliseconds}``, a blob ``{"$wp.b": base64}``, a decimal ``{"$wp.d": text}``; everything else is
plain JSON, so a person can read the column. A client's own key that begins with ``$wp.`` gets another ``$wp.`` in front.
"""

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from wheatpaste.wire.encoder import make_encoder

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OURS = "$wp."
_made = threading.local()  # .tags: how many values the text that is made now has from `_plain`


def _plain(value: Any) -> Any:
    _made.tags += 1
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return {"$wp.t": round((aware - EPOCH).total_seconds() * 1000)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$wp.b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, Decimal):
        return {"$wp.d": str(value)}
    if isinstance(value, set | frozenset):
        _made.tags -= 1
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in an AWS shape")


def from_millis(millis: int) -> datetime:
    """The aware UTC datetime of epoch milliseconds."""
    return datetime.fromtimestamp(millis / 1000, UTC)


_encode = make_encoder(_plain)

_RESTORE: dict[str, Callable[[Any], Any]] = {"$wp.t": from_millis, "$wp.b": base64.b64decode, "$wp.d": Decimal}


def _restore(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        (key,) = found
        if key in _RESTORE:
            return _RESTORE[key](found[key])
    if any(key.startswith(_OURS) for key in found):
        return {key.removeprefix(_OURS): value for key, value in found.items()}
    return found


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{_OURS}{key}" if key.startswith(_OURS) else key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list | tuple) else value


def dumps(shape: Any) -> str:
    """An AWS shape as JSON text."""
    _made.tags = 0
    text = _encode(shape)
    # Looked through only where the sign stands more often than we put it there.
    return text if text.count(f'"{_OURS}') == _made.tags else _encode(_escaped(shape))


def loads(text: str) -> Any:
    """The AWS shape of JSON text that ``dumps`` wrote."""
    # object_hook is called for each object: worth it only where a tagged value can be.
    return json.loads(text, object_hook=_restore) if '"$wp.' in text else json.loads(text)


class Body(TypeDecorator[Any]):
    """A column that holds an AWS shape."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else loads(value)
