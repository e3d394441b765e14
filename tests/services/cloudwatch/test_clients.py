"""The three protocols that CloudWatch speaks, the AWS CLI, both databases, and a crash."""

import gzip
import json
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.cli.test_commands import wheatpaste
from tests.conftest import Server
from tests.services.cloudwatch.conftest import Bench, minute


def post(server: Server, body: bytes, **headers: str) -> bytes:
    """A signed request as an SDK sends it."""
    request = AWSRequest("POST", server.endpoint + "/", data=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    SigV4Auth(Credentials("test", "test"), "monitoring", "us-east-1").add_auth(request)
    sent = urllib.request.Request(server.endpoint + "/", body, dict(request.headers.items()))
    with urllib.request.urlopen(sent, timeout=30) as answer:
        return bytes(answer.read())


def test_the_query_protocol(server: Server, bench: Bench) -> None:
    form = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": bench.namespace, "MetricData.member.1.MetricName": "m"}
    form |= {"MetricData.member.1.Values.member.1": "2", "MetricData.member.1.Counts.member.1": "3", "MetricData.member.1.Unit": "Bytes"}
    form |= {"MetricData.member.1.Dimensions.member.1.Name": "d", "MetricData.member.1.Dimensions.member.1.Value": "v"}
    post(server, urlencode(form).encode(), Content_Type="application/x-www-form-urlencoded")
    dimensions = [{"Name": "d", "Value": "v"}]
    assert [each["Sum"] for each in bench.statistics("m", "Sum", Dimensions=dimensions)] == [6.0]
    listed = post(
        server,
        urlencode({"Action": "ListMetrics", "Version": "2010-08-01", "Namespace": bench.namespace}).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert b"<MetricName>m</MetricName>" in listed and b"<Name>d</Name>" in listed


@pytest.mark.parametrize("packed", [False, True])
def test_the_json_protocol(server: Server, bench: Bench, packed: bool) -> None:
    body = json.dumps({"Namespace": bench.namespace, "MetricData": [{"MetricName": "m", "Value": 4, "Timestamp": minute(1).timestamp()}]})
    headers = {"X_Amz_Target": "GraniteServiceVersion20100801.PutMetricData", "Content_Type": "application/x-amz-json-1.0"}
    post(server, gzip.compress(body.encode()) if packed else body.encode(), **headers, **({"Content_Encoding": "gzip"} if packed else {}))
    headers["X_Amz_Target"] = "GraniteServiceVersion20100801.GetMetricData"
    asked = {"MetricDataQueries": [bench.query("m")], "StartTime": minute(5).timestamp(), "EndTime": minute(-1).timestamp()}
    (found,) = json.loads(post(server, json.dumps(asked).encode(), **headers))["MetricDataResults"]
    assert (found["Values"], found["Timestamps"]) == ([4.0], [minute(1).timestamp()])


def test_the_aws_cli(server: Server, unique: str) -> None:
    def aws(*words: str) -> str:
        found = wheatpaste("aws", "--home", str(server.home), "cloudwatch", *words)
        assert found.returncode == 0, found.stderr
        return found.stdout

    aws("put-metric-data", "--namespace", unique, "--metric-name", "m", "--value", "3.5", "--unit", "Seconds", "--dimensions", "a=b")
    listed = json.loads(aws("list-metrics", "--namespace", unique))["Metrics"]
    assert listed == [{"Namespace": unique, "MetricName": "m", "Dimensions": [{"Name": "a", "Value": "b"}]}]
    span = ("--start-time", minute(5).isoformat(), "--end-time", minute(-5).isoformat())
    words = ("--namespace", unique, "--metric-name", "m", "--dimensions", "Name=a,Value=b", "--period", "600", "--statistics", "Sum", *span)
    (found,) = json.loads(aws("get-metric-statistics", *words))["Datapoints"]
    assert (found["Sum"], found["Unit"]) == (3.5, "Seconds")


def test_nothing_acknowledged_is_lost(own_server: Callable[..., Server], unique: str) -> None:
    server = own_server()
    bench = Bench(server.client("cloudwatch"), unique)
    for n in range(20):
        bench.put("m", n, Timestamp=minute(2))
    server.kill()
    server.start()
    (found,) = Bench(server.client("cloudwatch"), unique).statistics("m", "Sum", "SampleCount")
    assert (found["Sum"], found["SampleCount"]) == (190.0, 20.0)


def test_on_postgres_and_from_many_at_once(own_server: Callable[..., Server], unique: str, empty_postgres: Callable[[], str]) -> None:
    server = own_server(WHEATPASTE_DATABASE_URL=empty_postgres())
    bench = Bench(server.client("cloudwatch", max_pool_connections=8), unique)

    def put(n: int) -> None:
        shapes: list[dict[str, Any]] = [{"MetricName": f"m{m}", "Value": n, "Timestamp": minute(1)} for m in range(5)]
        bench.api.put_metric_data(Namespace=unique, MetricData=shapes if n % 2 else shapes[::-1])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(40)))
    found = bench.data(*(bench.query(f"m{m}") for m in range(5)))
    assert [each["Values"] for each in found] == [[780.0]] * 5
    assert [each["SampleCount"] for each in bench.statistics("m0", "SampleCount")] == [40.0]
    assert bench.statistics("m0", "p50")[0]["ExtendedStatistics"] == {"p50": 19.5}
    assert len(bench.api.list_metrics(Namespace=unique, RecentlyActive="PT3H")["Metrics"]) == 5
    bench.api.put_dashboard(DashboardName="d", DashboardBody="{}")
    bench.api.put_dashboard(DashboardName="d", DashboardBody='{"a": 1}')
    assert bench.api.get_dashboard(DashboardName="d")["DashboardBody"] == '{"a": 1}'
