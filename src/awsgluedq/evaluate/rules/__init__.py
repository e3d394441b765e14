"""One function per rule type: (rule, scope) → Plan."""

from __future__ import annotations

from collections.abc import Callable

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.rules.anomalies import detect_anomalies
from awsgluedq.evaluate.rules.datasets import aggregate_match, row_count_match, schema_match
from awsgluedq.evaluate.rules.files import file_freshness, file_match, file_size, file_uniqueness
from awsgluedq.evaluate.rules.freshness import data_freshness
from awsgluedq.evaluate.rules.joins import custom_sql, dataset_match, referential_integrity
from awsgluedq.evaluate.rules.lengths import column_length
from awsgluedq.evaluate.rules.numbers import READINGS, number_rule
from awsgluedq.evaluate.rules.types import column_data_type
from awsgluedq.evaluate.rules.values import column_values
from awsgluedq.evaluate.rules.yes_or_no import column_exists, column_names_match_pattern, is_complete, is_primary_key, is_unique
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan

PLANS: dict[str, Callable[[Rule, Scope], Plan]] = {
    **dict.fromkeys(READINGS, number_rule),
    "AggregateMatch": aggregate_match,
    "ColumnDataType": column_data_type,
    "ColumnExists": column_exists,
    "ColumnLength": column_length,
    "ColumnNamesMatchPattern": column_names_match_pattern,
    "ColumnValues": column_values,
    "CustomSql": custom_sql,
    "DataFreshness": data_freshness,
    "DatasetMatch": dataset_match,
    "DetectAnomalies": detect_anomalies,
    "FileFreshness": file_freshness,
    "FileMatch": file_match,
    "FileSize": file_size,
    "FileUniqueness": file_uniqueness,
    "IsComplete": is_complete,
    "IsPrimaryKey": is_primary_key,
    "IsUnique": is_unique,
    "ReferentialIntegrity": referential_integrity,
    "RowCountMatch": row_count_match,
    "SchemaMatch": schema_match,
}
