"""What a custom classifier may say: checked when it is made, so that no crawl meets nonsense. Pure: imports nothing that reads files."""

from collections.abc import Mapping
from typing import Any

from wheatpaste.services.glue.crawl.json_text import JsonPath

DATATYPES = ("BINARY", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "INT", "LONG", "SHORT", "STRING", "TIMESTAMP")


def _csv(body: Mapping[str, Any]) -> None:
    if body.get("Delimiter") and body.get("Delimiter") == body.get("QuoteSymbol"):
        raise ValueError("The delimiter and the quote symbol must be different.")
    types = body.get("CustomDatatypes") or []
    if types and not body.get("CustomDatatypeConfigured"):
        raise ValueError("CustomDatatypes needs CustomDatatypeConfigured.")
    for name in types:
        if name.upper() not in DATATYPES:
            raise ValueError(f"CustomDatatypes: {name} is none of {', '.join(DATATYPES)}.")


def _grok(body: Mapping[str, Any]) -> None:
    from wheatpaste.services.glue.crawl.grok import compile_pattern

    compile_pattern(body["GrokPattern"], body.get("CustomPatterns") or "")


def _json(body: Mapping[str, Any]) -> None:
    JsonPath(body["JsonPath"])


def _xml(body: Mapping[str, Any]) -> None:
    if not body.get("RowTag"):
        raise ValueError("An XML classifier needs a RowTag.")


CHECKS = {"CsvClassifier": _csv, "GrokClassifier": _grok, "JsonClassifier": _json, "XMLClassifier": _xml}


def check_classifier(kind: str, body: Mapping[str, Any]) -> None:
    """Raise ValueError, with the reason, for a classifier that could never work."""
    CHECKS[kind](body)
