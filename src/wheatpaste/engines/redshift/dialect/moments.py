"""Dates and timestamps as people write them, read as DateStyle ISO, MDY has it, and written as DuckDB reads them."""

import re
from datetime import datetime

NUMBERS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m-%d-%Y", "%m/%d/%Y", "%m.%d.%Y", "%m-%d-%y", "%m/%d/%y")
DATES = (*NUMBERS, "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d-%b-%Y")
TIMES = ("", " %H:%M:%S.%f", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
ISO = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}")


def iso(text: str) -> str:
    """The text in ISO's form, its time zone left as it is; unchanged when it is ISO already, or no moment that is known here."""
    if ISO.match(text):
        return text
    plain = " ".join(text.replace(",", " ").split())
    for date in DATES:
        for time in TIMES:
            try:
                found = datetime.strptime(plain, date + time)
            except ValueError:
                continue
            return found.date().isoformat() if not time else found.isoformat(" ")
    return text
