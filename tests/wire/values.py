"""Values made from AWS shapes, the same for the same seed, that satisfy the model (but for patterns)."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.model import Shape

DEPTH = 5
TEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SPICE = "é/ +&<>\"'%=?#;:.,~*()日本語"


class Values:
    """Makes values; ``spice``: with characters that quoting gets wrong."""

    def __init__(self, seed: str, *, spice: bool = True, some: float = 0.8, empty: bool = True) -> None:
        self._random = random.Random(seed)
        self._spice = spice
        self._some = some
        self._empty = empty  # whether the protocol can say an empty structure, list or map

    def of(self, shape: Shape, depth: int = 0) -> Any:
        """A value of the shape."""
        if shape.type_name == "structure":
            return self._structure(shape, depth)
        if shape.type_name == "list":
            count = max(shape.metadata.get("min", 0), self._random.randint(1, 3))
            items = [self.of(shape.member, depth + 1) for _ in range(min(count, shape.metadata.get("max", count) or 1))]
            return [item for item in items if item not in ({}, [])] if not self._empty else items
        if shape.type_name == "map":
            count = max(shape.metadata.get("min", 0), min(2, shape.metadata.get("max", 2)))
            keys = {self._key(shape.key) for _ in range(count)}
            if shape.serialization.get("location") == "headers":
                keys = {key.lower() for key in keys}  # names of headers have no case
            made = {key: self.of(shape.value, depth + 1) for key in sorted(keys)}
            return {k: v for k, v in made.items() if v not in ({}, [])} if not self._empty else made
        return self._scalar(shape)

    def _structure(self, shape: Shape, depth: int) -> Any:
        if getattr(shape, "is_document_type", False):
            return {"a": [1, True, None, "x"], "b": {"c": 1.5}}
        names = list(shape.members)
        if getattr(shape, "is_tagged_union", False):
            names = [self._random.choice(names)]
        made = {}
        for name in names:
            required = name in shape.required_members or getattr(shape, "is_tagged_union", False)
            if (required and depth < 12) or (depth < DEPTH and self._random.random() < self._some):
                member = shape.members[name]
                if member.serialization.get("location") == "statusCode":
                    continue
                if not getattr(member, "is_eventstream", member.serialization.get("eventstream")):
                    value = self.of(member, depth + 1)
                    if self._empty or value not in ({}, []):
                        made[name] = value
        status = next((name for name, member in shape.members.items() if member.serialization.get("location") == "statusCode"), None)
        return {**made, status: 202} if status else made  # every response has one

    def _key(self, shape: Shape) -> str:
        return str(self._random.choice(shape.enum)) if getattr(shape, "enum", None) else self._text(shape, 6, spice=False)

    def _scalar(self, shape: Shape) -> Any:
        kind, low, high = shape.type_name, shape.metadata.get("min", 0), shape.metadata.get("max", 1000)
        if kind in ("string", "character"):
            if getattr(shape, "enum", None):
                return self._random.choice(shape.enum)
            where = shape.serialization.get("location")
            if shape.serialization.get("jsonvalue"):
                return {"a": [1, "x"]}
            return self._text(shape, 12, spice=self._spice and where not in ("header", "headers"))
        if kind in ("integer", "long"):
            return self._random.randint(int(low), max(int(low), int(min(high, 2**31 - 1))))
        if kind in ("float", "double"):
            return float(self._random.randint(int(low), max(int(low), int(min(high, 2**20))))) + (0.5 if high > low + 1 else 0)
        if kind == "boolean":
            return self._random.random() < 0.5
        if kind == "blob":
            return self._random.randbytes(max(1, shape.metadata.get("min", 0), 9))
        assert kind == "timestamp", kind
        return datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC) + timedelta(seconds=self._random.randint(0, 10**9))

    def _text(self, shape: Shape, length: int, *, spice: bool) -> str:
        least, most = shape.metadata.get("min", 0) or 0, shape.metadata.get("max", 10**6) or 10**6
        alphabet = TEXT + SPICE if spice else TEXT
        size = max(least, min(length, most), 1)
        return "".join(self._random.choice(alphabet) for _ in range(size))
