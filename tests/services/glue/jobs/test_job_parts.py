"""The pure parts: arguments, capacity, and where a long line is cut."""

import pytest

from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.services.glue.jobs import arguments, capacity
from wheatpaste.services.glue.jobs.tail import _whole
from wheatpaste.wire.errors import NotImplementedByWheatpaste


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", ()),
        ("a=1", (("a", "1"),)),
        ("a=1 --conf b=2", (("a", "1"), ("b", "2"))),
        ("--conf a=1 --conf b=x=y z", (("a", "1"), ("b", "x=y z"))),
        (" a = 1 ", (("a", "1"),)),
    ],
)
def test_conf(text: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert arguments.settings({"--conf": text}).conf == pairs


def test_conf_that_is_none() -> None:
    with pytest.raises(InvalidInputException, match="'b' is not key=value"):
        arguments.settings({"--conf": "a=1 --conf b"})


@pytest.mark.parametrize(
    ("value", "catalog"), [({}, True), ({"--enable-glue-datacatalog": ""}, True), ({"--enable-glue-datacatalog": "false"}, False)]
)
def test_the_catalog_is_on_unless_it_is_off(value: dict[str, str], catalog: bool) -> None:
    assert arguments.settings(value).catalog is catalog


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CUSTOMER_A=1,CUSTOMER_B=2", {"CUSTOMER_A": "1", "CUSTOMER_B": "2"}),
        ('CUSTOMER_A="a, b",CUSTOMER_B=x=y', {"CUSTOMER_A": "a, b", "CUSTOMER_B": "x=y"}),
        ("CUSTOMER_A=,CUSTOMER_B= 2 ", {"CUSTOMER_A": "", "CUSTOMER_B": "2"}),
        ("PATH=/x,LD_PRELOAD=y", {}),
        ("", {}),
    ],
)
def test_driver_variables(text: str, found: dict[str, str]) -> None:
    assert arguments.driver_variables({"--customer-driver-env-vars": text}) == found


def test_the_script_sees_its_own_names_and_not_the_internal_ones() -> None:
    given = {"--a": "1", "--flag": "", "b": "2", "--mode": "to-s3", "--JOB_NAME": "mine", "--JOB_RUN_ID": "mine", "--debug": "x"}
    words = arguments.argv(given, "job", "jr_0a_attempt_1")
    own = ["--a", "1", "--flag", "--b", "2", "--mode", "to-s3"]
    assert words == [*own, "--JOB_RUN_ID", "jr_0a_attempt_1", "--JOB_NAME", "job", "--JOB_ID", "j_0a"]


def test_a_refused_argument_that_is_switched_off_is_no_harm() -> None:
    arguments.check({"--enable-lakeformation-fine-grained-access": "false", "--datalake-formats": "", "--job-language": "Python"})
    with pytest.raises(NotImplementedByWheatpaste, match="--python-virtual-env"):
        arguments.check({"--python-virtual-env": "s3://b/e.tar.gz"})


@pytest.mark.parametrize(
    ("command", "given", "minutes"),
    [
        ("glueetl", {"GlueVersion": "4.0"}, 2880),
        ("glueetl", {"GlueVersion": "5.0"}, 480),
        ("glueetl", {"GlueVersion": "auto"}, 480),
        ("glueetl", {"Timeout": 3}, 3),
        ("pythonshell", {}, 2880),
        ("gluestreaming", {}, None),
    ],
)
def test_default_timeouts(command: str, given: dict[str, object], minutes: int | None) -> None:
    assert capacity.timeout({"Command": {"Name": command}, **given}) == minutes


@pytest.mark.parametrize(
    ("text", "kept"),
    [(b"abc", 3), ("aö".encode(), 3), ("aö".encode()[:-1], 1), ("a€".encode()[:-1], 1), ("a😀".encode()[:-1], 1), (b"\xff", 1)],
)
def test_a_long_line_is_cut_between_characters(text: bytes, kept: int) -> None:
    assert _whole(text) == kept
