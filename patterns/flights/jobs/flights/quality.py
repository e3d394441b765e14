"""What must be true of the lake's flights before the warehouse gets them."""

from awsglue.dynamicframe import DynamicFrame
from awsgluedq.transforms import EvaluateDataQuality

CONTEXT = "flights_lake"
RULES = """Rules = [
    RowCount > 0,
    IsComplete "carrier",
    IsComplete "time_hour",
    ColumnValues "origin" in ["EWR", "JFK", "LGA"],
    ColumnValues "distance" > 0,
    Completeness "dep_delay" > 0.95
]"""


def check(flights: DynamicFrame) -> int:
    """Evaluate the rules and publish their result; how many there were. Raises ValueError naming those that failed."""
    outcomes = EvaluateDataQuality.apply(
        frame=flights,
        ruleset=RULES,
        publishing_options={"dataQualityEvaluationContext": CONTEXT, "enableDataQualityResultsPublishing": True},
    )
    rows = outcomes.toDF().collect()
    failed = [f"{row.Rule}: {row.FailureReason}" for row in rows if row.Outcome != "Passed"]
    if failed:
        raise ValueError("The lake's flights break their rules: " + "; ".join(failed))
    return len(rows)
