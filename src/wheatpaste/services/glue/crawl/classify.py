"""The classifiers in AWS's order: custom ones first, as listed, then the built-in ones. Runs in the inspector's process only."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from wheatpaste.services.glue.crawl.avro_file import read_avro
from wheatpaste.services.glue.crawl.columnar import read_orc, read_parquet
from wheatpaste.services.glue.crawl.csv_text import CsvRules, read_csv
from wheatpaste.services.glue.crawl.finding import UNKNOWN, Finding
from wheatpaste.services.glue.crawl.grok_text import LOGS, Log, read_grok
from wheatpaste.services.glue.crawl.json_text import read_json
from wheatpaste.services.glue.crawl.source import LIMIT, MEGABYTE, Source
from wheatpaste.services.glue.crawl.xml_text import read_xml

Classifier = Callable[[Source], Finding | None]


def _text(source: Source) -> str:
    """The beginning of a text file; empty for binary data."""
    head = source.head()
    return "" if b"\0" in head else source.text()


def _json(source: Source, path: str = "") -> Finding | None:
    """JSON; a record longer than a megabyte is looked for in up to ten."""
    size = MEGABYTE
    while True:
        text = source.text(size)
        if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "[") or "\0" in text:
            return None
        found = read_json(text, source.complete, path)
        if found or source.complete or size >= LIMIT:
            return found
        size += MEGABYTE


def _csv(source: Source, rules: CsvRules = CsvRules()) -> Finding | None:  # noqa: B008 - frozen
    text = _text(source)
    return read_csv(text, source.complete, rules) if text else None


def _xml(source: Source, row_tag: str = "", classification: str = "xml") -> Finding | None:
    text = _text(source)
    return read_xml(text, source.complete, row_tag, classification) if text else None


def _logs(source: Source) -> Finding | None:
    """The built-in log formats, in AWS's order."""
    text = _text(source)
    return next((found for log in LOGS if (found := read_grok(text, source.complete, log))), None)


def _grok(source: Source, log: Log) -> Finding | None:
    return read_grok(_text(source), source.complete, log, whole_lines=False)


BUILT_IN: tuple[Classifier, ...] = (read_avro, read_orc, read_parquet, _json, _xml, _logs, _csv)


def custom(shape: Mapping[str, Any]) -> Classifier:
    """The classifier of a ``Classifier`` shape (one of its four members)."""
    ((kind, body),) = shape.items()
    return CUSTOM[kind](body)


def _grok_classifier(body: Mapping[str, Any]) -> Classifier:
    log = Log(body["Classification"], body["GrokPattern"], body.get("CustomPatterns") or "")
    return lambda source: _grok(source, log)


CUSTOM: dict[str, Callable[[Mapping[str, Any]], Classifier]] = {
    "GrokClassifier": _grok_classifier,
    "XMLClassifier": lambda body: lambda source: _xml(source, body["RowTag"], body["Classification"]),
    "JsonClassifier": lambda body: lambda source: _json(source, body["JsonPath"]),
    "CsvClassifier": lambda body: lambda source: _csv(source, CsvRules.of(body)),
}


def classify(source: Source, classifiers: list[Mapping[str, Any]]) -> Finding:
    """What the first classifier that recognizes the file says; ``UNKNOWN`` when none does."""
    for classifier in (*map(custom, classifiers), *BUILT_IN):
        found = classifier(source)
        if found is not None:
            return _estimated(dataclasses.replace(found, compression=source.compression), source)
    return Finding(UNKNOWN, "unknown", (), compression=source.compression)


def _estimated(found: Finding, source: Source) -> Finding:
    """The number of records of the whole file, where only its beginning was read."""
    if found.storage in ("parquet", "orc") or source.complete or not found.record_size:
        return found
    return dataclasses.replace(found, records=max(1, int(source.size * source.expansion() / found.record_size)))
