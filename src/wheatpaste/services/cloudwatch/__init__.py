"""Amazon CloudWatch: metrics, their statistics and their mathematics; dashboards."""

from wheatpaste.service import Service

cloudwatch = Service("cloudwatch", data_events=frozenset({"PutMetricData"}))

from wheatpaste.services.cloudwatch import dashboards, data, metrics, queries, retention, statistics  # noqa: E402, F401 - registers the operations
