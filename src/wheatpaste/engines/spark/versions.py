"""Which runtimes there are: for each kind and version of job its list of packages, its jars, and the Pythons it runs on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Version:
    """One runtime. Lists of packages and jars are files in `locks/`."""

    name: str
    spark: str = ""  # empty: it has no Spark
    jars: str = ""
    scala: str = ""
    pythons: tuple[str, ...] = ()  # minor versions, AWS's own first; empty: whatever runs the server
    formats: dict[str, str] = field(default_factory=dict, hash=False)  # of --datalake-formats, and its jars

    @property
    def is_own(self) -> bool:
        """Whether it runs on the server's Python."""
        return not self.pythons


GLUE_60 = Version("glue-6.0", "4.1.4", "spark-4.1", "2.13", (), {"iceberg": "iceberg-4.1", "delta": "delta-4.1"})
GLUE_51 = Version(
    "glue-5.1", "3.5.6", "spark-3.5", "2.12", ("3.11", "3.10"), {"iceberg": "iceberg-3.5.6", "delta": "delta-3.5.6", "hudi": "hudi-3.5.6"}
)
GLUE_50 = Version(
    "glue-5.0", "3.5.4", "spark-3.5", "2.12", ("3.11", "3.10"), {"iceberg": "iceberg-3.5.4", "delta": "delta-3.5.4", "hudi": "hudi-3.5.4"}
)
GLUE_40 = Version(
    "glue-4.0", "3.3.0", "spark-3.3", "2.12", ("3.10", "3.11"), {"iceberg": "iceberg-3.3", "delta": "delta-3.3", "hudi": "hudi-3.3"}
)
SHELL = Version("pythonshell-3.9")

GLUE = {"6.0": GLUE_60, "5.1": GLUE_51, "5.0": GLUE_50, "4.0": GLUE_40}
KINDS: dict[str, dict[str, Version]] = {"glueetl": GLUE, "gluestreaming": GLUE, "pythonshell": {"3.9": SHELL}}


class UnsupportedRuntime(ValueError):
    """No runtime of that version is offered; the message says which are."""


def version(kind: str, number: str) -> Version:
    """Raises UnsupportedRuntime."""
    try:
        return KINDS[kind][number]
    except KeyError:
        offered = "; ".join(f"{kind} {', '.join(numbers)}" for kind, numbers in KINDS.items())
        raise UnsupportedRuntime(f"{kind} {number} is not offered here; offered: {offered}") from None


def jars_of(found: Version, name: str) -> str:
    """The set of jars for a name of --datalake-formats. Raises UnsupportedRuntime."""
    try:
        return found.formats[name]
    except KeyError:
        offered = ", ".join(found.formats)
        raise UnsupportedRuntime(
            f"--datalake-formats {name} is not offered with {found.name} (Spark {found.spark}); offered: {offered}"
        ) from None
