"""LazySimpleSerDe and OpenCSVSerde: SQL that turns a line into typed columns.

Hive's LazySimpleSerDe: no quoting; ``\\N`` is NULL, and so is a cell that is no value of its type; missing cells are NULL, more cells
than columns are dropped. OpenCSVSerde (https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html): a cell that is no value of its
type is an error.
"""

from collections.abc import Mapping, Sequence

from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_types import INTEGERS, LakeType
from wheatpaste.engines.duckdb.settings import text

HELD = "\ue0f0", "\ue0f1"  # stand for an escaped escape character and an escaped delimiter while a line is split
FLOAT = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?\s*"


def character(value: str | None, default: str) -> str:
    """A delimiter as Hive reads the parameter: a byte's number, or the first character."""
    if not value:
        return default
    try:
        return chr(int(value) % 256)
    except ValueError:
        return value[0]


class Lazy:
    """How one table's lines are taken apart."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.field = character(parameters.get("field.delim") or parameters.get("serialization.format"), "\x01")
        self.item = character(parameters.get("collection.delim") or parameters.get("colelction.delim"), "\x02")
        self.key = character(parameters.get("mapkey.delim"), "\x03")
        self.null = parameters.get("serialization.null.format", "\\N")
        self.escape = character(parameters["escape.delim"], "\\") if parameters.get("escape.delim") else ""
        if parameters.get("skip.footer.line.count", "0") != "0":
            raise LakeError("NOT_SUPPORTED", "wheatpaste refuses skip.footer.line.count")

    @property
    def cells(self) -> str:
        """SQL of a line's cells."""
        line = "line"
        if self.escape:
            line = f"replace(replace(line, {text(self.escape * 2)}, {text(HELD[0])}), {text(self.escape + self.field)}, {text(HELD[1])})"
        return f"string_split({line}, {text(self.field)})"

    def column(self, number: int, type_: LakeType) -> str:
        """SQL of one column, of ``cells`` named f."""
        cell = f"f[{number + 1}]"
        value = self.value(self._unescaped(cell), type_, 0)
        return f"CASE WHEN {cell} <> {text(self.null)} THEN {value} END"

    def _unescaped(self, cell: str) -> str:
        if not self.escape:
            return cell
        mark = f"\\{self.escape}"
        plain = f"regexp_replace({cell}, {text(mark + '(.)')}, '\\1', 'g')"
        return f"replace(replace({plain}, {text(HELD[1])}, {text(self.field)}), {text(HELD[0])}, {text(self.escape)})"

    def value(self, cell: str, type_: LakeType, depth: int) -> str:
        """SQL of a value; ``depth`` counts the collections around it."""
        if type_.items and (depth or any(item.items for item in type_.items)):
            raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses {type_} in a delimited text file")
        if not type_.items:
            return scalar(cell, type_)
        parts = f"string_split({cell}, {text(self.item)})"
        if type_.name == "array":
            return f"CASE WHEN {cell} = '' THEN [] ELSE list_transform({parts}, lambda c: {self._nullable('c', type_.items[0])}) END"
        if type_.name == "map":
            return self._map(cell, parts, type_)
        fields = (
            f"{_name(member)} := {self._nullable(f'{parts}[{n + 1}]', item)}"
            for n, (member, item) in enumerate(zip(type_.members, type_.items, strict=True))
        )
        return f"struct_pack({', '.join(fields)})"

    def _nullable(self, cell: str, type_: LakeType) -> str:
        return f"CASE WHEN {cell} <> {text(self.null)} THEN {scalar(cell, type_)} END"

    def _map(self, cell: str, parts: str, type_: LakeType) -> str:
        key, value = (f"string_split(c, {text(self.key)})[{n}]" for n in (1, 2))
        entry = f"struct_pack(k := {scalar(key, type_.items[0])}, v := {self._nullable(value, type_.items[1])})"
        listed = f"list_filter(list_transform({parts}, lambda c: {entry}), lambda e: e.k IS NOT NULL)"
        return f"CASE WHEN {cell} = '' THEN map_from_entries([]) ELSE map_from_entries({listed}) END"


def _name(member: str) -> str:
    return '"' + member.replace('"', '""') + '"'


def scalar(cell: str, type_: LakeType) -> str:
    """A cell's value, or NULL when it is none of its type."""
    name = type_.name
    if name in ("varchar", "char"):
        return _sized(cell, type_)
    if name in INTEGERS:  # a fraction of digits is dropped, as Hive's LazyInteger does
        return (
            f"CASE WHEN regexp_full_match({cell}, '[+-]?[0-9]+(\\.[0-9]*)?') THEN TRY_CAST(split_part({cell}, '.', 1) AS {type_.sql}) END"
        )
    if name in ("real", "double"):
        number = f"TRY_CAST(rtrim(trim({cell}), 'dDfF') AS {type_.sql})"
        special = f"WHEN trim({cell}) IN ('NaN', 'Infinity', '-Infinity') THEN TRY_CAST(trim({cell}) AS {type_.sql})"
        return f"CASE WHEN regexp_full_match({cell}, {text(FLOAT)}) THEN {number} {special} END"
    if name == "decimal":
        return (
            f"CASE WHEN regexp_full_match(trim({cell}), '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN "
            f"TRY_CAST(trim({cell}) AS {type_.sql}) END"
        )
    if name == "boolean":
        return f"CASE lower({cell}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if name == "date":
        return f"CASE WHEN regexp_full_match(trim({cell}), '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}') THEN TRY_CAST(trim({cell}) AS DATE) END"
    if name == "timestamp":
        return milliseconds(
            f"CASE WHEN regexp_full_match(trim({cell}), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} "
            f"[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]{{1,9}})?') "
            f"THEN TRY_CAST(left(trim({cell}), 26) AS TIMESTAMP) END"
        )
    if name == "varbinary":
        return f"TRY(from_base64({cell}))"
    raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses {type_} in a text file")


