"""Exclusion patterns: the examples of AWS's documentation, and what is malformed."""

import pytest

from wheatpaste.services.glue.crawl.globs import Exclusions, translate


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("*.csv", "a.csv", True),
        ("*.csv", "x/a.csv", False),
        ("**.csv", "x/a.csv", True),
        ("*.{csv,avro}", "a.avro", True),
        ("*.{csv,avro}", "a.json", False),
        ("foo.?", "foo.a", True),
        ("foo.?", "foo.ab", False),
        ("myfolder/*", "myfolder/a", True),
        ("myfolder/*", "myfolder/x/a", False),
        ("myfolder/*/*", "myfolder/x/a", True),
        ("myfolder/**", "myfolder/x/a", True),
        ("myfolder**", "myfolder", True),
        ("departments/[!m]*", "departments/hr.csv", True),
        ("departments/[!m]*", "departments/market.csv", False),
        ("[a-c]x", "bx", True),
        ("*.json", ".json", True),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("a.b", "axb", False),
    ],
)
def test_patterns(pattern, path, excluded):
    assert Exclusions([pattern]).exclude(path) is excluded


@pytest.mark.parametrize("pattern", ["{a,{b}}", "{a", "[a", "a}", "a\\"])
def test_malformed_patterns(pattern):
    with pytest.raises(ValueError, match="pattern"):
        translate(pattern)
