"""Metric math, as https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html says it (pure)."""

import math

import pytest

from wheatpaste.services.cloudwatch.expressions import ExpressionError, Series, Unsupported, Value, evaluate

SPAN = range(0, 300, 60)
Found = list[float | None]


def series(name: str, *values: float | None) -> Series:
    """A value for each minute; None: there is none."""
    return Series({time: float(value) for time, value in zip(SPAN, values, strict=False) if value is not None}, SPAN, name, name)


NAMED: dict[str, Series] = {
    each.id: each
    for each in (
        series("m1", 1, 2, None, 4, 5),
        series("m2", 10, None, 30, 40, 0),
        series("c", 1, 1, 0, 0, None),  # of AWS's examples of IF
        series("x", 30, None, 0, 0, 30),
        series("y", 0, 0, 20, None, 20),
        series("p", 30, 20, 0, 0, None),  # of AWS's examples of comparisons
        series("q", 20, None, 20, None, None),
        series("none"),
    )
}


def computed(expression: str) -> list[Found]:
    found = evaluate(expression, lambda name: NAMED[name], [NAMED["m1"], NAMED["m2"]], SPAN)
    several: list[Value] = list(found) if isinstance(found, list) else [found]
    assert all(isinstance(each, Series) for each in several)
    return [[each.values.get(time) for time in SPAN] for each in several if isinstance(each, Series)]


ONE: dict[str, Found] = {
    "m1": [1, 2, None, 4, 5],
    "m1 + m2": [11, 2, 30, 44, 5],
    "m1 - m2 * 2": [-19, 2, -60, -76, 5],
    "(m1 - m2) * 2": [-18, 4, -60, -72, 10],
    "m2 / m1": [10, 0, None, 10, 0],
    "m1 / m2": [0.1, None, 0, 0.1, None],
    "100 / m2": [10, None, 100 / 30, 2.5, None],
    "-m1": [-1, -2, None, -4, -5],
    "-m1 ^ 2": [-1, -4, None, -16, -25],
    "2 ^ m1 ^ 1": [2, 4, None, 16, 32],
    "m1 * 1.5e1 + .5": [15.5, 30.5, None, 60.5, 75.5],
    "m1 - AVG(m1)": [-2, -1, None, 1, 2],
    "m1 * 0 + SUM(m2)": [80, 80, None, 80, 80],
    "m1 * 0 + MIN(m2)": [0, 0, None, 0, 0],
    "m1 * 0 + MAX(m2)": [40, 40, None, 40, 40],
    "SUM([m1, m2])": [11, 2, 30, 44, 5],
    "SUM(METRICS())": [11, 2, 30, 44, 5],
    'SUM(METRICS("m2"))': [10, None, 30, 40, 0],
    "AVG([m1, m2])": [5.5, 1, 15, 22, 2.5],
    "MIN([m1, m2])": [1, 2, 30, 4, 0],
    "MAX([m1, m2])": [10, 2, 30, 40, 5],
    "m1 / METRIC_COUNT(METRICS())": [0.5, 1, None, 2, 2.5],
    "m1 * 0 + DATAPOINT_COUNT(m1)": [4, 4, None, 4, 4],
    "DATAPOINT_COUNT([m1, m2])": [2, 1, 1, 2, 2],
    "m1 / PERIOD(m1) * 60": [1, 2, None, 4, 5],
    "FILL(m1, 9)": [1, 2, 9, 4, 5],
    "FILL(m1, REPEAT)": [1, 2, 2, 4, 5],
    "FILL(m2, LINEAR)": [10, 20, 30, 40, 0],
    "FILL(q, LINEAR)": [20, 20, 20, None, None],
    "FILL(q, REPEAT)": [20, 20, 20, 20, 20],
    "FILL(m1, m2)": [1, 2, 30, 4, 5],
    "FILL(m1, MIN(m1))": [1, 2, 1, 4, 5],
    "RATE(m1) * 60": [None, 1, None, 1, 1],
    "DIFF(m1)": [None, 1, None, 2, 1],
    "DIFF_TIME(m1)": [None, 60, None, 120, 60],
    "RUNNING_SUM(m1)": [1, 3, None, 7, 12],
    "ABS(m1 - 3)": [2, 1, None, 1, 2],
    "CEIL(m1 / 2)": [1, 1, None, 2, 3],
    "FLOOR(m1 / 2)": [0, 1, None, 2, 2],
    "LOG10(m2)": [1, None, math.log10(30), math.log10(40), None],
    "LOG(m1)": [0, math.log(2), None, math.log(4), math.log(5)],
    "TIME_SERIES(MAX(m1))": [5, 5, 5, 5, 5],
    "FIRST([m2, m1])": [10, None, 30, 40, 0],
    "LAST([m2, m1])": [1, 2, None, 4, 5],
    "FIRST(REMOVE_EMPTY([none, m1]))": [1, 2, None, 4, 5],
    "IF(c, x, y)": [30, 0, 20, None, None],
    "IF(c, 5, y)": [5, 5, 20, None, None],
    "IF(c, x, 5)": [30, 0, 5, 5, None],
    "IF(c, x)": [30, 0, None, None, None],
    "IF(m1 > 2, m1)": [None, None, None, 4, 5],
    "IF(m1 > 2, 1, 0)": [0, 0, None, 1, 1],
    "IF(SUM(m1) > 10, m1, m2)": [1, 2, None, 4, 5],
    "IF(0, m1)": [None] * 5,
    "p < q": [0, 0, 1, 0, None],
    "p >= 30": [1, 0, 0, 0, None],
    "p > 15 AND q > 15": [1, 0, 0, 0, None],
    "p > 15 || q > 15": [1, 1, 1, 0, None],
    "p == q OR p != 0 && 0": [0, 0, 0, 1, None],
    "m1 + none": [1, 2, None, 4, 5],
    "none - AVG(none)": [None] * 5,
    "m1 / 0": [None] * 5,
    "m1 * 1e308 * 1e10": [None] * 5,
}


