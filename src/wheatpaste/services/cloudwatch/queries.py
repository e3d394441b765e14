"""GetMetricData: many metrics and expressions over them at once, page by page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wheatpaste.services.cloudwatch import cloudwatch, metrics, points
from wheatpaste.services.cloudwatch.errors import InvalidNextToken, ValidationError
from wheatpaste.services.cloudwatch.expressions import ExpressionError, Series, Unsupported, Value, evaluate
from wheatpaste.services.cloudwatch.periods import first, is_period
from wheatpaste.services.cloudwatch.statistics import BAD_PERIOD, checked, moment, seconds, value
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.call import Call
    from wheatpaste.services.cloudwatch.shapes_generated import (
        GetMetricDataInput,
        GetMetricDataOutput,
        MetricDataQuery,
        MetricDataResult,
        MetricStat,
    )

MOST, MOST_QUERIES = 100_800, 500
ID = re.compile(r"[a-z][A-Za-z0-9_]*")
OPERATION = "cloudwatch:GetMetricData"


@cloudwatch.operation(reads=True, stored=["LabelOptions"], refused=["MetricDataQueries[].AccountId"])
def get_metric_data(call: Call, req: GetMetricDataInput) -> GetMetricDataOutput:
    """Values of metrics and expressions, newest first unless ``ScanBy`` says otherwise; each unit's are a result of their own."""
    queries, limit = req["MetricDataQueries"], req.get("MaxDatapoints") or MOST
    _check(req, limit)
    found = Queries(call, queries, seconds(req["StartTime"]), seconds(req["EndTime"]))
    shown = [query for query in queries if query.get("ReturnData") is not False]
    begin, skip = decode_token(req["NextToken"], "cloudwatch:data", InvalidNextToken) if req.get("NextToken") else (0, 0)
    results, rest = _page(found, shown, begin, skip, limit, req.get("ScanBy") != "TimestampAscending")
    token = encode_token(rest, "cloudwatch:data") if rest is not None else None
    return {"MetricDataResults": results, "NextToken": token, "Messages": []}


def _page(
    found: Queries, queries: Sequence[MetricDataQuery], begin: int, skip: int, limit: int, descending: bool
) -> tuple[list[MetricDataResult], tuple[int, int] | None]:
    """Up to ``limit`` datapoints from query number ``begin`` on, without its first ``skip``; and where the next page begins."""
    results: list[MetricDataResult] = []
    for number in range(begin, len(queries)):
        passed = 0  # datapoints of this query, which may be several series
        for each in found.results(queries[number]):
            times = sorted(each.values, reverse=descending)
            if skip and passed + len(times) <= skip:
                passed += len(times)
                continue
            start = max(skip - passed, 0)
            taken = times[start : start + limit]
            if times and not taken:
                return results, (number, passed + start)
            whole = start + len(taken) == len(times)
            results.append(_result(each, taken, "Complete" if whole else "PartialData"))
            limit, passed = limit - len(taken), passed + start + len(taken)
            if not whole:
                return results, (number, passed)
        skip = 0
    return results, None


def _result(series: Series, times: list[int], status: str) -> MetricDataResult:
    values = [series.values[time] for time in times]
    return {"Id": series.id, "Label": series.label, "Timestamps": [moment(t) for t in times], "Values": values, "StatusCode": status}


def _check(req: GetMetricDataInput, limit: int) -> None:
    start, end, queries = seconds(req["StartTime"]), seconds(req["EndTime"]), req["MetricDataQueries"]
    if start == end:
        raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
    if start > end:
        raise ValidationError("The parameter EndTime must be greater than StartTime.")
    if not 1 <= limit <= MOST:
        raise ValidationError(f"The parameter MaxDatapoints must be between 1 and {MOST}.")
    if not 1 <= len(queries) <= MOST_QUERIES:
        raise ValidationError(f"The collection MetricDataQueries must have a size between 1 and {MOST_QUERIES}.")
    for number, query in enumerate(queries, 1):
        _check_query(query, f"MetricDataQueries.member.{number}")
    ids = [query["Id"] for query in queries]
    twice = next((each for each in ids if ids.count(each) > 1), None)
    if twice is not None:
        raise ValidationError(f"The values for parameter Id in MetricDataQueries are not unique: {twice}")


def _check_query(query: MetricDataQuery, where: str) -> None:
    stat, expression = query.get("MetricStat"), query.get("Expression")
    if stat is None and expression is None:
        raise ValidationError(f"The parameter {where}.MetricStat is required.\n")
    if stat is not None and expression is not None:
        raise ValidationError(
            f"The parameters {where}.Expression and {where}.MetricStat are mutually exclusive and you have specified both."
        )
    if not ID.fullmatch(query["Id"]):
        raise ValidationError(
            f"The value {query['Id']} for parameter {where}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
        )
    if "${" in (query.get("Label") or ""):
        raise NotImplementedByWheatpaste(OPERATION, f"the dynamic {where}.Label")
    if stat is not None:
        _check_stat(stat, query, where)