def milliseconds(sql: str) -> str:
    """A Hive timestamp in Athena: rounded to milliseconds."""
    return f"make_timestamp(CAST(floor((epoch_us({sql}) + 500) / 1000::DOUBLE) AS BIGINT) * 1000)"


def _sized(cell: str, type_: LakeType) -> str:
    if type_.name == "char":
        return f"rpad(left({cell}, {type_.args[0]}), {type_.args[0]}, ' ')"
    return f"left({cell}, {type_.args[0]})" if type_.args else cell


# -- OpenCSVSerde


class OpenCsv:
    """Quoted text: cells by regular expressions; a line that these do not cover is refused."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        separator, quote, escape = (
            parameters.get(f"{name}Char") or default for name, default in (("separator", ","), ("quote", '"'), ("escape", "\\"))
        )
        self.separator, self.quote, self.escape = separator[0], quote[0], escape[0]

    @property
    def cells(self) -> str:
        """SQL of a line's cells, quotes still on."""
        s, q, e = (f"\\x{{{ord(mark):x}}}" for mark in (self.separator, self.quote, self.escape))
        body = f"{q}(?:[^{q}{e}]|{e}[{q}{e}]|{q}{q})*{q}"
        cell = f"(?:{body}|[^{q}{e}{s}]*)"
        plain = f"NOT contains(line, {text(self.quote)}) AND NOT contains(line, {text(self.escape)})"
        # every cell is taken with the separator before it, so that none is matched empty between two others
        fields = f"list_transform(regexp_extract_all({text(self.separator)} || line, {text(s + cell)}), lambda c: substring(c, 2))"
        covered = f"regexp_full_match(line, {text(cell + '(?:' + s + cell + ')*')})"
        refused = "error('!refused!a line of this CSV file whose quotes or escapes are not at the ends of its cells')"
        return f"CASE WHEN {plain} THEN string_split(line, {text(self.separator)}) WHEN {covered} THEN {fields} ELSE {refused} END"

    def column(self, number: int, type_: LakeType) -> str:
        """SQL of one column, of ``cells`` named f."""
        cell, q, e = f"f[{number + 1}]", self.quote, self.escape
        inner = f"substring({cell}, 2, length({cell}) - 2)"
        held = f"replace(replace({inner}, {text(e + e)}, {text(HELD[0])}), {text(e + q)}, {text(q)})"
        unquoted = f"replace(replace({held}, {text(q + q)}, {text(q)}), {text(HELD[0])}, {text(e)})"
        value = f"CASE WHEN starts_with({cell}, {text(q)}) THEN {unquoted} ELSE {cell} END"
        return value if type_.name == "varchar" and not type_.args else parsed(value, type_, number)


def parsed(cell: str, type_: LakeType, number: int) -> str:
    """A cell's value; one that is none of its type ends the query."""
    name = type_.name
    if name in ("varchar", "char"):
        return _sized(cell, type_)
    if name == "date":
        days = f"DATE '1970-01-01' + TRY_CAST(trim({cell}) AS INTEGER)"
        value = f"CASE WHEN regexp_full_match(trim({cell}), '-?[0-9]+') THEN {days} END"
    elif name == "timestamp":
        moment = f"make_timestamp(TRY_CAST(trim({cell}) AS BIGINT) * 1000)"
        value = f"CASE WHEN regexp_full_match(trim({cell}), '-?[0-9]+') THEN {moment} ELSE {scalar(cell, type_)} END"
    elif type_.items or name == "varbinary":
        raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses {type_} with OpenCSVSerde")
    else:
        value = scalar(f"trim({cell})", type_)
    message = f"concat('!trino!HIVE_BAD_DATA: Error parsing field value ''', {cell}, ''' for field {number}: ', 'not a value of {type_}')"
    return (
        f"CASE WHEN {cell} IS NULL THEN NULL ELSE coalesce({value}, CASE WHEN CAST({message} AS BOOLEAN) THEN CAST(NULL AS "
        f"{type_.sql}) END) END"
    )


def columns(reader: Lazy | OpenCsv, wanted: Sequence[tuple[int, str, LakeType]]) -> str:
    """``SELECT`` of the wanted columns (position in the file, name, type) and the file's number, from lines."""
    listed = "".join(f"{reader.column(number, type_)} AS {_name(name)}, " for number, name, type_ in wanted)
    return f"SELECT {listed}file FROM (SELECT {reader.cells} AS f, file FROM lines)"