@pytest.mark.parametrize("expression", ONE)
def test_a_series(expression: str) -> None:
    assert computed(expression) == [[None if value is None else pytest.approx(value) for value in ONE[expression]]]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("METRICS()", [[1, 2, None, 4, 5], [10, None, 30, 40, 0]]),
        ("METRICS() / 2", [[0.5, 1, None, 2, 2.5], [5, None, 15, 20, 0]]),
        ("[m1, m2] - m1", [[0, 0, None, 0, 0], [9, -2, 30, 36, -5]]),
        ("FILL([m1, METRICS('2')], 0)", [[1, 2, 0, 4, 5], [10, 0, 30, 40, 0]]),
        ("REMOVE_EMPTY([none, none])", []),
    ],
)
def test_arrays(expression: str, expected: list[Found]) -> None:
    assert computed(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        *("1 + 1", "SUM(m1)", "[m1] + [m2]", "m1 m2", "(m1", "sum(m1)", "FILL(m1)", "FILL(m1, ASC)", "RATE(5)", "IF(m1)", "'m1'", "[1, 2]"),
        *(
            "SUM()",
            "IF([m1], m1)",
            "FIRST(m1)",
            "FIRST(REMOVE_EMPTY([none]))",
            "TIME_SERIES(m1)",
            "m1 + REPEAT",
            "IF(1, 2)",
            "METRICS(5)[0]",
        ),
    ],
)
def test_wrong_expressions(expression: str) -> None:
    with pytest.raises(ExpressionError):
        computed(expression)


@pytest.mark.parametrize("expression", ["SORT(METRICS(), AVG, DESC)", "DAY(m1)", "STDDEV(m1)", "select avg(x) from y", "SEARCH('a', 'b')"])
def test_what_is_not_built_is_named(expression: str) -> None:
    with pytest.raises(Unsupported, match=r"SORT|DAY|STDDEV|SELECT|SEARCH"):
        computed(expression)


def test_periods_are_not_mixed() -> None:
    hour = Series({0: 1.0}, range(0, 7200, 3600), "h", "h")
    with pytest.raises(Unsupported, match="different periods"):
        evaluate("h + m1", lambda name: {**NAMED, "h": hour}[name], [], None)
