"""The types of DynamicFrame schemas. Unlike Spark's they have choices: one field, several types, record by record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar


class DataType:
    """A type of a DynamicFrame's schema; two types are equal when their JSON is."""

    def __init__(self, properties: Mapping[str, Any] = {}) -> None:
        self.properties = dict(properties)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataType) and self.jsonValue() == other.jsonValue()

    def __hash__(self) -> int:
        return hash(json.dumps(self.jsonValue(), sort_keys=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._arguments()})"

    def _arguments(self) -> str:
        return repr(self.properties)

    @classmethod
    def typeName(cls) -> str:
        return cls.__name__.removesuffix("Type").lower()

    def jsonValue(self) -> dict[str, Any]:
        return {"dataType": self.typeName(), "properties": self.properties}


class AtomicType(DataType):
    """A type without parts."""

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> DataType:
        return cls(json_value.get("properties", {}))


class BinaryType(AtomicType):
    """Bytes."""


class BooleanType(AtomicType):
    """True or false."""


class ByteType(AtomicType):
    """A signed integer of 8 bits."""


class DateType(AtomicType):
    """A day without a time zone."""


class DoubleType(AtomicType):
    """A floating point number of 64 bits."""


class FloatType(AtomicType):
    """A floating point number of 32 bits."""


class IntegerType(AtomicType):
    """A signed integer of 32 bits, called `int`."""

    @classmethod
    def typeName(cls) -> str:
        return "int"


class LongType(AtomicType):
    """A signed integer of 64 bits."""


class NullType(AtomicType):
    """The type of a field in which only nulls were seen."""


class ShortType(AtomicType):
    """A signed integer of 16 bits."""


class StringType(AtomicType):
    """Text."""


class TimestampType(AtomicType):
    """An instant."""


class TimestampNTZType(AtomicType):
    """A date and time without a time zone."""


class UnknownType(AtomicType):
    """A type not known yet: any other type absorbs it."""


class DecimalType(AtomicType):
    """An exact number of `precision` digits, `scale` of them after the point."""

    def __init__(self, precision: int = 10, scale: int = 2, properties: Mapping[str, Any] = {}) -> None:
        super().__init__(properties)
        self.precision, self.scale = precision, scale

    def _arguments(self) -> str:
        return f"{self.precision}, {self.scale}, {self.properties!r}"

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "precision": self.precision, "scale": self.scale}

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> DataType:
        return cls(json_value["precision"], json_value["scale"], json_value.get("properties", {}))


class EnumType(AtomicType):
    """Text out of a list."""

    def __init__(self, options: Iterable[str], properties: Mapping[str, Any] = {}) -> None:
        super().__init__(properties)
        self.options = list(options)

    def _arguments(self) -> str:
        return f"{self.options!r}, {self.properties!r}"

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "options": self.options}

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> DataType:
        return cls(json_value["options"], json_value.get("properties", {}))


class _ContainerType(DataType):
    """A type around one other; `_key` is its name in JSON."""

    _key: ClassVar[str]

    def __init__(self, inner: DataType, properties: Mapping[str, Any] = {}) -> None:
        super().__init__(properties)
        self._inner = inner

    def _arguments(self) -> str:
        return f"{self._inner!r}, {self.properties!r}"

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), self._key: self._inner.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> DataType:
        return cls(_deserialize_json_value(json_value[cls._key]), json_value.get("properties", {}))


class ArrayType(_ContainerType):
    """A list of one element type."""

    _key = "elementType"

    def __init__(self, elementType: DataType = UnknownType(), properties: Mapping[str, Any] = {}) -> None:  # noqa: B008
        super().__init__(elementType, properties)
        self.elementType = elementType


class SetType(_ContainerType):
    """A list without duplicates."""

    _key = "elementType"

    def __init__(self, elementType: DataType = UnknownType(), properties: Mapping[str, Any] = {}) -> None:  # noqa: B008
        super().__init__(elementType, properties)
        self.elementType = elementType


