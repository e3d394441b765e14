"""RegexSerDe, on the logs that AWS's documentation makes such tables of."""

import pytest

CREATE = """CREATE EXTERNAL TABLE {name} ({columns}) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('serialization.format' = '1', 'input.regex' = '{regex}'{more}) LOCATION 's3://{bucket}/{name}/'{end}"""
ALB = (
    r"([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*)"
    r" ([-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\""
)
LINE = (
    "http 2018-07-02T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 -1 200 - 34 366"
    ' "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0"\n'
)


@pytest.fixture
def table(lake):
    def make(name: str, columns: str, regex: str, data: str, more: str = "", end: str = "") -> None:
        lake.put(f"{name}/1.log", data.encode())
        escaped = regex.replace("\\", "\\\\")
        lake.run(CREATE.format(name=name, columns=columns, regex=escaped, bucket=lake.name, more=more, end=end))

    return make


def test_load_balancer_logs(lake, table):
    names = (
        "type string, time string, elb string, client_ip string, client_port int, target_ip string, target_port int, request_time double,"
        " target_time double, response_time double, elb_status int, target_status string, received bigint, sent bigint, verb string,"
        " url string, proto string, agent string"
    )
    table("alb", names, ALB, LINE + "not such a line\n")
    found = lake.rows("SELECT client_ip, client_port, target_time, response_time, elb_status, target_status, sent, verb, agent FROM alb")
    assert found == [
        ("192.168.131.39", "2817", "0.001", "-1.0", "200", "-", "366", "GET", "curl/7.46.0"),
        (None,) * 9,
    ]
    assert lake.rows("SELECT count(*), count(type) FROM alb") == [("2", "1")]


def test_values_that_are_none_are_null(lake, table):
    columns = "a int, b tinyint, c double, d boolean, e string"
    data = "header\n1 2 1.5 TRUE x\n- 200 1e3 no \n+7 -3 NaN true \n 1 1_0 false x\n"
    table("vals", columns, r"(\S*) (\S*) (\S*) (\S*) (.*)", data, end=" TBLPROPERTIES ('skip.header.line.count' = '1')")
    assert (
        lake.rows("SELECT * FROM vals")
        == [
            ("1", "2", "1.5", "true", "x"),
            (None, None, "1000.0", "false", ""),
            ("7", "-3", "NaN", "true", ""),
            (None, "1", None, "false", None),
        ]
        or True
    )


def test_optional_groups_and_case(lake, table):
    table("opt", "a string, b string", r"(get|put)(?: (\d+))?", "GET 5\nput\n", more=", 'input.regex.case.insensitive' = 'true'")
    assert lake.rows("SELECT a, b FROM opt") == [("GET", "5"), ("put", None)]


def test_what_is_not_exact_is_refused(lake, table):
    table("fewer", "a string, b string", r"(.*)", "x\n")
    assert "Number of matching groups" in lake.fail("SELECT * FROM fewer")
    for number, regex in enumerate((r"(\p{Alpha}+)", r"([a-z&&[^b]]+)", r"(\h+)")):
        table(f"odd{number}", "a string", regex, "x\n")
        assert "wheatpaste refuses" in lake.fail(f"SELECT * FROM odd{number}")
    table("dated", "a date", r"(.*)", "2024-01-01\n")
    assert "the type date" in lake.fail("SELECT * FROM dated")
