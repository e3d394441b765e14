"""Rulesets evaluated on Spark DataFrames."""

from awsgluedq.evaluate.outcome import Analysis, Evaluation, Outcome
from awsgluedq.evaluate.run import Settings, evaluate

__all__ = ["Analysis", "Evaluation", "Outcome", "Settings", "evaluate"]
