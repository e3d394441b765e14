"""The types of Redshift's arithmetic, as pure rules (AWS's documentation: Computations with numeric values, AVG, SUM; read 2026-11).

A kind is sqlglot's type name with a DECIMAL's precision and scale; what is no number has none.
"""

from dataclasses import dataclass

MOST = 38  # digits of a DECIMAL
INTEGERS = {"TINYINT": 5, "SMALLINT": 5, "INT": 10, "BIGINT": 19, "INT128": 38}  # with the digits that they count as among decimals
FLOATS = ("FLOAT", "DOUBLE")
ORDER = ("TINYINT", "SMALLINT", "INT", "BIGINT", "INT128")


@dataclass(frozen=True)
class Kind:
    """A number's type: ``Kind("DECIMAL", 10, 2)``, ``Kind("INT")``, ``Kind("DOUBLE")``."""

    name: str
    precision: int = 0
    scale: int = 0

    @property
    def is_integer(self) -> bool:
        """Whether it is one of the integer types."""
        return self.name in INTEGERS

    @property
    def is_decimal(self) -> bool:
        """Whether it is DECIMAL."""
        return self.name == "DECIMAL"

    @property
    def is_float(self) -> bool:
        """Whether it is REAL or DOUBLE PRECISION."""
        return self.name in FLOATS

    @property
    def is_exact(self) -> bool:
        """Whether it is an integer or a DECIMAL."""
        return self.is_integer or self.is_decimal

    @property
    def sql(self) -> str:
        """The type's name in SQL."""
        if self.is_decimal:
            return f"decimal({self.precision},{self.scale})"
        return {"INT128": "decimal(38,0)"}.get(self.name, self.name.lower())

    def as_decimal(self) -> "Kind":
        """The DECIMAL that an integer counts as."""
        return Kind("DECIMAL", INTEGERS[self.name], 0) if self.is_integer else self


def decimal(precision: int, scale: int) -> Kind:
    """A DECIMAL, cut to 38 digits."""
    return Kind("DECIMAL", min(MOST, precision), min(MOST, scale))


DOUBLE = Kind("DOUBLE")


def computed(operator: str, left: Kind, right: Kind) -> Kind | None:
    """The type of ``left operator right`` for ``+ - * / %``; None when it is not a computation of numbers."""
    if left.is_float or right.is_float:
        single = left.name == right.name == "FLOAT"
        return Kind("FLOAT") if single else DOUBLE
    if left.is_integer and right.is_integer:
        return max(left, right, key=lambda kind: ORDER.index(kind.name))
    if not (left.is_exact and right.is_exact):
        return None
    return RULES[operator](left.as_decimal(), right.as_decimal())


def _sum(left: Kind, right: Kind) -> Kind:
    scale = max(left.scale, right.scale)
    return decimal(max(left.precision - left.scale, right.precision - right.scale) + 1 + scale, scale)


def _product(left: Kind, right: Kind) -> Kind:
    return decimal(left.precision + right.precision + 1, left.scale + right.scale)


def _quotient(left: Kind, right: Kind) -> Kind:
    """Scale max(4, s1 + p2 - s2 + 1); of more than 38 digits, the scale gives way, down to 4."""
    scale = max(4, left.scale + right.precision - right.scale + 1)
    precision = left.precision - left.scale + right.scale + scale
    if precision > MOST:
        precision, scale = MOST, max(MOST + scale - precision, 4)
    return Kind("DECIMAL", precision, scale)


def _rest(left: Kind, right: Kind) -> Kind:
    scale = max(left.scale, right.scale)
    return decimal(max(left.precision - left.scale, right.precision - right.scale) + scale, scale)


RULES = {"+": _sum, "-": _sum, "*": _product, "/": _quotient, "%": _rest}


def common(kinds: list[Kind]) -> Kind | None:
    """The type of a column of UNION, of COALESCE, CASE …: the wider of each; None when they are not all numbers."""
    if any(kind.is_float for kind in kinds):
        return Kind("FLOAT") if all(kind.name == "FLOAT" for kind in kinds) else DOUBLE
    if not kinds or not all(kind.is_exact for kind in kinds):
        return None
    if all(kind.is_integer for kind in kinds):
        return max(kinds, key=lambda kind: ORDER.index(kind.name))
    decimals = [kind.as_decimal() for kind in kinds]
    scale = max(kind.scale for kind in decimals)
    return decimal(max(kind.precision - kind.scale for kind in decimals) + scale, scale)


def total(kind: Kind) -> Kind:
    """The type of SUM: BIGINT of integers, DECIMAL(38, s), DOUBLE PRECISION of floats."""
    if kind.is_integer:
        return Kind("BIGINT")
    return Kind("DECIMAL", MOST, kind.scale) if kind.is_decimal else DOUBLE


average = total
"""The type of AVG is that of SUM."""
