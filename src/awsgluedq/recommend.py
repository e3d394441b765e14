"""Rules that hold for a frame as it is: what a recommendation run proposes.

AWS does not publish how it chooses. Here, per column: completeness as it is, uniqueness of keys, the values of columns with few of them,
the range of numbers, the lengths of short texts; and for the frame its number of rows by half and double. Every rule is true of the
profiled data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F
from pyspark.sql import types as T

from awsgluedq.dqdl.model import quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

FEW, LONGEST = 20, 100  # values of a category; characters of a text whose length says something
ROUND = 100  # completeness is proposed in hundredths, rounded down


def recommended(frame: DataFrame) -> str:
    """A DQDL document. A frame without rows gets the rules about its columns only."""
    columns = [field for field in frame.schema if _is_plain(field.dataType)]
    profile = _profile(frame, columns)
    rows = profile["rows"]
    rules = [f"RowCount between {rows // 2 - 1} and {rows * 2 + 1}"] if rows else []
    rules.append(f"ColumnCount = {len(frame.columns)}")
    for number, field in enumerate(columns):
        rules += _column(frame, field, {name: profile[f"{name}{number}"] for name in MEASURES}, rows)
    return "Rules = [\n" + ",\n".join(f"    {rule}" for rule in rules) + "\n]"


def _is_plain(kind: T.DataType) -> bool:
    return not isinstance(kind, T.StructType | T.ArrayType | T.MapType | T.BinaryType)


MEASURES: dict[str, Any] = {
    "complete": lambda column, kind: F.count(column),
    "distinct": lambda column, kind: F.approx_count_distinct(column),
    "least": lambda column, kind: F.min(_measured(column, kind)),
    "most": lambda column, kind: F.max(_measured(column, kind)),
}


def _measured(column: Column, kind: T.DataType) -> Column:
    """A text's length; of others the value."""
    return F.length(column) if isinstance(kind, T.StringType) else column


def _profile(frame: DataFrame, columns: list[T.StructField]) -> dict[str, Any]:
    """All measures of all columns, by one aggregation."""
    asked = [F.count(F.lit(1)).alias("rows")]
    for number, field in enumerate(columns):
        column = F.col("`" + field.name.replace("`", "``") + "`")
        asked += [measure(column, field.dataType).alias(f"{name}{number}") for name, measure in MEASURES.items()]
    row = frame.agg(*asked).first()
    return row.asDict() if row else {}


def _column(frame: DataFrame, field: T.StructField, found: dict[str, Any], rows: int) -> list[str]:
    name, complete = quoted(field.name), found["complete"]
    if not rows or not complete:
        return [f"ColumnExists {name}"]
    if complete == rows:
        rules = [f"IsComplete {name}"]
    else:
        rules = [f"Completeness {name} >= {(complete * ROUND // rows) / ROUND}"]
    if complete == rows and found["distinct"] > rows * 0.9 and _is_unique(frame, field.name, rows):
        rules.append(f"IsUnique {name}")
    if isinstance(field.dataType, T.StringType):
        return rules + _text(frame, field.name, found, complete < rows)
    if isinstance(field.dataType, T.NumericType) and not isinstance(field.dataType, T.DecimalType) and found["least"] == found["least"]:
        least, most = _plain(found["least"]), _plain(found["most"])
        where = " where " + quoted(f"`{field.name}` is not null") if complete < rows else ""
        rules += [f"ColumnValues {name} >= {least}{where}", f"ColumnValues {name} <= {most}{where}"]
    return rules


def _is_unique(frame: DataFrame, name: str, rows: int) -> bool:
    """Counted exactly, where the estimate lets it be so."""
    return bool(frame.select("`" + name.replace("`", "``") + "`").distinct().count() == rows)


def _text(frame: DataFrame, name: str, found: dict[str, Any], nulls: bool) -> list[str]:
    if found["distinct"] <= FEW:
        column = F.col("`" + name.replace("`", "``") + "`")
        values = sorted(row[0] for row in frame.select(column).where(column.isNotNull()).distinct().limit(FEW + 1).collect())
        listed = [*map(quoted, values), *(["NULL"] if nulls else [])]
        if len(values) <= FEW and not any("\\" in value for value in values) and not _are_days(values):
            return [f"ColumnValues {quoted(name)} in [{','.join(listed)}]"]
    return [f"ColumnLength {quoted(name)} <= {found['most']}"] if found["most"] <= LONGEST else []


def _are_days(values: list[str]) -> bool:
    """Texts that DQDL would read as dates: a list of them is no list of names."""
    from awsgluedq.dqdl.clauses import is_date
    from awsgluedq.dqdl.model import Text

    return any(is_date(Text(value)) for value in values)


def _plain(value: Any) -> str:
    """A number without exponent, as DQDL takes it."""
    return f"{value:.15f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
