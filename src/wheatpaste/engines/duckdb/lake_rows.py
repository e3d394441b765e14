"""JSON, ORC and Avro files as record batches of the declared columns; DuckDB reads each batch once, into a table of its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_lines import lines
from wheatpaste.engines.duckdb.lake_types import INTEGERS, LakeType

BATCH = 8192
RANGES = {"tinyint": 7, "smallint": 15, "integer": 31, "bigint": 63}
ARROW = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "char": pa.string(),
    "varbinary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
Columns = Sequence[tuple[str, LakeType]]


def arrow(type_: LakeType) -> pa.DataType:
    """The Arrow type of a column."""
    if type_.name == "decimal":
        return pa.decimal128(*type_.args)
    if type_.name == "array":
        return pa.list_(arrow(type_.items[0]))
    if type_.name == "map":
        return pa.map_(arrow(type_.items[0]), arrow(type_.items[1]))
    if type_.name == "row":
        return pa.struct([(name, arrow(item)) for name, item in zip(type_.members, type_.items, strict=True)])
    return ARROW[type_.name]


class Misfit(Exception):
    """A value that is none of its column's type."""


def batches(rows: Iterator[Mapping[str, Any]], columns: Columns, number: int, where: str) -> Iterator[pa.RecordBatch]:
    """Rows (by lower-case name) as batches; ``number`` is the file's."""
    names = [name.lower() for name, _ in columns]
    schema = pa.schema([*((name, arrow(type_)) for name, type_ in columns), ("file", pa.int32())])
    held: list[list[Any]] = [[] for _ in columns]
    count = 0

    def flush() -> pa.RecordBatch:
        arrays = [pa.array(values, arrow(type_)) for values, (_, type_) in zip(held, columns, strict=True)]
        return pa.RecordBatch.from_arrays([*arrays, pa.array([number] * count, pa.int32())], schema=schema)

    for row in rows:
        for values, name, (_, type_) in zip(held, names, columns, strict=True):
            try:
                values.append(value(row.get(name), type_))
            except (Misfit, InvalidOperation, OverflowError) as error:
                raise LakeError("HIVE_BAD_DATA", f"Error parsing field value for field {name} in {where}: {error}") from error
        count += 1
        if count == BATCH:
            yield flush()
            held, count = [[] for _ in columns], 0
    if count:
        yield flush()


# -- values


def value(given: Any, type_: LakeType) -> Any:
    """A parsed JSON (or Avro) value as the column's; raises Misfit."""
    if given is None:
        return None
    if type_.name == "array":
        return [value(item, type_.items[0]) for item in expect(given, list, type_)]
    if type_.name == "map":
        return [(value(key, type_.items[0]), value(item, type_.items[1])) for key, item in expect(given, dict, type_).items()]
    if type_.name == "row":
        folded = {key.lower(): item for key, item in expect(given, dict, type_).items()}
        return {name: value(folded.get(name.lower()), item) for name, item in zip(type_.members, type_.items, strict=True)}
    return SCALARS[type_.name](given, type_)


def expect(given: Any, kind: type, type_: LakeType) -> Any:
    """``given``, of the kind that the type needs."""
    if not isinstance(given, kind):
        raise Misfit(f"{given!r} is not a value of {type_}")
    return given


def _integer(given: Any, type_: LakeType) -> int:
    if isinstance(given, bool):
        raise Misfit(f"{given!r} is not a value of {type_}")
    try:
        number = int(given) if not isinstance(given, float) or given.is_integer() else None
    except ValueError:
        number = None
    if number is None or not -(2 ** RANGES[type_.name]) <= number < 2 ** RANGES[type_.name]:
        raise Misfit(f"{given!r} is not a value of {type_}")
    return number


def _float(given: Any, type_: LakeType) -> float:
    if isinstance(given, bool):
        raise Misfit(f"{given!r} is not a value of {type_}")
    try:
        return float(given)
    except (TypeError, ValueError):
        raise Misfit(f"{given!r} is not a value of {type_}") from None


