"""Types as users write them: in SQL (through sqlglot's tree) and in the Data Catalog (Hive's spelling)."""

from collections.abc import Callable

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.types import Type

DType = exp.DataType.Type
PLAIN = {
    DType.BOOLEAN: t.BOOLEAN,
    DType.TINYINT: t.TINYINT,
    DType.SMALLINT: t.SMALLINT,
    DType.INT: t.INTEGER,
    DType.BIGINT: t.BIGINT,
    DType.DOUBLE: t.DOUBLE,
    DType.DATE: t.DATE,
    DType.VARBINARY: t.VARBINARY,
    DType.JSON: t.JSON,
}


def sql_type(node: exp.DataType) -> Type:
    """The type of a CAST; raises SqlError for a name that Trino does not know, Refused for one that is not built."""
    kind = node.this
    numbers = tuple(int(param.name) for param in node.expressions if isinstance(param, exp.DataTypeParam))
    if kind in PLAIN:
        return PLAIN[kind]
    if kind in (DType.VARCHAR, DType.CHAR):
        name = "varchar" if kind == DType.VARCHAR else "char"
        return Type(name, numbers or (() if name == "varchar" else (1,)))
    if kind == DType.DECIMAL:
        return _decimal(numbers)
    if kind in (DType.TIMESTAMP, DType.TIMESTAMPTZ, DType.TIME):
        return _time(node, numbers)
    if kind in (DType.ARRAY, DType.MAP, DType.STRUCT):
        return _nested(node)
    if kind == DType.FLOAT:
        return t.REAL
    if kind in (DType.UUID, DType.IPADDRESS, DType.HLLSKETCH, DType.INTERVAL):
        raise Refused(f"the type {node.sql()}")
    raise SqlError("TYPE_MISMATCH", f"Unknown type: {node.sql('trino')}", node)


def _decimal(numbers: tuple[int, ...]) -> Type:
    precision, scale = (*numbers, 0)[:2] if numbers else (38, 0)
    if not 1 <= precision <= 38:
        raise SqlError("INVALID_FUNCTION_ARGUMENT", f"DECIMAL precision must be in range [1, 38]: {precision}")
    if scale > precision:
        raise SqlError("INVALID_FUNCTION_ARGUMENT", f"DECIMAL scale must be in range [0, precision ({precision})]: {scale}")
    return t.decimal(precision, scale)


def _time(node: exp.DataType, numbers: tuple[int, ...]) -> Type:
    precision = numbers[0] if numbers else 3
    if precision > 6:
        raise Refused("time precision beyond microseconds")
    if node.this == DType.TIME:
        return Type("time", (precision,))
    return t.zoned(precision, None) if node.this == DType.TIMESTAMPTZ else t.timestamp(precision)


def _nested(node: exp.DataType) -> Type:
    if node.this == DType.STRUCT:
        pairs = [
            (part.name, sql_type(part.args["kind"])) if isinstance(part, exp.ColumnDef) else (None, sql_type(part))
            for part in node.expressions
        ]
        return t.row(tuple(name for name, _ in pairs), tuple(item for _, item in pairs))
    items = tuple(sql_type(item) for item in node.expressions)
    return Type("array" if node.this == DType.ARRAY else "map", (), items)


def view_type(written: str) -> Type:
    """A Trino type as a view's definition spells it (``timestamp(3)``, ``row(a integer)``)."""
    from wheatpaste.services.athena.dialect.parser import parse

    tree = parse(f"SELECT CAST(NULL AS {written})")
    return sql_type(tree.expressions[0].to)


# -- Hive


HIVE = {
    "boolean": t.BOOLEAN,
    "tinyint": t.TINYINT,
    "smallint": t.SMALLINT,
    "int": t.INTEGER,
    "integer": t.INTEGER,
    "bigint": t.BIGINT,
    "long": t.BIGINT,
    "float": t.REAL,
    "double": t.DOUBLE,
    "string": t.VARCHAR,
    "binary": t.VARBINARY,
    "date": t.DATE,
    "timestamp": t.timestamp(3),
    "decimal": t.decimal(10, 0),
}


def hive_type(written: str) -> Type:
    """The type that Athena shows for a Hive type of the catalog (``struct<a:int>``); raises Refused for one it does not read."""
    reader = _Hive(written.strip())
    found = reader.type()
    if reader.rest:
        raise Refused(f"the column type {written}")
    return found


NAMES = {"integer": "int", "real": "float", "varbinary": "binary"}


def to_hive(type_: Type) -> str:
    """A type as the catalog spells it; raises Refused for one that Hive has not."""
    if type_.name == "varchar":
        return f"varchar({type_.args[0]})" if type_.args and type_.args[0] <= 65535 else "string"
    if type_.name in ("decimal", "char"):
        return f"{type_.name}({','.join(map(str, type_.args))})"
    if type_.name == "row":
        names = [name or f"field{number}" for number, name in enumerate(type_.fields)]
        return f"struct<{','.join(f'{name}:{to_hive(item)}' for name, item in zip(names, type_.items, strict=True))}>"
    if type_.name in ("array", "map"):
        return f"{type_.name}<{','.join(map(to_hive, type_.items))}>"
    if type_.name == "timestamp" or type_.name in HIVE or type_.name in NAMES:
        return NAMES.get(type_.name, type_.name)
    raise Refused(f"{type_} in a table or view")


class _Hive:
    def __init__(self, text: str) -> None:
        self.whole = self.rest = text

    def type(self) -> Type:
        name = self._word().lower()
        nested: dict[str, Callable[[], Type]] = {"array": self._array, "map": self._map, "struct": self._struct}
        if name in nested:
            self._expect("<")
            found = nested[name]()
            self._expect(">")
            return found
        numbers = self._numbers()
        if name == "decimal" and numbers:
            return _decimal(numbers)
        if name in ("varchar", "char") and len(numbers) == 1:
            return Type(name, numbers)
        if name in HIVE and not numbers:
            return HIVE[name]
        raise Refused(f"the column type {self.whole}")

    def _word(self) -> str:
        size = 0
        while size < len(self.rest) and self.rest[size] not in "<>(),: ":
            size += 1
        word, self.rest = self.rest[:size], self.rest[size:].lstrip()
        return word

    def _expect(self, mark: str) -> None:
        if not self.rest.startswith(mark):
            raise Refused(f"the column type {self.whole}")
        self.rest = self.rest[1:].lstrip()

    def _numbers(self) -> tuple[int, ...]:
        if not self.rest.startswith("("):
            return ()
        inner, _, self.rest = self.rest[1:].partition(")")
        self.rest = self.rest.lstrip()
        if not all(part.strip().isdigit() for part in inner.split(",")):
            raise Refused(f"the column type {self.whole}")
        return tuple(int(part) for part in inner.split(","))

    def _array(self) -> Type:
        return t.array(self.type())

    def _map(self) -> Type:
        key = self.type()
        self._expect(",")
        return t.map_of(key, self.type())

    def _struct(self) -> Type:
        fields: list[tuple[str, Type]] = []
        while True:
            name = self._word()
            self._expect(":")
            fields.append((name.lower(), self.type()))
            if not self.rest.startswith(","):
                return t.row(tuple(name for name, _ in fields), tuple(item for _, item in fields))
            self._expect(",")
