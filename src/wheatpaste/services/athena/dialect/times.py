"""Dates and times: precision, time zones, and the arithmetic of intervals."""

from wheatpaste.services.athena.dialect.types import text

UTC = ("UTC", "Z", "+00:00")


def rounded(sql: str, source: int, target: int) -> str:
    """A timestamp of ``source`` digits as one of ``target`` digits: half up, as Trino rounds."""
    if target >= source or target >= 6:
        return sql
    unit = 10 ** (6 - target)
    return f"make_timestamp(CAST(floor((epoch_us({sql}) + {unit // 2}) / {unit}::DOUBLE) AS BIGINT) * {unit})" if unit > 1 else sql


def timestamp_text(sql: str, precision: int) -> str:
    """``2024-03-05 06:07:08.120`` with exactly ``precision`` digits."""
    return f"wp_timestamp_text({sql}, {precision})"


def at_zone(sql: str, zone: str) -> str:
    """The local time in ``zone`` of a UTC timestamp."""
    return sql if zone in UTC else f"timezone({text(zone)}, timezone('UTC', {sql}))"


def from_zone(sql: str, zone: str) -> str:
    """The UTC timestamp of a local time in ``zone``."""
    return sql if zone in UTC else f"timezone('UTC', timezone({text(zone)}, {sql}))"


def add_months(sql: str, months: str, physical: str) -> str:
    """Months later: the day is kept, or the month's last."""
    return f"CAST({sql} + to_months(CAST({months} AS INTEGER)) AS {physical})"


def add_milliseconds(sql: str, milliseconds: str) -> str:
    """Milliseconds later."""
    return f"make_timestamp(epoch_us({sql}) + CAST({milliseconds} AS BIGINT) * 1000)"
