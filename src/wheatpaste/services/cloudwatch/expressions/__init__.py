"""Metric math: expressions over time series (pure).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from wheatpaste.services.cloudwatch.expressions.evaluation import evaluate
from wheatpaste.services.cloudwatch.expressions.series import ExpressionError, Series, Unsupported, Value

__all__ = ["ExpressionError", "Series", "Unsupported", "Value", "evaluate"]
