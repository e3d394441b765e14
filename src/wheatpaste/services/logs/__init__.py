"""Amazon CloudWatch Logs: groups, streams, and their events."""

from wheatpaste.service import Service

logs = Service("logs", data_events=frozenset({"PutLogEvents"}))

from wheatpaste.services.logs import events, groups, streams  # noqa: E402, F401 - registers the operations
