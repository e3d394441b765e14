"""The columns of a result as ColumnInfo describes them."""

from wheatpaste.service import Shape
from wheatpaste.services.athena.dialect.types import DAYS, MONTHS, TZ, UNBOUNDED, Type

PRECISION = {
    "boolean": 0,
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "real": 17,
    "double": 17,
    "varbinary": 1073741824,
    "date": 0,
    "timestamp": 3,
    "time": 3,
    "time with time zone": 3,
    TZ: 3,
}
NAMES = {"real": "float", DAYS: "interval day to second", MONTHS: "interval year to month"}


def column_info(name: str, type_: Type) -> Shape:
    """``ColumnInfo`` of one column."""
    precision, scale = PRECISION.get(type_.name, 0), 0
    if type_.name == "decimal":
        precision, scale = type_.args
    elif type_.name in ("varchar", "char"):
        precision = type_.args[0] if type_.args else UNBOUNDED
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": NAMES.get(type_.name, type_.name),
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": type_.name in ("varchar", "char"),
    }


def text_column(name: str) -> Shape:
    """The column of a DDL or utility statement's answer."""
    info = column_info(name, Type("varchar"))
    return {**info, "Type": "string", "Precision": 0, "CaseSensitive": False}
