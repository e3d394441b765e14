"""Small files read together, and objects left out by their storage class."""

from __future__ import annotations

from typing import Any

import pytest

from awsglue._read.grouping import groups

GROUPS: list[tuple[dict[str, Any], int, int | None]] = [
    ({}, 100, None),
    ({"groupFiles": "inPartition"}, 100, None),
    ({"groupFiles": "none", "groupSize": "10"}, 100, None),
    ({"groupFiles": "inPartition", "groupSize": "10"}, 100, 10),
    ({"groupFiles": "acrossPartition", "groupSize": 30}, 100, 4),
    ({"groupSize": "1048576"}, 100, 1),
    ({"groupSize": "1048576"}, 0, 1),
]


@pytest.mark.parametrize(("options", "size", "wanted"), GROUPS)
def test_groups(options: dict[str, Any], size: int, wanted: int | None) -> None:
    assert groups(options, size) == wanted


@pytest.mark.parametrize("options", [{"groupFiles": "all"}, {"groupSize": "0"}, {"groupSize": "ten"}])
def test_nonsense_is_named(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"groupFiles|groupSize|ten"):
        groups(options, 1)


def test_files_in_groups(glue: Any, write: Any) -> None:
    for n in range(40):
        root = write(f"{n}.json", f'{{"n":{n}}}\n{{"n":')
    given = {"paths": [root], "groupFiles": "inPartition"}
    alone = glue.create_dynamic_frame.from_options("s3", given, "json")
    frame = glue.create_dynamic_frame.from_options("s3", {**given, "groupSize": "1048576"}, "json")
    assert alone.getNumPartitions() > 1 == frame.getNumPartitions()
    assert sorted(row.n for row in frame.toDF().collect()) == list(range(40))
    assert (frame.errorsCount(), frame.stageErrorsCount()) == (40, 40)


def test_objects_in_excluded_storage_classes_are_not_read(glue: Any, aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")
    for n, storage in enumerate(("STANDARD", "GLACIER", "DEEP_ARCHIVE", "STANDARD_IA")):
        s3.put_object(Bucket=bucket, Key=f"in/{n}.json", Body=f'{{"n":{n}}}', StorageClass=storage)

    def read(**options: Any) -> list[int]:
        frame = glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}/in/"], **options}, "json")
        return sorted(row.n for row in frame.toDF().collect())

    assert read() == [0, 1, 2, 3]
    assert read(excludeStorageClasses=["GLACIER", "deep_archive"]) == [0, 3]
    assert read(excludeStorageClasses='["STANDARD_IA"]') == [0, 1, 2]
