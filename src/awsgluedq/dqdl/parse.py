"""`parse(text)`: a DQDL document as a Ruleset, or DqdlError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lark.exceptions import VisitError

from awsgluedq.dqdl.build import AnyWritten, Document, Joined, Written, document
from awsgluedq.dqdl.clauses import condition_of, no_condition, tags_of
from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.grammar import tree
from awsgluedq.dqdl.labels import checked_labels
from awsgluedq.dqdl.model import Analyzer, AnyRule, Composite, Parameter, Rule, Ruleset
from awsgluedq.dqdl.rule_types import NOTHING, RULE_TYPES, RuleType
from awsgluedq.dqdl.variables import Variables

METADATA_KEYS = {"Version"}
SOURCE_KEYS = {"Primary", "AdditionalDataSources"}


def parse(text: str) -> Ruleset:
    """The ruleset that `text` says. Raises DqdlError, which names line and column."""
    try:
        written = document(tree(text))
    except VisitError as error:
        raise error.orig_exc from None
    variables = Variables.of(written.variables)
    defaults = checked_labels(written.default_labels, None) if written.default_labels is not None else {}
    reader = _Reader(variables, defaults)
    primary, additional = _sources(written)
    ruleset = Ruleset(
        tuple(reader.rule(each) for each in written.rules),
        tuple(reader.analyzer(each) for each in written.analyzers),
        _metadata(written),
        primary,
        additional,
        defaults,
    )
    if not ruleset.rules and not ruleset.analyzers:
        raise DqdlError("No rules or analyzers provided.")
    return ruleset


def _metadata(written: Document) -> dict[str, str]:
    found = dict(written.metadata or [])
    _known(found, METADATA_KEYS, "Metadata")
    return found


def _sources(written: Document) -> tuple[str | None, tuple[str, ...]]:
    found = dict(written.sources or [])
    _known(found, SOURCE_KEYS, "DataSources")
    additional = found.get("AdditionalDataSources", [])
    if not isinstance(additional, list):
        raise DqdlError("AdditionalDataSources must be an array of names")
    return found.get("Primary"), tuple(additional)


def _known(found: Mapping[str, Any], allowed: set[str], section: str) -> None:
    for key in found.keys() - allowed:
        raise DqdlError(f"Unsupported key provided in {section} section: {key!r}; it takes {', '.join(sorted(allowed))}")


class _Reader:
    """Makes rules of what was written, checking each against its type."""

    def __init__(self, variables: Variables, defaults: Mapping[str, str]) -> None:
        self._variables, self._defaults = variables, defaults

    def rule(self, written: AnyWritten) -> AnyRule:
        return self._composite(written) if isinstance(written, Joined) else self._rule(written)

    def analyzer(self, written: Written) -> Analyzer:
        kind = RULE_TYPES.get(written.type)
        if kind is None:
            raise DqdlError(f"Analyzer Type: {written.type} is not valid", written.position)
        if not kind.analyzer:
            raise DqdlError(f"Analyzer Type: {written.type} is not supported", written.position)
        self._check_parameters(kind, written)
        tags, threshold = tags_of(written)
        if threshold is not None:
            raise DqdlError(f"Threshold condition not supported for analyzer: {written.type}", written.position)
        return Analyzer(written.type, self._parameters(written), tags, written.position)

    def _composite(self, written: Joined) -> AnyRule:
        own = checked_labels(written.labels, written.position) if written.labels is not None else {}
        if written.operator:
            labels = {**self._defaults, **own}
            return Composite(written.operator, tuple(map(self.rule, written.parts)), own, labels, written.position)
        inner = self.rule(written.parts[0])
        if not own:
            return inner
        labels = {**inner.labels, **own}
        if isinstance(inner, Composite):
            return Composite(inner.operator, inner.rules, {**inner.own_labels, **own}, labels, inner.position)
        return Rule(**{**vars(inner), "own_labels": {**inner.own_labels, **own}, "labels": labels})

    def _rule(self, written: Written) -> Rule:
        kind = RULE_TYPES.get(written.type)
        if kind is None:
            raise DqdlError(f"Rule Type: {written.type} is not valid", written.position)
        if not kind.rule:
            raise DqdlError(f"Analyzer Type: {written.type} is not supported in rules section", written.position)
        self._check_parameters(kind, written)
        self._check_where(kind, written)
        tags, threshold = tags_of(written)
        if threshold is not None and not kind.threshold:
            raise DqdlError(f"Threshold condition not supported for rule type: {written.type}", written.position)
        own = checked_labels(written.labels, written.position) if written.labels is not None else {}
        return Rule(
            written.type,
            self._parameters(written),
            self._condition(kind, written),
            written.where,
            threshold,
            tags,
            own,
            checked_labels([*{**self._defaults, **own}.items()], written.position) if own else dict(self._defaults),
            written.position,
        )

    def _check_parameters(self, kind: RuleType, written: Written) -> None:
        count = len(written.parameters)
        if not kind.takes(count):
            needs = (
                str(kind.least)
                if kind.least == kind.most
                else f"{kind.least} or more"
                if kind.most is None
                else f"{kind.least} to {kind.most}"
            )
            next_rule = next((each.value for each in written.parameters if not each.quoted and each.value in RULE_TYPES), None)
            missing = f"; is a comma missing before {next_rule}?" if next_rule else ""
            raise DqdlError(f"Unexpected number of parameters: {written.type} takes {needs}, {count} given{missing}", written.position)

    def _check_where(self, kind: RuleType, written: Written) -> None:
        if written.where is None:
            return
        if not kind.where:
            raise DqdlError(f"Where clause is not supported for rule type: {written.type}", written.position)
        if not written.where:
            raise DqdlError(f"Empty where condition provided for rule type: {written.type}", written.position)

    def _parameters(self, written: Written) -> tuple[Parameter, ...]:
        return tuple(self._variables.parameter(each, written.position) for each in written.parameters)

    def _condition(self, kind: RuleType, written: Written) -> Any:
        allowed = kind.conditions
        if written.type == "FileMatch":  # two paths are compared with each other, one with a list of checksums
            allowed = (NOTHING,) if len(written.parameters) == 2 else tuple(each for each in allowed if each != NOTHING)
        if written.condition is None:
            return no_condition(written, allowed)
        return condition_of(written, self._variables.condition(written.condition, written.position), allowed)