def _check_stat(stat: MetricStat, query: MetricDataQuery, where: str) -> None:
    for name in ("Namespace", "MetricName"):
        if not stat["Metric"].get(name):
            raise ValidationError(f"The parameter {where}.MetricStat.Metric.{name} is required.")
    if not is_period(stat["Period"]):
        raise ValidationError(BAD_PERIOD.format(stat["Period"]))
    if query.get("Period") not in (None, stat["Period"]):
        raise ValidationError(f"The parameter {where}.Period must not be given with {where}.MetricStat, which has one of its own.")
    checked(stat["Stat"], "GetMetricData")


class Queries:
    """The queries of one call, each computed once."""

    def __init__(self, call: Call, queries: Sequence[MetricDataQuery], start: int, end: int) -> None:
        self._call, self._queries = call, {query["Id"]: query for query in queries}
        self._start, self._end = start, end
        self._values: dict[str, Value] = {}
        self._open: list[str] = []  # expressions that are being computed

    def results(self, query: MetricDataQuery) -> list[Series]:
        """The series of a query, with their labels."""
        found, label = self.value(query["Id"]), query.get("Label")
        if query.get("MetricStat") is not None:
            return found if isinstance(found, list) else [found] if isinstance(found, Series) else []
        several = found if isinstance(found, list) else [found]
        named = [each for each in several if isinstance(each, Series)]
        if isinstance(found, list):
            labels = [" ".join(filter(None, (label, each.label))) for each in named]
        else:
            labels = [label or query["Id"]]
        return [Series(each.values, each.span, text, query["Id"]) for each, text in zip(named, labels, strict=True)]

    def value(self, query_id: str) -> Value:
        """What a query gives: a series, or an array of them."""
        if query_id not in self._queries:
            raise ExpressionError(f"there is no query {query_id}")
        if query_id not in self._values:
            query = self._queries[query_id]
            self._values[query_id] = self._metric(query) if query.get("MetricStat") is not None else self._expression(query)
        return self._values[query_id]

    def _metric(self, query: MetricDataQuery) -> Value:
        stat = query["MetricStat"]
        found = metrics.metric(stat["Metric"]["Namespace"], stat["Metric"]["MetricName"], stat["Metric"].get("Dimensions"))
        span = range(first(self._start, stat["Period"], int(self._call.now.timestamp())), self._end, stat["Period"])
        empty = Series({}, span, query.get("Label") or self._label(stat), query["Id"])
        units = points.read(self._call, found.identity, span, stat.get("Unit"))
        series = [empty.with_values((time, value(each, stat["Stat"])) for time, each in times.items()) for times in units.values()]
        return series if len(series) > 1 else series[0] if series else empty

    def _label(self, stat: MetricStat) -> str:
        """The metric's name, with the statistic where the request has several."""
        stats = {each["MetricStat"]["Stat"] for each in self._queries.values() if each.get("MetricStat") is not None}
        name: str = stat["Metric"]["MetricName"]
        return f"{name} {stat['Stat']}" if len(stats) > 1 else name

    def _expression(self, query: MetricDataQuery) -> Value:
        name = query["Id"]
        if name in self._open:
            raise ValidationError(f"Error in expression '{name}': it depends on itself: {' → '.join([*self._open, name])}")
        self._open.append(name)
        try:
            found = evaluate(query["Expression"], self.value, self._metrics(), self._span())
        except ExpressionError as error:
            raise ValidationError(f"Error in expression '{name}': {error}") from None
        except Unsupported as error:
            raise NotImplementedByWheatpaste(OPERATION, f"{error}, in expression '{name}',") from None
        self._open.pop()
        _check_period(query, found)
        return found

    def _metrics(self) -> list[Series]:
        """What METRICS() is: the metrics of the request, not its expressions."""
        several = (self.value(name) for name, query in self._queries.items() if query.get("MetricStat") is not None)
        return [each for found in several for each in (found if isinstance(found, list) else [found]) if isinstance(each, Series)]

    def _span(self) -> range | None:
        spans = {each.span for each in self._metrics()}
        return spans.pop() if len(spans) == 1 else None


def _check_period(query: Mapping[str, Any], found: Value) -> None:
    """An expression has the period of its metrics; another one would mean to take statistics again."""
    several = found if isinstance(found, list) else [found]
    if any(isinstance(each, Series) and query.get("Period") not in (None, each.span.step) for each in several):
        raise NotImplementedByWheatpaste(
            OPERATION, f"Period {query['Period']} of expression '{query['Id']}', which is not that of its metrics,"
        )
