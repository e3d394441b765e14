"""How schemas and records are printed."""

from __future__ import annotations

from awsglue import gluetypes as gt


def tree(schema: gt.StructType) -> str:
    """The schema as printSchema shows it."""
    return "\n".join(["root", *(line for field in schema for line in _field(field.name, field.dataType, ""))]) + "\n"


def _field(name: str, kind: gt.DataType, indent: str) -> list[str]:
    return [f"{indent}|-- {name}: {_name(kind)}", *_inside(kind, f"{indent}|    ")]


def _name(kind: gt.DataType) -> str:
    if isinstance(kind, gt.DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    return kind.typeName()


def _inside(kind: gt.DataType, indent: str) -> list[str]:
    if isinstance(kind, gt.StructType):
        return [line for field in kind for line in _field(field.name, field.dataType, indent)]
    if isinstance(kind, gt.ChoiceType):
        return [line for c in kind.choices.values() for line in [f"{indent}|-- {_name(c)}", *_inside(c, f"{indent}|    ")]]
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return _field("element", kind.elementType, indent)
    if isinstance(kind, gt.MapType):
        return [*_field("keyType", gt.StringType(), indent), *_field("valueType", kind.valueType, indent)]
    return []