def _decimal(given: Any, type_: LakeType) -> Decimal:
    precision, scale = type_.args
    number = Decimal(str(given)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    if number.copy_abs() >= Decimal(10) ** (precision - scale):
        raise Misfit(f"{given!r} is not a value of {type_}")
    return number


def _boolean(given: Any, type_: LakeType) -> bool:
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.lower() in ("true", "false"):
        return given.lower() == "true"
    raise Misfit(f"{given!r} is not a value of {type_}")


def _string(given: Any, type_: LakeType) -> str:
    found = _shown(given, type_, False)
    return found[: type_.args[0]] if type_.args else found


def _shown(given: Any, type_: LakeType, inside: bool) -> str:
    """A value as text: objects and arrays as compact JSON, with the keys in their order; ``inside`` of these, text is quoted."""
    if isinstance(given, Number):
        if repr(float(given)) != str(given):  # the SerDes differ: some print the number, some what was written
            raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses the JSON number {given} in a text column")
        return str(given)
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        return json.dumps(given, ensure_ascii=False) if inside else given
    if isinstance(given, int):
        return str(given)
    if isinstance(given, dict):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_shown(item, type_, True)}" for key, item in given.items()) + "}"
    if isinstance(given, list):
        return "[" + ",".join(_shown(item, type_, True) for item in given) + "]"
    if given is None and inside:
        return "null"
    raise Misfit(f"{given!r} is not a value of {type_}")


def _date(given: Any, type_: LakeType) -> date:
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given.strip())
    except (AttributeError, ValueError):
        raise Misfit(f"{given!r} is not a value of {type_}") from None


def _timestamp(given: Any, type_: LakeType) -> datetime:
    if isinstance(given, str):
        text = given.strip()
        if len(text) < 19 or text[10] not in " T":
            raise Misfit(f"{given!r} is not a value of {type_}")
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            raise Misfit(f"{given!r} is not a value of {type_}") from None
    if not isinstance(given, datetime):
        raise Misfit(f"{given!r} is not a value of {type_}")
    moment = given.astimezone(UTC).replace(tzinfo=None) if given.tzinfo else given
    return (moment + timedelta(microseconds=500)).replace(microsecond=(moment + timedelta(microseconds=500)).microsecond // 1000 * 1000)


def _bytes(given: Any, type_: LakeType) -> bytes:
    return bytes(expect(given, bytes, type_))


SCALARS = {
    **dict.fromkeys(INTEGERS, _integer),
    "real": _float,
    "double": _float,
    "decimal": _decimal,
    "boolean": _boolean,
    "varchar": _string,
    "char": lambda given, type_: _string(given, type_).ljust(type_.args[0]),
    "date": _date,
    "timestamp": _timestamp,
    "varbinary": _bytes,
}


# -- files


class Number(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def json_rows(path: str, url: str, parameters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON file, one a line."""
    lenient = parameters.get("ignore.malformed.json", "").lower() == "true"
    renamed = {v.lower(): k[len("mapping.") :].lower() for k, v in parameters.items() if k.startswith("mapping.")}
    for array in lines(path, url, 0):
        for line in array.to_pylist():
            if not line.strip():
                continue
            try:
                found = json.loads(line, parse_float=Number)
                if not isinstance(found, dict):
                    raise ValueError("A JSONObject text must begin with '{'")
            except ValueError as error:
                if not lenient:
                    raise LakeError("HIVE_CURSOR_ERROR", f"Row is not a valid JSON Object - JSONException: {error} in {url}") from error
                found = {}
            yield {renamed.get(key.lower(), key.lower()): item for key, item in found.items()}


def avro_rows(path: str, url: str) -> Iterator[dict[str, Any]]:
    """The records of an Avro file."""
    import fastavro

    try:
        with open(path, "rb") as file:
            for record in fastavro.reader(file):
                yield {key.lower(): item for key, item in record.items()} if isinstance(record, dict) else {}
    except (ValueError, EOFError, KeyError) as error:
        raise LakeError("HIVE_CANNOT_OPEN_SPLIT", f"Error opening Hive split {url}: {error}") from error


def orc_rows(path: str, url: str, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of an ORC file, of the wanted columns (lower case), stripe by stripe."""
    from pyarrow import orc

    try:
        file = orc.ORCFile(path)
        names = [name for name in file.schema.names if name.lower() in wanted]
        for stripe in range(file.nstripes):
            batch = file.read_stripe(stripe, columns=names or None)
            if not names:  # a batch without columns would have no rows either
                yield from ({} for _ in range(batch.num_rows))
                continue
            for row in batch.to_pylist(maps_as_pydicts="strict"):
                yield {key.lower(): item for key, item in row.items()}
    except pa.ArrowException as error:
        raise LakeError("HIVE_CANNOT_OPEN_SPLIT", f"Error opening Hive split {url}: {error}") from error
