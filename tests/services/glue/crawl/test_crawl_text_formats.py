"""Logs by grok, and XML."""

import pytest

from wheatpaste.services.glue.crawl.grok import compile_pattern
from wheatpaste.services.glue.crawl.grok_text import LOGS, Log, read_grok
from wheatpaste.services.glue.crawl.types import render
from wheatpaste.services.glue.crawl.xml_text import read_xml

LINES = {
    "combined_apache": '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326 "http://x.com/s" "Mozilla/4.08 [en]"',
    "apache": '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',
    "linux_kernel": "Jan  7 10:02:11 host kernel: [    0.000000] Linux version 5.4",
    "microsoft_log": "2002-05-02 17:42:15 172.22.255.255 GET /images/picture.jpg - 80 - 172.30.255.255 Mozilla/4.0+(compatible) 200 0 0 15",
    "ruby_logger": "I, [2013-01-05T16:04:32.123456 #4567]  INFO -- main: started",
    "squid": "1286536308.779    180 192.168.0.224 TCP_MISS/200 411 GET http://example.com/x - DIRECT/10.0.0.1 text/html",
    "redismonlog": '1339518083.107412 [0 127.0.0.1:60866] "keys" "*"',
    "redislog": "4018:M 12 Nov 2014 14:12:23.345 * Ready to accept connections",
}


@pytest.mark.parametrize("classification", LINES)
def test_each_built_in_log_is_recognized_as_itself(classification):
    text = f"{LINES[classification]}\n" * 3
    found = [f.classification for log in LOGS if (f := read_grok(text, True, log))]
    assert found[0] == classification
    assert all(read_grok("some,ordinary,csv\n1,2,3\n", True, log) is None for log in LOGS)


def test_a_custom_pattern_with_types_and_custom_patterns():
    log = Log("app", r"%{TIMESTAMP_ISO8601:At} %{LEVEL:level} %{NUMBER:ms:double} %{INT:n:int} %{GREEDYDATA:text}", "LEVEL [A-Z]+")
    found = read_grok("2013-01-01T05:00:00Z INFO 1.5 7 hello world\n2013-01-01T05:00:01Z WARN 2.5 8 bye\n", True, log, whole_lines=False)
    assert dict(found.columns) == {"at": "string", "level": "string", "ms": "double", "n": "int", "text": "string"}
    assert found.serde == {"input.format": log.pattern, "input.grokCustomPatterns": "LEVEL [A-Z]+"}
    assert found.classification == "app"


def test_a_log_of_which_too_few_lines_match_is_none():
    assert read_grok(f"{LINES['apache']}\n" * 2 + "nonsense\n" * 2, True, LOGS[1]) is None


@pytest.mark.parametrize(
    ("pattern", "custom", "why"),
    [
        ("%{NOPE:x}", "", "not defined"),
        ("%{INT:x:money}", "", "none of"),
        ("(%{INT:x}", "", "regular expression"),
        ("%{A}", "A %{A}", "itself"),
    ],
)
def test_malformed_patterns(pattern, custom, why):
    with pytest.raises(ValueError, match=why):
        compile_pattern(pattern, custom)


BOOKS = """<?xml version="1.0"?>
<catalog><book id="1"><title>A</title><price cur="usd">1.5</price><tag>x</tag><tag>y</tag></book>
<book id="2"><title>B</title><price cur="eur">2</price></book><book id="3"><title>cut"""


def test_xml_of_the_most_common_tag():
    found = read_xml(BOOKS, False)
    assert {name: render(kind) for name, kind in found.columns} == {
        "_id": "bigint", "title": "string", "price": "struct<_cur:string,_VALUE:double>", "tag": "array<string>",
    }  # fmt: skip
    assert found.parameters == {"rowTag": "book"}
    assert found.records == 2


def test_xml_of_a_given_tag():
    found = read_xml(BOOKS.replace('<book id="3"><title>cut', "</catalog>"), True, "price", "prices")
    assert (found.classification, dict(found.columns)) == ("prices", {"_cur": "string", "_value": "double"})
    assert read_xml(BOOKS, False, "nothing") is None


@pytest.mark.parametrize("text", ["<a><b></a>", "plain", "", "<a/>"])
def test_what_is_no_xml_with_records(text):
    assert read_xml(text, True) is None
