"""The worker that looks into files: a file that crashes it or eats its memory never takes the server down."""

from collections.abc import Mapping
from typing import Any

from wheatpaste.services.glue.crawl.classify import classify
from wheatpaste.services.glue.crawl.finding import UnreadableError
from wheatpaste.services.glue.crawl.source import Source

Piece = tuple[str | bytes, int, int]


def inspect(key: str, pieces: list[Piece], classifiers: list[Mapping[str, Any]]) -> dict[str, Any]:
    """``{"finding": …}``, or ``{"unreadable": why}`` for a file that is broken."""
    try:
        return {"finding": classify(Source(key, [(p, o, n) for p, o, n in pieces]), classifiers).to_json()}
    except UnreadableError as error:
        return {"unreadable": str(error)}


METHODS = {"inspect": inspect}

if __name__ == "__main__":
    from wheatpaste.engines.worker import serve

    serve(METHODS)
