"""Between the three spellings of a type: gluetypes, Spark's, and the text of catalogs and mappings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.order import Names


class OpenChoice(gt.ChoiceType):
    """A choice whose alternatives *may* occur: which do is found by one pass, and only when someone must know.

    `default` is the type when no value at all is found.
    """

    def __init__(self, choices: Iterable[gt.DataType], default: gt.DataType) -> None:
        super().__init__(choices)
        self.default = default

    @classmethod
    def typeName(cls) -> str:
        return "choice"


class OpenNested(gt.DataType):
    """Objects, or arrays, in an open choice: VARIANTs, whose members are found with the pass that decides the choice.

    VARIANTs sort the names of members; `names` has those whose order is known.
    """

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = names


class OpenStruct(OpenNested):
    @classmethod
    def typeName(cls) -> str:
        return "struct"


class OpenArray(OpenNested):
    @classmethod
    def typeName(cls) -> str:
        return "array"


_PAIRS: list[tuple[type[gt.DataType], type[st.DataType]]] = [
    (gt.BinaryType, st.BinaryType),
    (gt.BooleanType, st.BooleanType),
    (gt.ByteType, st.ByteType),
    (gt.DateType, st.DateType),
    (gt.DoubleType, st.DoubleType),
    (gt.FloatType, st.FloatType),
    (gt.IntegerType, st.IntegerType),
    (gt.LongType, st.LongType),
    (gt.NullType, st.NullType),
    (gt.ShortType, st.ShortType),
    (gt.StringType, st.StringType),
    (gt.TimestampType, st.TimestampType),
    (gt.TimestampNTZType, st.TimestampNTZType),
]
_TO_SPARK: dict[type[gt.DataType], type[st.DataType]] = {**dict(_PAIRS), gt.UnknownType: st.NullType, gt.EnumType: st.StringType}
_LENGTHS = [getattr(st, name) for name in ("VarcharType", "CharType") if hasattr(st, name)]  # Spark 3.3 has no classes for them
_TO_GLUE = {spark: glue for glue, spark in _PAIRS} | dict.fromkeys(_LENGTHS, gt.StringType)


def spark_type(kind: gt.DataType) -> st.DataType:
    """How a column of this type lies in the DataFrame: a choice is a struct with one nullable field per alternative."""
    if isinstance(kind, gt.DecimalType):
        return st.DecimalType(kind.precision, kind.scale)
    if isinstance(kind, gt.StructType):
        return spark_schema(kind)
    if isinstance(kind, gt.ChoiceType):
        return st.StructType([st.StructField(name, spark_type(choice)) for name, choice in kind.choices.items()])
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return st.ArrayType(spark_type(kind.elementType))
    if isinstance(kind, gt.MapType):
        return st.MapType(st.StringType(), spark_type(kind.valueType))
    return st.VariantType() if isinstance(kind, OpenNested) else _TO_SPARK[type(kind)]()


def spark_schema(schema: gt.StructType) -> st.StructType:
    """The Spark schema of a frame's columns."""
    return st.StructType([st.StructField(field.name, spark_type(field.dataType)) for field in schema])


def glue_type(kind: st.DataType) -> gt.DataType:
    """The Glue type of a Spark one; NotImplementedError for types that Glue has no name for (VARIANT, intervals …)."""
    if isinstance(kind, st.DecimalType):
        return gt.DecimalType(kind.precision, kind.scale)
    if isinstance(kind, st.StructType):
        return glue_schema(kind)
    if isinstance(kind, st.ArrayType):
        return gt.ArrayType(glue_type(kind.elementType))
    if isinstance(kind, st.MapType):
        return gt.MapType(glue_type(kind.valueType))
    known = next((glue for spark, glue in _TO_GLUE.items() if isinstance(kind, spark)), None)
    if known is None:
        raise NotImplementedError(f"A DynamicFrame cannot hold Spark's type {kind.simpleString()}; cast the column first")
    made: gt.DataType = known()
    return made


def glue_schema(schema: st.StructType) -> gt.StructType:
    """The Glue schema of a DataFrame."""
    return gt.StructType([gt.Field(field.name, glue_type(field.dataType)) for field in schema.fields])


_NAMES: dict[str, type[gt.DataType]] = {
    "binary": gt.BinaryType, "boolean": gt.BooleanType, "bool": gt.BooleanType, "byte": gt.ByteType, "tinyint": gt.ByteType,
    "date": gt.DateType, "double": gt.DoubleType, "float": gt.FloatType, "real": gt.FloatType, "int": gt.IntegerType,
    "integer": gt.IntegerType, "long": gt.LongType, "bigint": gt.LongType, "null": gt.NullType, "void": gt.NullType,
    "short": gt.ShortType, "smallint": gt.ShortType, "string": gt.StringType, "varchar": gt.StringType, "char": gt.StringType,
    "timestamp": gt.TimestampType, "timestampntz": gt.TimestampNTZType, "timestamp_ntz": gt.TimestampNTZType,
    "array": gt.ArrayType, "set": gt.SetType, "map": gt.MapType, "struct": gt.StructType, "choice": gt.ChoiceType,
}  # fmt: skip
_TOKEN = re.compile(r"\s*(`(?:[^`]|``)+`|[^<>(),:`\s][^<>(),:`]*|[<>(),:])")


