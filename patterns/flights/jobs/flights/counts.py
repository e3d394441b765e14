"""What a run counted, for whoever checks it."""

from dataclasses import dataclass, field


@dataclass
class Counts:
    """Rows and seconds by name."""

    _rows: dict[str, int] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)

    def rows(self, name: str, count: int) -> None:
        self._rows[name] = count

    def seconds(self, name: str, seconds: float) -> None:
        self._seconds[name] = round(seconds, 3)

    def as_dict(self) -> dict[str, dict[str, float]]:
        return {"rows": dict(self._rows), "seconds": dict(self._seconds)}

    def __str__(self) -> str:
        return ", ".join(f"{name} {count:,} rows" for name, count in self._rows.items())
