"""Many writers of one key, on both databases: one wins, nothing is lost or doubled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(params=["sqlite", "postgres"])
def s3(request: pytest.FixtureRequest, own_server: Callable[..., Any]) -> Any:
    url = request.getfixturevalue("empty_postgres")() if request.param == "postgres" else ""
    return own_server(WHEATPASTE_DATABASE_URL=url).client("s3", max_pool_connections=16)


def at_once(fn: Callable[[int], Any], count: int = 16) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(fn, range(count)))


def test_writers_of_one_key(s3: Any) -> None:
    s3.create_bucket(Bucket="b-one")
    at_once(lambda n: s3.put_object(Bucket="b-one", Key="k", Body=str(n).encode()))
    assert len(s3.list_objects_v2(Bucket="b-one")["Contents"]) == 1
    s3.put_bucket_versioning(Bucket="b-one", VersioningConfiguration={"Status": "Enabled"})
    at_once(lambda n: s3.put_object(Bucket="b-one", Key="v", Body=str(n).encode()))
    versions = s3.list_object_versions(Bucket="b-one", Prefix="v")["Versions"]
    assert [v["IsLatest"] for v in versions] == [True] + [False] * 15
    found = {s3.get_object(Bucket="b-one", Key="v", VersionId=v["VersionId"])["Body"].read() for v in versions}
    assert found == {str(n).encode() for n in range(16)}

    def create(n: int) -> int:
        try:
            return int(s3.put_object(Bucket="b-one", Key="once", Body=b"x", IfNoneMatch="*")["ResponseMetadata"]["HTTPStatusCode"])
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])

    assert sorted(at_once(create)) == [200] + [412] * 15
    listed = [p["Prefix"] for p in s3.list_objects_v2(Bucket="b-one", Delimiter="n")["CommonPrefixes"]]
    assert listed == ["on"]
