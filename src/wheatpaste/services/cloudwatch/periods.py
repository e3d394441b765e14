"""Time as CloudWatch divides it: how long which resolution is kept, where an interval begins (pure)."""

MINUTE, HOUR, DAY = 60, 3600, 86400
KEPT = {1: 3 * HOUR, 60: 15 * DAY, 300: 63 * DAY, 3600: 455 * DAY}
"""Seconds for which points of a resolution are kept; then they are merged into the next coarser one, or are gone."""

COARSER = {1: 60, 60: 300, 300: 3600}
SHORT = (1, 5, 10, 20, 30)  # periods of high-resolution metrics, in seconds
OLDEST, NEWEST = 14 * DAY, 2 * HOUR  # how far back and ahead a datum may be


def is_period(seconds: int) -> bool:
    """Whether statistics may be asked for by it."""
    return seconds in SHORT or (seconds > 0 and seconds % 60 == 0)


def readable(period: int) -> list[int]:
    """The resolutions that a period can be made of: those of which it is a multiple."""
    return [resolution for resolution in KEPT if period % resolution == 0]


def resolution_of(asked: int, time: int, now: int) -> int:
    """The resolution at which a datum is kept: finer ones than a minute only for the last three hours."""
    return 1 if asked == 1 and time >= now - KEPT[1] else 60


def first(start: int, period: int, now: int) -> int:
    """Where the first interval begins: AWS rounds the start down, the more the older it is."""
    if period < 60:
        return start - start % period
    step = 60 if start >= now - KEPT[60] else 300 if start >= now - KEPT[300] else 3600
    return start - start % step
