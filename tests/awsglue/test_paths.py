"""Field paths, file globs, statements: the small languages."""

from __future__ import annotations

import pytest

pytest.importorskip("pyspark")

from awsglue import gluetypes as gt
from awsglue._frame.paths import parse_path, resolve
from awsglue._read.drivers import usable_url, vendor_of
from awsglue._read.listing import excluded, exclusion_patterns
from awsglue._read.splitting import split_predicates
from awsglue._write.redshift import copy_statement, create_statement
from awsglue._write.sql import masked, split_statements

PATHS = {
    "a": ("a",),
    "a.b.c": ("a", "b", "c"),
    "`a.b`.c": ("a.b", "c"),
    "list[].price": ("list", "[]", "price"),
    ".name": (".name",),
    "provider id": ("provider id",),
    "`.name`": (".name",),
}


@pytest.mark.parametrize(("text", "steps"), PATHS.items())
def test_parse_path(text: str, steps: tuple[str, ...]) -> None:
    assert parse_path(text) == steps


SCHEMA = gt.StructType(
    [
        gt.Field("Id", gt.IntegerType()),
        gt.Field("a.b", gt.LongType()),
        gt.Field("n", gt.StructType([gt.Field("x", gt.DateType())])),
        gt.Field("l", gt.ArrayType(gt.StructType([gt.Field("y", gt.StringType())]))),
    ]
)


@pytest.mark.parametrize(
    ("text", "path"), [("id", ("Id",)), ("a.b", ("a.b",)), ("n.x", ("n", "x")), ("l[].y", ("l", "[]", "y")), ("l.y", ("l", "[]", "y"))]
)
def test_resolve(text: str, path: tuple[str, ...]) -> None:
    found = resolve(SCHEMA, text)
    assert found is not None and found[0] == path


@pytest.mark.parametrize("text", ["nope", "n.nope", "Id.x", "l[].nope"])
def test_what_is_not_there_is_none(text: str) -> None:
    assert resolve(SCHEMA, text) is None


def test_case_can_matter() -> None:
    assert resolve(SCHEMA, "id", case_sensitive=True) is None


GLOBS = [
    ("**.pdf", "a/b/c.pdf", True),
    ("*.pdf", "a/b/c.pdf", False),
    ("*.pdf", "c.pdf", True),
    ("year=201[0-3]/**", "year=2012/x", True),
    ("year=201[!0-3]/**", "year=2012/x", False),
    ("{a,b}/*", "b/x", True),
    ("file?.csv", "file1.csv", True),
    ("s3://bucket/x/**", "a", True),
    ("s3://other/x/**", "a", False),
]


@pytest.mark.parametrize(("pattern", "relative", "wanted"), GLOBS)
def test_exclusions(pattern: str, relative: str, wanted: bool) -> None:
    assert excluded(f"s3://bucket/x/{relative}", "s3://bucket/x/", [pattern]) is wanted


def test_exclusions_are_a_string_of_json() -> None:
    assert exclusion_patterns('["**.tmp"]') == ["**.tmp"]
    for wrong in ('"**.tmp"', "**.tmp"):
        with pytest.raises(ValueError, match="exclusions must be a JSON list"):
            exclusion_patterns(wrong)


def test_statements_are_split_at_semicolons_outside_quotes() -> None:
    assert split_statements("delete from t where a = ';'; -- all; gone\ntruncate \"b;c\";") == [
        "delete from t where a = ';'",
        '-- all; gone\ntruncate "b;c"',
    ]
    assert split_statements("call f() /* it's; */; as $x$ a; $$ $x$ ;; -- the end") == ["call f() /* it's; */", "as $x$ a; $$ $x$"]
    assert split_statements(" /* nothing; */ ") == []


def test_secrets_are_masked() -> None:
    assert "hush" not in masked("COPY t FROM 's3://b/p' CREDENTIALS 'aws_access_key_id=hush;aws_secret_access_key=hush' CSV")
    assert "s3://b/p" in masked("COPY t FROM 's3://b/p' CREDENTIALS 'hush' CSV")


def test_copy_and_create() -> None:
    options = {"aws_iam_role": "arn:aws:iam::1:role/r", "extracopyoptions": "MAXERROR 2"}
    assert copy_statement("public.t", ["a", 'b"c'], "s3a://b/p/", "@NULL@", options) == (
        'COPY public.t ("a", "b""c") FROM \'s3://b/p/\' IAM_ROLE \'arn:aws:iam::1:role/r\' '
        "FORMAT AS CSV NULL AS '@NULL@' DATEFORMAT 'auto' TIMEFORMAT 'auto' MAXERROR 2"
    )
    assert create_statement("t", [("a", "BIGINT")], {"distkey": "a"}) == 'CREATE TABLE IF NOT EXISTS t ("a" BIGINT) DISTKEY ("a")'


def test_hash_partitions_keep_rows_without_a_key() -> None:
    assert split_predicates("postgresql", {"hashexpression": "id", "hashpartitions": "2"}) == [
        "(floor(abs(mod(id, 2))) = 0 or floor(abs(mod(id, 2))) is null)",
        "floor(abs(mod(id, 2))) = 1",
    ]
    assert split_predicates("sqlserver", {"hashexpression": "a + b", "hashpartitions": 1}) == [
        "(floor(abs((a + b) % 1)) = 0 or floor(abs((a + b) % 1)) is null)"
    ]
    assert split_predicates("redshift", {"hashexpression": "id"}) is None
    assert split_predicates("mysql", {}) is None
    with pytest.raises(ValueError, match="hashpartitions must be 1 or more, not 0"):
        split_predicates("mysql", {"hashfield": "id", "hashpartitions": "0"})


MARIADB, MYSQL = "org.mariadb.jdbc.Driver", "com.mysql.cj.jdbc.Driver"


@pytest.mark.parametrize(
    ("url", "driver", "used"),
    [
        ("jdbc:redshift://h:5439/d?ssl=true", "org.postgresql.Driver", "jdbc:postgresql://h:5439/d?ssl=true"),
        ("jdbc:redshift://h:5439/d", "com.amazon.redshift.jdbc42.Driver", "jdbc:redshift://h:5439/d"),
        ("jdbc:mysql://h/d", MYSQL, "jdbc:mysql://h/d"),
        ("jdbc:mysql://h/d", MARIADB, "jdbc:mysql://h/d?permitMysqlScheme=true"),
        ("jdbc:mysql://h/d?useSSL=false", MARIADB, "jdbc:mysql://h/d?useSSL=false&permitMysqlScheme=true"),
        ("jdbc:mariadb://h/d", MARIADB, "jdbc:mysql://h/d?permitMysqlScheme=true"),
        ("jdbc:mysql://h/d?permitMysqlScheme", MARIADB, "jdbc:mysql://h/d?permitMysqlScheme"),
        ("jdbc:mariadb://h/d", MYSQL, "jdbc:mysql://h/d"),
        ("jdbc:oracle:thin://@h:1521/d", "oracle.jdbc.OracleDriver", "jdbc:oracle:thin://@h:1521/d"),
    ],
)
def test_urls_as_drivers_and_spark_take_them(url: str, driver: str, used: str) -> None:
    assert usable_url(url, driver) == used


def test_vendors() -> None:
    assert vendor_of("jdbc:redshift://h:5439/dev") == "redshift"
    with pytest.raises(ValueError, match="JDBC"):
        vendor_of("postgresql://h/db")
