"""What each rule type takes: parameters, kinds of condition, clauses.

Sources, as at 2026-11: https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types.html and, for the number of parameters and the kinds of
condition, the rule table of the public repository awslabs/dqdl (Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBER, STRING, DATE, DURATION, SIZE, NOTHING = "number", "string", "date", "duration", "size", "nothing"


@dataclass(frozen=True)
class RuleType:
    least: int = 1  # parameters
    most: int | None = 1  # None: as many as one likes
    conditions: tuple[str, ...] = (NUMBER,)  # kinds, in order of preference; NOTHING: none may be given
    where: bool = True
    threshold: bool = False
    rule: bool = True
    analyzer: bool = False
    by_row: bool = True  # may be part of a composite rule that is evaluated by row

    def takes(self, parameters: int) -> bool:
        return self.least <= parameters and (self.most is None or parameters <= self.most)


def dataset(least: int, most: int | None = None, **settings: object) -> RuleType:
    """A rule about the frame as a whole."""
    return RuleType(least, least if most is None else most, where=False, **settings)  # type: ignore[arg-type]


RULE_TYPES = {
    "AggregateMatch": dataset(2),
    "AllStatistics": RuleType(rule=False, analyzer=True, where=False),
    "ColumnCorrelation": RuleType(2, 2, analyzer=True),
    "ColumnCount": dataset(0, analyzer=True),
    "ColumnDataType": RuleType(conditions=(STRING,), threshold=True),
    "ColumnExists": RuleType(conditions=(NOTHING,), where=False),
    "ColumnLength": RuleType(analyzer=True),
    "ColumnNamesMatchPattern": RuleType(conditions=(NOTHING,), where=False),
    "ColumnValues": RuleType(conditions=(DATE, NUMBER, STRING), threshold=True, analyzer=True),
    "Completeness": RuleType(analyzer=True, by_row=False),
    "CustomSql": dataset(1, conditions=(NUMBER, NOTHING), threshold=True),
    "DataFreshness": RuleType(conditions=(DURATION,)),
    "DatasetMatch": dataset(2, 3, by_row=False),
    "DetectAnomalies": RuleType(1, None, conditions=(NOTHING,), where=False),
    "DistinctValuesCount": RuleType(analyzer=True),
    "Distribution": RuleType(rule=False, analyzer=True, where=False),
    "Entropy": RuleType(analyzer=True),
    "FileFreshness": dataset(0, 1, conditions=(DATE,), threshold=True),
    "FileMatch": dataset(0, 2, conditions=(STRING, NOTHING)),
    "FileSize": dataset(0, 1, conditions=(SIZE,), threshold=True),
    "FileUniqueness": dataset(0, 1),
    "IsComplete": RuleType(conditions=(NOTHING,)),
    "IsPrimaryKey": RuleType(1, None, conditions=(NOTHING,)),
    "IsUnique": RuleType(1, None, conditions=(NOTHING,)),
    "Mean": RuleType(analyzer=True),
    "ReferentialIntegrity": dataset(2, by_row=False),
    "RowCount": RuleType(0, 0, analyzer=True),
    "RowCountMatch": dataset(1),
    "SchemaMatch": dataset(1),
    "StandardDeviation": RuleType(analyzer=True),
    "Sum": RuleType(analyzer=True),
    "UniqueValueRatio": RuleType(analyzer=True),
    "Uniqueness": RuleType(1, None, analyzer=True, by_row=False),
    "Variance": RuleType(analyzer=True),
}
