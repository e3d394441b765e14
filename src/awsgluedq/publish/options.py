"""The two dictionaries of options. A key that is not known is refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awsgluedq.evaluate.rows import PASSED, SKIPPED
from awsgluedq.evaluate.run import COLUMN, ROW

CHOICES = {  # additional_options → what they may be, the default first
    "performanceTuning.caching": ("CACHE_NOTHING", "CACHE_INPUT"),
    "observations.scope": ("NONE", "ALL"),
    "compositeRuleEvaluation.method": (COLUMN, ROW),
    "dataQualityResultsPublishing.strategy": ("STRICT", "BEST_EFFORT"),
    "rowLevelConfiguration.filteredRowLabel": (PASSED, SKIPPED),
    "rowLevelConfiguration.ruleWithLabels": ("DISABLED", "ENABLED"),
}
PUBLISHING = ("dataQualityEvaluationContext", "enableDataQualityCloudWatchMetrics", "enableDataQualityResultsPublishing", "resultsS3Prefix")


@dataclass(frozen=True)
class PublishingOptions:
    context: str = "default_context"
    metrics: bool = False
    results: bool = True
    s3_prefix: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> PublishingOptions:
        """Raises ValueError for an unknown key or a value that is none."""
        given = given or {}
        _known(given, PUBLISHING, "publishing_options")
        prefix = str(given.get("resultsS3Prefix") or "")
        if prefix and not prefix.startswith(("s3://", "s3a://", "s3n://")):
            raise ValueError(f"resultsS3Prefix {prefix!r} is no s3:// path")
        return cls(
            str(given.get("dataQualityEvaluationContext") or "default_context"),
            _flag(given, "enableDataQualityCloudWatchMetrics", False),
            _flag(given, "enableDataQualityResultsPublishing", True),
            prefix,
        )


@dataclass(frozen=True)
class AdditionalOptions:
    values: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> AdditionalOptions:
        """Raises ValueError for an unknown key or value."""
        given = given or {}
        _known(given, tuple(CHOICES), "additional_options")
        for name, value in given.items():
            if str(value).upper() not in CHOICES[name]:
                raise ValueError(f"additional_options: {name} is one of {', '.join(CHOICES[name])}, not {value!r}")
        return cls({name: str(given.get(name) or choices[0]).upper() for name, choices in CHOICES.items()})

    def __getitem__(self, name: str) -> str:
        return self.values[name]


def _known(given: Mapping[str, Any], names: Sequence[str], what: str) -> None:
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"{what}: unknown {', '.join(unknown)}; there are {', '.join(names)}")


def _flag(given: Mapping[str, Any], name: str, default: bool) -> bool:
    value = given.get(name, default)
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise ValueError(f"publishing_options: {name} is True or False, not {value!r}")
