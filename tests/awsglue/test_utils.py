"""Job arguments."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.job import Job
from awsglue.utils import GlueArgumentError, callsite, getResolvedOptions, truth

ALWAYS = {
    "job_bookmark_option": "job-bookmark-disable", "job_bookmark_from": None, "job_bookmark_to": None, "JOB_ID": None, "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None, "encryption_type": None, "enable_data_lineage": None, "RedshiftTempDir": None, "TempDir": None,
}  # fmt: skip

CASES: list[tuple[list[str], list[str], dict[str, Any]]] = [
    (["--JOB_NAME", "j"], ["JOB_NAME"], {"JOB_NAME": "j"}),
    (["--JOB_NAME=j", "--other", "x"], ["JOB_NAME"], {"JOB_NAME": "j"}),
    (["--my-opt", "1"], ["my-opt"], {"my_opt": "1"}),
    (
        ["--TempDir", "s3://t/", "--JOB_NAME", "j"],
        ["JOB_NAME", "TempDir"],
        {"JOB_NAME": "j", "TempDir": "s3://t/", "RedshiftTempDir": "s3://t/"},
    ),
    ([], ["TempDir"], {}),
    (["--job-bookmark-option", "job-bookmark-enable"], [], {"job_bookmark_option": "job-bookmark-enable"}),
    (["--JOB_RUN_ID", "jr_1", "--JOB_ID", "j_1"], [], {"JOB_RUN_ID": "jr_1", "JOB_ID": "j_1"}),
    (["--x", "a=b --c"], ["x"], {"x": "a=b --c"}),
    (["--flag", "true", "positional"], ["flag"], {"flag": "true"}),
    (
        ["--job-bookmark-option", "job-bookmark-pause", "--job-bookmark-from", "a", "--job-bookmark-to", "b"],
        [],
        {"job_bookmark_option": "job-bookmark-pause", "job_bookmark_from": "a", "job_bookmark_to": "b"},
    ),
]


@pytest.mark.parametrize(("given", "options", "wanted"), CASES)
def test_resolved(given: list[str], options: list[str], wanted: dict[str, Any]) -> None:
    assert getResolvedOptions(["script.py", *given], options) == {**ALWAYS, **wanted}


@pytest.mark.parametrize(
    ("given", "options"), [(["--JOB_NAM", "j"], ["JOB_NAME"]), ([], ["a"]), (["--a"], ["a"]), (["--a", "--b", "1"], ["a"])]
)
def test_missing_arguments_are_named_and_never_end_the_process(given: list[str], options: list[str]) -> None:
    with pytest.raises(GlueArgumentError) as caught:
        getResolvedOptions(["script.py", *given], options)
    assert options[0] in str(caught.value)
    assert all(name in str(caught.value) for name in given if name.startswith("--"))


@pytest.mark.parametrize("name", ["job-bookmark-option", "job_bookmark_from", "JOB_RUN_ID", "continuation-option"])
def test_reserved_names_are_refused(name: str) -> None:
    with pytest.raises(RuntimeError, match=name):
        getResolvedOptions(["script.py"], [name])


RANGES = [
    ["--job-bookmark-option", "job-bookmark-pause", "--job-bookmark-from", "a"],
    ["--job-bookmark-option", "job-bookmark-enable", "--job-bookmark-from", "a", "--job-bookmark-to", "b"],
]


@pytest.mark.parametrize("given", RANGES)
def test_bookmark_ranges_need_pause_and_both_ends(given: list[str]) -> None:
    with pytest.raises(RuntimeError, match="job-bookmark"):
        getResolvedOptions(["script.py", *given], [])


@pytest.mark.parametrize(("value", "wanted"), [(True, True), ("True", True), ("false", False), ("", False), (None, False)])
def test_spellings_of_truth(value: Any, wanted: bool) -> None:
    assert truth(value) is wanted


def test_what_is_no_truth_is_refused() -> None:
    with pytest.raises(ValueError, match="yes"):
        truth("yes")


def test_callsite_is_the_callers_line() -> None:
    assert "test_utils.py:" in callsite()


def test_bookmarks_are_not_pretended(glue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    job = Job(glue)
    job.init("j", {"JOB_NAME": "j", "job_bookmark_option": "job-bookmark-enable"})
    assert "EVERYTHING is read" in capsys.readouterr().err
    assert job.isInitialized()
    job.commit()
    assert not job.isInitialized()


def test_disabled_bookmarks_say_nothing(spark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    Job(spark).init("j", {"job_bookmark_option": "job-bookmark-disable"})
    assert capsys.readouterr().err == ""


def test_a_job_needs_a_context() -> None:
    with pytest.raises(TypeError, match="str"):
        Job("glueContext")