class MapType(_ContainerType):
    """Values under keys; the keys are always strings."""

    _key = "valueType"

    def __init__(self, valueType: DataType = UnknownType(), properties: Mapping[str, Any] = {}) -> None:  # noqa: B008
        super().__init__(valueType, properties)
        self.valueType = valueType


class ChoiceType(DataType):
    """One field that has different types in different records; alternatives are known by their type's name."""

    def __init__(self, choices: Iterable[DataType] = (), properties: Mapping[str, Any] = {}) -> None:
        super().__init__(properties)
        self.choices: dict[str, DataType] = {}
        for choice in choices:
            self.add(choice)

    def _arguments(self) -> str:
        return f"{list(self.choices.values())!r}, {self.properties!r}"

    def add(self, new_choice: DataType) -> None:
        """Adds an alternative; ValueError when there is one of its name."""
        if new_choice.typeName() in self.choices:
            raise ValueError(f"Attempt to insert duplicate choice {new_choice.typeName()}")
        self.choices[new_choice.typeName()] = new_choice

    def merge(self, new_choices: DataType | Iterable[DataType]) -> None:
        """Adds alternatives, merging those already there."""
        if isinstance(new_choices, ChoiceType):
            new_choices = list(new_choices.choices.values())
        for choice in [new_choices] if isinstance(new_choices, DataType) else new_choices:
            known = self.choices.get(choice.typeName())
            self.choices[choice.typeName()] = choice if known is None else _merge_same(known, choice)

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "choices": [choice.jsonValue() for choice in self.choices.values()]}

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> DataType:
        return cls([_deserialize_json_value(choice) for choice in json_value["choices"]], json_value.get("properties", {}))


class Field:
    """A named member of a struct."""

    def __init__(self, name: str, dataType: DataType, properties: Mapping[str, Any] = {}) -> None:
        self.name, self.dataType, self.properties = name, dataType, dict(properties)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and self.jsonValue() == other.jsonValue()

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Field({self.name}, {self.dataType!r}, {self.properties!r})"

    def jsonValue(self) -> dict[str, Any]:
        return {"name": self.name, "container": self.dataType.jsonValue(), "properties": self.properties}

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> Field:
        return cls(json_value["name"], _deserialize_json_value(json_value["container"]), json_value.get("properties", {}))


class StructType(DataType):
    """Named fields in order; also the schema of a whole frame."""

    def __init__(self, fields: Iterable[Field] = (), properties: Mapping[str, Any] = {}) -> None:
        super().__init__(properties)
        self.fields: list[Field] = []
        self.field_map: dict[str, Field] = {}
        for field in fields:
            self.add(field)

    def _arguments(self) -> str:
        return f"{self.fields!r}, {self.properties!r}"

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def add(self, field: Field) -> None:
        self.fields.append(field)
        self.field_map[field.name] = field

    def hasField(self, field: Field | str) -> bool:
        return (field.name if isinstance(field, Field) else field) in self.field_map

    def getField(self, field: Field | str) -> Field:
        return self.field_map[field.name if isinstance(field, Field) else field]

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "fields": [field.jsonValue() for field in self.fields]}

    @classmethod
    def fromJsonValue(cls, json_value: Mapping[str, Any]) -> DataType:
        return cls([Field.fromJsonValue(field) for field in json_value["fields"]], json_value.get("properties", {}))


class EntityType(DataType):
    """Named in the published interface, never implemented there either."""

    def __init__(self, entity: str, base_type: DataType, properties: Mapping[str, Any]) -> None:
        raise NotImplementedError("EntityType")


_ATOMIC: list[type[AtomicType]] = [
    BinaryType, BooleanType, ByteType, DateType, DecimalType, DoubleType, EnumType, FloatType, IntegerType, LongType,
    NullType, ShortType, StringType, TimestampType, TimestampNTZType, UnknownType,
]  # fmt: skip
_COMPLEX: list[Any] = [ArrayType, SetType, ChoiceType, MapType, StructType]
_BY_NAME: dict[str, Any] = {kind.typeName(): kind for kind in [*_ATOMIC, *_COMPLEX]}


