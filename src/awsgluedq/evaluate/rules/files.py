"""Rules about the files that a frame was read from, or of a path: their age, size and contents.

Spark lists and reads them (`binaryFile`), so these rules know every place that Spark reads; hidden files (_SUCCESS) are left out.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Amount, Condition, Literal, Operand, Rule, Text
from awsgluedq.evaluate.compare import holds, judged
from awsgluedq.evaluate.moments import moment_of
from awsgluedq.evaluate.rules.compliance import ALL
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import Column, DataFrame, Row

CHECKSUMS = {"MD5": lambda c: F.md5(c), "SHA-1": lambda c: F.sha1(c), "SHA-256": lambda c: F.sha2(c, 256)}
COMMON = {"recentFiles", "uriRegex"}


def file_freshness(rule: Rule, scope: Scope) -> Plan:
    """When the files were last changed."""
    _known_tags(rule, {"timeZone"})
    condition = rule.condition
    assert condition is not None
    edges = tuple(_seconds(moment_of(each, scope.now, rule.tag("timeZone"))) for each in condition.operands)
    return _share(rule, scope, "FileFreshness", Condition(condition.operator, edges), lambda row: row["changed"])


def file_size(rule: Rule, scope: Scope) -> Plan:
    _known_tags(rule, set())
    condition = rule.condition
    assert condition is not None
    return _share(rule, scope, "FileSize", Condition(condition.operator, tuple(map(_bytes, condition.operands))), lambda row: row["length"])


def _seconds(moment: datetime) -> Literal:
    return Literal(repr(moment.astimezone(timezone.utc).timestamp()))  # noqa: UP017 - Python 3.10


def _bytes(operand: Operand) -> Literal:
    return Literal(str(operand.bytes)) if isinstance(operand, Amount) else Literal(str(operand))


def _share(rule: Rule, scope: Scope, name: str, condition: Condition, value: Callable[[Row], float]) -> Plan:
    """The share of files for which the condition holds, against the threshold or all."""
    metric = f"Dataset.*.{name}.Compliance"
    threshold = scope.numbers(rule.threshold, metric) if rule.threshold else ALL

    def judge() -> Verdict:
        rows = _files(rule, scope, _path(rule, 0)).collect()
        found = _recent(rule, rows)
        if not found:
            raise RuleError(f"{name}: there are no files")
        wrong = [row["path"] for row in found if not holds(condition, value(row))]
        verdict = judged(metric, 1 - len(wrong) / len(found), threshold)
        return verdict if verdict.passed else Verdict(False, f"{verdict.reason} Files: {', '.join(sorted(wrong)[:5])}", verdict.metrics)

    return Plan(rule, judge)


def file_uniqueness(rule: Rule, scope: Scope) -> Plan:
    """The share of files whose contents no other file has."""
    _known_tags(rule, {"hashAlgorithm"})
    metric = "Dataset.*.FileUniqueness"
    evaluated = scope.resolved(rule, metric)

    def judge() -> Verdict:
        sums = [row["checksum"] for row in _summed(rule, scope, _path(rule, 0))]
        if not sums:
            raise RuleError("FileUniqueness: there are no files")
        assert evaluated.condition is not None
        return judged(metric, sum(sums.count(each) == 1 for each in set(sums)) / len(sums), evaluated.condition)

    return Plan(evaluated, judge)


def file_match(rule: Rule, scope: Scope) -> Plan:
    """Whether every file's contents are among a list of checksums, or those of another path."""
    _known_tags(rule, {"hashAlgorithm", "matchFileName"})
    metric = "Dataset.*.FileMatch.Compliance"
    by_name = (rule.tag("matchFileName") or "").lower() == "true"

    def key(row: Row) -> tuple[str, ...]:
        return (row["checksum"], row["path"].rsplit("/", 1)[-1]) if by_name else (row["checksum"],)

    def judge() -> Verdict:
        mine = _summed(rule, scope, _path(rule, 0))
        if not mine:
            raise RuleError("FileMatch: there are no files")
        if rule.condition:
            given = {each.value.lower() for each in rule.condition.operands if isinstance(each, Text)}
            negative = rule.condition.operator in ("not in", "!=")
            wrong = [row["path"] for row in mine if (row["checksum"] in given) == negative]
        else:
            others = {key(row) for row in _summed(rule, scope, _path(rule, 1))}
            wrong = [row["path"] for row in mine if key(row) not in others]
        reason = f"Files that do not match: {', '.join(sorted(wrong)[:5])}" if wrong else None
        return Verdict(not wrong, reason, {metric: 1 - len(wrong) / len(mine)})

    return Plan(rule, judge)


def _path(rule: Rule, number: int) -> str | None:
    values = rule.values
    return values[number] if len(values) > number else None


def _known_tags(rule: Rule, own: set[str]) -> None:
    unknown = set(rule.tags) - own - COMMON
    if unknown:
        raise RuleError(f"{rule.type} takes no tag {', '.join(sorted(unknown))}; it takes {', '.join(sorted(own | COMMON))}")


def _files(rule: Rule, scope: Scope, path: str | None) -> DataFrame:
    """path, length, changed (epoch seconds) and content of the files; the content is read only where it is used."""
    paths = [_for_spark(path)] if path is not None else scope.frame.inputFiles()
    if not paths:
        raise RuleError(f"{rule.type} without a path is for frames that were read from files")
    try:
        found = scope.frame.sparkSession.read.format("binaryFile").option("recursiveFileLookup", "true").load(paths)
    except PySparkException as error:
        raise RuleError(f"{rule.type}: {first_line(error)}") from None
    pattern = rule.tag("uriRegex")
    return (
        (found.where(F.col("path").rlike(pattern)) if pattern else found)
        .select("path", "length", F.col("modificationTime").cast("double").alias("changed"), "content")
        .drop(*([] if rule.type in ("FileMatch", "FileUniqueness") else ["content"]))
    )


def _for_spark(path: str) -> str:
    """Schemes are lower case to Hadoop; people write S3:// too."""
    scheme, sign, rest = path.partition("://")
    return f"{scheme.lower()}{sign}{rest}" if sign else path


def _recent(rule: Rule, rows: Sequence[Row]) -> list[Row]:
    """The newest files, as many as `with recentFiles` says."""
    newest = sorted(rows, key=lambda row: row["changed"], reverse=True)
    recent = rule.tag("recentFiles")
    if recent is None:
        return newest
    if not recent.isdigit() or int(recent) < 1:
        raise RuleError(f"recentFiles is a number of files, not {recent!r}")
    return newest[: int(recent)]


def _summed(rule: Rule, scope: Scope, path: str | None) -> list[Row]:
    algorithm = rule.tag("hashAlgorithm") or "MD5"
    if algorithm.upper() not in CHECKSUMS:
        raise RuleError(f"Unknown hashAlgorithm {algorithm}; there are {', '.join(CHECKSUMS)}")
    checksum: Column = CHECKSUMS[algorithm.upper()](F.col("content")).alias("checksum")
    try:
        return _recent(rule, _files(rule, scope, path).select("path", "changed", checksum).collect())
    except PySparkException as error:
        raise RuleError(f"{rule.type}: {first_line(error)}") from None
