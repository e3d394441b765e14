"""Logs: text whose lines match a grok pattern, a custom classifier's or one of AWS's built-in ones."""

from typing import NamedTuple

from wheatpaste.services.glue.crawl.finding import Finding
from wheatpaste.services.glue.crawl.grok import compile_pattern

LINES = 1000
MATCHING = 0.7  # the share of lines that must match
LINE = 10_000  # characters of a line that a pattern is tried on


class Log(NamedTuple):
    """A built-in classifier: AWS's classification and the pattern of its lines."""

    classification: str
    pattern: str
    custom: str = ""


REDIS = "REDISTIMESTAMP %{MONTHDAY} %{MONTH}(?: %{YEAR})? %{TIME}\nREDISLEVEL [.*#-]"
SYSLOG = r"%{SYSLOGTIMESTAMP:timestamp} %{SYSLOGHOST:logsource} "
LOGS = (
    Log("combined_apache", "%{COMBINEDAPACHELOG}"),
    Log("apache", "%{COMMONAPACHELOG}"),
    Log("linux_kernel", SYSLOG + r"kernel: \[ *%{NUMBER:uptime}\] %{GREEDYDATA:message}"),
    Log(
        "microsoft_log",
        r"%{TIMESTAMP_ISO8601:timestamp} %{IPORHOST:s_ip} %{WORD:cs_method} %{NOTSPACE:cs_uri_stem} %{NOTSPACE:cs_uri_query} "
        r"%{NUMBER:s_port} %{NOTSPACE:cs_username} %{IPORHOST:c_ip} %{NOTSPACE:cs_user_agent}(?: %{NOTSPACE:cs_referer})? "
        r"%{NUMBER:sc_status} %{NUMBER:sc_substatus} %{NUMBER:sc_win32_status}(?: %{NUMBER:time_taken})?",
    ),
    Log("ruby_logger", "%{RUBY_LOGGER}"),
    Log(
        "squid",
        r"%{NUMBER:timestamp} +%{NUMBER:elapsed} %{IPORHOST:client} %{WORD:code}/%{NUMBER:status} %{NUMBER:bytes} %{WORD:method} "
        r"%{NOTSPACE:url} %{NOTSPACE:user} %{WORD:hierarchy}/%{NOTSPACE:peer} %{NOTSPACE:content_type}",
    ),
    Log(
        "redismonlog", r'%{NUMBER:timestamp} \[%{INT:database} %{IPORHOST:client}:%{NUMBER:port}\] "%{WORD:command}" ?%{GREEDYDATA:params}'
    ),
    Log("redislog", "%{POSINT:pid}:%{WORD:role} %{REDISTIMESTAMP:timestamp} %{REDISLEVEL:level} %{GREEDYDATA:message}", REDIS),
)


def read_grok(text: str, complete: bool, log: Log, *, whole_lines: bool = True) -> Finding | None:
    """The schema of a log; None when too few lines match. Comments (#) are passed over; ``whole_lines``: a part of a line is no match."""
    body = text if complete else text[: text.rfind("\n") + 1]
    every = [line for line in body.splitlines() if line.strip() and not line.startswith("#")]
    lines = every[:LINES]
    pattern = compile_pattern(log.pattern, log.custom)
    match = pattern.regex.fullmatch if whole_lines else pattern.regex.search
    matching = sum(1 for line in lines if match(line[:LINE]))
    if not matching or matching < MATCHING * len(lines):
        return None
    parameters = {"grokPattern": log.pattern}
    serde = {"input.format": log.pattern}
    if log.custom:
        serde["input.grokCustomPatterns"] = parameters["grokCustomPatterns"] = log.custom
    size = max(1, round(len(body.encode()) / len(every)))
    return Finding(log.classification, "grok", pattern.fields, len(every), size, parameters=parameters, serde=serde)
