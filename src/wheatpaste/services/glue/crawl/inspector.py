"""The worker that looks into files: a file that crashes it or eats its memory never takes the server down."""

from collections.abc import Callable, Mapping
from typing import Any

from wheatpaste.services.glue.crawl.classify import classify
from wheatpaste.services.glue.crawl.finding import UnreadableError
from wheatpaste.services.glue.crawl.iceberg import read_metadata
from wheatpaste.services.glue.crawl.source import MEGABYTE, Source

LONGEST = 64 * MEGABYTE  # of Iceberg metadata
Piece = tuple[str | bytes, int, int]


def inspect(key: str, pieces: list[Piece], classifiers: list[Mapping[str, Any]]) -> dict[str, Any]:
    """``{"finding": …}``, or ``{"unreadable": why}`` for a file that is broken."""
    try:
        return {"finding": classify(Source(key, [(p, o, n) for p, o, n in pieces]), classifiers).to_json()}
    except UnreadableError as error:
        return {"unreadable": str(error)}


def iceberg(key: str, pieces: list[Piece]) -> dict[str, Any]:
    """Location and columns of an Iceberg metadata file, or ``{"unreadable": why}``."""
    source = Source(key, [(p, o, n) for p, o, n in pieces])
    try:
        text = source.text(LONGEST)
        if not source.complete:
            raise UnreadableError(f"it is longer than {LONGEST >> 20} MB")
        return read_metadata(text)
    except UnreadableError as error:
        return {"unreadable": str(error)}


METHODS: dict[str, Callable[..., dict[str, Any]]] = {"inspect": inspect, "iceberg": iceberg}

if __name__ == "__main__":
    from wheatpaste.engines.worker import serve

    serve(METHODS)
