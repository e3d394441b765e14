"""Grouping: a tree of files in, tables and partitions out. Each case is one layout."""

import pytest

from wheatpaste.services.glue.crawl.finding import Finding
from wheatpaste.services.glue.crawl.grouping import at_level, combine, find_tables
from wheatpaste.services.glue.crawl.naming import key_names, table_name
from wheatpaste.services.glue.crawl.tree import File, build

SCHEMAS = {
    "X": [("id", "bigint"), ("name", "string"), ("price", "double")],
    "Y": [("when", "string"), ("who", "string")],
    "X+": [("id", "bigint"), ("name", "string"), ("price", "double"), ("note", "string")],
    "A": [("id", "bigint"), ("a", "string")],
    "B": [("id", "bigint"), ("b", "string")],
}


def files(layout, prefix="raw/"):
    """``"folder/file": "X"`` or ``"X:gzip"``, ``"X:none:json"``; None: not sampled."""
    made = []
    for key, kind in layout.items():
        if kind is None:
            made.append(File(prefix + key, 10))
            continue
        schema, compression, form = [*kind.split(":"), "none", "csv"][:3] if ":" not in kind else [*kind.split(":"), "csv"][:3]
        finding = Finding(form, form, tuple(SCHEMAS[schema]), 2, 5, compression)
        made.append(File(prefix + key, 10, finding))
    return build(prefix, made)


def shown(tables):
    return {t.location: (key_names(t.keys), sorted(p.values for p in t.partitions)) for t in tables}


def test_folders_of_different_schemas_are_tables():
    found = find_tables(files({"a/1": "X", "a/2": "X", "b/1": "Y"}))
    assert shown(found) == {"raw/a/": ([], []), "raw/b/": ([], [])}
    assert found[0].group.files == 2


def test_hive_folders_are_partitions():
    found = find_tables(files({f"year={y}/month={m}/f": "X" for y in (2012, 2013) for m in (1, 2)}))
    values = [("2012", "1"), ("2012", "2"), ("2013", "1"), ("2013", "2")]
    assert shown(found) == {"raw/": (["year", "month"], values)}


def test_one_hive_folder_is_a_partition_and_one_plain_folder_is_the_table():
    assert shown(find_tables(files({"dt=1/f": "X"}))) == {"raw/": (["dt"], [("1",)])}
    assert shown(find_tables(files({"sales/f": "X"}))) == {"raw/sales/": ([], [])}


def test_similar_plain_folders_are_unnamed_partitions():
    found = find_tables(files({"t1/p1/f": "X", "t1/p2/f": "X", "t2/p3/f": "X", "t2/p4/f": "X+"}))
    assert shown(found) == {"raw/": (["partition_0", "partition_1"], [("t1", "p1"), ("t1", "p2"), ("t2", "p3"), ("t2", "p4")])}
    assert [name for name, _ in found[0].group.columns] == ["id", "name", "price", "note"]


def test_the_documented_split_by_year():
    layout = {"year=2017/a": "A", "year=2017/b": "A", "year=2018/c": "Y", "year=2018/d": "Y"}
    found = find_tables(files(layout))
    assert shown(found) == {"raw/year=2017/": ([], []), "raw/year=2018/": ([], [])}
    assert table_name("", "bucket", "raw/year=2017/") == "year_2017"


def test_combining_compatible_schemas_makes_one_table():
    found = combine(files({"year=2017/a": "A", "year=2018/b": "B"}))
    assert shown(found) == {"raw/": (["year"], [("2017",), ("2018",)])}
    assert [name for name, _ in found[0].group.columns] == ["id", "a", "b"]


def test_combining_leaves_other_formats_to_tables_of_their_own():
    found = combine(files({"a/1": "X", "a/2": "X", "b/1": "Y:none:json"}))
    assert {location: keys for location, (keys, _) in shown(found).items()} == {"raw/": ["partition_0"], "raw/b/": []}


@pytest.mark.parametrize("other", ["X:gzip", "X:none:json"])
def test_another_compression_or_format_is_another_table(other):
    assert set(shown(find_tables(files({"a/f": "X", "b/f": other})))) == {"raw/a/", "raw/b/"}


def test_seventy_per_cent_make_the_table_and_the_rest_their_own():
    layout = {f"day={d}/f": "X" for d in range(7)} | {f"day=9{d}/f": "Y" for d in range(3)}
    found = shown(find_tables(files(layout)))
    assert len(found["raw/"][1]) == 7
    assert set(found) == {"raw/", "raw/day=90/", "raw/day=91/", "raw/day=92/"}
    fewer = {f"day={d}/f": "X" for d in range(6)} | {f"day=9{d}/f": "Y" for d in range(4)}
    assert "raw/" not in shown(find_tables(files(fewer)))


def test_files_of_different_schemas_in_one_folder_are_tables_each():
    assert shown(find_tables(files({"flights.csv": "X", "weather.csv": "Y"}))) == {"raw/flights.csv": ([], []), "raw/weather.csv": ([], [])}
    assert table_name("pre_", "bucket", "raw/flights.csv") == "pre_flights_csv"


def test_similar_files_beside_and_below_are_one_table_without_partitions():
    assert shown(find_tables(files({"a": "X", "more/b": "X"}))) == {"raw/": ([], [])}


def test_hive_folders_beside_loose_files_stay_tables():
    assert shown(find_tables(files({"a": "X", "dt=1/b": "X"}))) == {"raw/a": ([], []), "raw/dt=1/": ([], [])}


def test_different_keys_are_different_tables():
    found = find_tables(files({"t1/year=1/f": "X", "t1/year=2/f": "X", "t2/day=1/f": "X", "t2/day=2/f": "X"}))
    assert {location: keys for location, (keys, _) in shown(found).items()} == {"raw/t1/": ["year"], "raw/t2/": ["day"]}


def test_the_table_level_is_forced():
    layout = {f"r/t{t}/day={d}/f": "X" for t in (1, 2) for d in (1, 2)}
    assert set(shown(find_tables(files(layout)))) == {"raw/r/"}
    found = at_level(files(layout), 2)
    assert shown(found) == {f"raw/r/t{t}/": (["day"], [("1",), ("2",)]) for t in (1, 2)}


def test_files_that_were_not_sampled_count():
    (table,) = find_tables(files({"a/1": "X", "a/2": None, "a/3": None}))
    assert (table.group.files, table.group.size, table.group.records) == (3, 30, 6)


def test_escaped_partition_values_are_read():
    assert shown(find_tables(files({"at=1%3A30/f": "X"})))["raw/"][1] == [("1:30",)]


@pytest.mark.parametrize(
    ("prefix", "bucket", "location", "name"),
    [
        ("", "b", "raw/Sales Data/", "sales_data"),
        ("p_", "b", "raw/x/", "p_x"),
        ("", "my-bucket", "", "my_bucket"),
        ("", "b", "é/", "_"),
        ("", "b", "y" * 200 + "/", "y" * 128),
    ],
)
def test_names(prefix, bucket, location, name):
    assert table_name(prefix, bucket, location) == name
