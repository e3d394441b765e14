"""The CSV classifier: AWS's documented rules, one case each."""

import pytest

from wheatpaste.services.glue.crawl.csv_text import CsvRules, read_csv
from wheatpaste.services.glue.crawl.text_values import cell_type


def schema(found):
    return dict(found.columns)


def test_a_header_over_data_that_is_not_all_strings():
    found = read_csv("Name,AGE\nann,1\nbob,2\n", True)
    assert schema(found) == {"name": "string", "age": "bigint"}
    assert found.parameters["skip.header.line.count"] == "1"
    assert found.records == 2
    assert found.serde == {"field.delim": ","}


def test_strings_only_have_no_header_that_can_be_told_from_the_data():
    found = read_csv("carrier,name\n9E,Endeavor\nAA,American\n", True)
    assert schema(found) == {"col0": "string", "col1": "string"}
    assert "skip.header.line.count" not in found.parameters


@pytest.mark.parametrize("delimiter", [",", "|", "\t", ";", "\u0001"])
def test_each_delimiter(delimiter):
    found = read_csv("a,b,c\n1,2.5,x\n2,3.5,y\n".replace(",", delimiter), True)
    assert schema(found) == {"a": "bigint", "b": "double", "c": "string"}
    assert found.parameters["delimiter"] == delimiter


@pytest.mark.parametrize("text", ["just one line of text\n", "one\ntwo\nthree\n", "a,b\n1,2\n", "", "a,b\n1\n2\n3\n"])
def test_what_is_no_table(text):
    assert read_csv(text, True) is None


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("", "null"),
        ("1", "bigint"),
        ("-7", "bigint"),
        ("9223372036854775808", "string"),
        ("1.5", "double"),
        ("1e3", "double"),
        ("TRUE", "boolean"),
        ("2013-01-01", "string"),
        ("2013-01-01T05:00:00Z", "string"),
        ("NA", "string"),
        ("nan", "string"),
    ],
)
def test_cells(cell, kind):
    assert cell_type(cell) == kind


def test_a_header_cell_of_150_characters_is_none_unless_it_is_the_last():
    long = "x" * 150
    assert "skip.header.line.count" not in read_csv(f"{long},b\nu,1\nv,2\n", True).parameters
    assert "skip.header.line.count" in read_csv(f"b,{long}\n1,u\n2,v\n", True).parameters


def test_a_trailing_delimiter_is_an_empty_last_column():
    found = read_csv("a,b,\n1,2,\n3,4,\n", True)
    assert schema(found) == {"a": "bigint", "b": "bigint", "col2": "null"}


QUOTED = 'id,name\n1,"a, b"\n2,"c ""d"""\n'


def test_quoted_cells_may_hold_the_delimiter_and_the_built_in_classifier_warns():
    found = read_csv(QUOTED, True)
    assert schema(found) == {"id": "bigint", "name": "string"}
    assert found.storage == "csv"
    assert found.parameters["areColumnsQuoted"] == "false"
    assert "OpenCSVSerDe" in found.warning


def test_a_custom_classifier_chooses_the_open_csv_serde_for_quoted_cells():
    found = read_csv(QUOTED, True, CsvRules.of({"Name": "c"}))
    assert found.storage == "opencsv"
    assert found.parameters["areColumnsQuoted"] == "true"
    assert found.serde == {"separatorChar": ",", "quoteChar": '"'}


def test_a_cut_off_last_line_is_left_out():
    assert schema(read_csv("a,b\n1,2\n3,4\n5,xx", False)) == {"a": "bigint", "b": "bigint"}


def test_a_few_uneven_rows_do_not_spoil_a_table():
    text = "a,b\n" + "1,2\n" * 20 + "oops\n" + "3,4\n" * 20
    assert schema(read_csv(text, True)) == {"a": "bigint", "b": "bigint"}


def test_types_come_from_the_first_thousand_records():
    text = "a,b\n" + "1,2\n" * 1000 + "x,y\n"
    found = read_csv(text, True)
    assert schema(found) == {"a": "bigint", "b": "bigint"}
    assert found.records == 1001


class TestCustomClassifiers:
    """Every member of a CsvClassifier."""

    def read(self, text, **members):
        return read_csv(text, True, CsvRules.of({"Name": "c", **members}))

    def test_delimiter_and_quote(self):
        found = self.read("a^b\n1^'x^y'\n2^'z'\n", Delimiter="^", QuoteSymbol="'")
        assert schema(found) == {"a": "bigint", "b": "string"}

    def test_header_present_of_strings(self):
        found = self.read("carrier,name\n9E,Endeavor\nAA,American\n", ContainsHeader="PRESENT")
        assert schema(found) == {"carrier": "string", "name": "string"}
        assert found.parameters["skip.header.line.count"] == "1"

    def test_header_absent_with_names(self):
        found = self.read("9E,Endeavor\nAA,American\n", ContainsHeader="ABSENT", Header=["Carrier", "Name"])
        assert list(schema(found)) == ["carrier", "name"]
        assert "skip.header.line.count" not in found.parameters

    def test_single_column(self):
        assert self.read("n\n1\n2\n") is None
        assert schema(self.read("n\n1\n2\n", AllowSingleColumn=True)) == {"n": "bigint"}

    def test_trimming(self):
        assert schema(self.read("a,b\n 1 ,2\n 3 ,4\n"))["a"] == "bigint"
        assert schema(self.read("a,b\n 1 ,2\n 3 ,4\n", DisableValueTrimming=True))["a"] == "string"

    def test_data_types(self):
        found = self.read("a,b\n1,2013-01-01\n2,2013-01-02\n", CustomDatatypeConfigured=True, CustomDatatypes=["INT", "DATE"])
        assert schema(found) == {"a": "int", "b": "date"}

    def test_serde(self):
        assert self.read("a,b\n1,2\n3,4\n", Serde="OpenCSVSerDe").storage == "opencsv"
        assert self.read('a,b\n1,"2"\n3,"4"\n', Serde="LazySimpleSerDe").storage == "csv"