def _deserialize_json_string(json_str: str) -> DataType:
    return _deserialize_json_value(json.loads(json_str))


def _deserialize_json_value(json_val: Mapping[str, Any]) -> DataType:
    kind = _BY_NAME.get(json_val["dataType"])
    if kind is None:
        raise ValueError(f"Unknown data type {json_val['dataType']!r}")
    read: DataType = kind.fromJsonValue(json_val)
    return read


def _serialize_schema(schema: DataType) -> str:
    return json.dumps(schema.jsonValue())


def _make_choice(s1: DataType, s2: DataType) -> ChoiceType:
    choice = ChoiceType()
    choice.merge(s1)
    choice.merge(s2)
    return choice


def _merge_structs(s1: StructType, s2: StructType) -> StructType:
    merged = [
        Field(f.name, mergeDataTypes(f.dataType, s2.getField(f.name).dataType), f.properties) if s2.hasField(f.name) else f for f in s1
    ]
    return StructType(merged + [f for f in s2 if not s1.hasField(f.name)], s1.properties)


def _merge_decimals(s1: DecimalType, s2: DecimalType) -> DecimalType:
    """The decimal that holds both: digits before and after the point are the larger ones."""
    scale = max(s1.scale, s2.scale)
    return DecimalType(min(38, max(s1.precision - s1.scale, s2.precision - s2.scale) + scale), scale, s1.properties)


def _merge_same(s1: DataType, s2: DataType) -> DataType:
    """Merges two types of one name."""
    if isinstance(s1, StructType) and isinstance(s2, StructType):
        return _merge_structs(s1, s2)
    if isinstance(s1, DecimalType) and isinstance(s2, DecimalType):
        return _merge_decimals(s1, s2)
    if isinstance(s1, (ArrayType, SetType)) and isinstance(s2, (ArrayType, SetType)):
        return type(s1)(mergeDataTypes(s1.elementType, s2.elementType), s1.properties)
    if isinstance(s1, MapType) and isinstance(s2, MapType):
        return MapType(mergeDataTypes(s1.valueType, s2.valueType), s1.properties)
    return s1


def mergeDataTypes(s1: DataType, s2: DataType) -> DataType:
    """The type of a field that is `s1` in some records and `s2` in others. Numbers are not widened: int and long are a choice."""
    if isinstance(s1, (NullType, UnknownType)):
        return s2
    if isinstance(s2, (NullType, UnknownType)) or s1 == s2:
        return s1
    if isinstance(s1, ChoiceType) or isinstance(s2, ChoiceType) or s1.typeName() != s2.typeName():
        return _make_choice(s1, s2)
    return _merge_same(s1, s2)


class DynamicRecord(dict[str, Any]):
    """One record as user functions see it: a dictionary whose fields are attributes too."""

    __slots__ = ()

    def __getattr__(self, attr: str) -> Any:
        if attr in self:
            return self[attr]
        raise AttributeError(f"DynamicRecord has no field {attr!r}; it has {list(self)}")

    def __setattr__(self, attr: str, value: Any) -> None:
        self[attr] = value


def _create_dynamic_record(dynamicRecord: Any) -> Any:
    """A deep copy with a DynamicRecord for every dictionary."""
    if isinstance(dynamicRecord, dict):
        return DynamicRecord((key, _create_dynamic_record(value)) for key, value in dynamicRecord.items())
    if isinstance(dynamicRecord, list):
        return [_create_dynamic_record(value) for value in dynamicRecord]
    return dynamicRecord


def _revert_to_dict(dynamicRecord: Any) -> Any:
    """A deep copy with a plain dictionary for every DynamicRecord."""
    if isinstance(dynamicRecord, dict):
        return {key: _revert_to_dict(value) for key, value in dynamicRecord.items()}
    if isinstance(dynamicRecord, (list, tuple)):
        return [_revert_to_dict(value) for value in dynamicRecord]
    return dynamicRecord