def parse_type(text: str) -> gt.DataType:
    """Reads `bigint`, `long`, `decimal(10,2)`, `array<struct<a:int,b:map<string,double>>>`. ValueError for what is no type.

    `struct`, `array`, `map` and `choice` may stand without their parts (ApplyMapping's "any struct").
    """
    reader = _TypeReader(text)
    kind = reader.read()
    reader.finish()
    return kind


class _TypeReader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [token.strip() for token in _TOKEN.findall(text)]
        self.at = 0

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if not token or (wanted and token != wanted):
            raise ValueError(f"{self.text!r} is no type: expected {wanted or 'a name'}, found {token or 'its end'}")
        self.at += 1
        return token

    def finish(self) -> None:
        if self._peek():
            raise ValueError(f"{self.text!r} is no type: {self._peek()!r} is left over")

    def read(self) -> gt.DataType:
        name = self._take().lower()
        if name in ("decimal", "numeric"):
            numbers = self._numbers()
            precision, scale = [*numbers, 0][:2] if numbers else (10, 2)
            return gt.DecimalType(precision, scale)
        if name not in _NAMES:
            raise ValueError(f"{name!r} in {self.text!r} is no type that Glue knows")
        if name in ("varchar", "char"):
            self._numbers()
        if self._peek() == "<":
            return self._parts(name)
        return _NAMES[name]()

    def _numbers(self) -> list[int]:
        if self._peek() != "(":
            return []
        self._take("(")
        numbers = [int(self._take())]
        while self._peek() == ",":
            self._take(",")
            numbers.append(int(self._take()))
        self._take(")")
        return numbers

    def _parts(self, name: str) -> gt.DataType:
        self._take("<")
        readers: dict[str, Any] = {"array": self._element, "set": self._element, "map": self._map, "struct": self._struct}
        if name not in readers:
            raise ValueError(f"{self.text!r} is no type: {name} takes no parts")
        kind: gt.DataType = readers[name](_NAMES[name])
        self._take(">")
        return kind

    def _element(self, kind: Any) -> gt.DataType:
        made: gt.DataType = kind(self.read())
        return made

    def _map(self, _kind: Any) -> gt.DataType:
        self.read()
        self._take(",")
        return gt.MapType(self.read())

    def _struct(self, _kind: Any) -> gt.DataType:
        struct = gt.StructType()
        while self._peek() != ">":
            name = self._take()
            name = name[1:-1].replace("``", "`") if name.startswith("`") else name
            self._take(":")
            struct.add(gt.Field(name, self.read()))
            if self._peek() == ",":
                self._take(",")
        return struct


_HIVE_NAMES: dict[type[gt.DataType], str] = {
    gt.ByteType: "tinyint", gt.ShortType: "smallint", gt.LongType: "bigint", gt.NullType: "string", gt.UnknownType: "string",
    gt.EnumType: "string", gt.TimestampNTZType: "timestamp",
}  # fmt: skip


def hive_type(kind: gt.DataType) -> str:
    """The type's text in the Data Catalog; a choice is the struct that is written for it."""
    if isinstance(kind, gt.DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    if isinstance(kind, gt.StructType):
        return "struct<" + ",".join(f"{f.name}:{hive_type(f.dataType)}" for f in kind) + ">"
    if isinstance(kind, gt.ChoiceType):
        return "struct<" + ",".join(f"{name}:{hive_type(choice)}" for name, choice in kind.choices.items()) + ">"
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return f"array<{hive_type(kind.elementType)}>"
    if isinstance(kind, gt.MapType):
        return f"map<string,{hive_type(kind.valueType)}>"
    return _HIVE_NAMES.get(type(kind), kind.typeName())


def has_choice(kind: gt.DataType, test: Callable[[Any], bool] = lambda choice: isinstance(choice, gt.ChoiceType)) -> bool:
    """Whether a choice (one that passes `test`) stands at or below this type."""
    if test(kind):
        return True
    if isinstance(kind, gt.StructType):
        return any(has_choice(field.dataType, test) for field in kind)
    if isinstance(kind, gt.ChoiceType):
        return any(has_choice(choice, test) for choice in kind.choices.values())
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return has_choice(kind.elementType, test)
    return isinstance(kind, gt.MapType) and has_choice(kind.valueType, test)
